#include "services/admin-gateway/page_files.hpp"

#include <doctest/doctest.h>

#include <set>
#include <string>

using namespace millrace::admin;

TEST_CASE("the dashboard is compiled in") {
  const auto* page = find_page_file("/");
  REQUIRE(page);
  CHECK(page->content_type == "text/html; charset=utf-8");
  CHECK(page->content.starts_with("<!doctype html>"));
  CHECK_FALSE(page->immutable);
  CHECK(find_page_file("/icon.svg")->content_type == "image/svg+xml");
}

TEST_CASE("the page names its script and its style by their content") {
  std::set<std::string> kinds;
  for (const auto& file : page_files()) {
    if (!file.immutable)
      continue;
    kinds.insert(std::string(file.content_type));
    const auto name = std::string(file.path.substr(1));
    CHECK(find_page_file("/")->content.find('"' + name + '"')
          != std::string_view::npos);
  }
  CHECK(kinds
        == std::set<std::string>{"text/javascript; charset=utf-8",
                                 "text/css; charset=utf-8"});
}

TEST_CASE("the page obeys a content security policy without inline parts") {
  const auto content = find_page_file("/")->content;
  CHECK(content.find("<script>") == std::string_view::npos);
  CHECK(content.find("<style") == std::string_view::npos);
  CHECK(content.find(" style=") == std::string_view::npos);
  CHECK(content.find("://") == std::string_view::npos);
}

TEST_CASE("each file has its own strong ETag") {
  std::set<std::string_view> etags;
  for (const auto& file : page_files()) {
    CHECK(file.etag.starts_with('"'));
    CHECK(file.etag.ends_with('"'));
    CHECK_FALSE(file.content.empty());
    CHECK(etags.insert(file.etag).second);
  }
}

TEST_CASE("no path but those compiled in is found") {
  for (const auto* path : {"", "//", "/../", "/index.html/", "/app.js",
                           "/../etc/passwd", "/icon", "icon.svg", "/icon.svg/"})
    CHECK_FALSE(find_page_file(path));
}
