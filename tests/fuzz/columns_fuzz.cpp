// Values of database rows: the column's name, then the text that the database
// gave. What is taken is kept as it was and can be written again.

#include "services/batch-store/columns.hpp"
#include "tests/fuzz/property.hpp"

#include <algorithm>

using namespace millrace;
using namespace millrace::store;
using fuzz::require;

namespace {

bool is_whole_number(std::string_view text) {
  if (text.starts_with('-'))
    text.remove_prefix(1);
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return c >= '0' && c <= '9';
  });
}

bool holds_number(const column& one) {
  return (one.type.starts_with("INTEGER") || one.type.starts_with("BIGINT"))
         && one.type.find("DEFAULT") == std::string::npos;
}

void check(const column& one, const std::string& text) {
  batch row;
  const auto wrong = one.set(row, text);
  if (!wrong.empty()) {
    require(wrong.find(text) != std::string::npos, "the value is named", wrong);
    return;
  }
  if (holds_number(one))
    require(text.empty() || is_whole_number(text),
            "only whole numbers are numbers", text);
  const auto written = one.get(row);
  batch again;
  require(one.set(again, written.value_or("")).empty(),
          "what was taken can be read again", written.value_or("NULL"));
  require(one.get(again) == written, "reading it again changes nothing");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto [name, text] = fuzz::first_line(fuzz::text_of(data, size));
  for (const auto& one : batch_columns())
    if (one.name == name) {
      check(one, std::string(text));
      return 0;
    }
  return -1;
}
