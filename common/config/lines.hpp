#pragma once

#include "common/config/binder.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Which lines a service serves: the settings LINES and LINES_FILE, the same for
// every service.

namespace millrace::config {

/// One line of LINES_FILE. Its members bear the names of the settings that they
/// stand for; what is left out is what that setting says.
struct line_entry {
  /// Odoo equipment code.
  std::string code;
  std::optional<std::string> plc_ip;
  std::optional<int> plc_port;
  std::optional<std::string> plc_protocol;
  std::optional<int> client_node;
  std::optional<int> plc_node;
  std::optional<int> plc_local_port;
  std::optional<std::string> plc_map;
};

/// Reads {"lines": [{"code": "PLC01", "plc_ip": "192.168.1.2", ...}, ...]}, at
/// least one line, at most 10,000, none twice. The error names member and
/// value.
result<std::vector<line_entry>> parse_lines_file(std::string_view text);

struct lines_setting {
  /// LINES; empty: all of the file, or without a file "PLC01".
  std::string codes;
  /// LINES_FILE, a path.
  std::string file;

  /// The lines chosen, in their order; without a file, codes only. A relative
  /// plc_map is looked for beside the file. Throws std::runtime_error when the
  /// file has become wrong since the loading.
  std::vector<line_entry> entries() const;
  /// Their codes.
  std::vector<std::string> line_codes() const;
};

/// `into` must outlive the loading.
void declare_lines(binder& bind, lines_setting& into);

} // namespace millrace::config
