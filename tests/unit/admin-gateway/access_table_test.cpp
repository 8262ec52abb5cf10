#include "tests/folders.hpp"
#include "tests/unit/admin-gateway/at_the_door.hpp"

using namespace millrace;
using namespace millrace::admin;
using namespace millrace::admin::access;

// The table of docs/security.md against what the door does: every route, as
// every role, with a session and with a token.

namespace {

struct someone_asks {
  std::string column;
  at_the_door::headers_t headers;
};

/// A call of this row that no desk can carry out: what counts is who is let in.
std::string path_of(const route_entry& row) {
  auto path = "/api" + std::string(row.path);
  if (const auto gap = path.find("{}"); gap != path.npos)
    path.replace(gap, 2, "PLC01");
  return path.ends_with('/') ? path + "x" : path;
}

std::string word_for(int status) {
  REQUIRE(status != 0);
  return status == 401 || status == 403 ? std::to_string(status) : "yes";
}

struct table_world {
  table_world() {
    const auto root = strict.set_up();
    strict.add_user(root, "viewer", "viewer");
    strict.add_user(root, "operator", "operator");
    strict.add_user(root, "admin", "admin");
    rules how;
    how.guests = true;
    lenient = std::make_unique<at_the_door>(how);
    lenient->set_up();
    for (const std::string name : {"viewer", "operator", "admin"}) {
      const auto session = strict.log_in(name);
      tokens[name] = strict.add_token(session, name);
    }
  }

  /// Anew for each call: some end it.
  std::string as_user(const route_entry& row, const std::string& name) {
    const auto session = strict.log_in(name);
    return word_for(
      strict.ask(std::string(row.method), path_of(row), "", session));
  }
  std::string by_token(const route_entry& row, const std::string& name) {
    return word_for(
      strict.ask(std::string(row.method), path_of(row), "", tokens[name]));
  }

  std::string line_of(const route_entry& row) {
    const std::string method{row.method};
    auto line = "| " + method + " /api" + std::string(row.path);
    if (row.path.ends_with('/'))
      line += "{}";
    line += " | " + word_for(strict.ask(method, path_of(row)));
    line += " | " + word_for(lenient->ask(method, path_of(row)));
    std::string differs;
    for (const std::string name : {"viewer", "operator", "admin"}) {
      const auto word = as_user(row, name);
      const auto same = by_token(row, name);
      line += " | " + word;
      if (same != word)
        differs += (differs.empty() ? "" : ", ") + name + " " + same;
    }
    return line + " | " + (differs.empty() ? "the same" : differs) + " |";
  }

  at_the_door strict;
  std::unique_ptr<at_the_door> lenient;
  std::map<std::string, at_the_door::headers_t> tokens;
};

std::string documented() {
  std::ifstream in{test::source_folder() + "/docs/security.md"};
  std::string rows, line;
  while (std::getline(in, line))
    if (line.starts_with("| GET ") || line.starts_with("| POST ")
        || line.starts_with("| PUT ") || line.starts_with("| DELETE "))
      rows += line + "\n";
  return rows;
}

} // namespace

TEST_CASE("docs/security.md says who may call what, and it is so") {
  table_world w;
  std::string real;
  for (const auto& row : all_routes())
    real += w.line_of(row) + "\n";
  // Take it over only after reading it: it decides who may do what.
  CHECK(documented() == real);
}

TEST_CASE("what changes the plant needs an operator at least") {
  for (const auto& row : all_routes())
    if (row.method != "GET" && row.needed < role::operate)
      CHECK_MESSAGE(door::serves(row.what), row.path);
}
