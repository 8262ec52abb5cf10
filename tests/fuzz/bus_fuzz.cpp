// A message from the broker: topic, response topic, correlation and payload, a
// line each. Handlers never throw, answers go nowhere but to reply topics, and
// topic filters match as MQTT says.

#include "common/bus/topic_filter.hpp"
#include "common/service/port.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/unit/service/fake_bus.hpp"

using namespace millrace;
using namespace std::chrono_literals;
using fuzz::require;

namespace {

constexpr auto noon
  = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22} + 12h;

std::vector<std::string> levels_of(std::string_view topic) {
  std::vector<std::string> levels(1);
  for (const char c : topic)
    if (c == '/')
      levels.emplace_back();
    else
      levels.back() += c;
  return levels;
}

/// MQTT 5, 4.7, by levels.
bool matches_by_levels(const std::vector<std::string>& filter,
                       const std::vector<std::string>& topic) {
  for (std::size_t i = 0; i < filter.size(); ++i) {
    if (filter[i] == "#")
      return true;
    if (i >= topic.size() || (filter[i] != "+" && filter[i] != topic[i]))
      return false;
  }
  return filter.size() == topic.size();
}

void check_filter(std::string_view filter, std::string_view topic) {
  const bool hidden = topic.starts_with('$') && !filter.starts_with('$');
  const bool wanted
    = !hidden && matches_by_levels(levels_of(filter), levels_of(topic));
  require(bus::matches(filter, topic) == wanted, "a filter matches by levels",
          std::string(filter) + " | " + std::string(topic));
}

/// A service that takes every command and answers it.
struct listening {
  fake_bus bus;
  service::port port{bus,
                     "batch-store",
                     events::topics{"millrace/v1"},
                     [] { return noon; },
                     [] { return std::string("id-1"); },
                     "store-1"};

  template <class T>
  void answer() {
    port.on<T>([this](events::event<T> got, service::reply_to to) {
      port.reply(to, {true, got.meta.subject, {}});
    });
  }

  listening() {
#define MILLRACE_ANSWER(T) answer<events::T>();
    MILLRACE_COMMANDS(MILLRACE_ANSWER)
#undef MILLRACE_ANSWER
  }
};

void check_sent(const bus::outgoing& sent) {
  require(sent.topic.find_first_of("+#") == std::string::npos,
          "nothing is published to a filter", sent.topic);
  if (sent.topic == "millrace/v1/_state/rejected/batch-store")
    require(
      static_cast<bool>(events::decode<events::message_rejected>(sent.payload)),
      "a rejection can be read", sent.payload);
  else
    require(sent.topic.starts_with("millrace/v1/_reply/"),
            "answers go to reply topics only", sent.topic);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto [topic, rest] = fuzz::first_line(fuzz::text_of(data, size));
  const auto [response, more] = fuzz::first_line(rest);
  const auto [correlation, payload] = fuzz::first_line(more);
  check_filter(response, topic);
  static listening store;
  store.bus.sent.clear();
  store.port.arrived({std::string(topic), std::string(payload),
                      std::string(response), std::string(correlation), false});
  for (const auto& each : store.bus.sent)
    check_sent(each.message);
  return 0;
}
