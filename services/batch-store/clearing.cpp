#include "common/telemetry/log.hpp"
#include "services/batch-store/batch_store.hpp"

// Clearing a line's queue. What the PLC may have is asked first, so that no
// order comes again that it has; the order to clear is a row, so that it is
// carried to its end whatever dies meanwhile.

namespace millrace::store {

using namespace std::chrono_literals;

namespace {

// Longer than the PLC takes to be emptied, repeats included; shorter than the
// broker may keep a command for a plc-gateway that is away.
constexpr auto withdraw_expires_after = 30s;
// How long admin-gateway waits for the answer.
constexpr auto clear_patience = 40s;

} // namespace

void batch_store::on_queue_clear(const events::event<events::queue_clear>& in,
                                 const service::reply_to& to) {
  const auto& wish = in.data;
  const auto& line = wish.line;
  if (!serves(line))
    return; // its own batch-store answers
  if (!is_timely(in.meta, clear_patience, to))
    return;
  clear_order order{line, wish.withdraw, wish.user, wish.notes};
  bool ask_plc = wish.withdraw;
  for (const auto& row : rows_.queue(line))
    ask_plc = ask_plc || row.state == batch_state::staged;
  const auto waiting = rows_.clearing(line);
  if (!ask_plc && !waiting)
    return reach_.reply(to, clear_now(order, {}));
  order.withdraw = order.withdraw || (waiting && waiting->withdraw);
  rows_.write([&] { rows_.remember_clearing(order); });
  lines_[line].clear_asked_by.push_back(to);
  continue_clearing(line);
}

bool batch_store::continue_clearing(const std::string& line) {
  const auto order = rows_.clearing(line);
  if (!order)
    return false;
  auto& state = lines_[line];
  if (state.withdraw_under_way)
    return true;
  state.withdraw_under_way = true;
  events::plc_withdraw command;
  command.line = line;
  command.stage = rows_.stage(line);
  command.expires_at = format_utc(clock_() + withdraw_expires_after);
  command.empty = order->withdraw;
  for (const auto& row : rows_.queue(line))
    if (row.state == batch_state::staged || row.state == batch_state::written)
      command.batches.push_back(slot_order_of(row));
  reach_.withdraw(command, {},
                  [this, line](result<events::command_result> answer) {
                    on_withdrawn(line, answer);
                  });
  return true;
}

void batch_store::on_withdrawn(const std::string& line,
                               const result<events::command_result>& answer) {
  auto& state = lines_[line];
  state.withdraw_under_way = false;
  const auto order = rows_.clearing(line);
  if (!order)
    return;
  const auto proof = answer ? read_proof(*answer) : withdraw_proof{};
  if (answer && answer->ok)
    return end_clearing(line, clear_now(*order, proof));
  // Only looked: without proof nothing comes again by itself.
  if (!order->withdraw)
    return end_clearing(line, clear_now(*order, {}));
  const auto why = answer ? answer->message : answer.why();
  if (answer && !proof.begun) {
    // The command may come again, doubled on its way: plc-gateway would refuse
    // the queue's stage for good then.
    rows_.write([&] {
      rows_.forget_clearing(line);
      std::vector<std::string> staged;
      for (const auto& row : rows_.queue(line))
        if (row.state == batch_state::staged)
          staged.push_back(row.id);
      give_new_stages(line, staged);
    });
    return end_clearing(line, {false, why + "; nothing was changed", {}});
  }
  log::warn("plc.withdraw_not_finished", {{"line", line}, {"error", why}});
  end_clearing(line, {false,
                      why
                        + "; whether the PLC's WRITE area was emptied is not "
                          "known: it is gone on with by itself, then the queue "
                          "is cleared",
                      {}});
}

void batch_store::end_clearing(const std::string& line,
                               const events::command_result& answer) {
  for (const auto& to : std::exchange(lines_[line].clear_asked_by, {}))
    reach_.reply(to, answer);
}

events::command_result batch_store::clear_now(const clear_order& order,
                                              const withdraw_proof& proof) {
  std::vector<std::string> cleared, come_again, open;
  const std::string action = order.withdraw ? "withdraw" : "clear";
  const auto notes = "cleared by " + order.user
                     + (order.notes.empty() ? "" : ": " + order.notes);
  std::vector<std::string> gone;
  rows_.write([&] {
    cleared = come_again = open = gone = {};
    for (const auto& row : rows_.queue(order.line)) {
      cleared.push_back(row.mo_id);
      gone.push_back(row.id);
      const auto context = about(row, {});
      if (archive_if_through(row, context))
        continue;
      const bool never_given
        = row.state == batch_state::staged && !row.given_before;
      const auto how = rule_clear(
        row, proof.not_taken.contains(row.mo_id)
               || (never_given && proof.absent.contains(row.mo_id)));
      audit(row, action, order.user, order.notes,
            std::string("cleared")
              + (how.may_come_again ? ", may be fetched again" : "")
              + (how.booking_open ? ", its booking is open" : ""));
      archive(row, "cleared", notes, {!how.may_come_again, how.booking_open},
              context);
      if (how.may_come_again)
        come_again.push_back(row.mo_id);
      if (how.booking_open) {
        open.push_back(row.mo_id);
        raise_open_booking(row);
      }
    }
    rows_.forget_clearing(order.line);
    alerts_.clear(order.line, "plc_write_failed");
    alerts_.clear(order.line, "plc_write_waiting");
  });
  for (const auto& id : gone)
    end_errand(id, false, "its queue was cleared");
  auto& state = lines_[order.line];
  state.write_overdue.reset();
  state.waiting_to_write_since.reset();
  state.next_write = {};
  return cleared_answer(cleared, come_again, open);
}

} // namespace millrace::store
