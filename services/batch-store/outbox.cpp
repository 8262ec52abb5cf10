#include "services/batch-store/outbox.hpp"

#include "common/service/kill_point.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/batch-store/journal.hpp"

#include <algorithm>

namespace millrace::store {

namespace {

// Enough to keep the bus's own window (15) full, little enough to resend.
constexpr std::size_t max_in_flight = 200;

} // namespace

event_encoder messages_of(const service::port& port) {
  return [&port](const std::string& line, promised_event what,
                 const service::context& about) {
    return std::visit(
      [&]<class T>(T& data) -> outbox_row {
        const auto message = port.compose(line, std::move(data), about);
        return {0, port.layout().event(line, T::name), events::encode(message),
                message.meta.id, message.meta.time};
      },
      what);
  };
}

void outbox::add(const std::string& line, const promised_event& what,
                 const service::context& about) {
  const auto row = encode_(line, what, about);
  rows_.add_outgoing(row.topic, row.payload);
  // Without an id a repeat could not be told.
  if (!row.event_id.empty())
    if (const auto told = told_by(what))
      keep(*told, row);
  fresh_ = true;
}

void outbox::keep(journal_entry told, const outbox_row& event) {
  told.key = event.event_id;
  if (told.at.empty())
    told.at = event.at;
  if (told.batch_id.empty()) {
    // An alert names only the order: it is about its newest batch.
    if (const auto row = rows_.find(told.mo_id))
      told.batch_id = row->id;
    else if (const auto past = rows_.archived(told.mo_id))
      told.batch_id = past->row.id;
    else
      return;
  }
  rows_.add_journal(told);
}

void outbox::relay() {
  while (fresh_ && in_flight_.size() < max_in_flight) {
    const auto room = static_cast<int>(max_in_flight - in_flight_.size());
    const auto rows = rows_.outgoing(sent_up_to_, room);
    for (const auto& row : rows) {
      if (!on_its_way(row.seq)) {
        in_flight_.insert(row.seq);
        kill_point("outbox.before_publish");
        if (!publish_(row)) {
          in_flight_.erase(row.seq);
          return;
        }
        kill_point("outbox.after_publish");
      }
      sent_up_to_ = std::max(sent_up_to_, row.seq);
    }
    fresh_ = static_cast<int>(rows.size()) == room;
  }
}

bool outbox::on_its_way(std::int64_t seq) const {
  return in_flight_.contains(seq)
         || std::find(taken_.begin(), taken_.end(), seq) != taken_.end();
}

void outbox::acknowledged(std::int64_t seq, bool taken) {
  in_flight_.erase(seq);
  kill_point("outbox.acknowledged");
  if (taken) {
    taken_.push_back(seq);
    return;
  }
  sent_up_to_ = std::min(sent_up_to_, seq - 1);
  fresh_ = true;
}

void outbox::sweep() {
  if (!taken_.empty()) {
    rows_.remove_outgoing(taken_);
    kill_point("outbox.removed");
    taken_.clear();
  }
  relay();
  metrics::gauge("millrace_outbox_in_flight",
                 "Events published and not yet acknowledged by the broker",
                 static_cast<double>(in_flight_.size()));
}

} // namespace millrace::store
