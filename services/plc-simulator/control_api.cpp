#include "services/plc-simulator/control_api.hpp"

#include "common/json/parse.hpp"
#include "services/plc-simulator/ledger_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <map>

namespace millrace::plc_sim {

namespace {

using json = nlohmann::json;
using answerer = http::response (*)(simulated_plc&, const http::request&);

http::response ok(std::string body = R"({"status":"ok"})") {
  http::response answer;
  answer.body = std::move(body);
  return answer;
}

http::response refuse(int status, const std::string& why) {
  http::response answer;
  answer.status = status;
  answer.body
    = json{{"error", why}}.dump(-1, ' ', false, json::error_handler_t::replace);
  return answer;
}

std::optional<int> number_in(const http::request& asked, const char* name) {
  const auto found = asked.query.find(name);
  if (found == asked.query.end())
    return std::nullopt;
  int number = 0;
  const auto& text = found->second;
  const auto [end, bad]
    = std::from_chars(text.data(), text.data() + text.size(), number);
  if (bad != std::errc{} || end != text.data() + text.size())
    return std::nullopt;
  return number;
}

http::response health(simulated_plc&, const http::request&) {
  return ok();
}

http::response ledger(simulated_plc& plc, const http::request&) {
  return ok(to_json(plc.ledger()));
}

http::response reset_ledger(simulated_plc& plc, const http::request&) {
  plc.reset_ledger();
  return ok();
}

http::response show_faults(simulated_plc& plc, const http::request&) {
  return ok(to_json(plc.faults()));
}

http::response set_faults(simulated_plc& plc, const http::request& asked) {
  const auto faults = faults_from_json(asked.body);
  if (!faults)
    return refuse(400, faults.why());
  plc.set_faults(*faults);
  return show_faults(plc, asked);
}

http::response power_cycle(simulated_plc& plc, const http::request& asked) {
  const auto body = parse_json(asked.body);
  const auto memory = body && body->is_object()
                        ? body->value("memory", json(nullptr))
                        : json(nullptr);
  if (memory != "cleared" && memory != "kept")
    return refuse(400, R"(memory is not "cleared" or "kept")");
  plc.power_cycle(memory == "cleared");
  return ok();
}

http::response show_words(simulated_plc& plc, const http::request& asked) {
  const auto address = number_in(asked, "address");
  const auto count = number_in(asked, "count");
  if (!address || !count)
    return refuse(400, "address and count must be whole numbers");
  const auto found = plc.peek(*address, *count);
  if (found.empty())
    return refuse(400, "address and count are not within D0..D32767");
  return ok(json{{"address", *address}, {"words", found}}.dump());
}

bool is_word(const json& value) {
  return value.is_number_integer() && value >= 0 && value <= 65535;
}

http::response poke_words(simulated_plc& plc, const http::request& asked) {
  const auto body = parse_json(asked.body);
  if (!body || !body->is_object())
    return refuse(400, "the body is not a JSON object");
  const auto address = body->value("address", json(nullptr));
  const auto values = body->value("words", json(nullptr));
  if (!is_word(address))
    return refuse(400, "address=" + address.dump() + " is not in 0..32767");
  if (!values.is_array() || !std::all_of(values.begin(), values.end(), is_word))
    return refuse(400, "words is not a list of numbers in 0..65535");
  if (!plc.poke(address.get<int>(), values.get<words>()))
    return refuse(400, "address and words are not within D0..D32767");
  return ok();
}

const std::map<std::string, std::map<std::string, answerer>>& routes() {
  static const std::map<std::string, std::map<std::string, answerer>> all{
    {"/health", {{"GET", health}}},
    {"/ledger", {{"GET", ledger}}},
    {"/ledger/reset", {{"POST", reset_ledger}}},
    {"/faults", {{"GET", show_faults}, {"POST", set_faults}}},
    {"/power-cycle", {{"POST", power_cycle}}},
    {"/words", {{"GET", show_words}, {"POST", poke_words}}}};
  return all;
}

} // namespace

http::response control(simulated_plc& plc, const http::request& asked) {
  const auto route = routes().find(asked.path);
  if (route == routes().end())
    return refuse(404, "no such path: " + asked.path);
  const auto method = route->second.find(asked.method);
  if (method == route->second.end())
    return refuse(405, asked.path + " does not take " + asked.method);
  return method->second(plc, asked);
}

} // namespace millrace::plc_sim
