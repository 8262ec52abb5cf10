#include "common/domain/dosing.hpp"
#include "services/batch-store/sql_repository.hpp"

#include <algorithm>

// What leaves the history for good.

namespace millrace::store {

namespace {

/// Ids at once: a statement's text must not depend on how many there are.
constexpr std::size_t most_at_once = 100;

/// Old, and neither Odoo nor a person nor the PLC, whose slots show the newest
/// order that stood in each, has anything to do with it any more.
constexpr const char* prunable
  = "equipment_id_batch = :line and archived_at < :before and booking_open is "
    "not true and open_in_odoo is not true and exists (select 1 from "
    "mo_histories as newer where newer.equipment_id_batch = "
    "mo_histories.equipment_id_batch and newer.batch_no = "
    "mo_histories.batch_no and newer.archived_at > mo_histories.archived_at) "
    "and not exists (select 1 from alert where alert.mo_id = "
    "mo_histories.mo_id)";

std::string placeholders() {
  std::string text;
  for (std::size_t i = 0; i < most_at_once; ++i)
    text += (i == 0 ? ":id" : ", :id") + std::to_string(i);
  return "(" + text + ")";
}

sql_session::parameters given(const std::vector<std::string>& ids) {
  sql_session::parameters with;
  for (std::size_t i = 0; i < most_at_once; ++i)
    with.emplace_back("id" + std::to_string(i), i < ids.size() ? ids[i] : "");
  return with;
}

/// Cleared before anything was made of it: Odoo may offer it again.
std::string is_unused() {
  std::string text = "status = 'cleared' and status_manufacturing is not true";
  for (const auto& point : dosing_points)
    text += " and coalesce(actual_consumption_" + std::string(point.tag)
            + ", 0) = 0";
  return text;
}

} // namespace

std::size_t sql_repository::prune(const std::string& line,
                                  const std::string& before, std::size_t most) {
  static const auto listed = placeholders();
  static const auto remember
    = "insert into past_order (mo_id, line, archived_at, open_in_odoo) select "
      "mo_id, max(equipment_id_batch), max(archived_at), false from "
      "mo_histories where cast(id as text) in "
      + listed + " and not (" + is_unused()
      + ") group by mo_id on conflict (mo_id) do update set archived_at = "
        "excluded.archived_at";
  std::vector<std::string> ids;
  write([&] {
    ids.clear();
    for (const auto& row :
         sql_->query("select cast(id as text) from mo_histories where "
                       + std::string(prunable) + " order by archived_at limit "
                       + std::to_string(std::min(most, most_at_once)),
                     1, {{"line", line}, {"before", before}}))
      ids.push_back(row[0].value_or(""));
    sql_->execute("delete from audit where batch_id = '' and line = :line and "
                  "decided_at < :before",
                  {{"line", line}, {"before", before}});
    if (ids.empty())
      return;
    const auto with = given(ids);
    sql_->execute(remember, with);
    sql_->execute("delete from batch_journal where batch_id in " + listed,
                  with);
    sql_->execute("delete from audit where batch_id in " + listed, with);
    sql_->execute(
      "delete from mo_histories where cast(id as text) in " + listed, with);
  });
  return ids.size();
}

bool sql_repository::has_forgotten(const std::string& mo_id) {
  return !sql_
            ->query("select 1 from past_order where mo_id = :mo_id", 1,
                    {{"mo_id", mo_id}})
            .empty();
}

} // namespace millrace::store
