#include "tests/unit/admin-gateway/at_the_door.hpp"

using namespace millrace;
using namespace millrace::admin;
using namespace millrace::admin::access;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr auto see = "/api/admin/batch-status";
constexpr auto act = "/api/admin/trigger-sync";

} // namespace

TEST_SUITE("sessions") {
  TEST_CASE("before the first admin only the setup link opens anything") {
    rules how;
    how.guests = true;
    at_the_door w{how};
    CHECK(w.entrance->setup_token().size() == 64);
    CHECK(w.ask("GET", see) == 401);
    CHECK(w.answer.headers.at("www-authenticate")
          == "Bearer realm=\"millrace\"");
    CHECK(w.ask("GET", "/api/session") == 200);
    CHECK(w.data()["setup_needed"] == true);
    CHECK(w.data()["authenticated"] == false);
    CHECK(w.ask("GET", "/api/health") == 299);
    CHECK(w.try_login("root", "root's password") == 401);
    const auto with_token = [](const std::string& token) {
      return json{
        {"token", token}, {"user", "root"}, {"password", "root's password"}}
        .dump();
    };
    CHECK(w.ask("POST", "/api/setup", with_token("")) == 403);
    CHECK(w.ask("POST", "/api/setup", with_token(std::string(64, 'a'))) == 403);
    CHECK_FALSE(std::filesystem::exists(w.file()));
    const auto token = w.entrance->setup_token();
    const auto root = w.set_up();
    CHECK(w.ask("GET", see, "", root) == 299);
    CHECK(w.who.held == role::admin);
    // It opens once.
    CHECK(w.entrance->setup_token().empty());
    CHECK(w.ask("POST", "/api/setup", with_token(token)) == 409);
    w.start();
    CHECK(w.entrance->setup_token().empty());
  }

  TEST_CASE("each start without users has a new setup token") {
    at_the_door w;
    const auto first = w.entrance->setup_token();
    w.start();
    CHECK(w.entrance->setup_token() != first);
  }

  TEST_CASE("a login gives a session with its role, in a strict cookie") {
    at_the_door w;
    const auto root = w.set_up();
    w.add_user(root, "ann", "operator");
    const auto ann = w.log_in("ann");
    CHECK(w.answer.headers.at("set-cookie").find("; HttpOnly; SameSite=Strict")
          != std::string::npos);
    CHECK(w.answer.headers.at("set-cookie").find("Secure")
          == std::string::npos);
    CHECK(w.data()["user"] == "ann");
    CHECK(w.data()["role"] == "operator");
    CHECK(w.ask("POST", act, "", ann) == 299);
    CHECK(w.who.said_name() == "ann");
    CHECK(w.ask("GET", "/api/users", "", ann) == 403);
    CHECK(w.message() == "this needs the role admin; yours is operator");
    CHECK(w.ask("GET", "/api/session", "", ann) == 200);
    CHECK(w.data()["csrf"] == ann.at("x-csrf-token"));
    // Neither the file nor the cookie's owner can be had from each other.
    CHECK(w.content().find(ann.at("cookie").substr(17)) == std::string::npos);
    CHECK(w.content().find("ann's password") == std::string::npos);
  }

  TEST_CASE("the cookie is Secure where browsers come by TLS") {
    rules how;
    how.tls = true;
    at_the_door w{how};
    w.set_up();
    CHECK(w.answer.headers.at("set-cookie").ends_with("; Secure"));
  }

  TEST_CASE("a login never takes over an id that was there before") {
    at_the_door w;
    const auto root = w.set_up();
    const std::string chosen = "millrace_session=" + std::string(64, 'f');
    const auto body = R"({"user":"root","password":"root's password"})";
    REQUIRE(w.ask("POST", "/api/session", body, {{"cookie", chosen}}) == 200);
    CHECK(w.browser()["cookie"] != chosen);
    CHECK(w.ask("GET", see, "", {{"cookie", chosen}}) == 401);
    // Logging in again ends the session that the browser had.
    REQUIRE(w.ask("POST", "/api/session", body, root) == 200);
    const auto again = w.browser();
    CHECK(again.at("cookie") != root.at("cookie"));
    CHECK(w.ask("GET", see, "", root) == 401);
    CHECK(w.ask("GET", see, "", again) == 299);
  }

  TEST_CASE("two cookies of the name are none: one may be somebody else's") {
    at_the_door w;
    const auto cookie = w.set_up().at("cookie");
    CHECK(w.ask("GET", see, "", {{"cookie", "a=1; " + cookie + "; b=2"}})
          == 299);
    CHECK(w.ask("GET", see, "", {{"cookie", cookie + "; " + cookie}}) == 401);
    CHECK(w.ask("GET", see, "", {{"cookie", cookie + "0"}}) == 401);
    CHECK(w.ask("GET", see, "", {{"cookie", "millrace_session"}}) == 401);
  }

  TEST_CASE("logging out ends the session for good") {
    at_the_door w;
    const auto root = w.set_up();
    CHECK(w.ask("DELETE", "/api/session", "", root) == 200);
    CHECK(w.answer.headers.at("set-cookie").ends_with("Max-Age=0"));
    CHECK(w.ask("GET", see, "", root) == 401);
  }

  TEST_CASE("a session ends when it is idle, and in any case at last") {
    at_the_door w;
    const auto root = w.set_up();
    for (int i = 0; i < 24; ++i) { // 24 * 29 min = 11 h 36 min
      w.passes(29min);
      CHECK(w.ask("GET", see, "", root) == 299);
    }
    w.passes(24min);
    CHECK(w.ask("GET", see, "", root) == 401);
    const auto idle = w.log_in("root");
    w.passes(30min);
    CHECK(w.ask("GET", see, "", idle) == 401);
  }

  TEST_CASE("what changes something needs the CSRF token beside the cookie") {
    at_the_door w;
    const auto root = w.set_up();
    auto without = root;
    without.erase("x-csrf-token");
    auto wrong = root;
    wrong["x-csrf-token"] = std::string(64, '0');
    for (const auto& entry : all_routes()) {
      if (entry.method == "GET" || entry.needed == role::nobody)
        continue;
      const auto path = "/api" + std::string(entry.path)
                        + (entry.path.ends_with('/') ? "x" : "");
      CHECK_MESSAGE(w.ask(std::string(entry.method), path, "", without) == 403,
                    path);
      CHECK(w.message().find("X-CSRF-Token") != std::string::npos);
      CHECK_MESSAGE(w.ask(std::string(entry.method), path, "", wrong) == 403,
                    path);
    }
    CHECK(w.ask("GET", see, "", without) == 299);
    // Another session's token does not do.
    auto other = root;
    other["x-csrf-token"] = w.log_in("root").at("x-csrf-token");
    CHECK(w.ask("POST", act, "", other) == 403);
    CHECK(w.ask("POST", act, "", root) == 299);
  }

  TEST_CASE("pages of other sites are refused what a cookie would allow") {
    at_the_door w;
    auto root = w.set_up();
    root["host"] = "mill:8000";
    const auto with = [&](const char* name, const std::string& value) {
      auto headers = root;
      headers[name] = value;
      return headers;
    };
    for (const std::string origin :
         {"http://evil.example", "null", "http://mill:8001", "http://mill",
          "http://mill:8000.evil.example", ""}) {
      CHECK_MESSAGE(w.ask("POST", act, "", with("origin", origin)) == 403,
                    origin);
      CHECK_MESSAGE(w.ask("GET", see, "", with("origin", origin)) == 401,
                    origin);
    }
    CHECK(w.ask("POST", act, "", with("origin", "http://mill:8000")) == 299);
    CHECK(w.ask("GET", see, "", with("origin", "http://Mill:8000")) == 299);
    for (const std::string site : {"cross-site", "same-site"})
      CHECK(w.ask("POST", act, "", with("sec-fetch-site", site)) == 403);
    for (const std::string site : {"same-origin", "none"})
      CHECK(w.ask("POST", act, "", with("sec-fetch-site", site)) == 299);
    // What does not send Origin may send Referer.
    CHECK(
      w.ask("POST", act, "", with("referer", "http://evil.example/mill:8000"))
      == 403);
    CHECK(w.ask("POST", act, "", with("referer", "http://mill:8000/#/line"))
          == 299);
    auto both = with("referer", "http://evil.example/");
    both["origin"] = "http://mill:8000"; // says it exactly
    CHECK(w.ask("POST", act, "", both) == 299);
    // Nor can they log somebody in, under their own name for example.
    CHECK(w.ask("POST", "/api/session",
                R"({"user":"root","password":"root's password"})",
                {{"host", "mill:8000"}, {"origin", "http://evil.example"}})
          == 403);
  }

  TEST_CASE("behind a proxy the public name is our own site") {
    rules how;
    how.public_url = "https://mill.example/";
    how.tls = true;
    at_the_door w{how};
    auto root = w.set_up();
    root["host"] = "127.0.0.1:8000";
    root["origin"] = "https://mill.example";
    CHECK(w.ask("POST", act, "", root) == 299);
    root["origin"] = "http://mill.example"; // somebody in the network
    CHECK(w.ask("POST", act, "", root) == 403);
  }

  TEST_CASE("a change of the user ends their sessions at once") {
    at_the_door w;
    const auto root = w.set_up();
    w.add_user(root, "ann", "operator");
    const auto change = [&](const std::string& body) {
      CHECK(w.ask("PUT", "/api/users/ann", body, root) == 200);
    };
    auto ann = w.log_in("ann");
    change(R"({"role":"viewer"})");
    CHECK(w.ask("GET", see, "", ann) == 401);
    ann = w.log_in("ann");
    change(R"({"disabled":true})");
    CHECK(w.ask("GET", see, "", ann) == 401);
    CHECK(w.try_login("ann", w.password_of("ann")) == 401);
    change(R"({"disabled":false})");
    // The old session does not come back to life.
    CHECK(w.ask("GET", see, "", ann) == 401);
    ann = w.log_in("ann");
    change(R"({"password":"another one"})");
    CHECK(w.ask("GET", see, "", ann) == 401);
    CHECK(w.try_login("ann", "another one") == 200);
    ann = w.browser();
    CHECK(w.ask("DELETE", "/api/users/ann", "", root) == 200);
    CHECK(w.ask("GET", see, "", ann) == 401);
    CHECK(w.try_login("ann", "another one") == 401);
    CHECK(w.ask("GET", see, "", root) == 299);
  }

  TEST_CASE("one's own password: the old one is asked, other sessions end") {
    at_the_door w;
    const auto here = w.set_up();
    const auto there = w.log_in("root");
    CHECK(w.ask("POST", "/api/session/password",
                R"({"old":"not that one","new":"0123456789"})", here)
          == 403);
    CHECK(w.ask("POST", "/api/session/password",
                R"({"old":"root's password","new":"too short"})", here)
          == 400);
    CHECK(w.ask("POST", "/api/session/password",
                R"({"old":"root's password","new":"0123456789"})", here)
          == 200);
    const auto fresh = w.browser();
    CHECK(w.ask("GET", see, "", fresh) == 299);
    CHECK(w.ask("GET", see, "", here) == 401);
    CHECK(w.ask("GET", see, "", there) == 401);
    CHECK(w.try_login("root", "0123456789") == 200);
  }

  TEST_CASE("a wrong name costs what a wrong password costs") {
    at_the_door w;
    const auto root = w.set_up();
    w.add_user(root, "ann", "viewer");
    CHECK(w.ask("PUT", "/api/users/ann", R"({"disabled":true})", root) == 200);
    w.verified = 0;
    w.hashed = 0;
    const auto refused = [&](const std::string& name) {
      CHECK(w.try_login(name, "not this one") == 401);
      return w.answer.body;
    };
    const auto wrong = refused("root");
    CHECK(w.verified == 1);
    CHECK(refused("nobody-of-ours") == wrong);
    CHECK(w.verified == 2);
    CHECK(refused("ann") == wrong);
    CHECK(w.verified == 3);
    CHECK(w.try_login("ann", w.password_of("ann")) == 401);
    CHECK(w.answer.body == wrong);
    CHECK(w.verified == 4);
    CHECK(w.hashed == 0);
  }

  TEST_CASE("guests may look and no more") {
    rules how;
    how.guests = true;
    at_the_door w{how};
    w.set_up();
    CHECK(w.ask("GET", see) == 299);
    CHECK(w.who.said_name() == "guest");
    CHECK(w.ask("POST", act) == 401);
    CHECK(w.ask("GET", "/api/tokens") == 401);
    CHECK(w.ask("POST", "/api/session/password", "{}") == 401);
    CHECK(w.ask("GET", "/api/session") == 200);
    CHECK(w.data()["role"] == "viewer");
    CHECK(w.data()["authenticated"] == false);
    CHECK(w.data()["guests"] == true);
  }

  TEST_CASE("with ADMIN_AUTH=off only this machine's own names are answered") {
    rules how;
    how.required = false;
    at_the_door w{how};
    CHECK(w.ask("POST", act) == 299);
    CHECK(w.who.held == role::admin);
    for (const std::string host : {"127.0.0.1:8000", "localhost",
                                   "LOCALHOST:8000", "[::1]:8000", "127.9.9.9"})
      CHECK_MESSAGE(w.ask("GET", see, "", {{"host", host}}) == 299, host);
    for (const std::string host :
         {"evil.example:8000", "127.0.0.1.evil.example", "192.168.1.9", "",
          "localhost.evil.example", "[", "[::1"})
      CHECK_MESSAGE(w.ask("GET", see, "", {{"host", host}}) == 403, host);
    const auto from = [](const std::string& origin) {
      return at_the_door::headers_t{{"host", "127.0.0.1:8000"},
                                    {"origin", origin}};
    };
    CHECK(w.ask("POST", act, "", from("http://evil.example")) == 403);
    CHECK(w.ask("GET", see, "", from("http://127.0.0.1:9000")) == 403);
    CHECK(w.ask("POST", act, "", from("http://127.0.0.1:8000")) == 299);
    CHECK(w.ask("GET", "/api/session") == 200);
    CHECK(w.data()["auth"] == "off");
    CHECK(w.data()["role"] == "admin");
    CHECK(w.ask("GET", "/api/users") == 200);
    CHECK(w.ask("POST", "/api/users", "{}") == 409);
    CHECK(w.ask("POST", "/api/session", "{}") == 409);
    CHECK_FALSE(std::filesystem::exists(w.file()));
  }

  TEST_CASE("bodies that are wrong or too long cost no hash") {
    at_the_door w;
    const auto root = w.set_up();
    w.hashed = w.verified = 0;
    const auto refused = [&](const std::string& body) {
      CHECK_MESSAGE(w.ask("POST", "/api/session", body) == 400, body);
      CHECK(w.answer.body.find("sesame") == std::string::npos);
    };
    refused("");
    refused("[]");
    refused("\"sesame\"");
    refused(R"({"user":"root"})");
    refused(R"({"user":1,"password":"open sesame"})");
    refused(R"({"user":"root","password":"sesame"})");
    refused(R"({"user":"../root","password":"open sesame"})");
    refused(R"({"user":"ann\r\nX-User: root","password":"open sesame"})");
    refused(R"({"user":"open sesame!","password":"open sesame"})");
    refused(
      json{{"user", std::string(33, 'a')}, {"password", "open sesame"}}.dump());
    refused(
      json{{"user", "root"}, {"password", std::string(1025, 'a')}}.dump());
    CHECK(w.ask("POST", "/api/session", std::string(4097, ' ')) == 413);
    CHECK(w.ask("POST", "/api/users", std::string(4097, ' '), root) == 413);
    CHECK(w.hashed == 0);
    CHECK(w.verified == 0);
  }

  TEST_CASE("when too many passwords wait, the next is told to come again") {
    at_the_door w;
    w.set_up();
    w.has_room = false;
    CHECK(w.try_login("root", w.password_of("root")) == 503);
    CHECK(w.answer.headers.contains("retry-after"));
  }

  TEST_CASE("five wrong passwords lock name and address, known or not") {
    at_the_door w;
    w.set_up();
    for (const std::string name : {"root", "no-such-user"}) {
      for (int i = 0; i < 5; ++i)
        CHECK(w.try_login(name, "not this one") == 401);
      w.verified = 0;
      CHECK(w.try_login(name, w.password_of(name)) == 429);
      CHECK(w.answer.headers.at("retry-after") == "60");
      CHECK(w.verified == 0);
    }
    // Others at the address, and the user elsewhere, go on.
    w.address = "10.0.0.8";
    CHECK(w.try_login("root", w.password_of("root")) == 200);
    w.address = "10.0.0.7";
    w.passes(60s);
    CHECK(w.try_login("root", "not this one") == 401);
    CHECK(w.try_login("root", w.password_of("root")) == 429);
    CHECK(w.answer.headers.at("retry-after") == "120");
    w.passes(120s);
    CHECK(w.try_login("root", w.password_of("root")) == 200);
  }

  TEST_CASE("an answer that goes on ends with its session, and is no use") {
    at_the_door w;
    const auto root = w.set_up();
    w.add_user(root, "ann", "viewer");
    http::request request;
    request.method = "GET";
    request.headers = w.log_in("ann");
    CHECK(w.entrance->still_admits(role::viewer, request));
    CHECK_FALSE(w.entrance->still_admits(role::operate, request));
    w.passes(29min);
    CHECK(w.entrance->still_admits(role::viewer, request));
    w.passes(1min);
    CHECK_FALSE(w.entrance->still_admits(role::viewer, request));
    request.headers = w.log_in("ann");
    CHECK(w.ask("DELETE", "/api/users/ann", "", w.log_in("root")) == 200);
    CHECK_FALSE(w.entrance->still_admits(role::viewer, request));
    rules open;
    open.required = false;
    CHECK(at_the_door{open}.entrance->still_admits(role::admin, {}));
  }

  TEST_CASE("a running session survives a lock of its user") {
    at_the_door w;
    const auto root = w.set_up();
    for (int i = 0; i < 6; ++i)
      w.try_login("root", "not this one");
    CHECK(w.answer.status == 429);
    CHECK(w.ask("GET", see, "", root) == 299);
  }
}
