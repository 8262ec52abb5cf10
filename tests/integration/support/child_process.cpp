#include "tests/integration/support/child_process.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

namespace millrace::test {

namespace {

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> all;
  for (auto& text : texts)
    all.push_back(text.data());
  all.push_back(nullptr);
  return all;
}

std::vector<std::string>
merged_environment(const std::map<std::string, std::string>& extra) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry; ++entry) {
    const std::string text = *entry;
    if (!extra.contains(text.substr(0, text.find('='))))
      all.push_back(text);
  }
  for (const auto& [name, value] : extra)
    all.push_back(name + "=" + value);
  return all;
}

int open_output(const std::string& file) {
  const auto* path = file.empty() ? "/dev/null" : file.c_str();
  const int fd = ::open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0)
    throw std::system_error(errno, std::generic_category(), path);
  return fd;
}

/// Between fork and exec: system calls only, no allocation.
[[noreturn]] void become(char** argv, char** environment, const char* folder,
                         int output, pid_t parent) {
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent)
    ::_exit(127);
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(output, STDERR_FILENO);
  if (*folder == '\0' || ::chdir(folder) == 0)
    ::execvpe(argv[0], argv, environment);
  ::_exit(127);
}

} // namespace

child_process::child_process(const command_line& what) {
  auto arguments = what.argv;
  auto variables = merged_environment(what.environment);
  auto argv = pointers(arguments);
  auto environment = pointers(variables);
  const int output = open_output(what.output_file);
  const auto parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0)
    become(argv.data(), environment.data(), what.working_folder.c_str(), output,
           parent);
  ::close(output);
  if (pid_ < 0)
    throw std::system_error(errno, std::generic_category(), "fork");
  exit_handle_ = static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0));
}

child_process::~child_process() {
  kill();
  if (exit_handle_ >= 0)
    ::close(exit_handle_);
}

bool child_process::reap() {
  int status = 0;
  if (exit_code_ || ::waitpid(pid_, &status, WNOHANG) != pid_)
    return exit_code_.has_value();
  exit_code_
    = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return true;
}

bool child_process::running() {
  return !reap();
}

void child_process::signal(int number) {
  if (running())
    ::kill(pid_, number);
}

std::optional<int> child_process::wait(std::chrono::milliseconds patience) {
  if (!reap()) {
    pollfd ended{exit_handle_, POLLIN, 0};
    ::poll(&ended, 1, static_cast<int>(patience.count()));
    reap();
  }
  return exit_code_;
}

void child_process::kill() {
  signal(SIGKILL);
  while (!wait(std::chrono::seconds{1})) {
    // A killed child ends as soon as the kernel lets go of it.
  }
}

} // namespace millrace::test
