#pragma once

#include "common/service/port.hpp"
#include "services/batch-store/repository.hpp"

#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace millrace::store {

/// Events leave with the row change that they tell of: add() inside the same
/// transaction, relay() after it. A row goes only when the broker has
/// acknowledged it; after a restart what is left goes out again with the same
/// id. One thread.
class outbox {
public:
  /// Publishes one row; false: not now. Reports back with acknowledged().
  using publisher = std::function<bool(const outbox_row&)>;

  outbox(repository& rows, const service::port& port, publisher publish)
    : rows_(rows), port_(port), publish_(std::move(publish)) {
  }

  /// Inside a transaction of the repository.
  template <class T>
  void add(const std::string& line, T data, const service::context& about) {
    const auto message = port_.compose(line, std::move(data), about);
    rows_.add_outgoing(port_.layout().event(line, T::name),
                       events::encode(message));
    fresh_ = true;
  }
  /// Hands what is new to the publisher.
  void relay();
  /// The broker took it, or gave it back (it will go out again).
  void acknowledged(std::int64_t seq, bool taken);
  /// Deletes what was acknowledged, many at a time; relays again.
  void sweep();
  std::size_t in_flight() const {
    return in_flight_.size();
  }

private:
  /// Published, or taken and not yet deleted: after a refusal only the refused
  /// row goes out again.
  bool on_its_way(std::int64_t seq) const;

  repository& rows_;
  const service::port& port_;
  publisher publish_;
  std::int64_t sent_up_to_ = 0;
  std::set<std::int64_t> in_flight_;
  std::vector<std::int64_t> taken_;
  bool fresh_ = true;
};

} // namespace millrace::store
