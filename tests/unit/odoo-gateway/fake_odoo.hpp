#pragma once

#include "common/http/server.hpp"
#include "services/odoo-gateway/odoo_client.hpp"

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

/// An Odoo whose answers each test writes out, and which remembers what it was
/// asked.
class fake_odoo {
public:
  struct call {
    std::string path;
    millrace::odoo::json params;
    std::string cookie;
  };
  /// Answers a call; an empty body is never sent: the caller waits in vain.
  using script = std::function<std::string(const millrace::odoo::json& params)>;

  fake_odoo()
    : server_({}, [this](auto asked, auto answer) {
        serve(std::move(asked), std::move(answer));
      }) {
    on("authenticate", [](const auto&) {
      return R"({"jsonrpc":"2.0","id":null,"result":{"status":"success",)"
             R"("uid":2,"session_id":"not this one"}})";
    });
    server_.start();
  }

  std::string url() const {
    return "http://127.0.0.1:" + std::to_string(server_.port());
  }
  /// `route` is the last part of the path.
  void on(const std::string& route, script answer) {
    const std::lock_guard guard{mutex_};
    scripts_[route] = std::move(answer);
  }
  void on(const std::string& route, std::string answer) {
    on(route, [answer](const auto&) { return answer; });
  }
  /// The n-th call of the route gets the n-th answer, the last one for ever.
  void on(const std::string& route, std::vector<std::string> answers) {
    on(route, [answers, n = std::size_t{0}](const auto&) mutable {
      return answers[std::min(n++, answers.size() - 1)];
    });
  }
  void status(const std::string& route, int code) {
    const std::lock_guard guard{mutex_};
    status_[route] = code;
  }

  std::vector<call> calls() {
    const std::lock_guard guard{mutex_};
    return calls_;
  }
  /// Last parts of the paths asked for: "authenticate mo-detail".
  std::string routes() {
    std::string text;
    for (const auto& each : calls())
      text += (text.empty() ? "" : " ") + route_of(each.path);
    return text;
  }
  millrace::odoo::json last_params(const std::string& route) {
    millrace::odoo::json found;
    for (const auto& each : calls())
      if (route_of(each.path) == route)
        found = each.params;
    return found;
  }

private:
  static std::string route_of(const std::string& path) {
    return path.substr(path.rfind('/') + 1);
  }

  void serve(millrace::http::request asked, millrace::http::responder answer) {
    const auto body = millrace::odoo::json::parse(asked.body, nullptr, false);
    const auto params = body.is_object() && body.contains("params")
                          ? body["params"]
                          : millrace::odoo::json{};
    const auto route = route_of(asked.path);
    const std::lock_guard guard{mutex_};
    calls_.push_back({asked.path, params, asked.headers["cookie"]});
    millrace::http::response reply;
    reply.status = status_.contains(route) ? status_[route] : 200;
    if (scripts_.contains(route))
      reply.body = scripts_[route](params);
    else
      reply = {404, "<h1>Not Found</h1>", "text/html", {}};
    if (route == "authenticate")
      reply.headers["Set-Cookie"]
        = "session_id=s" + std::to_string(++sign_ins_) + "; Path=/; HttpOnly";
    if (!reply.body.empty())
      answer(std::move(reply));
  }

  std::mutex mutex_;
  std::map<std::string, script> scripts_;
  std::map<std::string, int> status_;
  std::vector<call> calls_;
  int sign_ins_ = 0;
  millrace::http::server server_;
};

/// A client of that Odoo, without pauses.
struct odoo_bench {
  explicit odoo_bench(std::string url = {}, std::chrono::milliseconds patience
                                            = std::chrono::seconds{10})
    : client(options(url.empty() ? odoo.url() : url, patience),
             {sign_in, guard, [this] { return now; },
              [this](auto span) { pauses.push_back(span); },
              [] {
                return 0.5;
              }}) {
  }
  static millrace::http::client_options
  options(const std::string& url, std::chrono::milliseconds patience) {
    millrace::http::client_options chosen;
    chosen.base_url = url;
    chosen.answer_time_out = patience;
    return chosen;
  }

  fake_odoo odoo;
  millrace::odoo::steady_time now{};
  std::vector<std::chrono::milliseconds> pauses;
  millrace::odoo::session sign_in{{"mill", "scada", "geheim"}};
  millrace::odoo::breaker guard{{},
                                [this] { return now; },
                                [] {
                                  return *millrace::parse_utc(
                                    "2026-11-22T08:00:00.000Z");
                                }};
  millrace::odoo::odoo_client client;
};
