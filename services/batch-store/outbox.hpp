#pragma once

#include "common/events/messages.hpp"
#include "common/service/port.hpp"
#include "services/batch-store/repository.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <variant>
#include <vector>

namespace millrace::store {

/// Every event that must not be lost.
using promised_event
  = std::variant<events::batch_staged, events::batch_updated,
                 events::batch_completed, events::batch_archived,
                 events::batch_cancelled, events::batch_decided,
                 events::queue_emptied, events::alert_raised,
                 events::alert_acknowledged, events::alert_cleared>;

/// Topic and payload of an event as it is to leave.
using event_encoder = std::function<outbox_row(
  const std::string& line, promised_event what, const service::context& about)>;
/// As messages of `port`, which must outlive it.
event_encoder messages_of(const service::port& port);

/// Events leave with the row change that they tell of: add() inside the same
/// transaction, relay() after it. A row goes only when the broker has
/// acknowledged it; after a restart what is left goes out again with the same
/// id. One thread.
class outbox {
public:
  /// Publishes one row; false: not now. Reports back with acknowledged().
  using publisher = std::function<bool(const outbox_row&)>;

  outbox(repository& rows, event_encoder encode, publisher publish)
    : rows_(rows), encode_(std::move(encode)), publish_(std::move(publish)) {
  }

  /// Inside a transaction of the repository.
  void add(const std::string& line, const promised_event& what,
           const service::context& about);
  /// Hands what is new to the publisher.
  void relay();
  /// The broker took it, or gave it back (it will go out again).
  void acknowledged(std::int64_t seq, bool taken);
  /// Deletes what was acknowledged, many at a time; relays again.
  void sweep();
  std::size_t in_flight() const {
    return in_flight_.size();
  }
  /// Nothing is published that sweep() is still to delete.
  bool at_rest() const {
    return in_flight_.empty() && taken_.empty();
  }

private:
  /// The story of the batch, in the same transaction.
  void keep(journal_entry told, const outbox_row& event);
  /// Published, or taken and not yet deleted: after a refusal only the refused
  /// row goes out again.
  bool on_its_way(std::int64_t seq) const;

  repository& rows_;
  event_encoder encode_;
  publisher publish_;
  std::int64_t sent_up_to_ = 0;
  std::set<std::int64_t> in_flight_;
  std::vector<std::int64_t> taken_;
  bool fresh_ = true;
};

} // namespace millrace::store
