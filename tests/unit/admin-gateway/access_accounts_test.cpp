#include "tests/unit/admin-gateway/at_the_door.hpp"

using namespace millrace;
using namespace millrace::admin;
using namespace millrace::admin::access;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

constexpr auto see = "/api/admin/batch-status";
constexpr auto act = "/api/admin/trigger-sync";
constexpr auto decide = "/api/admin/scheduler/toggle"; // admin

} // namespace

TEST_SUITE("users") {
  TEST_CASE("an admin adds, changes and removes users") {
    at_the_door w;
    const auto root = w.set_up();
    w.add_user(root, "ann", "operator");
    CHECK(w.data()
          == json{{"user", "ann"},
                  {"role", "operator"},
                  {"disabled", false},
                  {"created_at", "2026-11-22T10:00:00.000Z"},
                  {"last_login_at", nullptr}});
    CHECK(w.ask("GET", "/api/users", "", root) == 200);
    CHECK(w.data()["users"].size() == 2);
    CHECK(w.answer.body.find("argon2id") == std::string::npos);
    w.passes(60s);
    w.log_in("ann");
    CHECK(w.ask("GET", "/api/users", "", root) == 200);
    CHECK(w.data()["users"][0]["last_login_at"] == "2026-11-22T10:01:00.000Z");
    CHECK(w.ask("PUT", "/api/users/ann", R"({"role":"viewer"})", root) == 200);
    CHECK(w.data()["role"] == "viewer");
    CHECK(w.ask("DELETE", "/api/users/ann", "", root) == 200);
    CHECK(w.ask("DELETE", "/api/users/ann", "", root) == 404);
    CHECK(w.ask("PUT", "/api/users/ann", R"({"role":"viewer"})", root) == 404);
  }

  TEST_CASE("what is wrong about a new user is said, and nothing is kept") {
    at_the_door w;
    const auto root = w.set_up();
    const auto before = w.content();
    const auto refused = [&](const json& body, int status) {
      CHECK_MESSAGE(w.ask("POST", "/api/users", body.dump(), root) == status,
                    body.dump());
    };
    const json right{
      {"user", "ann"}, {"role", "viewer"}, {"password", "0123456789"}};
    const auto with = [&](const char* name, const json& value) {
      auto body = right;
      body[name] = value;
      return body;
    };
    const std::vector<std::string> wrong_names{"",
                                               "../etc/passwd",
                                               "a/b",
                                               ".",
                                               "..",
                                               "Ann",
                                               "ann\r\nX: y",
                                               "ann<b>",
                                               "a b",
                                               "\xc3\xa4nn",
                                               std::string(33, 'a')};
    for (const auto& name : wrong_names)
      refused(with("user", name), 400);
    refused(with("user", "root"), 409);
    refused(with("role", "nobody"), 400);
    refused(with("role", "root"), 400);
    refused(with("password", "012345678"), 400);
    refused(with("password", std::string(1025, 'x')), 400);
    CHECK(w.content() == before);
    refused(right, 200);
  }

  TEST_CASE("the last admin can neither go nor be put out") {
    at_the_door w;
    const auto root = w.set_up();
    w.add_user(root, "ann", "operator");
    const auto before = w.content();
    CHECK(w.ask("DELETE", "/api/users/root", "", root) == 409);
    CHECK(w.ask("PUT", "/api/users/root", R"({"role":"viewer"})", root) == 409);
    CHECK(w.ask("PUT", "/api/users/root", R"({"disabled":true})", root) == 409);
    CHECK(w.content() == before);
    CHECK(w.ask("PUT", "/api/users/ann", R"({"role":"admin"})", root) == 200);
    CHECK(w.ask("DELETE", "/api/users/root", "", root) == 200);
  }

  TEST_CASE("names and ids in paths lead to no file") {
    at_the_door w;
    const auto root = w.set_up();
    for (const std::string name :
         {"..%2F..%2Fetc%2Fpasswd", "../users.json", "%00", "users.json",
          "a%0d%0aX-User:%20root"}) {
      CHECK(w.ask("PUT", "/api/users/" + name, R"({"disabled":true})", root)
            == 404);
      CHECK(w.ask("DELETE", "/api/users/" + name, "", root) == 404);
      CHECK(w.ask("DELETE", "/api/tokens/" + name, "", root) == 404);
    }
  }
}

