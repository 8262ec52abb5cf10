#pragma once

#include "tests/integration/support/child_process.hpp"
#include "tests/temp_folder.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::test {

/// A mosquitto of this test's own, on a free port of 127.0.0.1 and in a folder
/// of its own.
class broker {
public:
  /// `settings`: further lines of mosquitto.conf. Anonymous clients are let in
  /// unless it says otherwise. Starts it and waits until it accepts.
  explicit broker(std::string settings = {});

  void start();
  /// SIGTERM: saves its database when persistence is on.
  void stop();
  /// kill -9: loses what was not saved.
  void kill();
  /// Freezes and thaws it: connections stay open, nothing is answered.
  void freeze();
  void thaw();

  std::uint16_t port() const {
    return port_;
  }
  /// "mqtt://127.0.0.1:<port>".
  std::string url() const;
  const temp_folder& folder() const {
    return folder_;
  }
  std::string log() const;

private:
  temp_folder folder_;
  std::uint16_t port_;
  std::string settings_;
  std::unique_ptr<child_process> process_;
};

/// Whether something accepts TCP connections on this port of 127.0.0.1.
bool accepts_connections(std::uint16_t port);

} // namespace millrace::test
