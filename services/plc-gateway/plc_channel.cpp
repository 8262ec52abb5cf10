#include "services/plc-gateway/plc_channel.hpp"

#include "common/telemetry/metrics.hpp"

#include <boost/asio/io_context.hpp>

#include <cstdio>

namespace millrace::plc {

namespace {

using steady = std::chrono::steady_clock;

void count_more(std::string_view name, std::string_view help,
                const std::string& line, std::uint64_t now,
                std::uint64_t before) {
  if (now > before)
    metrics::count(name, help, {{"line", line}},
                   static_cast<double>(now - before));
}

void count_dropped(const std::string& line, std::string_view reason,
                   std::uint64_t by = 1) {
  if (by > 0)
    metrics::count("millrace_plc_dropped_answers_total",
                   "Frames that were no answer to what was asked",
                   {{"line", line}, {"reason", reason}},
                   static_cast<double>(by));
}

} // namespace

plc_channel::plc_channel(boost::asio::io_context& io, std::string line,
                         exchange::options timing,
                         std::unique_ptr<transport> carrier,
                         permission may_write)
  : line_(std::move(line)), time_out_(timing.time_out), exchange_(timing),
    carrier_(std::move(carrier)), may_write_(std::move(may_write)), timer_(io) {
}

void plc_channel::answer_to(answered callback) {
  answered_ = std::move(callback);
}

void plc_channel::open() {
  if (std::exchange(open_, true))
    return;
  transport::callbacks back;
  back.received = [this](std::span<const std::uint8_t> frame) {
    act(exchange_.received(frame, steady::now()));
  };
  back.opened = [this](std::uint8_t client_node, std::uint8_t plc_node) {
    if (plc_node != 0)
      exchange_.set_nodes(client_node, plc_node);
    if (waiting_)
      begin();
  };
  back.dropped = [this](std::string_view reason) {
    count_dropped(line_, reason);
  };
  carrier_->open(std::move(back));
}

void plc_channel::send(std::uint64_t number, const step& asked) {
  if (busy_ || !open_) {
    answer refused;
    refused.how = answer::kind::unanswered;
    refused.attempts = 0;
    refused.detail
      = busy_ ? "another request is under way" : "this instance stands by";
    return answered_(number, std::move(refused));
  }
  busy_ = true;
  number_ = number;
  step_ = asked;
  if (carrier_->ready())
    return begin();
  waiting_ = true;
  arm();
}

void plc_channel::close() {
  if (!std::exchange(open_, false))
    return;
  timer_.cancel();
  carrier_->close();
  if (!busy_)
    return;
  answer got;
  got.how = answer::kind::unanswered;
  got.attempts = 0;
  if (!exchange_.idle())
    got = exchange_.give_up();
  got.detail = "the connection was closed by us";
  finish(std::move(got));
}

std::optional<answer::kind> plc_channel::forbidden() const {
  if (step_.not_after && steady::now() >= *step_.not_after)
    return answer::kind::outdated;
  if (step_.what == step::kind::write && !may_write_())
    return answer::kind::not_ours;
  return std::nullopt;
}

void plc_channel::begin() {
  waiting_ = false;
  if (const auto why = forbidden()) {
    answer got;
    got.how = *why;
    got.attempts = 0;
    return finish(std::move(got));
  }
  act({exchange_.begin(step_, steady::now()), std::nullopt});
}

void plc_channel::act(exchange::reaction what) {
  count_exchange();
  if (what.send)
    carrier_->send(std::move(*what.send));
  if (what.done)
    return finish(std::move(*what.done));
  if (busy_)
    arm();
}

void plc_channel::finish(answer got) {
  timer_.cancel();
  busy_ = false;
  waiting_ = false;
  if (got.how == answer::kind::outdated || got.how == answer::kind::not_ours) {
    metrics::count("millrace_plc_withheld_total",
                   "Frames that were not sent because the look before them was "
                   "too old or the line no longer ours",
                   {{"line", line_}});
  } else if (got.how == answer::kind::unanswered) {
    if (const auto trouble = carrier_->trouble(); !trouble.empty())
      got.detail = trouble;
    carrier_->suspect();
  } else {
    count_end_code(got);
  }
  answered_(number_, std::move(got));
}

void plc_channel::arm() {
  timer_.expires_at(exchange_.deadline().value_or(steady::now() + time_out_));
  timer_.async_wait([this](boost::system::error_code cancelled) {
    if (!cancelled && busy_)
      expired();
  });
}

void plc_channel::expired() {
  if (waiting_) {
    answer got;
    got.how = answer::kind::unanswered;
    got.attempts = 0;
    return finish(std::move(got));
  }
  // What went out before may have been done; it is not sent again.
  if (forbidden())
    return act({std::nullopt, exchange_.give_up()});
  act(exchange_.expired(steady::now()));
}

void plc_channel::count_exchange() {
  const auto& now = exchange_.counted();
  count_more("millrace_plc_frames_total",
             "FINS requests sent, repeats included", line_, now.sent,
             reported_.sent);
  count_more("millrace_plc_repeats_total", "FINS requests that were repeated",
             line_, now.repeats, reported_.repeats);
  count_dropped(line_, "late", now.late - reported_.late);
  count_dropped(line_, "malformed", now.malformed - reported_.malformed);
  reported_ = now;
}

void plc_channel::count_end_code(const answer& got) {
  char code[5];
  std::snprintf(code, sizeof code, "%04X", got.code.code);
  metrics::count("millrace_plc_end_codes_total", "FINS answers by end code",
                 {{"line", line_},
                  {"code", code},
                  {"class", fins::name_of(fins::classify(got.code.code))}});
  metrics::gauge("millrace_plc_cpu_error",
                 "1: non-fatal (battery, ...), 2: fatal, as the PLC says",
                 got.code.fatal       ? 2
                 : got.code.non_fatal ? 1
                                      : 0,
                 {{"line", line_}});
}

} // namespace millrace::plc
