#include "tests/integration/support/postgresql.hpp"

#include "tests/integration/support/free_port.hpp"
#include "tests/integration/support/waiting.hpp"

#include <csignal>
#include <filesystem>
#include <pwd.h>
#include <stdexcept>
#include <unistd.h>
#include <vector>

namespace millrace::test {

namespace {

namespace fs = std::filesystem;

// Debian keeps them outside of PATH, by version.
const std::string programs = "/usr/lib/postgresql/15/bin/";

constexpr const char* role = "mill";

const passwd& unprivileged_user() {
  for (const auto* name : {"postgres", "nobody"})
    if (const auto* found = ::getpwnam(name))
      return *found;
  throw std::runtime_error("no user postgres or nobody to run PostgreSQL as");
}

/// The command as the unprivileged user when we are root.
std::vector<std::string> unprivileged(std::vector<std::string> argv) {
  if (::geteuid() != 0)
    return argv;
  const auto& user = unprivileged_user();
  std::vector<std::string> all{
    "setpriv", "--reuid=" + std::to_string(user.pw_uid),
    "--regid=" + std::to_string(user.pw_gid), "--clear-groups",
    // A change of user forgets the one that
    // child_process had set.
    "--pdeathsig=QUIT"};
  all.insert(all.end(), argv.begin(), argv.end());
  return all;
}

/// A folder that the unprivileged user may write to and reach.
std::string make_home(const fs::path& inside) {
  const auto home = inside / "postgresql";
  fs::create_directory(home);
  if (::geteuid() != 0)
    return home.string();
  fs::permissions(inside, fs::perms::owner_all | fs::perms::group_exec
                            | fs::perms::others_exec);
  const auto& user = unprivileged_user();
  if (::chown(home.c_str(), user.pw_uid, user.pw_gid) != 0)
    throw std::runtime_error("cannot give " + home.string() + " away");
  return home.string();
}

void run(const std::vector<std::string>& argv, const fs::path& folder) {
  const auto output = (folder / "commands.log").string();
  child_process process{{argv, {{"LC_ALL", "C.UTF-8"}}, folder, output}};
  const auto code = process.wait(std::chrono::minutes{2});
  if (code != 0)
    throw std::runtime_error(argv.front() + " failed: " + read_text(output));
}

} // namespace

postgresql::postgresql()
  : home_(make_home(folder_.path())), port_(free_tcp_port()) {
  if (::access((programs + "postgres").c_str(), X_OK) != 0)
    throw std::runtime_error("PostgreSQL is missing: no " + programs
                             + "postgres (package postgresql-15)");
  run(unprivileged({programs + "initdb", "--pgdata=" + home_ + "/data",
                    std::string("--username=") + role, "--auth=trust",
                    "--no-sync", "--no-instructions", "--encoding=UTF8",
                    "--locale=C.UTF-8", "--locale-provider=icu",
                    "--icu-locale=en-US"}),
      folder_.path());
  start();
}

postgresql::~postgresql() {
  // At once, and its processes with it; nobody needs the data any more.
  if (process_ && process_->running())
    process_->signal(SIGQUIT);
  if (process_)
    process_->wait(patience);
}

void postgresql::start() {
  process_ = std::make_unique<child_process>(
    command_line{unprivileged({programs + "postgres", "-D", home_ + "/data",
                               "-k", home_, "-p", std::to_string(port_), "-c",
                               "listen_addresses=127.0.0.1", "-c", "fsync=off",
                               "-c", "shared_buffers=16MB", "-c",
                               "autovacuum=off", "-c", "max_connections=40"}),
                 {},
                 home_,
                 (folder_.path() / "postgresql.log").string()});
  const bool up = wait_until([this] {
    child_process ask{{{programs + "pg_isready", "-q", "-h", home_, "-p",
                        std::to_string(port_)},
                       {},
                       {},
                       {}}};
    return !process_->running() || ask.wait(patience) == 0;
  });
  if (!up || !process_->running())
    throw std::runtime_error("PostgreSQL does not start: " + log());
}

void postgresql::stop() {
  end(SIGINT);
}

void postgresql::crash() {
  end(SIGQUIT);
}

void postgresql::end(int signal) {
  process_->signal(signal);
  if (!process_->wait(patience))
    throw std::runtime_error("PostgreSQL does not stop: " + log());
}

std::string postgresql::new_database() {
  const auto name = "test" + std::to_string(++databases_);
  run({programs + "createdb", "-h", home_, "-p", std::to_string(port_), "-U",
       role, name},
      folder_.path());
  return url(name);
}

std::string postgresql::url(const std::string& database) const {
  return std::string("postgresql:///") + database + "?host=" + home_
         + "&port=" + std::to_string(port_) + "&user=" + role;
}

std::string postgresql::log() const {
  return read_text(folder_.path() / "postgresql.log");
}

} // namespace millrace::test
