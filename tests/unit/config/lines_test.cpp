#include "common/config/lines.hpp"
#include "tests/temp_folder.hpp"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace millrace;
using config::lines_setting;
using config::parse_lines_file;

namespace {

using names = std::vector<std::string>;

std::string why(std::string_view text) {
  const auto lines = parse_lines_file(text);
  return lines ? "right" : lines.why();
}

std::string one_line(const std::string& members) {
  return R"({"lines":[{"code":"PLC01")" + members + "}]}";
}

/// What is wrong with these settings, which are loaded into `into`.
names load(lines_setting& into, const config::source& given) {
  config::binder binder;
  config::declare_lines(binder, into);
  return config::apply(binder, given, {}, [](const std::string&) {
    return result<std::string>(error{"no files"});
  });
}

} // namespace

TEST_SUITE("lines file") {
  TEST_CASE("each line's PLC; what is left out stays open") {
    const auto lines = parse_lines_file(
      R"({"lines":[{"code":"PLC02","plc_ip":"10.0.0.7","plc_port":9601,)"
      R"("plc_protocol":"tcp","client_node":0,"plc_node":7,)"
      R"("plc_local_port":9700,"plc_map":"big.json"},{"code":"PLC01"}]})");
    REQUIRE(lines);
    REQUIRE(lines->size() == 2);
    const auto& full = (*lines)[0];
    CHECK(full.code == "PLC02");
    CHECK(full.plc_ip == "10.0.0.7");
    CHECK(full.plc_port == 9601);
    CHECK(full.plc_protocol == "tcp");
    CHECK(full.client_node == 0);
    CHECK(full.plc_node == 7);
    CHECK(full.plc_local_port == 9700);
    CHECK(full.plc_map == "big.json");
    CHECK((*lines)[1].code == "PLC01");
    CHECK_FALSE((*lines)[1].plc_ip);
    CHECK_FALSE((*lines)[1].plc_port);
  }

  TEST_CASE("what is wrong is named") {
    CHECK(why("") == "is no JSON");
    const auto shape = "expected {\"lines\": [...]} with 1 to 10000 lines";
    for (auto text : {"1", "[]", "{}", R"({"lines":{}})", R"({"lines":[]})"})
      CHECK(why(text) == shape);
    CHECK(why(R"({"lines":[1]})") == "lines[0] is 1, expected an object");
    CHECK(why(R"({"lines":[{}]})") == "lines[0].code is missing");
    CHECK(why(R"({"lines":[{"code":"a/b"}]})")
          == "lines[0].code is \"a/b\", expected an Odoo equipment code");
    CHECK(why(R"({"lines":[{"code":"PLC01"},{"code":"PLC01"}]})")
          == "line \"PLC01\" is named twice");
    CHECK(why(one_line(R"(,"plc_ip":"999.1.1.1")"))
          == "lines[0].plc_ip is \"999.1.1.1\", expected an IP address or host "
             "name");
    CHECK(why(one_line(R"(,"plc_port":65536)"))
          == "lines[0].plc_port is 65536, expected 1..65535");
    CHECK(why(one_line(R"(,"plc_port":"9600")"))
          == "lines[0].plc_port is \"9600\", expected 1..65535");
    CHECK(why(one_line(R"(,"plc_protocol":"serial")"))
          == "lines[0].plc_protocol is \"serial\", expected udp or tcp");
    CHECK(why(one_line(R"(,"plc_node":255)"))
          == "lines[0].plc_node is 255, expected 0..254");
    CHECK(why(one_line(R"(,"port":1)"))
          == "lines[0].port is no member of a line");
  }
}

TEST_SUITE("LINES and LINES_FILE") {
  TEST_CASE("without both there is PLC01") {
    lines_setting chosen;
    CHECK(load(chosen, {}) == names{});
    CHECK(chosen.line_codes() == names{"PLC01"});
    REQUIRE(load(chosen, {{"LINES", "A2, B1..B3"}}) == names{});
    CHECK(chosen.line_codes() == names{"A2", "B1", "B2", "B3"});
  }

  TEST_CASE("LINES chooses from the file; a map lies beside it") {
    const test::temp_folder folder;
    const auto file = folder.write(
      "lines.json",
      R"({"lines":[{"code":"B1","plc_map":"b.json"},)"
      R"({"code":"A2","plc_ip":"h"},{"code":"C3","plc_map":"/maps/c.json"}]})");
    lines_setting all;
    REQUIRE(load(all, {{"LINES_FILE", file}}) == names{});
    CHECK(all.line_codes() == names{"B1", "A2", "C3"});
    lines_setting some;
    REQUIRE(load(some, {{"LINES_FILE", file}, {"LINES", "C3,B1"}}) == names{});
    const auto entries = some.entries();
    REQUIRE(entries.size() == 2);
    CHECK(entries[0].plc_map == "/maps/c.json");
    CHECK(entries[1].plc_map == (folder.path() / "b.json").string());
    lines_setting none;
    CHECK(load(none, {{"LINES_FILE", file}, {"LINES", "B1,D4"}})
          == names{"LINES=\"B1,D4\" names line \"D4\", which is not in "
                   "LINES_FILE; allowed: codes and ranges (PLC001..PLC250) "
                   "divided by commas, each once"});
  }

  TEST_CASE("a file that is too large is refused with its size") {
    const test::temp_folder folder;
    const std::string right = R"({"lines":[{"code":"B1"}]})";
    const std::size_t most = 16 * 1024 * 1024;
    const auto file = folder.write(
      "lines.json", right + std::string(most - right.size(), ' '));
    lines_setting chosen;
    REQUIRE(load(chosen, {{"LINES_FILE", file}}) == names{});
    CHECK(chosen.line_codes() == names{"B1"});
    folder.write("lines.json",
                 right + std::string(most + 1 - right.size(), ' '));
    CHECK(load(chosen, {{"LINES_FILE", file}})
          == names{"LINES_FILE=\"" + file
                   + "\" has 16777217 bytes, at most 16777216 are read; "
                     "allowed: path of a JSON file"});
    CHECK_THROWS_AS(chosen.entries(), std::runtime_error);
    CHECK(load(chosen, {{"LINES_FILE", "/dev/zero"}}).size() == 1);
  }

  TEST_CASE("a file that is missing or wrong is told at the start, and later") {
    lines_setting chosen;
    CHECK(load(chosen, {{"LINES_FILE", "/no/such/file"}})
          == names{"LINES_FILE=\"/no/such/file\" cannot be read; allowed: path "
                   "of a JSON file"});
    const test::temp_folder folder;
    const auto file
      = folder.write("lines.json", R"({"lines":[{"code":"B1"}]})");
    REQUIRE(load(chosen, {{"LINES_FILE", file}}) == names{});
    folder.write("lines.json", "{}");
    CHECK_THROWS_AS(chosen.entries(), std::runtime_error);
  }
}
