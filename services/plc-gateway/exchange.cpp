#include "services/plc-gateway/exchange.hpp"

namespace millrace::plc {

exchange::exchange(options chosen) : options_(chosen), sid_(chosen.first_sid) {
}

void exchange::set_nodes(std::uint8_t client, std::uint8_t plc) {
  options_.client_node = client;
  options_.plc_node = plc;
}

fins::octets exchange::begin(const step& asked, time_point now) {
  request_ = {};
  request_.write = asked.what == step::kind::write;
  request_.address = static_cast<std::uint16_t>(asked.address);
  request_.count = static_cast<std::uint16_t>(asked.count);
  request_.data = asked.data;
  repeatable_ = asked.repeatable;
  attempts_ = 0;
  answer_ = {};
  return attempt(now);
}

exchange::reaction exchange::received(std::span<const std::uint8_t> frame,
                                      time_point now) {
  if (idle() || resting_ || fins::sid_of(frame) != request_.sid) {
    ++counted_.late;
    return {};
  }
  auto got = fins::decode_response(request_, frame);
  if (!got) {
    ++counted_.malformed;
    answer_.detail = "answer dropped: " + got.why();
    return {};
  }
  answer_.code = got->code;
  if (!got->code.ok())
    return refused(*got, now);
  answer_.data = std::move(got->data);
  return end(answer::kind::ok);
}

exchange::reaction exchange::expired(time_point now) {
  if (idle() || now < *deadline_)
    return {};
  if (resting_ || may_repeat())
    return {attempt(now), std::nullopt};
  return end(answer::kind::unanswered);
}

answer exchange::give_up() {
  return std::move(*end(answer::kind::unanswered).done);
}

fins::octets exchange::attempt(time_point now) {
  ++attempts_;
  ++counted_.sent;
  if (attempts_ > 1)
    ++counted_.repeats;
  resting_ = false;
  // Of now: a FINS/TCP connection may have got other nodes meanwhile.
  request_.source.node = options_.client_node;
  request_.destination.node = options_.plc_node;
  request_.sid = sid_++;
  answer_.asked_at = now;
  deadline_ = now + options_.time_out;
  return fins::encode(request_);
}

exchange::reaction exchange::refused(const fins::response& got,
                                     time_point now) {
  if (fins::classify(got.code.code) != fins::end_class::retry || !may_repeat())
    return end(answer::kind::refused);
  resting_ = true;
  deadline_ = now + options_.time_out / 10 * attempts_;
  return {};
}

exchange::reaction exchange::end(answer::kind how) {
  deadline_.reset();
  resting_ = false;
  answer_.how = how;
  answer_.attempts = attempts_;
  return {std::nullopt, std::move(answer_)};
}

bool exchange::may_repeat() const {
  return repeatable_ && attempts_ <= options_.retries;
}

} // namespace millrace::plc
