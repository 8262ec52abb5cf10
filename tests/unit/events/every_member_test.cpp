// What holds for every member of every message type, and for broken messages
// of every type: the samples are varied by rule instead of by hand.

#include "tests/unit/events/command_samples.hpp"
#include "tests/unit/events/event_samples.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <rapidcheck.h>

#include <functional>

using namespace millrace;
using namespace millrace::events;
using nlohmann::json;

namespace {

struct member {
  std::string name;
  bool may_be_missing;
  bool may_be_null;
  bool any_json;
  std::optional<std::int64_t> low;
  std::optional<std::int64_t> high;
};

/// One message type, without its C++ type.
struct kind {
  std::string name;
  json sample;
  std::vector<member> members;
  /// Why a text is refused, or "taken".
  std::function<std::string(const std::string&)> why;
  /// Whether what is taken can be sent on, and is taken again.
  std::function<bool(const std::string&)> can_be_sent_on;
};

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;

template <class T, class Member>
member described(const field<T, Member>& rule) {
  return {std::string(rule.name),
          is_optional<Member> || rule.may_be_missing,
          is_optional<Member>,
          std::is_same_v<Member, raw_json>,
          rule.low,
          rule.high};
}

template <class T>
std::string reason(const std::string& text) {
  const auto message = decode<T>(text);
  return message ? "taken" : message.why();
}

template <class T>
bool sent_on(const std::string& text) {
  const auto message = decode<T>(text);
  return !message || static_cast<bool>(decode<T>(encode(*message)));
}

template <class T>
kind kind_of() {
  event<T> message;
  message.meta.id = "1";
  message.meta.source = "/x";
  message.data = samples::sample_of<T>().data;
  std::vector<member> members;
  std::apply(
    [&](const auto&... each) { (members.push_back(described(each)), ...); },
    T::fields());
  return {std::string(T::name), json::parse(encode(message)),
          std::move(members), reason<T>, sent_on<T>};
}

const std::vector<kind>& all_kinds() {
  static const std::vector<kind> kinds{
#define KIND(T) kind_of<T>(),
    MILLRACE_MESSAGES(KIND)
#undef KIND
  };
  return kinds;
}

void check_presence(const kind& type, const member& one) {
  auto missing = type.sample;
  REQUIRE(missing["data"].erase(one.name) == 1);
  CHECK(type.why(missing.dump())
        == (one.may_be_missing
              ? "taken"
              : type.name + ": data." + one.name + ": is missing"));
}

void check_values(const kind& type, const member& one) {
  const auto with = [&](const json& value) {
    auto changed = type.sample;
    changed["data"][one.name] = value;
    return type.why(changed.dump());
  };
  const auto refusal = type.name + ": data." + one.name + ": expected ";
  if (!one.any_json) {
    const bool is_text = type.sample["data"][one.name].is_string();
    CHECK(with(is_text ? json(5) : json("five")).starts_with(refusal));
    CHECK(with({{"no such", 1}}) != "taken");
    CHECK((with(nullptr) == "taken") == one.may_be_null);
  }
  if (one.low) {
    CHECK(with(*one.low) == "taken");
    CHECK(with(*one.low - 1).starts_with(refusal));
  }
  if (one.high) {
    CHECK(with(*one.high) == "taken");
    CHECK(with(*one.high + 1).starts_with(refusal));
  }
}

} // namespace

TEST_SUITE("codec: every member of every message") {
  TEST_CASE("is required unless it may be absent") {
    for (const auto& type : all_kinds())
      for (const auto& one : type.members) {
        CAPTURE(type.name);
        CAPTURE(one.name);
        check_presence(type, one);
      }
  }

  TEST_CASE("is refused when it is of another type or out of range") {
    for (const auto& type : all_kinds())
      for (const auto& one : type.members) {
        CAPTURE(type.name);
        CAPTURE(one.name);
        check_values(type, one);
      }
  }
}

TEST_SUITE("codec: broken messages") {
  TEST_CASE("no type is taken for another") {
    for (const auto& type : all_kinds())
      for (const auto& other : all_kinds())
        CHECK((type.why(other.sample.dump()) == "taken")
              == (type.name == other.name));
  }

  TEST_CASE("a message that was cut off is never taken") {
    for (const auto& type : all_kinds()) {
      CAPTURE(type.name);
      const auto whole = type.sample.dump();
      for (std::size_t length = 0; length < whole.size(); ++length)
        CHECK(type.why(whole.substr(0, length))
              == type.name + ": message is no JSON");
    }
  }

  TEST_CASE("a message with a piece replaced never does harm") {
    CHECK(rc::check([](const std::string& patch) {
      for (const auto& type : all_kinds()) {
        auto text = type.sample.dump();
        const auto at = *rc::gen::inRange<std::size_t>(0, text.size());
        const auto length = *rc::gen::inRange<std::size_t>(0, 20);
        RC_ASSERT(type.can_be_sent_on(text.replace(at, length, patch)));
      }
    }));
  }

  TEST_CASE("a value replaced by another value never does harm") {
    const json values{nullptr,
                      true,
                      -1,
                      0,
                      1e300,
                      18446744073709551615U,
                      "",
                      "x",
                      json::array(),
                      json::object(),
                      json::array({1})};
    for (const auto& type : all_kinds()) {
      CAPTURE(type.name);
      const auto flat = type.sample.flatten();
      for (const auto& [pointer, value] : flat.items())
        for (const auto& other : values) {
          auto changed = type.sample;
          changed[json::json_pointer(pointer)] = other;
          CHECK(type.can_be_sent_on(changed.dump()));
        }
    }
  }

  TEST_CASE("random bytes never crash the reader and are never taken") {
    CHECK(rc::check([](const std::vector<std::uint8_t>& bytes) {
      const std::string text(bytes.begin(), bytes.end());
      for (const auto& type : all_kinds())
        RC_ASSERT(type.why(text).starts_with(type.name + ": message is no"));
    }));
  }
}
