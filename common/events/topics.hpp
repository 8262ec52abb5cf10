#pragma once

#include <string>
#include <string_view>

namespace millrace::events {

/// The topic layout (DESIGN 4) below a root such as "millrace/v1".
class topics {
public:
  explicit topics(std::string root) : root_(std::move(root)) {
  }

  /// <root>/<line>/_event/<name>; line "+" to subscribe to all.
  std::string event(std::string_view line, std::string_view name) const {
    return root_ + "/" + std::string(line) + "/_event/" + std::string(name);
  }
  /// <root>/<line>/_cmd/<service>/<name>; "_all" for commands about no line.
  std::string command(std::string_view line, std::string_view service,
                      std::string_view name) const {
    return root_ + "/" + std::string(line) + "/_cmd/" + std::string(service)
           + "/" + std::string(name);
  }
  /// <root>/<line>/_state/<what>, retained.
  std::string line_state(std::string_view line, std::string_view what) const {
    return root_ + "/" + std::string(line) + "/_state/" + std::string(what);
  }
  /// <root>/_state/service/<service>, retained.
  std::string service_state(std::string_view service) const {
    return root_ + "/_state/service/" + std::string(service);
  }
  /// <root>/_claim/<service>/<lines>; `lines` "+" to hear all.
  std::string claim(std::string_view service, std::string_view lines) const {
    return root_ + "/_claim/" + std::string(service) + "/" + std::string(lines);
  }
  /// <root>/_state/scheduler, retained.
  std::string scheduler_state() const {
    return root_ + "/_state/scheduler";
  }
  /// <root>/_state/notifier, retained.
  std::string notifier_state() const {
    return root_ + "/_state/notifier";
  }
  /// <root>/_state/rejected/<service>.
  std::string rejected(std::string_view service) const {
    return root_ + "/_state/rejected/" + std::string(service);
  }
  /// <root>/_reply/<client id>: where answers to this client's commands go.
  std::string reply(std::string_view client_id) const {
    return root_ + "/_reply/" + std::string(client_id);
  }

private:
  std::string root_;
};

} // namespace millrace::events
