#include "services/plc-simulator/fins_frame.hpp"

namespace millrace::plc_sim {

namespace {

constexpr std::size_t header_size = 10;
constexpr std::size_t command_size = 2;
/// Area, address (2), bit, count (2).
constexpr std::size_t parameter_size = 6;
constexpr std::size_t longest_message = 2012;
constexpr std::uint8_t dm_words = 0x82;

int u16(byte_view from, std::size_t at) {
  return from[at] << 8 | from[at + 1];
}

fins_header header_of(byte_view frame) {
  return {frame[0], frame[1], frame[2], frame[3], frame[4],
          frame[5], frame[6], frame[7], frame[8], frame[9]};
}

int check_header(const fins_header& header, const unit_limits& limits) {
  if (header.rsv != 0)
    return end_code::header_error;
  if (header.dna != 0)
    return end_code::no_routing_tables;
  if (limits.node != 0 && header.da1 != 0 && header.da1 != limits.node)
    return end_code::header_error;
  return header.da2 == 0 ? end_code::ok : end_code::no_such_unit;
}

int check_range(byte_view parameters) {
  if (parameters[0] != dm_words)
    return end_code::no_such_area;
  if (parameters[3] != 0)
    return end_code::parameter_error;
  const int address = u16(parameters, 1);
  if (address >= memory_size)
    return end_code::start_out_of_range;
  return address + u16(parameters, 4) <= memory_size
           ? end_code::ok
           : end_code::end_out_of_range;
}

int check_read(byte_view parameters, const unit_limits& limits) {
  if (parameters.size() < parameter_size)
    return end_code::command_too_short;
  if (parameters.size() > parameter_size)
    return end_code::command_too_long;
  if (const int code = check_range(parameters))
    return code;
  return u16(parameters, 4) <= limits.max_read_words
           ? end_code::ok
           : end_code::response_too_long;
}

int check_write(byte_view parameters, const unit_limits& limits) {
  if (parameters.size() < parameter_size)
    return end_code::command_too_short;
  const std::size_t data_size = parameters.size() - parameter_size;
  if (data_size > 2 * static_cast<std::size_t>(limits.max_write_words()))
    return end_code::command_too_long;
  if (data_size != 2 * static_cast<std::size_t>(u16(parameters, 4)))
    return end_code::element_data_mismatch;
  return check_range(parameters);
}

int check_command(int command, byte_view parameters,
                  const unit_limits& limits) {
  switch (command) {
  case 0x0101:
    return check_read(parameters, limits);
  case 0x0102:
    return check_write(parameters, limits);
  default:
    return end_code::undefined_command;
  }
}

void read_parameters(fins_request& request, byte_view parameters) {
  const bool memory_access
    = request.command == 0x0101 || request.command == 0x0102;
  if (!memory_access || parameters.size() < parameter_size)
    return;
  request.address = u16(parameters, 1);
  request.count = u16(parameters, 4);
  if (request.end_code != end_code::ok)
    return;
  for (std::size_t at = parameter_size; at + 1 < parameters.size(); at += 2)
    request.data.push_back(static_cast<word>(u16(parameters, at)));
}

} // namespace

std::variant<fins_request, not_a_request>
parse_request(byte_view frame, const unit_limits& limits) {
  if (frame.size() < header_size + command_size)
    return not_a_request{"shorter than a FINS header with a command"};
  fins_request request;
  request.header = header_of(frame);
  if ((request.header.icf & 0x40) != 0)
    return not_a_request{"an answer, not a request"};
  request.command = u16(frame, header_size);
  const auto parameters = frame.subspan(header_size + command_size);
  request.end_code = check_header(request.header, limits);
  if (request.end_code == end_code::ok)
    request.end_code = frame.size() > longest_message
                         ? end_code::command_too_long
                         : check_command(request.command, parameters, limits);
  read_parameters(request, parameters);
  return request;
}

bytes answer_to(const fins_request& request, int end_code, const words& data) {
  const auto& asked = request.header;
  bytes answer{static_cast<std::uint8_t>(asked.icf | 0x40),
               0x00,
               0x02,
               asked.sna,
               asked.sa1,
               asked.sa2,
               asked.dna,
               asked.da1,
               asked.da2,
               asked.sid,
               static_cast<std::uint8_t>(request.command >> 8),
               static_cast<std::uint8_t>(request.command),
               static_cast<std::uint8_t>(end_code >> 8),
               static_cast<std::uint8_t>(end_code)};
  for (const word w : data) {
    answer.push_back(static_cast<std::uint8_t>(w >> 8));
    answer.push_back(static_cast<std::uint8_t>(w));
  }
  return answer;
}

} // namespace millrace::plc_sim
