#include "common/fins/frame.hpp"

#include <array>
#include <cstdio>
#include <string>
#include <string_view>

namespace millrace::fins {

namespace {

constexpr std::size_t header_size = 10;
constexpr std::size_t request_prefix = 18;
constexpr std::uint8_t icf_request = 0x80;
constexpr std::uint8_t icf_response = 0xC0;
constexpr std::uint8_t gateway_count = 0x02;
constexpr std::uint8_t memory_area = 0x01;
constexpr std::uint8_t read_code = 0x01;
constexpr std::uint8_t write_code = 0x02;

std::uint16_t word_at(std::span<const std::uint8_t> frame, std::size_t at) {
  return static_cast<std::uint16_t>(frame[at] << 8 | frame[at + 1]);
}

void put_word(octets& out, std::uint16_t word) {
  out.push_back(static_cast<std::uint8_t>(word >> 8));
  out.push_back(static_cast<std::uint8_t>(word & 0xFF));
}

octets header(std::uint8_t icf, const node_address& to,
              const node_address& from, std::uint8_t sid, bool write) {
  return {icf,       0x00,    gateway_count, to.network,
          to.node,   to.unit, from.network,  from.node,
          from.unit, sid,     memory_area,   write ? write_code : read_code};
}

words words_of(std::span<const std::uint8_t> data) {
  words result;
  result.reserve(data.size() / 2);
  for (std::size_t at = 0; at + 1 < data.size(); at += 2)
    result.push_back(word_at(data, at));
  return result;
}

std::string hex(std::uint8_t octet) {
  char digits[3];
  std::snprintf(digits, sizeof digits, "%02X", octet);
  return digits;
}

error too_short(std::size_t size, std::size_t wanted) {
  return {"frame of " + std::to_string(size) + " octets, at least "
          + std::to_string(wanted) + " wanted"};
}

// Of the first 12 octets of a response, in A.1's order; octet 2 (GCT) may be
// anything.
constexpr std::array<std::string_view, 12> field_names{
  "ICF", "RSV", "GCT", "DNA", "DA1", "DA2",
  "SNA", "SA1", "SA2", "SID", "MRC", "SRC"};
constexpr std::size_t gct_index = 2;

std::optional<error> wrong_field(const request& asked,
                                 std::span<const std::uint8_t> frame) {
  const auto wanted = header(icf_response, asked.source, asked.destination,
                             asked.sid, asked.write);
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (i != gct_index && frame[i] != wanted[i])
      return error{std::string(field_names[i]) + " is " + hex(frame[i])
                   + ", wanted " + hex(wanted[i])};
  return std::nullopt;
}

} // namespace

octets encode(const request& asked) {
  auto out = header(icf_request, asked.destination, asked.source, asked.sid,
                    asked.write);
  out.push_back(asked.area);
  put_word(out, asked.address);
  out.push_back(asked.bit);
  put_word(out, asked.write ? static_cast<std::uint16_t>(asked.data.size())
                            : asked.count);
  if (asked.write)
    for (const auto word : asked.data)
      put_word(out, word);
  return out;
}

result<request> decode_request(std::span<const std::uint8_t> frame) {
  if (frame.size() < request_prefix)
    return too_short(frame.size(), request_prefix);
  if ((frame[0] & 0x40) != 0)
    return error{"ICF " + hex(frame[0]) + " is not a request"};
  if (frame[10] != memory_area
      || (frame[11] != read_code && frame[11] != write_code))
    return error{"command " + hex(frame[10]) + hex(frame[11])
                 + " is neither 0101 nor 0102"};
  request asked;
  asked.destination = {frame[3], frame[4], frame[5]};
  asked.source = {frame[6], frame[7], frame[8]};
  asked.sid = frame[9];
  asked.write = frame[11] == write_code;
  asked.area = frame[12];
  asked.address = word_at(frame, 13);
  asked.bit = frame[15];
  asked.count = word_at(frame, 16);
  const auto data = frame.subspan(request_prefix);
  const std::size_t wanted = asked.write ? std::size_t{asked.count} * 2 : 0;
  if (data.size() != wanted)
    return error{"data of " + std::to_string(data.size()) + " octets, wanted "
                 + std::to_string(wanted)};
  asked.data = words_of(data);
  return asked;
}

octets encode_response(const request& asked, const end_code& code,
                       std::span<const std::uint16_t> data) {
  auto out = header(icf_response, asked.source, asked.destination, asked.sid,
                    asked.write);
  put_word(out, static_cast<std::uint16_t>(
                  code.code | (code.relay_error ? 0x8000 : 0)
                  | (code.fatal ? 0x80 : 0) | (code.non_fatal ? 0x40 : 0)));
  for (const auto word : data)
    put_word(out, word);
  return out;
}

result<response> decode_response(const request& asked,
                                 std::span<const std::uint8_t> frame) {
  if (frame.size() < response_prefix)
    return too_short(frame.size(), response_prefix);
  if (auto wrong = wrong_field(asked, frame))
    return *wrong;
  response answer;
  answer.code = end_code::from_octets(frame[12], frame[13]);
  const auto data = frame.subspan(response_prefix);
  if (!answer.code.ok())
    return answer;
  const std::size_t wanted = asked.write ? 0 : std::size_t{asked.count} * 2;
  if (data.size() != wanted)
    return error{"data of " + std::to_string(data.size()) + " octets, wanted "
                 + std::to_string(wanted)};
  answer.data = words_of(data);
  return answer;
}

std::optional<std::uint8_t> sid_of(std::span<const std::uint8_t> frame) {
  if (frame.size() < header_size)
    return std::nullopt;
  return frame[header_size - 1];
}

} // namespace millrace::fins
