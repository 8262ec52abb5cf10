#include "common/fins/end_code.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace millrace::fins {

namespace {

struct entry {
  std::uint16_t code;
  end_class kind;
  std::string_view text;
};

using enum end_class;

// W342 5-1-3, ascending. The classes are RELIABILITY A.6's.
constexpr std::array table{
  entry{0x0000, ok, "ok"},
  entry{0x0001, retry, "service cancelled"},
  entry{0x0101, retry, "local node not in network"},
  entry{0x0102, retry, "token time-out"},
  entry{0x0103, retry, "retries failed"},
  entry{0x0104, retry, "too many send frames"},
  entry{0x0105, config, "local node address out of range"},
  entry{0x0106, config, "local node address used twice"},
  entry{0x0201, config, "destination node not in network"},
  entry{0x0202, config, "destination unit missing"},
  entry{0x0203, config, "third node missing"},
  entry{0x0204, retry, "destination node busy"},
  entry{0x0205, retry, "destination response time-out"},
  entry{0x0301, device, "communications controller error"},
  entry{0x0302, device, "CPU unit error"},
  entry{0x0303, device, "controller error"},
  entry{0x0304, device, "unit number error"},
  entry{0x0401, permanent, "undefined command"},
  entry{0x0402, permanent, "command not supported by this model or version"},
  entry{0x0501, config, "destination address not in the routing tables"},
  entry{0x0502, config, "no routing tables"},
  entry{0x0503, config, "routing table error"},
  entry{0x0504, config, "too many relays"},
  entry{0x1001, smaller, "command too long"},
  entry{0x1002, permanent, "command too short"},
  entry{0x1003, permanent, "number of elements and data do not match"},
  entry{0x1004, permanent, "command format error"},
  entry{0x1005, permanent, "header error (node and IP address mismatch?)"},
  entry{0x1101, permanent, "area code missing"},
  entry{0x1102, permanent, "access size error"},
  entry{0x1103, permanent, "start address out of range"},
  entry{0x1104, permanent, "end address out of range"},
  entry{0x1106, permanent, "program missing"},
  entry{0x1109, permanent, "relational error"},
  entry{0x110A, permanent, "duplicate data access"},
  entry{0x110B, smaller, "response too long"},
  entry{0x110C, permanent, "parameter error"},
  entry{0x2002, permanent, "read not possible: protected"},
  entry{0x2003, permanent, "read not possible: table missing"},
  entry{0x2004, permanent, "read not possible: data missing"},
  entry{0x2005, permanent, "read not possible: program missing"},
  entry{0x2006, permanent, "read not possible: file missing"},
  entry{0x2007, permanent, "read not possible: data mismatch"},
  entry{0x2101, permanent, "write not possible: read-only"},
  entry{0x2102, permanent, "write not possible: protected"},
  entry{0x2103, permanent, "write not possible: cannot register"},
  entry{0x2105, permanent, "write not possible: program missing"},
  entry{0x2106, permanent, "write not possible: file missing"},
  entry{0x2107, permanent, "write not possible: file name exists"},
  entry{0x2108, permanent, "write not possible: cannot change"},
  entry{0x2201, mode, "not executable while running"},
  entry{0x2202, mode, "not executable while stopped"},
  entry{0x2203, mode, "wrong PLC mode: PROGRAM"},
  entry{0x2204, mode, "wrong PLC mode: DEBUG"},
  entry{0x2205, mode, "wrong PLC mode: MONITOR"},
  entry{0x2206, mode, "wrong PLC mode: RUN"},
  entry{0x2207, mode, "specified node is not the polling node"},
  entry{0x2208, mode, "wrong mode: step cannot be executed"},
  entry{0x2211, retry, "unit busy"},
  entry{0x2301, permanent, "file device missing"},
  entry{0x2302, permanent, "file memory missing"},
  entry{0x2303, permanent, "clock missing"},
  entry{0x2401, permanent, "data link table missing or wrong"},
  entry{0x2502, device, "memory error"},
  entry{0x2503, device, "I/O setting error"},
  entry{0x2504, device, "too many I/O points"},
  entry{0x2505, device, "CPU bus error"},
  entry{0x2506, device, "I/O duplication"},
  entry{0x2507, device, "I/O bus error"},
  entry{0x2509, device, "SYSMAC BUS/2 error"},
  entry{0x250A, device, "CPU bus unit error"},
  entry{0x250D, device, "SYSMAC BUS number duplicated"},
  entry{0x250F, device, "internal memory error"},
  entry{0x2510, device, "SYSMAC BUS terminator missing"},
  entry{0x2601, permanent, "not protected"},
  entry{0x2602, permanent, "wrong password"},
  entry{0x2604, permanent, "protected"},
  entry{0x2605, permanent, "service is executing"},
  entry{0x2606, permanent, "service is stopped"},
  entry{0x2607, permanent, "no execution right"},
  entry{0x2608, permanent, "settings not complete"},
  entry{0x2609, permanent, "necessary items not set"},
  entry{0x260A, permanent, "number already defined"},
  entry{0x260B, permanent, "error will not clear"},
  entry{0x3001, retry, "another device holds the access right"},
  entry{0x4001, retry, "service aborted"},
};
static_assert(std::ranges::is_sorted(table, {}, &entry::code));

const entry* find(std::uint16_t code) {
  const auto at = std::ranges::lower_bound(table, code, {}, &entry::code);
  return at != table.end() && at->code == code ? &*at : nullptr;
}

} // namespace

std::string_view name_of(end_class kind) {
  constexpr std::array<std::string_view, 7> names{
    "ok", "retry", "smaller", "mode", "device", "config", "permanent"};
  return names.at(static_cast<std::size_t>(kind));
}

end_code end_code::from_octets(std::uint8_t mres, std::uint8_t sres) {
  end_code result;
  result.code = static_cast<std::uint16_t>((mres & 0x7F) << 8 | (sres & 0x3F));
  result.relay_error = (mres & 0x80) != 0;
  result.fatal = (sres & 0x80) != 0;
  result.non_fatal = (sres & 0x40) != 0;
  return result;
}

end_class classify(std::uint16_t code) {
  const auto* known = find(code);
  return known ? known->kind : permanent;
}

std::string_view meaning(std::uint16_t code) {
  if (const auto* known = find(code))
    return known->text;
  return code >> 8 == 0x11 ? "parameter error" : "unknown end code";
}

std::string describe(const end_code& code) {
  char digits[5];
  std::snprintf(digits, sizeof digits, "%04X", code.code);
  auto text
    = std::string(digits) + " (" + std::string(meaning(code.code)) + ")";
  if (code.relay_error)
    text += ", relay error";
  if (code.fatal)
    text += ", CPU fatal error";
  if (code.non_fatal)
    text += ", CPU non-fatal error";
  return text;
}

} // namespace millrace::fins
