#include "services/batch-store/call_watch.hpp"
#include "services/batch-store/storage_error.hpp"

#include <doctest/doctest.h>

#include <sys/socket.h>
#include <unistd.h>

using namespace std::chrono_literals;
using namespace millrace::store;

namespace {

/// A server that never answers.
struct silent_server {
  int ends[2]{-1, -1};
  silent_server() {
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
  }
  ~silent_server() {
    ::close(ends[0]);
    ::close(ends[1]);
  }
  /// As the database's library does; 0: the connection is gone.
  long wait_for_answer() {
    char one = 0;
    return ::read(ends[0], &one, 1);
  }
  bool alive() {
    char one = 'x';
    return ::write(ends[1], &one, 1) == 1 && wait_for_answer() == 1;
  }
};

} // namespace

TEST_SUITE("calls to the database") {
  TEST_CASE("one that takes too long is cut") {
    silent_server server;
    call_watch watch{1ms, [](const std::string&) {
                     }};
    watch.connected(server.ends[0]);
    const call_watch::call under_way{&watch};
    CHECK(server.wait_for_answer() == 0);
  }

  TEST_CASE("between calls a connection may rest as long as it likes") {
    silent_server server;
    {
      call_watch watch{1h, [](const std::string&) {
                       }};
      watch.connected(server.ends[0]);
      { const call_watch::call done{&watch}; }
      watch.allow(0ms);
    }
    CHECK(server.alive());
  }

  TEST_CASE("who ends cuts, also what is connected later") {
    silent_server server, next;
    call_watch watch{1h, [](const std::string&) {
                     }};
    watch.connected(server.ends[0]);
    watch.give_up();
    CHECK(server.wait_for_answer() == 0);
    watch.connected(next.ends[0]);
    CHECK(next.wait_for_answer() == 0);
  }

  TEST_CASE("a long call ends when the process is told to stop") {
    silent_server server;
    call_watch watch{1h, [](const std::string&) {
                     }};
    watch.connected(server.ends[0]);
    watch.abandon_when([] { return true; });
    const call_watch::call under_way{&watch};
    CHECK(server.wait_for_answer() == 0);
  }

  TEST_CASE("without a socket there is nothing to cut") {
    call_watch watch{0ms, [](const std::string&) {
                     }};
    watch.connected(-1);
    watch.give_up();
    const call_watch::call nobody{nullptr};
  }
}

TEST_SUITE("what PostgreSQL's errors mean") {
  TEST_CASE("what passes by itself is tried again") {
    for (const auto* state : {"40001", "40P01", "55P03", "57014"})
      CHECK(failure_of_sqlstate(state) == storage_failure::again);
  }
  TEST_CASE("the server's own trouble never drops a job") {
    for (const auto* state :
         {"",      "  ",    "08000", "08006", "25006", "25P03", "28000",
          "28P01", "3D000", "3F000", "42501", "53200", "53300", "53400",
          "55000", "55006", "57P01", "57P02", "57P03", "57P04", "57P05",
          "58000", "58030", "58P01", "F0000", "XX000", "XX001", "XX002"})
      CHECK_MESSAGE(failure_of_sqlstate(state) == storage_failure::unavailable,
                    state);
  }
  TEST_CASE("a full disk has its own name") {
    CHECK(failure_of_sqlstate("53100") == storage_failure::full);
  }
  TEST_CASE("only what is about the job itself drops it") {
    for (const auto* state : {"23505", "23502", "23503", "23514"})
      CHECK(failure_of_sqlstate(state) == storage_failure::conflict);
    for (const auto* state :
         {"22003", "22001", "22P02", "42601", "42703", "42P01"})
      CHECK(failure_of_sqlstate(state) == storage_failure::other);
  }
}
