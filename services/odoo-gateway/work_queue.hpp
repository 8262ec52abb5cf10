#pragma once

#include "common/events/codec.hpp"
#include "services/odoo-gateway/breaker.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

// Which command is worked on next. Pure.

namespace millrace::odoo {

/// A command, and what the queue must know of it.
struct job {
  std::variant<
    events::event<events::mo_fetch>, events::event<events::odoo_push>,
    events::event<events::odoo_cancel>, events::event<events::odoo_check>>
    command;
  /// Jobs of one order (or one line's fetch) never run at the same time.
  std::string order;
  /// Jobs of the same key have the same effect.
  std::string key;
  /// Of a push.
  std::string batch_id;
  std::optional<std::int64_t> revision;
  /// Of a push that looks at Odoo before it changes anything. Its revision says
  /// nothing against those seen before: they may come from a database that was
  /// replaced by an older backup.
  bool looks_first = false;
  /// Of a fetch: those of other lines that the same reading of Odoo's list
  /// answers.
  std::vector<job> together;
};

job make_job(events::event<events::mo_fetch> command);
job make_job(events::event<events::odoo_push> command);
job make_job(events::event<events::odoo_cancel> command);
job make_job(events::event<events::odoo_check> command);

/// Waiting jobs, in order of arrival; each order's jobs one after the other.
class work_queue {
public:
  enum class admission {
    queued,
    /// The same is waiting or in work already.
    duplicate,
    /// Newer figures of this batch are waiting, in work, or were worked on a
    /// short while ago: a command that came late must not undo them.
    stale,
    full
  };

  work_queue(std::size_t max_waiting, std::chrono::milliseconds remember,
             steady_source now);

  /// A push also takes the place of waiting pushes of older figures.
  admission add(job fresh);
  /// The oldest job whose order is not in work; it is in work from now on. A
  /// fetch takes the waiting fetches of all other lines along.
  std::optional<job> next();
  void finished(const job& done);

  std::size_t waiting() const {
    return waiting_.size();
  }
  std::size_t in_work() const {
    return in_work_.size();
  }

private:
  struct memory {
    std::string batch_id;
    std::int64_t revision = 0;
    steady_time when;
  };
  bool is_stale(const job& fresh) const;
  void drop_older(const job& fresh);
  void take_along(job& fetch);
  void forget_old();

  std::size_t max_waiting_;
  std::chrono::milliseconds remember_;
  steady_source now_;
  std::deque<job> waiting_;
  std::map<std::string, job> in_work_; // by order
  std::map<std::string, memory> worked_on_;
};

} // namespace millrace::odoo
