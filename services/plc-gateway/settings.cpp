#include "services/plc-gateway/settings.hpp"

#include "common/config/checks.hpp"
#include "common/domain/lines.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace millrace::plc {

namespace {

using namespace std::chrono_literals;

result<std::string> map_text(const settings& chosen) {
  if (chosen.map_file.empty())
    return std::string(default_map_text());
  std::ifstream file(chosen.map_file);
  std::ostringstream text;
  if (!(text << file.rdbuf()))
    return error{"PLC_MAP \"" + chosen.map_file + "\": cannot be read"};
  return text.str();
}

/// CLIENT_NODE 0 asks the PLC, which UDP cannot: it is 1 then.
int own_node(int client_node) {
  return client_node == 0 ? 1 : client_node;
}

/// A smaller frame could not hold a slot of the built-in map.
constexpr int smallest_frame = 77;

} // namespace

std::vector<std::string> settings::line_codes() const {
  return *parse_lines(lines);
}

plc_endpoint settings::endpoint_of(const std::string& line) const {
  plc_endpoint endpoint;
  endpoint.line = line;
  endpoint.host = ip;
  endpoint.port = port;
  endpoint.tcp = protocol == "tcp";
  endpoint.local_port = local_port;
  endpoint.client_node = static_cast<std::uint8_t>(client_node);
  endpoint.plc_node = static_cast<std::uint8_t>(plc_node);
  endpoint.time_out = time_out;
  endpoint.retries = retries;
  return endpoint;
}

void declare(config::binder& binder, settings& into) {
  binder.text({"LINES"}, into.lines, "lines served, by Odoo equipment code",
              "codes divided by commas, each once", config::check_lines);
  binder.text({"PLC_IP"}, into.ip, "address of the PLC",
              "an IP address or host name", config::check_host);
  binder.require_last();
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

std::vector<std::string> check(const settings& chosen) {
  std::vector<std::string> wrong;
  if (const auto lines = chosen.line_codes(); lines.size() != 1)
    wrong.push_back("LINES \"" + chosen.lines
                    + "\": PLC_IP describes one PLC, "
                      "so one line is allowed");
  if (chosen.max_read_words > 0 && chosen.max_read_words < smallest_frame)
    wrong.push_back("PLC_MAX_READ_WORDS \""
                    + std::to_string(chosen.max_read_words)
                    + "\": expected 0 or 77..999");
  if (chosen.protocol == "udp"
      && own_node(chosen.client_node) == chosen.plc_node)
    wrong.push_back("CLIENT_NODE \"" + std::to_string(chosen.client_node)
                    + "\": our node would be the PLC's, PLC_NODE \""
                    + std::to_string(chosen.plc_node) + "\"");
  const auto text = map_text(chosen);
  if (!text) {
    wrong.push_back(text.why());
    return wrong;
  }
  for (const auto& error : load_map(*text).errors)
    wrong.push_back("PLC_MAP \"" + chosen.map_file + "\": " + error);
  return wrong;
}

plc_map map_of(const settings& chosen) {
  const auto text = map_text(chosen);
  if (!text)
    throw std::runtime_error(text.why());
  auto loaded = load_map(*text);
  if (!loaded.errors.empty())
    throw std::runtime_error("memory map: " + loaded.errors.front());
  return std::move(loaded.map);
}

} // namespace millrace::plc
