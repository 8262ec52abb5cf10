// An answer of Odoo: status and, if any, a Location in the first line, then the
// body. Whatever it says, what we tell the others about it can be read by them.

#include "common/events/codec.hpp"
#include "services/odoo-gateway/fetching.hpp"
#include "services/odoo-gateway/order_reading.hpp"
#include "services/odoo-gateway/push_decision.hpp"
#include "services/odoo-gateway/session.hpp"
#include "tests/fuzz/property.hpp"

#include <cstdlib>

using namespace millrace;
using namespace millrace::odoo;
using fuzz::require;

namespace {

constexpr auto line = "PLC01";
constexpr kilograms most = kilograms::from_milli(1'000'000'000'000'000);

http::call_result answer_of(std::string_view first, std::string_view body) {
  http::call_result answer;
  answer.outcome = http::call_outcome::answered;
  const auto blank = first.find(' ');
  answer.status = std::atoi(std::string(first.substr(0, blank)).c_str());
  if (blank != first.npos)
    answer.headers["location"] = first.substr(blank + 1);
  answer.set_cookies = {"session_id=" + std::string(body.substr(0, 40))};
  answer.body = body;
  return answer;
}

template <class T>
void require_readable(const T& data) {
  events::event<T> message;
  message.meta.id = "1";
  message.data = data;
  const auto text = events::encode(message);
  const auto back = events::decode<T>(text);
  require(static_cast<bool>(back), "what we tell can be read",
          back ? "" : back.why());
}

void check_order(const events::order& order) {
  require(order.quantity > kilograms{} && order.quantity <= most,
          "an order's quantity is above 0");
  for (const auto& component : order.components)
    require(component.to_consume >= kilograms{} && component.to_consume <= most,
            "a component's amount is 0 or more");
  require_readable(events::mo_fetched{line, "1", {order}, {}});
}

void check_failure(const failure& why) {
  require(why.text.size() <= 4 * 500, "texts are short", why.text);
  require_readable(
    events::mo_fetch_failed{line, "1", why.error_class, why.text});
}

void check_result(const json& result) {
  for (const auto& listed : list_of(result, "data")) {
    const auto read = read_order(listed, line);
    if (const auto* order = std::get_if<events::order>(&read))
      check_order(*order);
    if (const auto* bad = std::get_if<events::rejected_order>(&read))
      require_readable(events::mo_fetched{line, "1", {}, {*bad}});
  }
  if (const auto detail = read_detail(result, line); !detail) {
    check_failure(detail.why());
  } else {
    for (const auto amount : detail->consumed)
      require(amount <= most, "consumed amounts are bounded");
    (void)describe(compare({}, *detail));
    (void)codes_for(detail->codes, standard_codes());
  }
  dosing_amounts ours;
  ours.fill(kilograms::from_milli(1'000));
  for (const auto& text : shortfalls(result, ours, standard_codes()))
    require(!text.empty(), "a shortfall says something");
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data,
                                      std::size_t size) {
  const auto [first, body] = fuzz::first_line(fuzz::text_of(data, size));
  const auto answer = answer_of(first, body);
  const auto result = read_answer(answer);
  if (result)
    check_result(*result);
  else
    check_failure(result.why());
  session sign_in{{"db", "user", "secret-1"}};
  const auto cookie = sign_in.cookie(
    [&](const std::string&, const std::string&) { return answer; });
  if (!cookie)
    require(cookie.why().text.find("secret-1") == std::string::npos,
            "the password is never told", cookie.why().text);
  return 0;
}
