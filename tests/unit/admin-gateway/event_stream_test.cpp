#include "services/admin-gateway/event_stream.hpp"

#include <doctest/doctest.h>

using namespace millrace::admin;

namespace {

struct listener {
  std::string got;
  bool there = true;
  event_stream::sink sink() {
    return [this](std::string piece) {
      if (there)
        got += piece;
      return there;
    };
  }
};

constexpr auto opening = "retry: 2000\n\n";
constexpr auto reset = "event: reset\ndata: {}\n\n";

std::string event(const std::string& id) {
  return "id: " + id + "\nevent: t\ndata: {\"id\":\"" + id + "\"}\n\n";
}

void say(event_stream& stream, const std::string& id) {
  stream.saw("t", id, "{\"id\":\"" + id + "\"}");
}

} // namespace

TEST_SUITE("event stream") {
  TEST_CASE("listeners get what is said after they came") {
    event_stream stream;
    listener early, late;
    stream.listen("", early.sink());
    say(stream, "a");
    stream.listen("", late.sink());
    say(stream, "b");
    CHECK(early.got == opening + event("a") + event("b"));
    CHECK(late.got == opening + event("b"));
    CHECK(stream.listeners() == 2);
  }

  TEST_CASE("whoever lost the connection goes on where it stopped") {
    event_stream stream;
    for (auto id : {"a", "b", "c"})
      say(stream, id);
    listener back, current;
    stream.listen("a", back.sink());
    CHECK(back.got == opening + event("b") + event("c"));
    stream.listen("c", current.sink());
    CHECK(current.got == opening);
  }

  TEST_CASE("what is not kept any more is told") {
    event_stream stream{2};
    for (auto id : {"a", "b", "c"})
      say(stream, id);
    listener back;
    stream.listen("a", back.sink());
    CHECK(back.got == std::string(opening) + reset);
  }

  TEST_CASE("what the broker delivers twice is said once") {
    event_stream stream;
    listener one;
    stream.listen("", one.sink());
    say(stream, "a");
    say(stream, "a");
    CHECK(one.got == opening + event("a"));
  }

  TEST_CASE("an id or message with line ends cannot forge an event") {
    event_stream stream;
    listener one;
    stream.listen("", one.sink());
    stream.saw("t", "a\nevent: x", "{}");
    stream.saw("t", "", "{}");
    stream.saw("t", "b", "{}\n\ndata: x");
    CHECK(one.got == opening);
  }

  TEST_CASE("who is gone or too slow is forgotten") {
    event_stream stream;
    listener one, two;
    stream.listen("", one.sink());
    stream.listen("", two.sink());
    one.there = false;
    stream.beat();
    CHECK(stream.listeners() == 1);
    say(stream, "a");
    CHECK(two.got == opening + std::string(": still here\n\n") + event("a"));
  }
}
