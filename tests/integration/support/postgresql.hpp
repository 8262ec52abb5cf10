#pragma once

#include "tests/integration/support/child_process.hpp"
#include "tests/temp_folder.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace millrace::test {

/// A PostgreSQL 15 cluster of this test's own, in a folder of its own, on a
/// Unix socket there and on a free port of 127.0.0.1. PostgreSQL refuses root:
/// then it runs as an unprivileged user. Text sorts by ICU's en-US rules, not
/// by bytes, as in plants. Throws when the programs are missing.
class postgresql {
public:
  /// Makes the cluster, starts it and waits until it accepts.
  postgresql();
  ~postgresql();

  void start();
  /// SIGINT: sessions are ended, data is written.
  void stop();
  /// SIGQUIT: like a crash; the next start recovers.
  void crash();

  /// A new empty database.
  std::string new_database();
  /// DATABASE_URL by the socket; the user needs no password.
  std::string url(const std::string& database) const;
  std::uint16_t port() const {
    return port_;
  }
  std::string log() const;

private:
  void end(int signal);

  temp_folder folder_;
  std::string home_; // below folder_, owned by who runs the cluster
  std::uint16_t port_;
  int databases_ = 0;
  std::unique_ptr<child_process> process_;
};

} // namespace millrace::test
