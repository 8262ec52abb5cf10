#include "services/admin-gateway/answers.hpp"
#include "services/admin-gateway/finishing.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <zlib.h>

using namespace millrace;
using namespace millrace::admin;

namespace {

using headers = std::map<std::string, std::string>;

http::request get(headers with = {}) {
  http::request request;
  request.method = "GET";
  request.raw_path = request.path = "/api/x";
  request.headers = std::move(with);
  return request;
}

/// What goes out for a request that `answer` answers.
http::response finished_for(http::request request, http::response answer,
                            finishing_options options = {}) {
  http::response out;
  finished(
    [&](http::request, const http::responder& respond) { respond(answer); },
    std::move(options),
    [](std::string_view path) {
      return std::string(path == "/api/x" ? "GET, POST" : "");
    })(std::move(request), [&](http::response said) { out = std::move(said); });
  return out;
}

http::response text(std::string body, int status = 200) {
  http::response answer;
  answer.status = status;
  answer.body = std::move(body);
  return answer;
}

std::string unzipped(std::string_view compressed) {
  z_stream stream{};
  REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
  std::string out(1'000'000, '\0');
  stream.next_in
    = reinterpret_cast<Bytef*>(const_cast<char*>(compressed.data()));
  stream.avail_in = static_cast<uInt>(compressed.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  inflateEnd(&stream);
  return out;
}

} // namespace

TEST_SUITE("finishing") {
  TEST_CASE("the security headers; HSTS with TLS only") {
    const auto plain = security_headers(false);
    CHECK(plain.at("content-security-policy")
          == "default-src 'none'; script-src 'self'; style-src 'self'; "
             "img-src 'self' data:; connect-src 'self'; font-src 'self'; "
             "manifest-src 'self'; base-uri 'none'; form-action 'self'; "
             "frame-ancestors 'none'");
    CHECK(plain.at("x-content-type-options") == "nosniff");
    CHECK(plain.at("referrer-policy") == "no-referrer");
    CHECK(plain.at("cross-origin-opener-policy") == "same-origin");
    CHECK(plain.contains("permissions-policy"));
    CHECK_FALSE(plain.contains("strict-transport-security"));
    CHECK(security_headers(true).at("strict-transport-security")
          == "max-age=31536000");
  }

  TEST_CASE("the ETag follows the body, and If-None-Match gets 304") {
    const auto first = finished_for(get(), text("one"));
    const auto tag = first.headers.at("etag");
    CHECK(tag.size() == 34);
    CHECK(tag.front() == '"');
    CHECK(finished_for(get(), text("one")).headers.at("etag") == tag);
    CHECK(finished_for(get(), text("two")).headers.at("etag") != tag);
    const auto with = [&](const std::string& known) {
      return finished_for(get({{"if-none-match", known}}), text("one"));
    };
    CHECK(with(tag).status == 304);
    CHECK(with(tag).body.empty());
    CHECK(with(tag).headers.at("etag") == tag);
    CHECK(with("\"x\", W/" + tag).status == 304);
    CHECK(with("*").status == 304);
    CHECK(with("\"x\"").status == 200);
    CHECK(with("").status == 200);
  }

  TEST_CASE("only a GET that went well can be 304") {
    auto post = get({{"if-none-match", "*"}});
    post.method = "POST";
    CHECK(finished_for(post, text("x")).status == 200);
    const auto failed
      = finished_for(get({{"if-none-match", "*"}}), text("x", 404));
    CHECK(failed.status == 404);
    CHECK_FALSE(failed.headers.contains("etag"));
    auto head = get({{"if-none-match", "*"}});
    head.method = "HEAD";
    CHECK(finished_for(head, text("x")).status == 304);
  }

  TEST_CASE("HEAD is asked as GET") {
    auto head = get();
    head.method = "HEAD";
    std::string asked;
    finished([&](const http::request& request,
                 const http::responder&) { asked = request.method; },
             {}, [](std::string_view) { return std::string{}; })(
      head, [](const http::response&) {});
    CHECK(asked == "GET");
  }

  TEST_CASE("long bodies are compressed for those who accept it") {
    const std::string body(1'025, 'a');
    const auto with = [&](const std::string& accepted) {
      return finished_for(get({{"accept-encoding", accepted}}), text(body));
    };
    for (const auto* yes :
         {"gzip", "deflate, gzip;q=0.5", "*", "br, *;q=0.1"}) {
      const auto said = with(yes);
      CHECK(said.headers.at("content-encoding") == "gzip");
      CHECK(said.headers.at("vary") == "Accept-Encoding");
      CHECK(said.body.size() < 100);
      CHECK(unzipped(said.body) == body);
    }
    for (const auto* no : {"", "br", "gzip;q=0", "gzip; q=0.0", "*;q=0",
                           "gzip;q=0, *", "gzip;q=x"}) {
      const auto said = with(no);
      CHECK_FALSE(said.headers.contains("content-encoding"));
      CHECK(said.headers.at("vary") == "Accept-Encoding");
      CHECK(said.body == body);
    }
    // Other bytes, other strong tag.
    CHECK(with("gzip").headers.at("etag") != with("").headers.at("etag"));
  }

  TEST_CASE("short, compressed and picture bodies stay as they are") {
    const headers accepting{{"accept-encoding", "gzip"}};
    CHECK(
      finished_for(get(accepting), text(std::string(1'024, 'a'))).body.size()
      == 1'024);
    auto picture = text(std::string(2'000, 'a'));
    picture.content_type = "image/png";
    CHECK(finished_for(get(accepting), picture).body.size() == 2'000);
    auto ready = text(std::string(2'000, 'a'));
    ready.headers["content-encoding"] = "gzip";
    CHECK(finished_for(get(accepting), ready).body.size() == 2'000);
  }

  TEST_CASE("a streamed answer gets headers only") {
    auto streamed = text(std::string(2'000, 'a'));
    streamed.opened = [](const std::shared_ptr<http::outflow>&) {
    };
    const auto said
      = finished_for(get({{"accept-encoding", "gzip"}}), streamed);
    CHECK(said.opened);
    CHECK_FALSE(said.headers.contains("etag"));
    CHECK_FALSE(said.headers.contains("content-encoding"));
  }

  TEST_CASE("OPTIONS tells the methods of a path") {
    auto options = get();
    options.method = "OPTIONS";
    const auto said = finished_for(options, text("no"));
    CHECK(said.status == 204);
    CHECK(said.headers.at("allow") == "GET, POST, HEAD, OPTIONS");
    CHECK_FALSE(said.headers.contains("access-control-allow-origin"));
    options.raw_path = "/api/none";
    CHECK(finished_for(options, text("no", 404)).status == 404);
  }

  TEST_CASE("405 tells the implied methods too") {
    CHECK(finished_for(get(), wrong_method("GET")).headers.at("allow")
          == "GET, HEAD, OPTIONS");
    CHECK(finished_for(get(), wrong_method("POST")).headers.at("allow")
          == "POST, OPTIONS");
  }

  TEST_CASE("CORS: an origin must be one of the setting's, exactly") {
    const finishing_options options{{"https://a.example", "http://b:8080"}};
    const auto from = [&](const std::string& origin, const char* method) {
      auto request = get({{"origin", origin}});
      request.method = method;
      return finished_for(request, text("x"), options);
    };
    const auto good = from("https://a.example", "GET");
    CHECK(good.headers.at("access-control-allow-origin")
          == "https://a.example");
    CHECK(good.headers.at("vary") == "Origin");
    CHECK_FALSE(good.headers.contains("access-control-allow-credentials"));
    for (const auto* bad : {"https://a.example.evil", "http://a.example",
                            "null", "", "*", "https://A.example"}) {
      const auto said = from(bad, "GET");
      CHECK_FALSE(said.headers.contains("access-control-allow-origin"));
      CHECK(said.headers.at("vary") == "Origin");
      CHECK_FALSE(
        from(bad, "OPTIONS").headers.contains("access-control-allow-methods"));
    }
    const auto preflight = from("http://b:8080", "OPTIONS");
    CHECK(preflight.status == 204);
    CHECK(preflight.headers.at("access-control-allow-origin")
          == "http://b:8080");
    CHECK(preflight.headers.at("access-control-allow-methods")
          == "GET, POST, HEAD, OPTIONS");
    CHECK(
      preflight.headers.at("access-control-allow-headers").find("X-CSRF-Token")
      != std::string::npos);
  }

  TEST_CASE("HTTP_CORS_ORIGINS are origins, nothing else") {
    CHECK(check_origins("https://a.example, http://b:8080"));
    CHECK(check_origins("http://[::1]:80"));
    CHECK(origins_in("https://a , http://b")
          == std::vector<std::string>{"https://a", "http://b"});
    CHECK(origins_in("").empty());
    for (const auto* wrong :
         {"*", "null", "a.example", "https://a/", "https://A", "https://",
          "https://a,,https://b", "https://*.a"})
      CHECK_FALSE(check_origins(wrong));
  }

  TEST_CASE("errors are problem+json for those who prefer it") {
    const auto with = [](const std::string& accept) {
      return finished_for(get({{"accept", accept}, {"x-request-id", "r1"}}),
                          failure(404, "no \"x\"", R"({"not_found":true})"));
    };
    const auto said = with("application/problem+json");
    CHECK(said.content_type == "application/problem+json");
    CHECK(said.status == 404);
    CHECK(nlohmann::json::parse(said.body)
          == nlohmann::json::parse(
            R"({"type":"about:blank","title":"Not Found","status":404,)"
            R"("detail":"no \"x\"","instance":"urn:request:r1",)"
            R"("data":{"not_found":true}})"));
    CHECK(with("application/json;q=0.5, application/problem+json").content_type
          == "application/problem+json");
    for (const auto* no : {"", "*/*", "application/json",
                           "application/json, application/problem+json;q=0.9",
                           "application/problem+json;q=0"})
      CHECK(with(no).content_type == "application/json");
    CHECK(finished_for(get({{"accept", "application/problem+json"}}),
                       success("fine", "{}"))
            .content_type
          == "application/json");
  }
}
