#include "services/plc-gateway/settings.hpp"

#include "common/config/checks.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

namespace millrace::plc {

namespace {

using namespace std::chrono_literals;

result<std::string> map_text(const std::string& map_file) {
  if (map_file.empty())
    return std::string(default_map_text());
  std::ifstream file(map_file);
  std::ostringstream text;
  if (!(text << file.rdbuf()))
    return error{"PLC_MAP \"" + map_file + "\": cannot be read"};
  return text.str();
}

/// CLIENT_NODE 0 asks the PLC, which UDP cannot: it is 1 then.
int own_node(int client_node) {
  return client_node == 0 ? 1 : client_node;
}

/// A smaller frame could not hold a slot of the built-in map.
constexpr int smallest_frame = 77;

line_plan plan_of(const settings& chosen, const config::line_entry& line) {
  line_plan plan;
  plan.map_file = line.plc_map.value_or(chosen.map_file);
  auto& endpoint = plan.endpoint;
  endpoint.line = line.code;
  endpoint.host = line.plc_ip.value_or(chosen.ip);
  endpoint.port = line.plc_port.value_or(chosen.port);
  endpoint.tcp = line.plc_protocol.value_or(chosen.protocol) == "tcp";
  endpoint.local_port = line.plc_local_port.value_or(chosen.local_port);
  endpoint.client_node
    = static_cast<std::uint8_t>(line.client_node.value_or(chosen.client_node));
  endpoint.plc_node
    = static_cast<std::uint8_t>(line.plc_node.value_or(chosen.plc_node));
  endpoint.time_out = chosen.time_out;
  endpoint.retries = chosen.retries;
  return plan;
}

std::string in_quotes(const std::string& text) {
  return "\"" + text + "\"";
}

/// What is wrong with the way to one PLC.
std::vector<std::string> wrong_with(const plc_endpoint& endpoint) {
  std::vector<std::string> wrong;
  if (endpoint.host.empty())
    wrong.push_back("PLC_IP is not set; it is required: address of the PLC");
  if (!endpoint.tcp && own_node(endpoint.client_node) == endpoint.plc_node)
    wrong.push_back("CLIENT_NODE "
                    + in_quotes(std::to_string(endpoint.client_node))
                    + ": our node would be the PLC's, PLC_NODE "
                    + in_quotes(std::to_string(endpoint.plc_node)));
  return wrong;
}

/// The same memory of the same PLC for two lines would mix their batches.
std::string memory_of(const line_plan& plan) {
  const auto& endpoint = plan.endpoint;
  return endpoint.host + ":" + std::to_string(endpoint.port)
         + (endpoint.tcp ? " tcp " : " udp ") + plan.map_file;
}

std::vector<std::string> wrong_with(const std::vector<line_plan>& plans) {
  std::vector<std::string> wrong;
  std::map<std::string, std::string> line_of_memory;
  for (const auto& plan : plans) {
    const auto& line = plan.endpoint.line;
    for (const auto& each : wrong_with(plan.endpoint))
      wrong.push_back(
        plans.size() == 1 ? each : "line " + in_quotes(line) + ": " + each);
    const auto [other, is_new] = line_of_memory.emplace(memory_of(plan), line);
    if (!is_new && !plan.endpoint.host.empty())
      wrong.push_back("line " + in_quotes(line) + " has the PLC of line "
                      + in_quotes(other->second) + ", "
                      + in_quotes(plan.endpoint.host)
                      + "; each line needs its own (LINES_FILE)");
  }
  return wrong;
}

std::vector<std::string> wrong_with_map(const std::string& map_file) {
  const auto text = map_text(map_file);
  if (!text)
    return {text.why()};
  std::vector<std::string> wrong;
  for (const auto& error : load_map(*text).errors)
    wrong.push_back("PLC_MAP " + in_quotes(map_file) + ": " + error);
  return wrong;
}

} // namespace

void declare(config::binder& binder, settings& into) {
  config::declare_lines(binder, into.lines);
  binder.text({"PLC_IP"}, into.ip,
              "address of the PLC; required unless LINES_FILE says it",
              "an IP address or host name", config::check_host);
  binder.number({"PLC_PORT"}, into.port, 1, 65535, "FINS port of the PLC");
  binder.choice({"PLC_PROTOCOL"}, into.protocol, {"udp", "tcp"},
                "FINS over UDP or TCP");
  binder.duration("PLC_TIMEOUT", "PLC_TIMEOUT_SEC", 1s, into.time_out, 10ms,
                  60s, "how long an answer may take");
  binder.number({"PLC_RETRIES"}, into.retries, 0, 10,
                "repeats of an unanswered request; what could act twice in the "
                "PLC is never repeated");
  binder.number({"CLIENT_NODE"}, into.client_node, 0, 254,
                "our FINS node, different for each process that talks to the "
                "PLC; 0: FINS/TCP asks the PLC for one");
  binder.number({"PLC_NODE"}, into.plc_node, 0, 254,
                "FINS node of the PLC, mostly the last part of its IP "
                "address; FINS/TCP asks the PLC");
  binder.number({"PLC_LOCAL_PORT"}, into.local_port, 0, 65535,
                "our UDP port, for PLCs that answer to a fixed one; 0: any");
  binder.text({"PLC_MAP"}, into.map_file,
              "memory map; empty: the built-in proto/plc-map/feedmill.json",
              "path of a JSON file");
  binder.number({"PLC_MAX_READ_WORDS"}, into.max_read_words, 0, 999,
                "most words in one read, at least a slot (77); 0: find out");
  binder.duration("PLC_FULL_PICTURE_INTERVAL", "", 1min,
                  into.full_picture_interval, 1s, 24h,
                  "how often all slots are published although nothing changed");
}

std::vector<line_plan> plans_of(const settings& chosen) {
  std::vector<line_plan> plans;
  for (const auto& line : chosen.lines.entries())
    plans.push_back(plan_of(chosen, line));
  return plans;
}

std::vector<std::string> check(const settings& chosen) {
  const auto plans = plans_of(chosen);
  auto wrong = wrong_with(plans);
  if (chosen.max_read_words > 0 && chosen.max_read_words < smallest_frame)
    wrong.push_back("PLC_MAX_READ_WORDS "
                    + in_quotes(std::to_string(chosen.max_read_words))
                    + ": expected 0 or 77..999");
  std::set<std::string> maps;
  for (const auto& plan : plans)
    maps.insert(plan.map_file);
  for (const auto& map : maps)
    std::ranges::move(wrong_with_map(map), std::back_inserter(wrong));
  return wrong;
}

plc_map map_in(const std::string& map_file) {
  const auto text = map_text(map_file);
  if (!text)
    throw std::runtime_error(text.why());
  auto loaded = load_map(*text);
  if (!loaded.errors.empty())
    throw std::runtime_error("memory map: " + loaded.errors.front());
  return std::move(loaded.map);
}

} // namespace millrace::plc
