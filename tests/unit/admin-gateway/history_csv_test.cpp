#include "services/admin-gateway/history_csv.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace millrace::admin;
using nlohmann::json;

namespace {

/// The first so many cells of a line.
std::string begin_of(const std::string& line, int cells) {
  std::size_t at = 0;
  for (int i = 0; i < cells; ++i)
    at = line.find(',', at) + 1;
  return line.substr(0, at);
}

} // namespace

TEST_SUITE("history as CSV") {
  TEST_CASE("the header has the fixed columns, for Excel as UTF-8") {
    const auto header = csv_header(',');
    CHECK(header.substr(0, 3) == "\xEF\xBB\xBF");
    CHECK(begin_of(header.substr(3), 4)
          == "id,mo_id,equipment_id_batch,batch_no,");
    CHECK(header.find(",silo_a,component_silo_a_name,consumption_silo_a,"
                      "actual_consumption_silo_a,silo_b,")
          != std::string::npos);
    CHECK(header.find(",lq115,component_lq_fml_name,consumption_lq_fml,"
                      "actual_consumption_lq_fml,status_manufacturing,")
          != std::string::npos);
    CHECK(header.ends_with(",archived_at,notes\r\n"));
  }

  TEST_CASE("one line for each row, empty cells where a member is missing") {
    const auto rows = json::parse(
      R"([{"mo_id":"WH/MO/1","batch_no":3,"consumption":1000.5,"notes":null},)"
      R"({"mo_id":"WH/MO/2","other":1}])");
    const auto text = csv_lines(rows, ',');
    CHECK(begin_of(text, 7) == ",WH/MO/1,,3,,,1000.5,");
    CHECK(text.find("\r\n,WH/MO/2,,") != std::string::npos);
    CHECK(csv_lines(json::array(), ',').empty());
  }

  TEST_CASE("another separator") {
    CHECK(csv_header(';').find("id;mo_id;") != std::string::npos);
    CHECK(csv_lines(json::parse(R"([{"id":"a,b"}])"), ';').substr(0, 6)
          == R"("a,b";)");
  }

  TEST_CASE("quotes and line ends stay inside their cell") {
    const auto text
      = csv_lines(json::parse(R"([{"id":"say \"no\"\r\nnow"}])"), ',');
    CHECK(text.substr(0, 19) == "\"say \"\"no\"\"\r\nnow\",,");
  }

  TEST_CASE("nothing becomes a formula in a spreadsheet") {
    for (auto text : {"=1+1", "+1", "-1", "@x"}) {
      CAPTURE(text);
      const auto line = csv_lines(json::array({{{"id", text}}}), ',');
      CHECK(line.starts_with(std::string("'") + text + ","));
    }
    CHECK(csv_lines(json::parse(R"([{"id":-1.5}])"), ',').starts_with("-1.5,"));
  }
}
