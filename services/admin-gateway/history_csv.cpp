#include "services/admin-gateway/history_csv.hpp"

#include "common/domain/dosing.hpp"

#include <nlohmann/json.hpp>

#include <string_view>
#include <vector>

namespace millrace::admin {

namespace {

using nlohmann::json;

const std::vector<std::string>& columns() {
  static const auto all = [] {
    std::vector<std::string> names{"id",
                                   "mo_id",
                                   "equipment_id_batch",
                                   "batch_no",
                                   "finished_goods",
                                   "status",
                                   "consumption",
                                   "actual_weight_quantity_finished_goods"};
    for (const auto& point : dosing_points) {
      const std::string tag{point.tag};
      names.emplace_back(point.id_column);
      names.push_back("component_" + tag + "_name");
      names.push_back("consumption_" + tag);
      names.push_back("actual_consumption_" + tag);
    }
    for (const auto* last :
         {"status_manufacturing", "status_operation", "last_read_from_plc",
          "finished_at", "archived_at", "notes"})
      names.emplace_back(last);
    return names;
  }();
  return all;
}

constexpr auto byte_order_mark = "\xEF\xBB\xBF";

/// A spreadsheet takes text that begins so for a formula.
bool looks_like_formula(const std::string& text) {
  return !text.empty()
         && std::string_view{"=+-@\t\r"}.find(text.front())
              != std::string_view::npos;
}

std::string in_quotes(const std::string& text) {
  std::string out = "\"";
  for (const char c : text)
    out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string cell(const json& value) {
  if (value.is_null())
    return {};
  if (!value.is_string())
    return value.dump();
  auto text = value.get<std::string>();
  if (looks_like_formula(text))
    text.insert(text.begin(), '\'');
  const bool plain = text.find_first_of("\"\r\n,;") == std::string::npos;
  return plain ? text : in_quotes(text);
}

std::string line(const json& row, char separator) {
  std::string text;
  for (const auto& column : columns()) {
    if (!text.empty() || &column != &columns().front())
      text += separator;
    if (const auto found = row.find(column); found != row.end())
      text += cell(*found);
  }
  return text + "\r\n";
}

} // namespace

std::string csv_header(char separator) {
  json names = json::object();
  for (const auto& column : columns())
    names[column] = column;
  return byte_order_mark + line(names, separator);
}

std::string csv_lines(const json& rows, char separator) {
  std::string text;
  for (const auto& row : rows)
    if (row.is_object())
      text += line(row, separator);
  return text;
}

} // namespace millrace::admin
