#include "services/plc-simulator/mill_ledger.hpp"

#include <utility>

namespace millrace::plc_sim {

namespace {

constexpr std::size_t kept_requests = 200;

} // namespace

void mill_ledger::note(seen_request request) {
  if (request.end_code != 0)
    ++refused[request.end_code];
  else
    ++(request.command == 0x0102 ? writes : reads);
  requests.push_back(std::move(request));
  if (requests.size() > kept_requests)
    requests.pop_front();
}

} // namespace millrace::plc_sim
