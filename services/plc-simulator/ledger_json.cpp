#include "services/plc-simulator/ledger_json.hpp"

#include "common/json/parse.hpp"
#include "common/telemetry/clock.hpp"

#include <nlohmann/json.hpp>

#include <set>

namespace millrace::plc_sim {

namespace {

using json = nlohmann::json;

std::string time_text(instant at) {
  return format_utc(std::chrono::system_clock::time_point{at});
}

std::string code_text(int code) {
  constexpr auto digits = "0123456789ABCDEF";
  std::string text;
  for (const int shift : {12, 8, 4, 0})
    text += digits[code >> shift & 0xF];
  return text;
}

json slot_json(const recipe& ordered) {
  return {{"slot", ordered.slot},
          {"order", ordered.order},
          {"bom", ordered.bom},
          {"finished_goods", ordered.goods},
          {"quantity", mass_text(ordered.quantity)}};
}

/// Kilograms by dosing point, those above 0.
json recipe_json(const recipe& ordered) {
  auto points = json::object();
  for (const auto& dose : ordered.doses)
    if (dose.mass > 0)
      points[std::to_string(dose.id)] = mass_text(dose.mass);
  return points;
}

json actual_json(const report& state) {
  auto points = json::object();
  for (int i = 0; i < point_count; ++i)
    if (state.actual[i] > 0)
      points[std::to_string(first_point_id + i)] = mass_text(state.actual[i]);
  return points;
}

json taken_json(const taken_batch& taken) {
  auto entry = slot_json(taken.ordered);
  entry["recipe"] = recipe_json(taken.ordered);
  entry["at"] = time_text(taken.at);
  entry["lost"] = taken.lost;
  return entry;
}

json produced_json(const produced_batch& made) {
  auto entry = slot_json(made.ordered);
  entry["status"] = made.final_report.finished ? "finished" : "failed";
  entry["actual"] = actual_json(made.final_report);
  entry["weight"] = mass_text(made.final_report.weight);
  entry["started_at"] = time_text(made.started);
  entry["ended_at"] = time_text(made.ended);
  entry["acknowledged_at"]
    = made.acknowledged ? json(time_text(*made.acknowledged)) : json(nullptr);
  return entry;
}

json request_json(const seen_request& request) {
  return {{"at", time_text(request.at)},
          {"transport", request.transport},
          {"command", code_text(request.command)},
          {"address", request.address},
          {"count", request.count},
          {"end_code", code_text(request.end_code)}};
}

template <class T, class F>
json list(const T& entries, F render) {
  auto all = json::array();
  for (const auto& entry : entries)
    all.push_back(render(entry));
  return all;
}

json acknowledgements_json(const std::vector<produced_batch>& produced) {
  auto all = json::array();
  for (const auto& made : produced)
    if (made.acknowledged)
      all.push_back({{"order", made.ordered.order},
                     {"slot", made.ordered.slot},
                     {"at", time_text(*made.acknowledged)}});
  return all;
}

json frames_json(const mill_ledger& ledger) {
  auto refused = json::object();
  for (const auto& [code, count] : ledger.refused)
    refused[code_text(code)] = count;
  return {{"reads", ledger.reads},
          {"writes", ledger.writes},
          {"refused", refused},
          {"ignored", ledger.ignored},
          {"requests", list(ledger.requests, request_json)}};
}

/// Reads the members of one object and remembers the first that is wrong.
class members {
public:
  explicit members(const json& from) : from_(from) {
  }

