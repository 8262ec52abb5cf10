// Requests and answers in any order, whole, damaged, late and invented: an
// answer counts only when every field of it fits the request in flight.

#include "common/fins/frame.hpp"
#include "services/plc-gateway/exchange.hpp"
#include "tests/fuzz/property.hpp"

#include <algorithm>
#include <fuzzer/FuzzedDataProvider.h>

using namespace millrace;
using namespace millrace::plc;
using fuzz::require;

namespace {

constexpr std::size_t longest_damage = 4;

fins::words some_words(FuzzedDataProvider& in, std::size_t count) {
  fins::words out(count);
  for (auto& word : out)
    word = in.ConsumeIntegral<std::uint16_t>();
  return out;
}

/// One exchange after the other with a PLC that does what it likes.
class conversation {
public:
  explicit conversation(FuzzedDataProvider& in)
    : in_(in), retries_(in.ConsumeIntegralInRange(0, 3)), exchange_(options()) {
  }

  void go_on() {
    switch (in_.ConsumeIntegralInRange(0, 3)) {
    case 0:
      begin();
      break;
    case 1:
      receive(answer());
      break;
    case 2:
      receive(in_.ConsumeBytes<std::uint8_t>(
        in_.ConsumeIntegralInRange<std::size_t>(0, 64)));
      break;
    default:
      now_ += std::chrono::milliseconds{in_.ConsumeIntegralInRange(0, 3000)};
      check(exchange_.expired(now_), {});
    }
  }

private:
  exchange::options options() {
    exchange::options chosen;
    chosen.client_node = in_.ConsumeIntegral<std::uint8_t>();
    chosen.plc_node = in_.ConsumeIntegral<std::uint8_t>();
    chosen.first_sid = in_.ConsumeIntegral<std::uint8_t>();
    chosen.retries = retries_;
    return chosen;
  }

  void begin() {
    if (!exchange_.idle())
      return;
    const auto address = in_.ConsumeIntegralInRange(0, 32767);
    const auto count = in_.ConsumeIntegralInRange(0, 40);
    const bool repeatable = in_.ConsumeBool();
    asked_ = in_.ConsumeBool()
               ? step::read({address, count}, repeatable)
               : step::write(address,
                             some_words(in_, static_cast<std::size_t>(count)),
                             repeatable);
    sent(exchange_.begin(asked_, now_));
  }

  void sent(const fins::octets& frame) {
    const auto seen = fins::decode_request(frame);
    require(static_cast<bool>(seen), "what we send is a request");
    require(fins::encode(*seen) == frame, "a request reads back as sent");
    require(seen->address == asked_.address && seen->data == asked_.data
              && seen->count == asked_.count,
            "a request asks for what the step says");
    request_ = *seen;
  }

  /// The right answer, perhaps damaged.
  fins::octets answer() {
    const auto code
      = in_.ConsumeBool() ? in_.ConsumeIntegral<std::uint16_t>() : 0;
    const auto count = request_.write ? 0
                       : in_.ConsumeBool()
                         ? request_.count
                         : in_.ConsumeIntegralInRange<std::size_t>(0, 50);
    auto frame = fins::encode_response(
      request_,
      fins::end_code::from_octets(static_cast<std::uint8_t>(code >> 8),
                                  static_cast<std::uint8_t>(code)),
      some_words(in_, count));
    for (auto left = in_.ConsumeIntegralInRange<std::size_t>(0, longest_damage);
         left > 0; --left)
      frame[in_.ConsumeIntegralInRange<std::size_t>(0, frame.size() - 1)]
        = in_.ConsumeIntegral<std::uint8_t>();
    return frame;
  }

  void receive(const fins::octets& frame) {
    check(exchange_.received(frame, now_), frame);
  }

  void check(const exchange::reaction& seen, const fins::octets& frame) {
    require(!(seen.send && seen.done), "an exchange goes on or ends");
    if (seen.send)
      sent(*seen.send);
    if (!seen.done)
      return;
    require(exchange_.idle(), "an exchange that has ended is idle");
    require(seen.done->attempts >= 1
              && seen.done->attempts <= (asked_.repeatable ? retries_ + 1 : 1),
            "no more attempts than allowed");
    if (seen.done->ok())
      check_taken(frame, seen.done->data);
  }

  /// Written down again from RELIABILITY A.1, without our own codec.
  void check_taken(const fins::octets& frame, const fins::words& data) {
    const auto words = request_.write ? std::size_t{0} : request_.count;
    require(frame.size() == 14 + 2 * words, "an answer has its exact length");
    const fins::octets head{0xC0,
                            0,
                            frame[2],
                            request_.source.network,
                            request_.source.node,
                            request_.source.unit,
                            request_.destination.network,
                            request_.destination.node,
                            request_.destination.unit,
                            request_.sid,
                            1,
                            static_cast<std::uint8_t>(request_.write ? 2 : 1)};
    require(std::equal(head.begin(), head.end(), frame.begin()),
            "every field of an answer fits");
    require((frame[12] & 0x7F) == 0 && (frame[13] & 0x3F) == 0,
            "an answer that counts has end code 0");
    require(data.size() == words, "as many words as asked for");
    for (std::size_t i = 0; i < words; ++i)
      require(data[i] == (frame[14 + 2 * i] << 8 | frame[15 + 2 * i]),
              "words are the frame's");
  }

  FuzzedDataProvider& in_;
  int retries_;
  exchange exchange_;
  exchange::time_point now_{};
  step asked_;
  fins::request request_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  FuzzedDataProvider in(data, size);
  conversation talk(in);
  while (in.remaining_bytes() > 0)
    talk.go_on();
  if (const auto request = fins::decode_request({data, size}))
    require(fins::decode_request(fins::encode(*request)).operator*()
              == *request,
            "a request reads back as it was");
  return 0;
}
