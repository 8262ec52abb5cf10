#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace millrace::contract {

/// What kind of message it is; says on which topic it travels.
enum class travel {
  event,         // <root>/<line>/_event/<name>
  command,       // <root>/<line>/_cmd/<service>/<name>; answered by events
  question,      // the same; answered with command.result
  answer,        // <root>/_reply/<client>
  line_state,    // <root>/<line>/_state/plc, retained
  service_state, // <root>/_state/service/<service>, retained
  claim,         // <root>/_claim/<service>/<lines>, retained when it claims
  whole_state,   // <root>/_state/<its only writer>, retained
  rejected       // <root>/_state/rejected/<service>
};

/// Who sends a message and who takes it. The one table of it.
struct party_entry {
  std::string_view message;
  travel by;
  std::vector<std::string_view> senders;
  /// Of a command or question exactly one. Subscribers outside are not listed.
  std::vector<std::string_view> receivers;
  std::string_view summary;
};

const std::vector<party_entry>& parties();

/// None when the table does not name the message.
const party_entry* parties_of(std::string_view message);

} // namespace millrace::contract
