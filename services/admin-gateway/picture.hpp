#pragma once

#include "common/events/messages.hpp"

#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace millrace::admin {

/// What the retained states say about the others.
struct known_states {
  std::map<std::string, events::service_state> services;
  /// By line.
  std::map<std::string, events::line_state> lines;
  std::optional<events::scheduler_state> scheduler;

  bool online(const std::string& service) const {
    const auto found = services.find(service);
    return found != services.end() && found->second.status == "online";
  }
};

/// Keeps the latest of each state. Thread safe.
class picture {
public:
  void saw(events::service_state state) {
    const std::lock_guard lock{mutex_};
    const auto name = state.service;
    states_.services[name] = std::move(state);
  }
  void saw(events::line_state state) {
    const std::lock_guard lock{mutex_};
    const auto line = state.line;
    states_.lines[line] = std::move(state);
  }
  void saw(events::scheduler_state state) {
    const std::lock_guard lock{mutex_};
    states_.scheduler = std::move(state);
  }
  known_states now() const {
    const std::lock_guard lock{mutex_};
    return states_;
  }

private:
  mutable std::mutex mutex_;
  known_states states_;
};

} // namespace millrace::admin
