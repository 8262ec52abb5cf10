#include "services/odoo-simulator/odoo_model.hpp"

#include <algorithm>

namespace millrace::odoo_sim {

namespace {

error not_found(const std::string& mo_id) {
  return {"Manufacturing order " + mo_id + " not found"};
}

bool closed(const order& known) {
  return known.state == "done" || known.state == "cancel";
}

error is_closed(const order& known) {
  return {"Manufacturing order " + known.mo_id + " is in state " + known.state};
}

component* dosed_from(order& known, const std::string& code) {
  const auto found = std::find_if(
    known.components.begin(), known.components.end(),
    [&](const component& c) { return c.from && c.from->code == code; });
  return found == known.components.end() ? nullptr : &*found;
}

bool is_date(const std::string& text) {
  const std::string pattern = "dddd-dd-dd dd:dd:dd";
  return text.size() == pattern.size()
         && std::equal(text.begin(), text.end(), pattern.begin(),
                       [](char c, char p) {
                         return p == 'd' ? c >= '0' && c <= '9' : c == p;
                       });
}

bool is_dosing_point(const std::string& code) {
  if (code == "lq114" || code == "lq115")
    return true;
  return code.size() == 7 && code >= "silo101" && code <= "silo113";
}

} // namespace

bool odoo_model::add(order fresh) {
  if (!index_.emplace(fresh.mo_id, orders_.size()).second)
    return false;
  orders_.push_back(std::move(fresh));
  return true;
}

order* odoo_model::existing(const std::string& mo_id) {
  const auto found = index_.find(mo_id);
  if (found == index_.end() || orders_[found->second].state == "deleted")
    return nullptr;
  return &orders_[found->second];
}

const order* odoo_model::find(const std::string& mo_id) const {
  return const_cast<odoo_model*>(this)->existing(mo_id);
}

std::vector<const order*> odoo_model::list(const std::set<std::string>& states,
                                           std::size_t limit,
                                           std::size_t offset) const {
  std::vector<const order*> page;
  for (const auto& known : orders_) {
    if (known.state == "deleted" || !states.contains(known.state))
      continue;
    if (offset > 0)
      --offset;
    else if (page.size() < limit)
      page.push_back(&known);
  }
  return page;
}

result<update_outcome>
odoo_model::update(const std::string& mo_id, std::optional<milli_kg> quantity,
                   const std::vector<consumption>& consumptions,
                   const std::set<std::string>& refused) {
  auto* known = existing(mo_id);
  if (known == nullptr)
    return not_found(mo_id);
  ++known->update_count;
  if (closed(*known))
    return is_closed(*known);
  if (quantity && *quantity > 0)
    known->reported_quantity = quantity;
  update_outcome outcome;
  for (const auto& [code, mass] : consumptions) {
    if (mass <= 0)
      continue;
    auto* part = refused.contains(code) ? nullptr : dosed_from(*known, code);
    if (part == nullptr) {
      outcome.errors.push_back("No component found for equipment " + code);
      continue;
    }
    part->consumed = mass;
    outcome.applied.push_back({code, mass});
  }
  return outcome;
}

result<std::string> odoo_model::mark_done(const std::string& mo_id,
                                          const finish& how) {
  auto* known = existing(mo_id);
  if (known == nullptr)
    return not_found(mo_id);
  if (closed(*known))
    return error{"No finished product move found for this MO"};
  if (how.quantity <= 0)
    return error{"finished_qty must be greater than 0"};
  if (!how.equipment_code.empty() && !knows_equipment(how.equipment_code))
    return error{"Equipment with code " + how.equipment_code + " not found"};
  if (!how.date.empty() && !is_date(how.date))
    return error{"Invalid date_end_actual: " + how.date};
  if (how.leaves_open)
    return std::string{"MO " + mo_id + " marked as done"};
  known->state = "done";
  known->finished_quantity = how.quantity;
  known->finished_at = how.date;
  ++known->done_count;
  return std::string{"MO " + mo_id + " marked as done"};
}

result<std::string> odoo_model::cancel(const std::string& mo_id) {
  auto* known = existing(mo_id);
  if (known == nullptr)
    return not_found(mo_id);
  if (known->state == "done")
    return is_closed(*known);
  if (known->state != "cancel")
    ++known->cancel_count;
  known->state = "cancel";
  return known->state;
}

result<milli_kg> odoo_model::add_consumption(const std::string& mo_id,
                                             const std::string& equipment_code,
                                             int product_tmpl_id,
                                             milli_kg mass) {
  auto* known = existing(mo_id);
  if (known == nullptr)
    return not_found(mo_id);
  if (closed(*known))
    return is_closed(*known);
  if (mass <= 0)
    return error{"quantity must be greater than 0"};
  if (!knows_equipment(equipment_code))
    return error{"Equipment with code " + equipment_code + " not found"};
  const auto part = std::find_if(
    known->components.begin(), known->components.end(),
    [&](const component& c) { return c.product_tmpl_id == product_tmpl_id; });
  if (part == known->components.end())
    return error{"Product " + std::to_string(product_tmpl_id) + " not found"};
  part->consumed += mass;
  return part->consumed;
}

result<failure_record>
odoo_model::report_failure(const std::string& equipment_code,
                           const std::string& description,
                           const std::string& date) {
  if (!knows_equipment(equipment_code))
    return error{"Equipment with code " + equipment_code + " not found"};
  const int id = static_cast<int>(failures_.size()) + 1;
  failures_.push_back({id, equipment_code, description, date});
  return failures_.back();
}

/// Odoo knows the dosing points and every line that an order names.
bool odoo_model::knows_equipment(const std::string& code) const {
  return is_dosing_point(code)
         || std::any_of(orders_.begin(), orders_.end(), [&](const auto& each) {
              return each.line && each.line->code == code;
            });
}

result<std::string> odoo_model::act_as_person(const std::string& mo_id,
                                              const std::string& act,
                                              instant now) {
  auto* known = existing(mo_id);
  if (known == nullptr)
    return not_found(mo_id);
  if (act == "done") {
    known->state = "done";
    known->finished_quantity = known->quantity;
    for (auto& part : known->components)
      part.consumed = part.to_consume;
  } else if (act == "cancel") {
    known->state = "cancel";
  } else if (act == "delete") {
    known->state = "deleted";
  } else if (act == "enlarge") {
    if (known->quantity)
      *known->quantity += *known->quantity / 10;
    for (auto& part : known->components)
      part.to_consume += part.to_consume / 10;
  } else {
    return error{"state \"" + act
                 + "\" is not done, cancel, delete or enlarge"};
  }
  known->calls.push_back({now, "person", act});
  return known->state;
}

void odoo_model::note_call(const std::string& mo_id, call made) {
  if (auto* known = existing(mo_id))
    known->calls.push_back(std::move(made));
  else
    unknown_calls_[mo_id].push_back(std::move(made));
}

} // namespace millrace::odoo_sim
