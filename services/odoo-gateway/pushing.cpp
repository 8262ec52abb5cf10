#include "services/odoo-gateway/pushing.hpp"

#include "common/telemetry/log.hpp"
#include "services/odoo-gateway/clean_text.hpp"

#include <algorithm>

namespace millrace::odoo {

namespace {

using events::odoo_error;
using events::odoo_operation;

/// "2026-11-22 09:52:49", UTC, of "2026-11-22T09:52:49.123Z".
std::string odoo_time(std::chrono::system_clock::time_point when) {
  auto text = format_utc(when).substr(0, 19);
  text[10] = ' ';
  return text;
}

/// Whether the order may have reached another state than the failure suggests.
bool worth_a_look(const failure& why) {
  return why.ambiguous || why.error_class == odoo_error::rejected
         || why.error_class == odoo_error::partial;
}

/// One push, step by step.
class push_run {
public:
  push_run(odoo_calls& odoo, code_memory& memory,
           const events::odoo_push& wanted, const wall_clock& time_of_day)
    : odoo_(odoo), memory_(memory), wanted_(wanted), time_of_day_(time_of_day),
      codes_(memory.of(wanted.mo_id)) {
  }

  push_answer run() {
    if (wanted_.mark_done
        && wanted_.weight.value_or(kilograms{}) <= kilograms{})
      return failed(odoo_operation::mark_done,
                    {odoo_error::rejected,
                     "weight_kg: an order is only marked done with a finished "
                     "weight above 0"});
    if (wanted_.look_first)
      if (auto ended = look_before())
        return *ended;
    if (!wanted_.mark_done && nothing_to_send())
      return pushed(false, {});
    if (auto ended = update())
      return *ended;
    return wanted_.mark_done ? mark_done() : pushed(false, {});
  }

private:
  bool nothing_to_send() const {
    return std::all_of(wanted_.consumption.begin(), wanted_.consumption.end(),
                       [](kilograms amount) { return amount <= kilograms{}; });
  }

  /// None when Odoo holds nothing that ours would undo.
  std::optional<push_answer> look_before() {
    const auto seen = look();
    if (!seen)
      return failed(odoo_operation::push, seen.why());
    const auto more = ahead_of(wanted_.consumption, wanted_.mark_done, order_);
    if (seen->where == standing::done_with_ours && more.empty())
      return pushed(true, seen->leftovers);
    if (seen->where == standing::cancelled
        || seen->where == standing::done_with_others)
      return failed(odoo_operation::push, closed(*seen));
    if (more.empty())
      return {};
    return failed(
      odoo_operation::push,
      {seen->where == standing::open ? odoo_error::ahead : odoo_error::closed,
       clean_text("Odoo is ahead of this database: it holds " + joined(more))});
  }

  // ---- first step: the figures ---------------------------------------------

  struct update_result {
    /// None: Odoo took everything.
    std::optional<failure> why;
    /// Entries of `errors` beside status success.
    std::size_t refusals = 0;
  };

  update_result send_figures() {
    const auto result = odoo_.update(
      wanted_.mo_id, codes_, wanted_.consumption,
      wanted_.mark_done ? wanted_.weight : std::optional<kilograms>{});
    if (!result)
      return {result.why()};
    const auto wrong = shortfalls(*result, wanted_.consumption, codes_);
    if (wrong.empty())
      return {};
    return {failure{odoo_error::partial, clean_text(joined(wrong))},
            list_of(*result, "errors").size()};
  }

  /// None when Odoo holds the figures and the push goes on.
  std::optional<push_answer> update() {
    const auto sent = send_figures();
    if (!sent.why)
      return {};
    return after_failed_update(*sent.why, sent.refusals);
  }

  /// The order may have been closed meanwhile, or the figures are there after
  /// all, or it has other equipment codes.
  std::optional<push_answer> after_failed_update(const failure& why,
                                                 std::size_t refusals = 0) {
    if (!worth_a_look(why))
      return failed(odoo_operation::push, why);
    const auto seen = look();
    if (!seen)
      return failed(odoo_operation::push, why);
    if (seen->where == standing::done_with_ours)
      return pushed(true, seen->leftovers);
    if (seen->where != standing::open)
      return failed(odoo_operation::push, closed(*seen));
    if (why.ambiguous && seen->figures_are_ours())
      return {};
    if (refusals > 0 && learn_codes())
      return update_under_own_codes(refusals);
    return failed(odoo_operation::push, why);
  }

