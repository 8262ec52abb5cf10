// Frames and streams to the simulated PLC: every answer is an answer to its
// request, and no request reaches beyond the memory.

#include "services/plc-simulator/fins_tcp.hpp"
#include "services/plc-simulator/simulated_plc.hpp"
#include "tests/fuzz/property.hpp"

#include <fuzzer/FuzzedDataProvider.h>

using namespace millrace;
using namespace millrace::plc_sim;
using fuzz::require;

namespace {

/// In the slots, at the memory's end or anywhere.
int some_address(FuzzedDataProvider& in) {
  switch (in.ConsumeIntegralInRange(0, 2)) {
  case 0:
    return in.ConsumeIntegralInRange(5'990, 9'020);
  case 1:
    return in.ConsumeIntegralInRange(memory_size - 40, memory_size + 10);
  default:
    return in.ConsumeIntegral<std::uint16_t>();
  }
}

bytes some_request(FuzzedDataProvider& in) {
  if (in.ConsumeBool())
    return in.ConsumeBytes<std::uint8_t>(
      in.ConsumeIntegralInRange<std::size_t>(0, 60));
  const bool write = in.ConsumeBool();
  const auto count = in.ConsumeIntegralInRange(0, 30);
  const auto address = some_address(in);
  bytes frame{0x80,
              0,
              2,
              0,
              2,
              0,
              0,
              1,
              0,
              in.ConsumeIntegral<std::uint8_t>(),
              1,
              static_cast<std::uint8_t>(write ? 2 : 1),
              0x82,
              static_cast<std::uint8_t>(address >> 8),
              static_cast<std::uint8_t>(address),
              0,
              0,
              static_cast<std::uint8_t>(count)};
  if (write) {
    const auto data
      = in.ConsumeBytes<std::uint8_t>(static_cast<std::size_t>(count) * 2);
    frame.insert(frame.end(), data.begin(), data.end());
  }
  return frame;
}

void check_request(byte_view frame) {
  const auto parsed = parse_request(frame, unit_limits{});
  const auto* request = std::get_if<fins_request>(&parsed);
  if (!request || request->end_code != end_code::ok)
    return;
  require(request->address >= 0
            && request->address + request->count <= memory_size,
          "what is carried out is inside the memory");
  require(request->data.size()
            == (request->is_write() ? std::size_t(request->count) : 0),
          "a write brings its words");
}

void check_answer(byte_view frame, const delivery& answer) {
  require(answer.frame.size() >= 14 && answer.frame.size() <= 2'012,
          "an answer has a FINS frame's length");
  require((answer.frame[0] & 0x40) != 0 && answer.frame[9] == frame[9]
            && answer.frame[10] == frame[10] && answer.frame[11] == frame[11],
          "an answer repeats SID and command");
}

void frames(FuzzedDataProvider& in) {
  plc_settings chosen;
  chosen.ready = in.ConsumeBool();
  simulated_plc plc(chosen);
  instant now{};
  while (in.remaining_bytes() > 0) {
    const auto frame = some_request(in);
    check_request(frame);
    for (const auto& answer : plc.on_frame(frame, "udp", now))
      check_answer(frame, answer);
    now += std::chrono::milliseconds{in.ConsumeIntegralInRange(0, 5'000)};
    plc.step(now);
  }
}

void stream(FuzzedDataProvider& in) {
  node_table nodes{2, 3};
  tcp_session session{1, nodes};
  while (in.remaining_bytes() > 0) {
    const auto piece = in.ConsumeBytes<std::uint8_t>(
      in.ConsumeIntegralInRange<std::size_t>(1, 40));
    const auto seen = session.feed(piece);
    for (const auto& frame : seen.frames)
      require(frame.size() >= 12 && frame.size() <= 2'012,
              "frames have their length");
    if (seen.close)
      return;
  }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  FuzzedDataProvider in(data, size);
  in.ConsumeBool() ? frames(in) : stream(in);
  return 0;
}
