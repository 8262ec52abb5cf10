#pragma once

#include "common/service/port.hpp"
#include "services/batch-store/call_watch.hpp"
#include "services/batch-store/sql_repository.hpp"
#include "services/batch-store/views.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/replies_to.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::store {

/// Whether the answer comes from the history alone, so that it can be read
/// beside the work.
bool is_about_the_past(const events::store_query& question);
/// Whether the answer may take long: sums, and searches through all names.
bool takes_long(const events::store_query& question);

struct question {
  events::store_query what;
  service::reply_to to;
};

/// The PAST READER answers one question after another. Blocking: spawned
/// detached.
using past_reader_actor = caf::typed_actor<caf::reacts_to<question>>;

struct past_reader_parts {
  database_address where;
  rules plant;
  std::vector<std::string> lines;
  wall_clock clock;
  std::function<void(const service::reply_to&, events::command_result)> reply;
  /// Of this connection alone.
  std::shared_ptr<call_watch> watch;
  /// Questions that wait; who asks counts up.
  std::shared_ptr<std::atomic<int>> waiting;
};

/// A connection of its own that only reads, beside the worker's: both databases
/// let it see what is committed without holding up who writes.
class past_reader_state {
public:
  static inline constexpr const char* name = "batch-store-past";

  void set_up(past_reader_parts parts) {
    parts_ = std::move(parts);
  }
  void answer(const question& one);

private:
  events::command_result answer_now(const events::store_query& wish);
  void connect();

  past_reader_parts parts_;
  std::unique_ptr<sql_session> sql_;
};

past_reader_actor::behavior_type
past_reader(past_reader_actor::stateful_pointer<past_reader_state> self,
            past_reader_parts parts);

} // namespace millrace::store

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::store::question)
