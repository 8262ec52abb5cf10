#pragma once

#include "services/admin-gateway/access/door.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <cstdlib>
#include <deque>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

namespace millrace::admin::access {

/// A door with a users' file of its own, and a clock, chance and a hasher that
/// the test holds in its hands.
struct at_the_door {
  using headers_t = std::map<std::string, std::string>;

  explicit at_the_door(rules chosen = {}) : how(std::move(chosen)) {
    std::string pattern
      = (std::filesystem::temp_directory_path() / "millrace-door-XXXXXX");
    folder = ::mkdtemp(pattern.data());
    start();
  }
  ~at_the_door() {
    entrance.reset();
    std::filesystem::remove_all(folder);
  }
  at_the_door(const at_the_door&) = delete;

  /// As a new process.
  void start() {
    entrance = std::make_unique<door>(how, file(), outside());
  }
  std::string file() const {
    return folder / "users.json";
  }
  std::string content() const {
    std::ifstream in{file()};
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }

  surroundings outside() {
    surroundings around;
    // Not argon2id, but as quick as a test needs it.
    around.crypto.hash_password = [this](std::string_view password) {
      ++hashed;
      return "$argon2id$" + fingerprint(password);
    };
    around.crypto.verify_password
      = [this](const std::string& hash, std::string_view password) {
          ++verified;
          return hash == "$argon2id$" + fingerprint(password);
        };
    around.crypto.fresh = [this] {
      return fingerprint(std::to_string(++chance));
    };
    around.clock = [this] {
      return now;
    };
    around.steady = [this] {
      return steady_now;
    };
    around.later = [this](std::function<void()> work) {
      if (!has_room)
        return false;
      work();
      return true;
    };
    return around;
  }

  void passes(std::chrono::seconds time) {
    now += time;
    steady_now += time;
  }

  /// What the API would answer; 299 for a call that is let in and that others
  /// serve.
  int ask(const std::string& method, const std::string& target,
          const std::string& body = "", headers_t headers = {}) {
    http::request request;
    request.method = method;
    const auto asks = target.find('?'); // "?user=ann" at most
    const auto path = target.substr(0, asks);
    if (asks != target.npos)
      request.query["user"] = target.substr(target.find('=') + 1);
    request.raw_path = path;
    request.body = body;
    request.headers = std::move(headers);
    request.remote_address = address;
    answer = {};
    answer.status = 0;
    const auto found = route_for(method, path);
    REQUIRE_MESSAGE(std::holds_alternative<route>(found), path);
    const auto& to = std::get<route>(found);
    auto admitted = entrance->admit(to, request);
    if (auto* refusal = std::get_if<http::response>(&admitted)) {
      answer = std::move(*refusal);
      return answer.status;
    }
    who = std::get<caller>(admitted);
    answer.status = 299;
    if (door::serves(to.what))
      entrance->serve(to, request, who,
                      [this](http::response out) { answer = std::move(out); });
    return answer.status;
  }
  nlohmann::json data() const {
    return nlohmann::json::parse(answer.sent_body()).at("data");
  }
  std::string message() const {
    return nlohmann::json::parse(answer.sent_body()).at("message");
  }

  /// Headers of a browser that is logged in, from the last answer.
  headers_t browser() const {
    const auto cookie = answer.headers.at("set-cookie");
    return {{"cookie", cookie.substr(0, cookie.find(';'))},
            {"x-csrf-token", data().at("csrf")}};
  }
  headers_t set_up(const std::string& name = "root") {
    REQUIRE(ask("POST", "/api/setup",
                nlohmann::json{{"token", entrance->setup_token()},
                               {"user", name},
                               {"password", password_of(name)}}
                  .dump())
            == 200);
    return browser();
  }
  static std::string password_of(const std::string& name) {
    return name + "'s password";
  }
  int try_login(const std::string& name, const std::string& password) {
    return ask("POST", "/api/session",
               nlohmann::json{{"user", name}, {"password", password}}.dump());
  }
  headers_t log_in(const std::string& name) {
    REQUIRE(try_login(name, password_of(name)) == 200);
    return browser();
  }
  void add_user(const headers_t& admin, const std::string& name,
                const std::string& role) {
    REQUIRE(ask("POST", "/api/users",
                nlohmann::json{{"user", name},
                               {"role", role},
                               {"password", password_of(name)}}
                  .dump(),
                admin)
            == 200);
  }
  /// Headers of a program with a new token.
  headers_t add_token(const headers_t& owner, const std::string& role) {
    REQUIRE(ask("POST", "/api/tokens",
                R"({"label":"nightly","role":")" + role + "\"}", owner)
            == 200);
    return {
      {"authorization", "Bearer " + data().at("token").get<std::string>()}};
  }

  rules how;
  std::filesystem::path folder;
  int hashed = 0;
  int verified = 0;
  int chance = 0;
  bool has_room = true;
  std::chrono::system_clock::time_point now
    = *parse_utc("2026-11-22T10:00:00.000Z");
  std::chrono::steady_clock::time_point steady_now{std::chrono::hours{1}};
  std::string address = "10.0.0.7";
  std::unique_ptr<door> entrance;
  http::response answer;
  caller who;
};

} // namespace millrace::admin::access
