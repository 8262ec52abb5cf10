// Messages of every type: name, then the CloudEvent. What is taken can be sent
// again and is then the same; what is refused is refused under its name.

#include "common/events/codec.hpp"
#include "tests/fuzz/property.hpp"

using namespace millrace;
using fuzz::require;

namespace {

template <class T>
void check(std::string_view text) {
  const auto message = events::decode<T>(text);
  if (!message) {
    require(message.why().starts_with(std::string(T::name) + ": "),
            "a refusal begins with the message's name", message.why());
    require(message.why().size() < 1'000, "a refusal is short", message.why());
    return;
  }
  require(!message->meta.id.empty(), "every message has an id");
  const auto sent = events::encode(*message);
  const auto back = events::decode<T>(sent);
  require(static_cast<bool>(back), "what was taken can be sent again", sent);
  require(events::encode(*back) == sent, "encoding is stable", sent);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto [name, text] = fuzz::first_line(fuzz::text_of(data, size));
#define MILLRACE_TRY(T)                                                        \
  if (name == events::T::name) {                                               \
    check<events::T>(text);                                                    \
    return 0;                                                                  \
  }
  MILLRACE_MESSAGES(MILLRACE_TRY)
#undef MILLRACE_TRY
  return -1; // no message: nothing to learn
}
