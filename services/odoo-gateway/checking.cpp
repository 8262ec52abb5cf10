#include "services/odoo-gateway/checking.hpp"

namespace millrace::odoo {

namespace {

using events::odoo_error;

/// Whether the failure is about this order and not about Odoo.
bool of_the_order(const failure& why) {
  return why.error_class == odoo_error::rejected
         || why.error_class == odoo_error::not_found || why.in_the_data;
}

events::checked_order told_by(const std::string& mo_id,
                              const outcome<order_detail>& answer) {
  events::checked_order told;
  told.mo_id = mo_id;
  if (!answer) {
    told.found = answer.why().error_class != odoo_error::not_found;
    if (told.found)
      told.state = "unknown (" + answer.why().text + ")";
    return told;
  }
  told.found = true;
  told.state = answer->state;
  told.consumed = answer->consumed;
  told.as_listed = answer->as_listed;
  return told;
}

} // namespace

check_answer check_orders(odoo_calls& odoo, const events::odoo_check& wanted) {
  events::odoo_checked told{wanted.line, wanted.check_id, {}};
  for (const auto& mo_id : wanted.mo_ids) {
    const auto answer = odoo.detail(mo_id, wanted.line);
    if (!answer && !of_the_order(answer.why()))
      return events::odoo_check_failed{wanted.line, wanted.check_id,
                                       answer.why().error_class,
                                       answer.why().text};
    told.orders.push_back(told_by(mo_id, answer));
  }
  return told;
}

} // namespace millrace::odoo
