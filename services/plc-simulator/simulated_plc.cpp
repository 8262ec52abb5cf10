#include "services/plc-simulator/simulated_plc.hpp"

#include <algorithm>
#include <utility>

namespace millrace::plc_sim {

namespace {

constexpr std::size_t sid_at = 9;

bool fits(int address, std::size_t count) {
  return address >= 0 && address <= memory_size
         && count <= static_cast<std::size_t>(memory_size - address);
}

delivery spoil(bytes answer, const fate& decided) {
  if (decided.wrong_sid)
    answer.at(sid_at) ^= 0x55;
  if (decided.truncate)
    answer.resize(answer.size() / 2);
  return {std::move(answer), decided.delay, decided.reorder};
}

} // namespace

simulated_plc::simulated_plc(plc_settings chosen)
  : settings_(std::move(chosen)), memory_(memory_size, 0),
    program_(settings_.mill, memory_, ledger_) {
  if (settings_.ready)
    memory_[handshake_address] = 1;
}

std::vector<delivery> simulated_plc::on_frame(byte_view frame,
                                              const std::string& transport,
                                              instant now) {
  const std::lock_guard lock{mutex_};
  const auto parsed = parse_request(frame, settings_.limits);
  const auto* request = std::get_if<fins_request>(&parsed);
  if (request == nullptr) {
    ++ledger_.ignored;
    return {};
  }
  const auto decided = dice_.decide(*request);
  if (decided.drop_request || dice_.settings().unreachable)
    return {};
  const int code = decided.end_code.value_or(request->end_code);
  std::vector<delivery> answers;
  for (int times = decided.duplicate ? 2 : 1; times > 0; --times) {
    ledger_.note({now, transport, request->command, request->address,
                  request->count, code});
    auto once = carry_out(*request, decided, code, now);
    std::move(once.begin(), once.end(), std::back_inserter(answers));
  }
  return answers;
}

std::vector<delivery> simulated_plc::carry_out(const fins_request& request,
                                               const fate& decided, int code,
                                               instant now) {
  words data;
  if (code == end_code::ok && request.is_write())
    program_.write(request.address, request.data, now);
  else if (code == end_code::ok)
    data.assign(memory_.begin() + request.address,
                memory_.begin() + request.address + request.count);
  if (decided.drop_answer || !request.wants_answer())
    return {};
  return {spoil(answer_to(request, code | decided.flags, data), decided)};
}

void simulated_plc::step(instant now) {
  const std::lock_guard lock{mutex_};
  program_.step(now);
}

fault_settings simulated_plc::faults() const {
  const std::lock_guard lock{mutex_};
  return dice_.settings();
}

void simulated_plc::set_faults(fault_settings chosen) {
  const std::lock_guard lock{mutex_};
  program_.hold_handshake(chosen.hold_handshake);
  dice_.set(std::move(chosen));
}

bool simulated_plc::unreachable() const {
  const std::lock_guard lock{mutex_};
  return dice_.settings().unreachable;
}

void simulated_plc::power_cycle(bool cleared) {
  const std::lock_guard lock{mutex_};
  ++power_cycles_;
  if (!cleared)
    return;
  program_.forget();
  std::fill(memory_.begin(), memory_.end(), word{0});
}

int simulated_plc::power_cycles() const {
  const std::lock_guard lock{mutex_};
  return power_cycles_;
}

bool simulated_plc::poke(int address, const words& data) {
  const std::lock_guard lock{mutex_};
  if (!fits(address, data.size()))
    return false;
  std::copy(data.begin(), data.end(), memory_.begin() + address);
  return true;
}

words simulated_plc::peek(int address, int count) const {
  const std::lock_guard lock{mutex_};
  if (count <= 0 || !fits(address, static_cast<std::size_t>(count)))
    return {};
  return {memory_.begin() + address, memory_.begin() + address + count};
}

mill_ledger simulated_plc::ledger() const {
  const std::lock_guard lock{mutex_};
  return ledger_;
}

void simulated_plc::reset_ledger() {
  const std::lock_guard lock{mutex_};
  ledger_ = {};
}

} // namespace millrace::plc_sim
