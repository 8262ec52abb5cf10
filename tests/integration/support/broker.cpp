#include "tests/integration/support/broker.hpp"

#include "tests/integration/support/free_port.hpp"
#include "tests/integration/support/waiting.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <netinet/in.h>
#include <stdexcept>
#include <sys/socket.h>
#include <unistd.h>

namespace millrace::test {

broker::broker(std::string settings)
  : port_(free_tcp_port()), settings_(std::move(settings)) {
  start();
}

void broker::start() {
  const auto base = folder_.path().string();
  const bool open = settings_.find("allow_anonymous") == std::string::npos;
  const auto config = folder_.write(
    "mosquitto.conf", "listener " + std::to_string(port_) + " 127.0.0.1\n"
                        + (open ? "allow_anonymous true\n" : "")
                        // As root it would become a user that may not write
                        // here.
                        + (::geteuid() == 0 ? "user root\n" : "")
                        + "persistence_location " + base + "/\n" + settings_);
  // Debian builds put it outside of the PATH of ordinary users.
  const char* program = ::access("/usr/sbin/mosquitto", X_OK) == 0
                          ? "/usr/sbin/mosquitto"
                          : "mosquitto";
  process_ = std::make_unique<child_process>(
    command_line{{program, "-c", config}, {}, {}, base + "/broker.log"});
  const bool up = wait_until(
    [this] { return !process_->running() || accepts_connections(port_); });
  if (!up || !process_->running())
    throw std::runtime_error("mosquitto does not start: " + log());
}

void broker::stop() {
  process_->signal(SIGTERM);
  if (!process_->wait(patience))
    throw std::runtime_error("mosquitto does not stop");
}

void broker::kill() {
  process_->kill();
}

void broker::freeze() {
  process_->signal(SIGSTOP);
}

void broker::thaw() {
  process_->signal(SIGCONT);
}

std::string broker::url() const {
  return "mqtt://127.0.0.1:" + std::to_string(port_);
}

std::string broker::log() const {
  return read_text(folder_.path() / "broker.log");
}

bool accepts_connections(std::uint16_t port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  const bool accepted
    = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address))
      == 0;
  ::close(fd);
  return accepted;
}

} // namespace millrace::test
