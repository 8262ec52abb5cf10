#pragma once

#include "services/odoo-simulator/odoo_model.hpp"

#include <random>

// Faults on command. Pure; dice with a seed.

namespace millrace::odoo_sim {

struct fault_settings {
  /// Answer this HTTP status (400..599) with an HTML page, do nothing; 0: off.
  int refuse_status = 0;
  /// The answer goes out this much later.
  std::chrono::milliseconds slow{0};
  /// Do the work, never answer.
  bool hang_after_commit = false;
  /// Do the work, close the connection in the middle of the answer.
  bool cut_answer = false;
  /// Do the work, close the connection without an answer.
  bool drop_answer = false;
  /// Close the connection without doing or answering anything.
  bool offline = false;
  /// Equipment codes that update-with-consumptions refuses.
  std::set<std::string> partial;
  /// Each session is good for one call.
  bool expire_each_call = false;
  /// mark-done answers success and leaves the order open.
  bool mark_done_leaves_open = false;
  /// Only this route ("mark-done"); empty: all.
  std::string route;
  /// Only the next so many requests of the route; none: until changed.
  std::optional<int> count;
  /// Only this share, 0..1, of them.
  double probability = 1;
  std::uint32_t seed = 1;
};

class fault_dice {
public:
  /// Starts over with these faults and their seed.
  void set(fault_settings chosen);
  const fault_settings& settings() const {
    return settings_;
  }
  /// What goes wrong with a request; all off when it is not concerned.
  fault_settings decide(const std::string& path);

private:
  fault_settings settings_;
  std::mt19937 random_{1};
};

} // namespace millrace::odoo_sim
