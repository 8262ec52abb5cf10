#pragma once

#include "services/odoo-gateway/code_memory.hpp"
#include "services/odoo-gateway/work_queue.hpp"
#include "services/plc-gateway/line_work.hpp"
#include "tests/simulation/mill.hpp"
#include "tests/simulation/odoo.hpp"
#include "tests/simulation/process.hpp"

#include <map>
#include <variant>

namespace millrace::simulation {

/// plc-gateway: the real work of a line, with the imagined mill at the end of
/// an imagined wire.
class plc_process final : public process {
public:
  plc_process(clockwork& clock, mill& plc, plc::line_settings settings);

  // Commands; inside act().
  void read(unsigned request, const events::plc_read_now& what);
  void withdraw(unsigned request, const events::plc_withdraw& what);
  /// Asks batch-store first whether it is still to be written (wiring.cpp).
  void write(const events::event<events::plc_write>& what);
  /// Its answer.
  void confirm(unsigned question, const events::command_result& said);
  void acknowledge(const events::event<events::plc_acknowledge>& what);

  std::function<void(plc::line_event)> emit;
  std::function<void(unsigned request, events::command_result)> answer;
  std::function<void(unsigned question, const events::queue_wanted&)>
    ask_wanted;

private:
  void open() override;
  void close() override;
  void send(std::uint64_t number, const plc::step& asked);
  void send_badly(std::uint64_t number, const plc::step& asked);
  /// What the frame does in the PLC. None: no power.
  std::optional<plc::answer> carry_out(const plc::step& asked);
  /// Calls the line in this life only.
  void later(instant pause, std::function<void()> what);
  void unanswered(std::uint64_t number, instant pause, int attempts);

  mill& plc_;
  plc::line_settings settings_;
  std::optional<plc::line_work> line_;
  std::map<unsigned, plc::write_wish> unconfirmed_;
  unsigned questions_ = 0;
};

/// odoo-gateway: the real queue, pushing and cancelling, with the imagined
/// Odoo.
class odoo_process final : public process {
public:
  odoo_process(clockwork& clock, imagined_odoo& odoo, std::string line);

  /// A command; inside act().
  void take(odoo::job fresh);

  using told = std::variant<events::mo_fetched, events::mo_fetch_failed,
                            events::odoo_pushed, events::odoo_push_failed,
                            events::odoo_cancelled, events::odoo_checked,
                            events::odoo_check_failed>;
  std::function<void(told)> emit;

private:
  void open() override;
  void close() override;
  void hand_out();
  void perform(const odoo::job& work);
  told fetch(const events::mo_fetch& wanted);

  imagined_odoo& odoo_;
  std::string line_;
  std::optional<odoo::work_queue> queue_;
  std::optional<odoo::code_memory> codes_;
};

} // namespace millrace::simulation
