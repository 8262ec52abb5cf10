// Bytes from an HTTP client, in two pieces, to the server of the admin API:
// each answer is HTTP, handlers see clean requests, no connection stays behind.

#include "common/http/connection.hpp"
#include "services/admin-gateway/answers.hpp"
#include "services/admin-gateway/parameters.hpp"
#include "services/admin-gateway/routes.hpp"
#include "tests/fuzz/property.hpp"

#include <algorithm>
#include <sys/socket.h>
#include <unistd.h>

using namespace millrace;
using fuzz::require;

namespace {

constexpr std::size_t most_header_bytes = 2'048;
constexpr std::size_t most_body_bytes = 8'192;

http::response answer_to(const admin::route& where,
                         const http::request& asked) {
  if (where.what == admin::action::history) {
    const auto query
      = admin::page_query(events::store_view::history, asked.query, {"PLC01"});
    if (!query)
      return admin::failure(400, query.why());
    require(query->limit >= 1 && query->limit <= 1'000 && query->offset >= 0,
            "limit and offset are in their range");
  }
  if (where.what == admin::action::scheduler_toggle)
    if (const auto wish = admin::toggle_body(asked.body); !wish)
      return admin::failure(400, wish.why());
  if (!where.name.empty())
    if (const auto name = admin::check_mo_id(where.name); !name)
      return admin::failure(400, name.why());
  return admin::success(where.name, "{}");
}

void check_request(const http::request& asked) {
  require(asked.path.starts_with('/') && asked.raw_path.starts_with('/'),
          "a path begins with /", asked.path);
  require(asked.path.find('\0') == std::string::npos, "no NUL in a path");
  require(asked.body.size() <= most_body_bytes, "bodies are bounded");
  for (const auto& [name, value] : asked.headers)
    require(std::none_of(name.begin(), name.end(),
                         [](char c) { return c >= 'A' && c <= 'Z'; })
              && value.find_first_of("\r\n") == std::string::npos,
            "header names are in lower case, values are one line", name);
}

void handle(http::request asked, http::responder respond) {
  check_request(asked);
  const auto where = admin::route_for(asked.method, asked.raw_path);
  if (const auto* ours = std::get_if<admin::route>(&where))
    return respond(answer_to(*ours, asked));
  const auto& none = std::get<admin::no_route>(where);
  respond(none.status == 405 ? admin::wrong_method(none.allow)
                             : admin::failure(404, "no such path"));
}

/// A connection of the server and the client's end of it.
class dialogue {
public:
  dialogue() {
    int ends[2];
    require(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0,
            "a pair of sockets");
    client_ = ends[0];
    boost::asio::ip::tcp::socket socket(io_);
    socket.assign(boost::asio::ip::tcp::v4(), ends[1]);
    parts_.options.max_header_bytes = most_header_bytes;
    parts_.options.max_body_bytes = most_body_bytes;
    connection_ = http::make_connection(std::move(socket), parts_);
    connection_->start();
  }
  ~dialogue() {
    parts_.to_server->shut();
    ::close(client_);
  }

  void send(std::string_view text) {
    while (!text.empty()) {
      const auto n = ::send(client_, text.data(), text.size(), MSG_NOSIGNAL);
      if (n <= 0)
        break; // full or closed: the rest is never sent
      text.remove_prefix(static_cast<std::size_t>(n));
      listen();
    }
  }
  void finish() {
    ::shutdown(client_, SHUT_WR);
    listen();
    require(ended_ == 1, "a connection ends once, when its client has");
  }
  const std::string& heard() const {
    return heard_;
  }

private:
  void listen() {
    for (bool more = true; more;) {
      more = io_.poll() > 0;
      char chunk[16'384];
      ssize_t n = 0;
      while ((n = ::recv(client_, chunk, sizeof chunk, MSG_DONTWAIT)) > 0) {
        heard_.append(chunk, static_cast<std::size_t>(n));
        more = true;
      }
    }
  }

  boost::asio::io_context io_{1};
  http::server_parts parts_{
    {}, handle, std::make_shared<http::gate>(io_), [this](http::connection*) {
      ++ended_;
      connection_.reset();
    }};
  int client_ = -1;
  int ended_ = 0;
  std::shared_ptr<http::connection> connection_;
  std::string heard_;
};

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  if (size < 1)
    return -1;
  const auto text = fuzz::text_of(data + 1, size - 1);
  const auto cut = std::min<std::size_t>(data[0], text.size());
  dialogue talk;
  talk.send(text.substr(0, cut));
  talk.send(text.substr(cut));
  talk.finish();
  if (!talk.heard().empty())
    require(talk.heard().starts_with("HTTP/1."), "every answer is HTTP/1",
            talk.heard().substr(0, 200));
  return 0;
}
