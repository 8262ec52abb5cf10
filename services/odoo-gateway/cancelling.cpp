#include "services/odoo-gateway/cancelling.hpp"

#include "services/odoo-gateway/clean_text.hpp"

namespace millrace::odoo {

namespace {

using events::odoo_error;

bool is_cancelled(const std::string& state) {
  return state == "cancel" || state == "cancelled";
}

cancel_answer failed(const events::odoo_cancel& wanted, odoo_error error_class,
                     const std::string& text) {
  return events::odoo_push_failed{wanted.line,
                                  wanted.batch_id,
                                  wanted.mo_id,
                                  {},
                                  events::odoo_operation::cancel,
                                  error_class,
                                  clean_text(text)};
}

bool worth_a_look(const failure& why) {
  return why.ambiguous || why.error_class == odoo_error::rejected;
}

} // namespace

cancel_answer cancel_order(odoo_calls& odoo,
                           const events::odoo_cancel& wanted) {
  const events::odoo_cancelled cancelled{wanted.line, wanted.batch_id,
                                         wanted.mo_id};
  const auto result = odoo.cancel(wanted.mo_id);
  if (result && is_cancelled(text_of(*result, "mo_state")))
    return cancelled;
  if (!result && !worth_a_look(result.why()))
    return failed(wanted, result.why().error_class, result.why().text);
  const auto detail = odoo.detail(wanted.mo_id, wanted.line);
  if (detail && is_cancelled(detail->state))
    return cancelled;
  if (detail && detail->state == "done")
    return failed(wanted, odoo_error::closed, "order is done in Odoo");
  if (!result)
    return failed(wanted, result.why().error_class, result.why().text);
  if (!detail)
    return failed(wanted, detail.why().error_class,
                  "cancelled, but not to be confirmed: " + detail.why().text);
  return failed(wanted, odoo_error::rejected,
                "Odoo answered success but the order is still in state "
                  + detail->state);
}

} // namespace millrace::odoo