  void share(const char* name, double& member) {
    take(name, "a number from 0 to 1", [&](const json& value) {
      if (!value.is_number() || value < 0 || value > 1)
        return false;
      member = value.get<double>();
      return true;
    });
  }
  void flag(const char* name, bool& member) {
    take(name, "true or false", [&](const json& value) {
      if (!value.is_boolean())
        return false;
      member = value.get<bool>();
      return true;
    });
  }
  /// A whole number from 0 on.
  template <class T>
  void number(const char* name, T& member) {
    take(name, "a whole number from 0 to 2147483647", [&](const json& value) {
      if (!value.is_number_integer() || value < 0 || value > 2147483647)
        return false;
      member = value.get<int>();
      return true;
    });
  }
  void code(const char* name, int& member) {
    take(name, "four hexadecimal digits as text", [&](const json& value) {
      if (!value.is_string())
        return false;
      const auto text = value.get<std::string>();
      if (text.size() != 4
          || text.find_first_not_of("0123456789abcdefABCDEF")
               != std::string::npos)
        return false;
      member = std::stoi(text, nullptr, 16);
      return true;
    });
  }
  void transfer(const char* name, std::string& member) {
    take(name, R"("read" or "write")", [&](const json& value) {
      if (value != "read" && value != "write")
        return false;
      member = value.get<std::string>();
      return true;
    });
  }
  /// Empty: every member was known and right.
  std::string wrong() const {
    if (!wrong_.empty())
      return wrong_;
    for (const auto& [name, value] : from_.items())
      if (!known_.contains(name))
        return "unknown fault \"" + name + "\"";
    return {};
  }

private:
  template <class F>
  void take(const std::string& name, const std::string& allowed, F read) {
    known_.insert(name);
    const auto found = from_.find(name);
    if (found == from_.end() || found->is_null() || read(*found)
        || !wrong_.empty())
      return;
    wrong_ = name + "=" + found->dump() + " is not " + allowed;
  }

  const json& from_;
  std::set<std::string> known_;
  std::string wrong_;
};

} // namespace

std::string to_json(const mill_ledger& ledger) {
  std::map<std::string, int> kinds;
  for (const auto& broken : ledger.violations)
    ++kinds[broken.kind];
  const json all{{"taken", list(ledger.taken, taken_json)},
                 {"produced", list(ledger.produced, produced_json)},
                 {"acknowledgements", acknowledgements_json(ledger.produced)},
                 {"violations", list(ledger.violations,
                                     [](const violation& broken) {
                                       return json{
                                         {"kind", broken.kind},
                                         {"detail", broken.detail},
                                         {"at", time_text(broken.at)}};
                                     })},
                 {"violation_counts", kinds},
                 {"frames", frames_json(ledger)}};
  // Order names come from outside and need not be UTF-8.
  return all.dump(2, ' ', false, json::error_handler_t::replace);
}

std::string to_json(const fault_settings& faults) {
  const auto optional = [](const std::optional<int>& number) {
    return number ? json(*number) : json(nullptr);
  };
  return json{{"drop_request", faults.drop_request},
              {"drop_answer", faults.drop_answer},
              {"duplicate", faults.duplicate},
              {"delay_probability", faults.delay_probability},
              {"delay_ms", faults.delay.count()},
              {"reorder", faults.reorder},
              {"truncate", faults.truncate},
              {"wrong_sid", faults.wrong_sid},
              {"end_code", faults.end_code == 0
                             ? json(nullptr)
                             : json(code_text(faults.end_code))},
              {"end_code_count", optional(faults.end_code_count)},
              {"flags", faults.flags == 0 ? json(nullptr)
                                          : json(code_text(faults.flags))},
              {"unreachable", faults.unreachable},
              {"hold_handshake", faults.hold_handshake},
              {"only", faults.only.empty() ? json(nullptr) : json(faults.only)},
              {"address", optional(faults.address)},
              {"count", optional(faults.count)},
              {"seed", faults.seed}}
    .dump(2);
}

result<fault_settings> faults_from_json(const std::string& text) {
  const auto body = parse_json(text);
  if (!body || !body->is_object())
    return error{"the body is not a JSON object"};
  fault_settings faults;
  members read{*body};
  read.share("drop_request", faults.drop_request);
  read.share("drop_answer", faults.drop_answer);
  read.share("duplicate", faults.duplicate);
  read.share("reorder", faults.reorder);
  read.share("truncate", faults.truncate);
  read.share("wrong_sid", faults.wrong_sid);
  int delay_ms = 0;
  read.number("delay_ms", delay_ms);
  faults.delay = std::chrono::milliseconds{delay_ms};
  // A delay alone means every answer.
  faults.delay_probability = delay_ms > 0 ? 1 : 0;
  read.share("delay_probability", faults.delay_probability);
  read.code("end_code", faults.end_code);
  read.number("end_code_count", faults.end_code_count);
  read.code("flags", faults.flags);
  read.flag("unreachable", faults.unreachable);
  read.flag("hold_handshake", faults.hold_handshake);
  read.transfer("only", faults.only);
  read.number("address", faults.address);
  read.number("count", faults.count);
  read.number("seed", faults.seed);
  if (const auto wrong = read.wrong(); !wrong.empty())
    return error{wrong};
  return faults;
}

} // namespace millrace::plc_sim
