#include "common/config/lines.hpp"

#include "common/config/checks.hpp"
#include "common/domain/lines.hpp"
#include "common/domain/order_name.hpp"
#include "common/json/parse.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <stdexcept>

namespace millrace::config {

namespace {

using nlohmann::json;

constexpr auto only_line = "PLC01";

/// Takes the members of one line; keeps the first that is wrong.
class entry_reader {
public:
  entry_reader(const json& from, std::string where)
    : from_(from), where_(std::move(where)) {
    if (!from_.is_object())
      refuse("", from_, "an object");
  }

  void text(const char* member, std::optional<std::string>& into,
            const std::string& allowed,
            const std::function<bool(const std::string&)>& fits) {
    const auto* value = take(member);
    if (!value)
      return;
    if (value->is_string() && fits(value->get_ref<const std::string&>()))
      into = value->get<std::string>();
    else
      refuse(member, *value, allowed);
  }

  void number(const char* member, std::optional<int>& into, int low, int high) {
    const auto* value = take(member);
    if (!value)
      return;
    if (value->is_number_integer() && value->get<double>() >= low
        && value->get<double>() <= high)
      into = value->get<int>();
    else
      refuse(member, *value, std::to_string(low) + ".." + std::to_string(high));
  }

  /// What is wrong, after all members were asked for; empty when nothing is.
  std::string end() {
    for (const auto& [member, value] : from_.items())
      if (wrong_.empty() && from_.is_object() && !known_.contains(member))
        wrong_ = where_ + "." + member + " is no member of a line";
    return wrong_;
  }

private:
  const json* take(const char* member) {
    known_.insert(member);
    if (!from_.is_object())
      return nullptr;
    const auto found = from_.find(member);
    return found == from_.end() ? nullptr : &*found;
  }

  void refuse(const std::string& member, const json& value,
              const std::string& allowed) {
    if (wrong_.empty())
      wrong_ = where_ + (member.empty() ? "" : "." + member) + " is "
               + value.dump(-1, ' ', false, json::error_handler_t::replace)
                   .substr(0, 80)
               + ", expected " + allowed;
  }

  const json& from_;
  std::string where_;
  std::set<std::string> known_;
  std::string wrong_;
};

result<line_entry> entry_of(const json& from, const std::string& where) {
  entry_reader members{from, where};
  line_entry line;
  std::optional<std::string> code;
  members.text(
    "code", code, "an Odoo equipment code",
    [](const std::string& text) { return bool(check_line_code(text)); });
  members.text("plc_ip", line.plc_ip, "an IP address or host name",
               [](const std::string& text) { return bool(check_host(text)); });
  members.number("plc_port", line.plc_port, 1, 65535);
  members.text(
    "plc_protocol", line.plc_protocol, "udp or tcp",
    [](const std::string& text) { return text == "udp" || text == "tcp"; });
  members.number("client_node", line.client_node, 0, 254);
  members.number("plc_node", line.plc_node, 0, 254);
  members.number("plc_local_port", line.plc_local_port, 0, 65535);
  members.text("plc_map", line.plc_map, "the path of a memory map",
               [](const std::string& text) { return !text.empty(); });
  if (auto wrong = members.end(); !wrong.empty())
    return error{std::move(wrong)};
  if (!code)
    return error{where + ".code is missing"};
  line.code = std::move(*code);
  return line;
}

/// The most lines with all their members take some 3 MiB.
constexpr std::size_t most_bytes = 16 << 20;

std::string size_of(const std::string& path) {
  std::error_code unknown; // a device has none
  const auto size = std::filesystem::file_size(path, unknown);
  return unknown ? "more" : std::to_string(size) + " bytes";
}

result<std::string> read_text(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  std::array<char, 65'536> piece;
  while (text.size() <= most_bytes && file) {
    file.read(piece.data(), piece.size());
    text.append(piece.data(), static_cast<std::size_t>(file.gcount()));
  }
  if (text.empty() || file.bad())
    return error{"cannot be read"};
  if (text.size() > most_bytes)
    return error{"has " + size_of(path) + ", at most "
                 + std::to_string(most_bytes) + " are read"};
  return text;
}

result<std::vector<line_entry>> read_lines_file(const std::string& path) {
  const auto text = read_text(path);
  if (!text)
    return error{text.why()};
  return parse_lines_file(*text);
}

std::string beside(const std::string& file, const std::string& path) {
  const auto folder = file.find_last_of('/');
  if (path.starts_with('/') || folder == std::string::npos)
    return path;
  return file.substr(0, folder + 1) + path;
}

result<std::string> check_codes(std::string_view text,
                                const std::string& file) {
  const auto codes = parse_lines(text);
  if (!codes)
    return error{codes.why()};
  if (file.empty())
    return std::string{text};
  std::set<std::string> known;
  if (const auto all = read_lines_file(file))
    for (const auto& line : *all)
      known.insert(line.code);
  for (const auto& code : *codes)
    if (!known.contains(code))
      return error{"names line \"" + code + "\", which is not in LINES_FILE"};
  return std::string{text};
}

} // namespace

result<std::vector<line_entry>> parse_lines_file(std::string_view text) {
  const auto parsed = parse_json(text);
  if (!parsed)
    return error{parsed.why()};
  const auto list = parsed->is_object() ? parsed->find("lines") : parsed->end();
  if (!parsed->is_object() || list == parsed->end() || !list->is_array()
      || list->empty() || list->size() > most_lines)
    return error{"expected {\"lines\": [...]} with 1 to "
                 + std::to_string(most_lines) + " lines"};
  std::vector<line_entry> lines;
  std::set<std::string> seen;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto line = entry_of((*list)[i], "lines[" + std::to_string(i) + "]");
    if (!line)
      return error{line.why()};
    if (!seen.insert(line->code).second)
      return error{"line \"" + line->code + "\" is named twice"};
    lines.push_back(std::move(*line));
  }
  return lines;
}

std::vector<line_entry> lines_setting::entries() const {
  std::vector<line_entry> all;
  if (!file.empty()) {
    auto read = read_lines_file(file);
    if (!read)
      throw std::runtime_error("LINES_FILE \"" + file + "\": " + read.why());
    all = std::move(*read);
    for (auto& line : all)
      if (line.plc_map)
        line.plc_map = beside(file, *line.plc_map);
  }
  if (codes.empty() && !all.empty())
    return all;
  std::map<std::string, line_entry> by_code;
  for (auto& line : all)
    by_code.emplace(line.code, std::move(line));
  std::vector<line_entry> chosen;
  const auto wanted = parse_lines(codes.empty() ? only_line : codes);
  for (const auto& code : *wanted) {
    auto& line = chosen.emplace_back(std::move(by_code[code]));
    line.code = code;
  }
  return chosen;
}

std::vector<std::string> lines_setting::line_codes() const {
  std::vector<std::string> found;
  for (auto& line : entries())
    found.push_back(std::move(line.code));
  return found;
}

void declare_lines(binder& bind, lines_setting& into) {
  bind.text({"LINES_FILE"}, into.file,
            "all lines of the plant with their PLCs (docs/many-lines.md)",
            "path of a JSON file", [](std::string_view path) {
              const auto read = read_lines_file(std::string{path});
              return read ? result<std::string>{std::string{path}}
                          : error{read.why()};
            });
  // After the file, which it is a part of.
  bind.text(
    {"LINES"}, into.codes,
    "lines served, by Odoo equipment code; default all of LINES_FILE, "
    "else PLC01",
    "codes and ranges (PLC001..PLC250) divided by commas, each once",
    [&into](std::string_view text) { return check_codes(text, into.file); });
}

} // namespace millrace::config