  /// Whether the order, just looked at, has other codes than were refused.
  bool learn_codes() {
    auto own = codes_for(order_.codes, codes_);
    std::swap(codes_, own);
    return books_elsewhere(codes_, own, wanted_.consumption);
  }

  /// Once, and never after itself. Codes that made it worse are not kept.
  std::optional<push_answer>
  update_under_own_codes(std::size_t refusals_before) {
    log::info("odoo.own_equipment_codes", {{"order", wanted_.mo_id}});
    const auto sent = send_figures();
    const bool answered
      = !sent.why || sent.why->error_class == odoo_error::partial;
    if (answered && sent.refusals <= refusals_before)
      memory_.remember(wanted_.mo_id, codes_);
    if (!sent.why)
      return {};
    if (answered) // mo-detail has only just said that the order is open
      return failed(odoo_operation::push, *sent.why);
    return after_failed_update(*sent.why);
  }

  // ---- second step: closing ------------------------------------------------

  push_answer mark_done() {
    const auto ended_at = end_of_batch();
    if (!ended_at)
      return failed(odoo_operation::mark_done,
                    {odoo_error::rejected,
                     clean_text("finished_at: '" + *wanted_.finished_at
                                + "' is no UTC time")});
    const auto result = odoo_.mark_done(wanted_.mo_id, *wanted_.weight,
                                        wanted_.line, *ended_at);
    return result ? confirm_done() : after_failed_mark_done(result.why());
  }

  std::optional<std::string> end_of_batch() const {
    if (!wanted_.finished_at)
      return odoo_time(time_of_day_());
    const auto when = parse_utc(*wanted_.finished_at);
    if (!when)
      return {};
    return odoo_time(*when);
  }

  /// Odoo said success; it may have left the order open all the same.
  push_answer confirm_done() {
    const auto seen = look();
    if (!seen) {
      auto why = seen.why();
      why.text
        = clean_text("marked done, but not to be confirmed: " + why.text);
      return failed(odoo_operation::mark_done, why);
    }
    if (seen->where == standing::cancelled)
      return failed(odoo_operation::mark_done, closed(*seen));
    if (seen->where != standing::open)
      return pushed(true, seen->all());
    return failed(odoo_operation::mark_done,
                  {odoo_error::rejected,
                   clean_text("Odoo answered success but the order is still in "
                              "state "
                              + order_.state)});
  }

  push_answer after_failed_mark_done(const failure& why) {
    const auto seen = worth_a_look(why) ? look() : outcome<comparison>{why};
    if (!seen || seen->where == standing::open)
      return failed(odoo_operation::mark_done, why);
    // Odoo had just taken our figures: where it then differs without having
    // refused, it has computed anew itself.
    if (seen->where == standing::done_with_ours
        || (seen->where == standing::done_with_others && why.ambiguous))
      return pushed(true, seen->all());
    return failed(odoo_operation::mark_done, closed(*seen));
  }

  // ---- looking and answering -----------------------------------------------

  outcome<comparison> look() {
    const auto detail = odoo_.detail(wanted_.mo_id, wanted_.line);
    if (!detail)
      return detail.why();
    order_ = *detail;
    return compare(wanted_.consumption, order_);
  }

  static failure closed(const comparison& seen) {
    return {seen.where == standing::cancelled ? odoo_error::cancelled
                                              : odoo_error::closed,
            clean_text(describe(seen))};
  }

  push_answer pushed(bool done, std::vector<std::string> differences) const {
    return events::odoo_pushed{wanted_.line,  wanted_.batch_id,
                               wanted_.mo_id, wanted_.revision,
                               done,          std::move(differences)};
  }

  push_answer failed(odoo_operation operation, const failure& why) const {
    return events::odoo_push_failed{
      wanted_.line, wanted_.batch_id, wanted_.mo_id, wanted_.revision,
      operation,    why.error_class,  why.text};
  }

  odoo_calls& odoo_;
  code_memory& memory_;
  const events::odoo_push& wanted_;
  const wall_clock& time_of_day_;
  equipment_codes codes_;
  /// As mo-detail last told it.
  order_detail order_;
};

} // namespace

push_answer push_figures(odoo_calls& odoo, code_memory& memory,
                         const events::odoo_push& wanted,
                         const wall_clock& time_of_day) {
  return push_run{odoo, memory, wanted, time_of_day}.run();
}

} // namespace millrace::odoo
