#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>
#include <caf/replies_to.hpp>

#include <functional>

namespace millrace::store {

class batch_store;

/// One message for batch-store, as a call on it. May run more than once: a
/// transaction that the database broke off is tried again.
struct job {
  std::function<void(batch_store&)> call;
};
/// What the broker said about an outbox row.
struct outbox_news {
  long long seq = 0;
  bool taken = false;
};
/// Look after what is overdue.
struct look_round {};

/// The WORKER owns the database and does one job after another. Blocking:
/// spawned detached.
using worker_actor = caf::typed_actor<
  // Runs it; waits while the database is away.
  caf::reacts_to<job>,
  // INTERNAL, from the bus's thread.
  caf::reacts_to<outbox_news>,
  // INTERNAL: its own timer.
  caf::reacts_to<look_round>>;

} // namespace millrace::store

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::store::job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::store::outbox_news)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::store::look_round)
