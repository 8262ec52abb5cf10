#include "common/telemetry/log.hpp"
#include "services/odoo-gateway/actors.hpp"

#include <exception>

namespace millrace::odoo {

worker_state::worker_state(worker_actor::pointer ptr) : self(ptr) {
}

worker_actor::behavior_type
worker(worker_actor::stateful_pointer<worker_state> self, std::size_t number,
       deed perform) {
  auto& st = self->state;
  st.number = number;
  st.perform = std::move(perform);
  return {
    [&st](assignment& given) {
      try {
        st.perform(given.work);
      } catch (const std::exception& e) {
        log::error("odoo.worker_failed",
                   {{"command", given.work.key}, {"error", e.what()}});
      }
      const auto front = caf::actor_cast<caf::actor>(st.self->current_sender());
      caf::anon_send(front, job_ended{st.number, std::move(given.work)});
    },
  };
}

} // namespace millrace::odoo
