#pragma once

#include "services/odoo-gateway/work_queue.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/stateful_actor.hpp>
#include <caf/typed_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <functional>
#include <vector>

namespace millrace::odoo {

/// INTERNAL, from a worker: this job has ended.
struct job_ended {
  std::size_t worker = 0;
  job done;
};

/// The service stops: take nothing new, say when what is in hand has ended.
struct good_bye {
  std::function<void()> ended;
};

/// INTERNAL, to a worker.
struct assignment {
  job work;
};

} // namespace millrace::odoo

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::odoo::job)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::odoo::job_ended)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::odoo::good_bye)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(millrace::odoo::assignment)

namespace millrace::odoo {

/// A WORKER does one job after the other. It blocks: to be spawned detached.
using worker_actor = caf::typed_actor<caf::reacts_to<assignment>>;

/// The FRONT owns the queue and hands jobs to free workers. Never blocks.
using front_actor
  = caf::typed_actor<caf::reacts_to<job>, caf::reacts_to<job_ended>,
                     caf::reacts_to<good_bye>>;

/// Does a job; blocks.
using deed = std::function<void(const job&)>;

struct front_state {
  static inline constexpr const char* name = "front";

  explicit front_state(front_actor::pointer ptr);

  void begin(work_queue jobs, std::vector<worker_actor> staff);
  void take(job& fresh);
  void on_ended(const job_ended& news);
  void on_good_bye(good_bye& wish);

  front_actor::pointer self;

private:
  void hand_out();
  void leave_if_done();

  std::optional<work_queue> queue_;
  std::vector<worker_actor> workers_;
  std::vector<std::size_t> free_;
  std::function<void()> ended_;
};

front_actor::behavior_type
front(front_actor::stateful_pointer<front_state> self, work_queue jobs,
      std::vector<worker_actor> staff);

struct worker_state {
  static inline constexpr const char* name = "worker";

  explicit worker_state(worker_actor::pointer ptr);

  worker_actor::pointer self;
  std::size_t number = 0;
  deed perform;
};

worker_actor::behavior_type
worker(worker_actor::stateful_pointer<worker_state> self, std::size_t number,
       deed perform);

} // namespace millrace::odoo
