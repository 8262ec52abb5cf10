#include "services/admin-gateway/access/bodies.hpp"

#include "common/json/parse.hpp"
#include "services/admin-gateway/access/accounts.hpp"

#include <nlohmann/json.hpp>

namespace millrace::admin::access {

namespace {

using nlohmann::json;

constexpr std::size_t shortest_given = 8;
constexpr std::size_t shortest_new = 10;
constexpr std::size_t longest_password = 1024;
constexpr int most_days = 3650;

/// Reads members one after the other and keeps the first complaint.
class members {
public:
  explicit members(std::string_view body) {
    auto parsed = parse_json(body);
    if (!parsed)
      wrong_ = "the body " + parsed.why();
    else if (!parsed->is_object())
      wrong_ = "the body must be a JSON object";
    else
      from_ = std::move(*parsed);
  }
  bool has(const char* name) const {
    return from_.contains(name);
  }
  std::string text(const char* name) {
    const auto found = from_.find(name);
    if (found != from_.end() && found->is_string())
      return found->get<std::string>();
    complain(name, "must be a text");
    return {};
  }
  std::string user() {
    auto name = text("user");
    if (!is_user_name(name))
      complain("user", "must be 1 to 32 of a-z, 0-9, '.', '_' and '-'");
    return name;
  }
  /// Browsers and proxies take "." and ".." in an address for a way up.
  std::string new_user() {
    auto name = user();
    if (name == "." || name == "..")
      complain("user", "must not be \".\" or \"..\"");
    return name;
  }
  std::string password(const char* name, std::size_t shortest) {
    auto given = text(name);
    if (given.size() < shortest || given.size() > longest_password)
      complain(name, "must have " + std::to_string(shortest) + " to "
                       + std::to_string(longest_password) + " bytes");
    return given;
  }
  role held() {
    const auto named = role_named(text("role"));
    if (!named || *named == role::nobody)
      complain("role", "must be viewer, operator or admin");
    return named.value_or(role::viewer);
  }
  bool flag(const char* name) {
    const auto found = from_.find(name);
    if (found != from_.end() && found->is_boolean())
      return found->get<bool>();
    complain(name, "must be true or false");
    return false;
  }
  int number(const char* name, int low, int high) {
    const auto found = from_.find(name);
    if (found != from_.end() && found->is_number_integer() && *found >= low
        && *found <= high)
      return found->get<int>();
    complain(name,
             "must be " + std::to_string(low) + " to " + std::to_string(high));
    return low;
  }
  void complain(const char* name, const std::string& what) {
    if (wrong_.empty())
      wrong_ = std::string(name) + " " + what;
  }
  template <class Body>
  result<Body> give(Body body) const {
    if (!wrong_.empty())
      return error{wrong_};
    return body;
  }

private:
  json from_ = json::object();
  std::string wrong_;
};

} // namespace

result<login_body> read_login(std::string_view body) {
  members from{body};
  login_body read;
  read.user = from.user();
  read.password = from.password("password", shortest_given);
  return from.give(std::move(read));
}

result<setup_body> read_setup(std::string_view body) {
  members from{body};
  setup_body read;
  read.token = from.text("token");
  read.user = from.new_user();
  read.password = from.password("password", shortest_new);
  return from.give(std::move(read));
}

result<password_body> read_password_change(std::string_view body) {
  members from{body};
  password_body read;
  read.old_one = from.password("old", shortest_given);
  read.new_one = from.password("new", shortest_new);
  return from.give(std::move(read));
}

result<new_user_body> read_new_user(std::string_view body) {
  members from{body};
  new_user_body read;
  read.user = from.new_user();
  read.held = from.held();
  read.password = from.password("password", shortest_new);
  return from.give(std::move(read));
}

result<user_change_body> read_user_change(std::string_view body) {
  members from{body};
  user_change_body read;
  if (from.has("role"))
    read.held = from.held();
  if (from.has("password"))
    read.password = from.password("password", shortest_new);
  if (from.has("disabled"))
    read.disabled = from.flag("disabled");
  if (!read.held && !read.password && !read.disabled)
    from.complain("role, password or disabled", "must be given");
  return from.give(std::move(read));
}

result<new_token_body> read_new_token(std::string_view body) {
  members from{body};
  new_token_body read;
  read.label = from.text("label");
  if (!is_label(read.label))
    from.complain("label", "must be 1 to 28 printable ASCII characters");
  read.held = from.held();
  if (from.has("expires_days"))
    read.expires_days = from.number("expires_days", 1, most_days);
  return from.give(std::move(read));
}

} // namespace millrace::admin::access
