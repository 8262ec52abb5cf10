#pragma once

#include "common/service/port.hpp"
#include "services/odoo-gateway/code_memory.hpp"
#include "services/odoo-gateway/fetching.hpp"
#include "services/odoo-gateway/odoo_client.hpp"
#include "services/odoo-gateway/work_queue.hpp"

namespace millrace::odoo {

/// Where the outcome of a job goes. Thread safe; after close() nothing goes
/// out any more, so that a worker that still waits for Odoo cannot reach a port
/// that is gone.
class announcer {
public:
  explicit announcer(service::port& port) : port_(&port) {
  }
  template <class T>
  void emit(const std::string& line, T data, const service::context& about) {
    const std::lock_guard guard{mutex_};
    if (port_ && !port_->emit(line, std::move(data), about))
      dropped(T::name);
  }
  void close() {
    const std::lock_guard guard{mutex_};
    port_ = nullptr;
  }

private:
  static void dropped(std::string_view event);

  std::mutex mutex_;
  service::port* port_;
};

/// Does one job with Odoo and announces what came of it. Blocking; one per
/// worker.
class performer {
public:
  performer(http::client_options options, shared_parts parts,
            code_memory& memory, announcer& announce, wall_clock time_of_day);
  void operator()(const job& work);

private:
  void fetch(const job& work);
  void announce_fetch(const events::event<events::mo_fetch>& command,
                      fetch_answer answer);
  void perform(const events::event<events::odoo_push>& command);
  void perform(const events::event<events::odoo_cancel>& command);
  void perform(const events::event<events::odoo_check>& command);
  void announce_failure(const std::string& line,
                        const events::odoo_push_failed& failure,
                        service::context about);

  odoo_client odoo_;
  code_memory& memory_;
  announcer& announce_;
  wall_clock time_of_day_;
};

} // namespace millrace::odoo
