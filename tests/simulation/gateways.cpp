#include "tests/simulation/gateways.hpp"

#include "services/odoo-gateway/cancelling.hpp"
#include "services/odoo-gateway/checking.hpp"
#include "services/odoo-gateway/pushing.hpp"

#include <algorithm>

namespace millrace::simulation {

namespace {

// plc-gateway's defaults: time-out of one attempt, and attempts.
constexpr instant time_out = 2'000;
constexpr int attempts_at_most = 3;
/// The next one waits so long for the claim of one that was killed
/// (common/service/ownership.hpp).
constexpr instant lease = 3'000;
/// How long it waits for batch-store (wiring.cpp).
constexpr instant question_patience = 4'000;

plc::answer no_answer(int attempts) {
  plc::answer got;
  got.how = plc::answer::kind::unanswered;
  got.attempts = attempts;
  return got;
}

} // namespace

// ---- plc-gateway -----------------------------------------------------------

plc_process::plc_process(clockwork& clock, mill& plc,
                         plc::line_settings settings)
  : process(clock, "plc-gateway", fault::kill_plc_gateway, lease), plc_(plc),
    settings_(std::move(settings)) {
}

void plc_process::open() {
  plc::outlet out;
  out.send = [this](std::uint64_t number, const plc::step& asked) {
    send(number, asked);
  };
  out.wait = [this](std::uint64_t number, std::chrono::milliseconds length) {
    later(length.count(), [this, number] { line_->paused({number}); });
  };
  out.emit = [this](plc::line_event what, const service::context&) {
    emit(std::move(what));
    return true;
  };
  out.answer = [this](const service::reply_to& to,
                      events::command_result result, const service::context&) {
    answer(static_cast<unsigned>(std::stoul(to.correlation)),
           std::move(result));
  };
  out.publish = [](const events::line_state&) {
  };
  line_.emplace(
    settings_, std::move(out), [this] { return clock_.wall(); },
    [this] { return clock_.steady(); });
}

void plc_process::close() {
  line_.reset();
  unconfirmed_.clear();
}

void plc_process::read(unsigned request, const events::plc_read_now& what) {
  plc::read_wish wish{what.full, {{"store", std::to_string(request)}}, {}};
  line_->read(wish);
}

void plc_process::write(const events::event<events::plc_write>& what) {
  plc::write_wish wish{what.data, what.meta};
  if (what.data.only_look)
    return line_->write(wish);
  const auto question = ++questions_;
  unconfirmed_.emplace(question, std::move(wish));
  ask_wanted(question, {what.data.line, what.data.stage});
  clock_.after(question_patience,
               [this, question] { unconfirmed_.erase(question); });
}

void plc_process::confirm(unsigned question,
                          const events::command_result& said) {
  auto found = unconfirmed_.extract(question);
  if (found && said.ok)
    line_->write(found.mapped());
}

void plc_process::withdraw(unsigned request, const events::plc_withdraw& what) {
  plc::withdraw_wish wish{what, {"store", std::to_string(request)}, {}};
  line_->withdraw(wish);
}

void plc_process::acknowledge(
  const events::event<events::plc_acknowledge>& what) {
  plc::acknowledge_wish wish{what.data, what.meta};
  line_->acknowledge(wish);
}

void plc_process::later(instant pause, std::function<void()> what) {
  clock_.after(pause, [this, in = life(), what = std::move(what)] {
    if (in != life())
      return;
    act([&] {
      risk();
      what();
    });
  });
}

std::optional<plc::answer> plc_process::carry_out(const plc::step& asked) {
  if (!plc_.has_power())
    return {};
  plc::answer got;
  if (asked.what == plc::step::kind::write)
    plc_.write(asked.address, asked.data);
  else
    got.data = plc_.read(asked.address, asked.count);
  return got;
}

void plc_process::unanswered(std::uint64_t number, instant pause,
                             int attempts) {
  later(pause, [this, number, attempts] {
    line_->answered({number, no_answer(attempts)});
  });
}

void plc_process::send(std::uint64_t number, const plc::step& asked) {
  risk();
  if (clock_.strikes(fault::plc_power))
    plc_.power_off(500 + 1'500 * clock_.chance.pick(4));
  if (clock_.strikes(fault::plc_frame))
    return send_badly(number, asked);
  // The frame is on its way, whatever becomes of its sender.
  clock_.after(2, [this, in = life(), number, asked] {
    clock_.say([&] {
      return std::string("plc: ")
             + (asked.what == plc::step::kind::write ? "write " : "read ")
             + std::to_string(asked.count) + " at D"
             + std::to_string(asked.address);
    });
    auto got = carry_out(asked);
    if (in != life())
      return;
    act([&] {
      risk();
      if (got)
        line_->answered({number, std::move(*got)});
      else
        unanswered(number,
                   asked.repeatable ? attempts_at_most * time_out : time_out,
                   asked.repeatable ? attempts_at_most : 1);
    });
  });
}

void plc_process::send_badly(std::uint64_t number, const plc::step& asked) {
  const auto done_after = [&](instant pause) {
    clock_.after(pause, [this, asked] { (void)carry_out(asked); });
  };
  const auto kind = clock_.chance.pick(5);
  clock_.say([&] {
    constexpr const char* names[]{"request lost", "answer lost", "late copy",
                                  "nothing comes through", "refused"};
    return "  frame at D" + std::to_string(asked.address) + ": " + names[kind];
  });
  if (kind == 4)
    return later(2, [this, number] {
      plc::answer got;
      got.how = plc::answer::kind::refused;
      got.code.code = 0x2108; // cannot change the mode now
      line_->answered({number, got});
    });
  if (kind == 1)
    done_after(2);
  // Slower than the time-out; never slower than what a quarantine and the lease
  // of a killed gateway allow.
  if (kind == 2)
    done_after(1'000 + 285 * clock_.chance.pick(8));
  if (!asked.repeatable)
    return unanswered(number, time_out, 1);
  if (kind == 3)
    return unanswered(number, attempts_at_most * time_out, attempts_at_most);
  later(time_out, [this, number, asked] {
    if (auto got = carry_out(asked)) {
      got->attempts = 2;
      return line_->answered({number, std::move(*got)});
    }
    unanswered(number, time_out, 2);
  });
}

// ---- odoo-gateway ----------------------------------------------------------

odoo_process::odoo_process(clockwork& clock, imagined_odoo& odoo,
                           std::string line)
  : process(clock, "odoo-gateway", fault::kill_odoo_gateway), odoo_(odoo),
    line_(std::move(line)) {
  odoo_.on_call = [this] {
    risk();
  };
}

void odoo_process::open() {
  queue_.emplace(1'000, std::chrono::minutes{10},
                 [this] { return clock_.steady(); });
  codes_.emplace(100);
}

void odoo_process::close() {
  queue_.reset();
  codes_.reset();
}

void odoo_process::take(odoo::job fresh) {
  (void)queue_->add(std::move(fresh));
  hand_out();
}

void odoo_process::hand_out() {
  constexpr std::size_t workers = 2;
  while (queue_->in_work() < workers) {
    auto work = queue_->next();
    if (!work)
      return;
    const instant takes
      = clock_.strikes(fault::odoo_slow) ? 300 << clock_.chance.pick(6) : 5;
    clock_.after(takes, [this, in = life(), work = std::move(*work)] {
      if (in != life())
        return;
      act([&] {
        perform(work);
        queue_->finished(work);
        hand_out();
      });
    });
  }
}

void odoo_process::perform(const odoo::job& work) {
  const auto tell = [&](auto answer) {
    risk();
    std::visit([this](auto& what) { emit(std::move(what)); }, answer);
  };
  if (clock_.strikes(fault::person_in_odoo)) {
    auto& order
      = odoo_.orders[clock_.chance.pick(unsigned(odoo_.orders.size()))];
    if (order.state == "confirmed") {
      order.state = clock_.chance.pick(2) == 0 ? "cancel" : "done";
      order.by_person = true;
      order.closed_at = clock_.now;
      clock_.say(
        [&] { return "person: " + order.listed.mo_id + " " + order.state; });
    }
  }
  if (const auto* push
      = std::get_if<events::event<events::odoo_push>>(&work.command))
    tell(odoo::push_figures(odoo_, *codes_, push->data,
                            [this] { return clock_.wall(); }));
  else if (const auto* cancel
           = std::get_if<events::event<events::odoo_cancel>>(&work.command))
    tell(odoo::cancel_order(odoo_, cancel->data));
  else if (const auto* check
           = std::get_if<events::event<events::odoo_check>>(&work.command))
    tell(odoo::check_orders(odoo_, check->data));
  else
    tell(fetch(std::get<events::event<events::mo_fetch>>(work.command).data));
}

odoo_process::told odoo_process::fetch(const events::mo_fetch& wanted) {
  risk();
  clock_.say([] { return "odoo: list"; });
  if (clock_.strikes(fault::odoo_call))
    return events::mo_fetch_failed{line_, wanted.fetch_id,
                                   events::odoo_error::time_out, "no answer"};
  events::mo_fetched found;
  found.line = line_;
  found.fetch_id = wanted.fetch_id;
  for (const auto& order : odoo_.orders)
    if (order.state == "confirmed" && total(order.consumed) == kilograms{}
        && static_cast<int>(found.orders.size()) < wanted.limit
        && std::find(wanted.exclude.begin(), wanted.exclude.end(),
                     order.listed.mo_id)
             == wanted.exclude.end())
      found.orders.push_back(order.listed);
  return found;
}

} // namespace millrace::simulation