TEST_SUITE("tokens") {
  TEST_CASE("a token is shown once and works without cookie and CSRF token") {
    at_the_door w;
    const auto root = w.set_up();
    const auto token = w.add_token(root, "operator");
    const auto secret = token.at("authorization").substr(7 + 3 + 12 + 1);
    CHECK(secret.size() == 64);
    CHECK(w.data()["last_used_at"].is_null());
    CHECK(w.content().find(secret) == std::string::npos);
    CHECK(w.ask("POST", act, "", token) == 299);
    CHECK(w.who.said_name() == "root (nightly)");
    CHECK(w.ask("POST", decide, "", token) == 403);
    CHECK(w.ask("GET", "/api/tokens", "", root) == 200);
    CHECK(w.data()["tokens"].size() == 1);
    CHECK(w.answer.body.find(secret) == std::string::npos);
    // It counts beside a cookie, and in spite of one.
    auto both = token;
    both["cookie"] = root.at("cookie");
    CHECK(w.ask("POST", decide, "", both) == 403);
  }

  TEST_CASE("what is not exactly a token is nobody, even where guests may") {
    rules how;
    how.guests = true;
    at_the_door w{how};
    const auto root = w.set_up();
    const auto good = w.add_token(root, "viewer").at("authorization");
    const auto status = [&](const std::string& given) {
      return w.ask("GET", see, "", {{"authorization", given}});
    };
    CHECK(status(good) == 299);
    CHECK(status("bearer  " + good.substr(7)) == 299);
    CHECK(status(good + "0") == 401);
    CHECK(status(good.substr(0, good.size() - 1)) == 401);
    auto other = good;
    other.back() = other.back() == '0' ? '1' : '0';
    CHECK(status(other) == 401);
    CHECK(status("Bearer ") == 401);
    CHECK(status("Bearer mr_../../../x_" + std::string(64, '0')) == 401);
    // Another scheme is a proxy's affair.
    CHECK(status("Basic cm9vdDpyb290") == 299);
  }

  TEST_CASE("a token never does more than its owner may now") {
    at_the_door w;
    const auto root = w.set_up();
    w.add_user(root, "ann", "operator");
    auto ann = w.log_in("ann");
    CHECK(w.ask("POST", "/api/tokens", R"({"label":"x","role":"admin"})", ann)
          == 403);
    const auto token = w.add_token(ann, "operator");
    CHECK(w.ask("POST", act, "", token) == 299);
    CHECK(w.ask("PUT", "/api/users/ann", R"({"role":"viewer"})", root) == 200);
    CHECK(w.ask("POST", act, "", token) == 403);
    CHECK(w.ask("GET", see, "", token) == 299);
    CHECK(w.ask("PUT", "/api/users/ann", R"({"role":"admin"})", root) == 200);
    CHECK(w.ask("POST", decide, "", token) == 403);
    CHECK(w.ask("PUT", "/api/users/ann", R"({"disabled":true})", root) == 200);
    CHECK(w.ask("GET", see, "", token) == 401);
    CHECK(w.ask("PUT", "/api/users/ann", R"({"disabled":false})", root) == 200);
    CHECK(w.ask("GET", see, "", token) == 299);
    CHECK(w.ask("DELETE", "/api/users/ann", "", root) == 200);
    w.add_user(root, "ann", "operator");
    CHECK(w.ask("GET", see, "", token) == 401);
  }

  TEST_CASE("a token expires, and is removed by its owner or an admin") {
    at_the_door w;
    const auto root = w.set_up();
    w.add_user(root, "ann", "viewer");
    w.add_user(root, "bob", "viewer");
    const auto ann = w.log_in("ann");
    const auto bob = w.log_in("bob");
    CHECK(w.ask("POST", "/api/tokens",
                R"({"label":"x","role":"viewer","expires_days":1})", ann)
          == 200);
    CHECK(w.data()["expires_at"] == "2026-11-23T10:00:00.000Z");
    const at_the_door::headers_t token{
      {"authorization", "Bearer " + w.data()["token"].get<std::string>()}};
    const std::string id = w.data()["id"];
    CHECK(w.ask("GET", "/api/tokens", "", bob) == 200);
    CHECK(w.data()["tokens"].empty());
    CHECK(w.ask("DELETE", "/api/tokens/" + id, "", bob) == 404);
    w.passes(24h - 1s);
    CHECK(w.ask("GET", see, "", token) == 299);
    w.passes(1s);
    CHECK(w.ask("GET", see, "", token) == 401);
    const auto second = w.add_token(w.log_in("ann"), "viewer");
    const std::string second_id = w.data()["id"];
    CHECK(w.ask("GET", see, "", second) == 299);
    CHECK(w.ask("DELETE", "/api/tokens/" + second_id, "", w.log_in("root"))
          == 200);
    CHECK(w.ask("GET", see, "", second) == 401);
  }

  TEST_CASE("all tokens of a user are revoked at once, by them or an admin") {
    at_the_door d;
    const auto root = d.set_up();
    d.add_user(root, "ann", "operator");
    d.add_user(root, "bob", "operator");
    const auto ann = d.log_in("ann");
    const auto one = d.add_token(ann, "viewer");
    const auto other = d.add_token(ann, "operator");
    const auto of_bob = d.add_token(d.log_in("bob"), "viewer");
    CHECK(d.ask("DELETE", "/api/tokens", "", ann) == 400);
    CHECK(d.ask("DELETE", "/api/tokens?user=Bob!", "", ann) == 400);
    CHECK(d.ask("DELETE", "/api/tokens?user=bob", "", ann) == 403);
    CHECK(d.ask("DELETE", "/api/tokens?user=nobody", "", root) == 404);
    CHECK(d.ask("GET", "/api/alerts", "", one) == 299);
    CHECK(d.ask("DELETE", "/api/tokens?user=ann", "", root) == 200);
    CHECK(d.ask("GET", "/api/alerts", "", one) == 401);
    CHECK(d.ask("GET", "/api/alerts", "", other) == 401);
    CHECK(d.ask("GET", "/api/alerts", "", of_bob) == 299);
    const auto again = d.add_token(ann, "viewer");
    CHECK(d.ask("DELETE", "/api/tokens?user=ann", "", again) == 200);
    CHECK(d.ask("GET", "/api/alerts", "", again) == 401);
  }

  TEST_CASE("all sessions of a user end at once") {
    at_the_door d;
    const auto root = d.set_up();
    d.add_user(root, "ann", "viewer");
    const auto desk = d.log_in("ann");
    const auto phone = d.log_in("ann");
    const auto program = d.add_token(phone, "viewer");
    CHECK(d.ask("DELETE", "/api/sessions?user=root", "", desk) == 403);
    CHECK(d.ask("DELETE", "/api/sessions?user=ann", "", program) == 403);
    d.passes(std::chrono::seconds{1});
    CHECK(d.ask("DELETE", "/api/sessions?user=ann", "", desk) == 200);
    CHECK(d.ask("GET", "/api/alerts", "", desk) == 401);
    CHECK(d.ask("GET", "/api/alerts", "", phone) == 401);
    CHECK(d.ask("GET", "/api/alerts", "", program) == 299);
    CHECK(d.ask("GET", "/api/alerts", "", d.log_in("ann")) == 299);
    d.passes(std::chrono::seconds{1});
    const auto next = d.log_in("ann");
    CHECK(d.ask("DELETE", "/api/sessions?user=ann", "", root) == 200);
    CHECK(d.ask("GET", "/api/alerts", "", next) == 401);
    CHECK(d.ask("GET", "/api/alerts", "", root) == 299);
  }

  TEST_CASE("a token makes no tokens and changes no password") {
    at_the_door w;
    const auto token = w.add_token(w.set_up(), "admin");
    CHECK(
      w.ask("POST", "/api/tokens", R"({"label":"x","role":"viewer"})", token)
      == 403);
    CHECK(w.ask("POST", "/api/session/password", "{}", token) == 403);
    CHECK(w.ask("GET", "/api/users", "", token) == 200);
  }

  TEST_CASE("wrong wishes for a token") {
    at_the_door w;
    const auto root = w.set_up();
    const auto refused = [&](const std::string& body) {
      CHECK_MESSAGE(w.ask("POST", "/api/tokens", body, root) == 400, body);
    };
    refused(R"({"role":"viewer"})");
    refused(R"({"label":"","role":"viewer"})");
    refused(R"({"label":"a\r\nb","role":"viewer"})");
    refused(R"({"label":"12345678901234567890123456789","role":"viewer"})");
    refused(R"({"label":"x","role":"nobody"})");
    refused(R"({"label":"x","role":"viewer","expires_days":0})");
    refused(R"({"label":"x","role":"viewer","expires_days":3651})");
    refused(R"({"label":"x","role":"viewer","expires_days":1.5})");
    refused(R"({"label":"x","role":"viewer","expires_days":99999999999999})");
  }

  TEST_CASE("the last use is kept to the hour, with one writing an hour") {
    at_the_door w;
    const auto root = w.set_up();
    const auto token = w.add_token(root, "viewer");
    w.passes(90min); // 11:30
    CHECK(w.ask("GET", see, "", token) == 299);
    const auto before = w.content();
    CHECK(before.find("2026-11-22T11:00:00.000Z") == std::string::npos);
    w.entrance->refresh();
    const auto after = w.content();
    CHECK(after.find("2026-11-22T11:00:00.000Z") != std::string::npos);
    const auto written = std::filesystem::last_write_time(w.file());
    CHECK(w.ask("GET", see, "", token) == 299);
    w.entrance->refresh();
    CHECK(std::filesystem::last_write_time(w.file()) == written);
  }
}
