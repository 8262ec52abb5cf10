#include "services/admin-gateway/paging.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>
#include <optional>
#include <string_view>

namespace millrace::admin {

namespace {

using nlohmann::json;

std::optional<std::int64_t> total_of(const http::response& answer) {
  const auto body = json::parse(answer.body, nullptr, false);
  if (!body.is_object() || !body.contains("data"))
    return {};
  const auto& data = body["data"];
  if (!data.is_object() || !data.contains("total")
      || !data["total"].is_number_integer())
    return {};
  return data["total"].get<std::int64_t>();
}

/// For a query (RFC 3986, 2.3).
std::string encoded(const std::string& text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (std::isalnum(byte)
        || std::string_view{"-._~"}.find(c) != std::string_view::npos)
      out += c;
    else
      out += {'%', digits[byte >> 4], digits[byte & 0xF]};
  }
  return out;
}

std::string link(const http::request& request, int offset, const char* rel) {
  std::string query;
  for (const auto& [name, value] : request.query)
    if (name != "offset")
      query
        += (query.empty() ? "" : "&") + encoded(name) + "=" + encoded(value);
  query += (query.empty() ? "offset=" : "&offset=") + std::to_string(offset);
  return "<" + request.raw_path + "?" + query + ">; rel=\"" + rel + "\"";
}

} // namespace

void link_pages(http::response& answer, const http::request& request,
                const events::store_query& page) {
  if (answer.status != 200)
    return;
  const auto total = total_of(answer);
  if (!total)
    return;
  std::string links;
  if (page.offset + page.limit < *total)
    links = link(request, page.offset + page.limit, "next");
  if (page.offset > 0)
    links += (links.empty() ? "" : ", ")
             + link(request, std::max(0, page.offset - page.limit), "prev");
  if (!links.empty())
    answer.headers["link"] = links;
}

} // namespace millrace::admin
