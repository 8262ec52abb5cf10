#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace millrace::test {

struct command_line {
  /// argv[0] is looked up in PATH when it has no slash.
  std::vector<std::string> argv;
  /// Added to this process's environment.
  std::map<std::string, std::string> environment = {};
  std::string working_folder = {};
  /// stdout and stderr are appended here; empty: /dev/null.
  std::string output_file = {};
};

/// A program of this test's own. It is killed at the end, also when the thread
/// that started it ends.
class child_process {
public:
  /// Throws when the program cannot be started.
  explicit child_process(const command_line& what);
  ~child_process();
  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  pid_t pid() const {
    return pid_;
  }
  bool running();
  /// Sends the signal unless the child has ended.
  void signal(int number);
  /// Exit code, 128 + signal when a signal ended it; none when it still runs
  /// after `patience`.
  std::optional<int> wait(std::chrono::milliseconds patience);
  /// SIGKILL, then waits for the end.
  void kill();

private:
  bool reap();

  pid_t pid_ = -1;
  int exit_handle_ = -1;
  std::optional<int> exit_code_;
};

} // namespace millrace::test
