#pragma once

#include <span>
#include <string_view>

namespace millrace::admin {

/// A file of the dashboard (services/admin-gateway/web), compiled in.
struct page_file {
  std::string_view path;         // of the URL, begins with '/'
  std::string_view content_type; // as in the header
  std::string_view content;      // not compressed
  std::string_view etag;         // strong, in quotes
  bool immutable;                // its name changes with its content
};

/// The file at this path of a URL (without query, "/" is the page itself), or
/// null. No path but those compiled in is ever found.
const page_file* find_page_file(std::string_view path);

std::span<const page_file> page_files();

} // namespace millrace::admin
