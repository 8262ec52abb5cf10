#include "services/batch-store/columns.hpp"
#include "services/batch-store/sql_cells.hpp"
#include "services/batch-store/sql_repository.hpp"

// What is kept beside the batches: orders to clear, audit, outbox, alerts.

namespace millrace::store {

std::string utc_or_empty(const sql_session::value& text) {
  batch carrier;
  for (const auto& c : batch_columns())
    if (c.name == "finished_at")
      (void)c.set(carrier, text.value_or(""));
  return carrier.finished_at;
}

bool flag(const sql_session::value& text) {
  return text == "true" || text == "1";
}

std::int64_t number(const std::vector<sql_session::row>& rows) {
  return rows.empty() ? 0 : std::stoll(rows[0][0].value_or("0"));
}

std::optional<clear_order> sql_repository::clearing(const std::string& line) {
  const auto rows = sql_->query(
    "select cast(withdraw as text), user_name, notes from clear_order where "
    "line = :line",
    3, {{"line", line}});
  if (rows.empty())
    return {};
  return clear_order{line, flag(rows[0][0]), rows[0][1].value_or(""),
                     rows[0][2].value_or("")};
}

void sql_repository::remember_clearing(const clear_order& one) {
  sql_->execute("insert into clear_order (line, withdraw, user_name, notes) "
                "values (:line, :withdraw, :user, :notes) on conflict (line) "
                "do update set withdraw = excluded.withdraw, user_name = "
                "excluded.user_name, notes = excluded.notes",
                {{"line", one.line},
                 {"withdraw", one.withdraw ? "1" : "0"},
                 {"user", one.user},
                 {"notes", one.notes}});
}

void sql_repository::forget_clearing(const std::string& line) {
  sql_->execute("delete from clear_order where line = :line", {{"line", line}});
}

void sql_repository::add_audit(const audit_entry& one) {
  sql_->execute(
    "insert into audit (audit_id, decided_at, line, mo_id, batch_id, action, "
    "user_name, notes, outcome) values (:id, :at, :line, :mo_id, :batch, "
    ":action, :user, :notes, :outcome)",
    {{"id", one.id},
     {"at", one.at},
     {"line", one.line},
     {"mo_id", one.mo_id},
     {"batch", one.batch_id},
     {"action", one.action},
     {"user", one.user},
     {"notes", one.notes},
     {"outcome", one.outcome}});
}

void sql_repository::add_journal(const journal_entry& one) {
  sql_->execute(
    "insert into batch_journal (entry_key, batch_id, mo_id, line, happened_at, "
    "kind, message, data, times, last_at) values (:key, :batch, :mo, :line, "
    ":at, :kind, :message, :data, 1, :last_at) on conflict (entry_key) do "
      + std::string(one.counted
                      ? "update set times = batch_journal.times + 1, last_at = "
                        "excluded.last_at, message = excluded.message, data = "
                        "excluded.data"
                      : "nothing"),
    {{"key", one.key},
     {"batch", one.batch_id},
     {"mo", one.mo_id},
     {"line", one.line},
     {"at", one.at},
     {"kind", one.type},
     {"message", one.text},
     {"data", one.data},
     {"last_at", one.at}});
}

std::vector<journal_entry>
sql_repository::journal_of(const std::string& batch_id) {
  std::vector<journal_entry> out;
  for (const auto& row : sql_->query(
         "select entry_key, batch_id, mo_id, line, cast(happened_at as text), "
         "kind, message, data, cast(times as text), cast(last_at as text) from "
         "batch_journal where batch_id = :id order by batch_journal.seq",
         10, {{"id", batch_id}})) {
    const auto text = [&](std::size_t i) {
      return row[i].value_or("");
    };
    journal_entry one;
    one.key = text(0);
    one.batch_id = text(1);
    one.mo_id = text(2);
    one.line = text(3);
    one.at = utc_or_empty(row[4]);
    one.type = text(5);
    one.text = text(6);
    one.data = text(7);
    one.times = std::stoi(row[8].value_or("1"));
    one.last_at = utc_or_empty(row[9]);
    out.push_back(std::move(one));
  }
  return out;
}

void sql_repository::add_outgoing(const std::string& topic,
                                  const std::string& payload) {
  sql_->execute("insert into outbox (topic, payload) values (:topic, :payload)",
                {{"topic", topic}, {"payload", payload}});
}

std::vector<outbox_row> sql_repository::outgoing(std::int64_t after,
                                                 int limit) {
  std::vector<outbox_row> out;
  for (const auto& row :
       sql_->query("select cast(seq as text), topic, payload from outbox where "
                   "seq > :after order by outbox.seq limit "
                     + std::to_string(limit),
                   3, {{"after", std::to_string(after)}}))
    out.push_back({std::stoll(row[0].value_or("0")), row[1].value_or(""),
                   row[2].value_or("")});
  return out;
}

void sql_repository::remove_outgoing(const std::vector<std::int64_t>& seqs) {
  if (seqs.empty())
    return;
  std::string list;
  for (const auto seq : seqs)
    list += (list.empty() ? "" : ", ") + std::to_string(seq);
  sql_->execute("delete from outbox where seq in (" + list + ")");
}

namespace {

constexpr std::size_t alert_columns = 11;

/// Their columns as alert_from() reads them.
std::string select_alerts(std::string_view which) {
  std::string sql
    = "select line, kind, mo_id, alert_id, severity, message, advice, "
      "cast(raised_at as text), cast(acknowledged_at as text), "
      "acknowledged_by, acknowledge_notes from alert ";
  return sql.append(which);
}

alert alert_from(const sql_session::row& row) {
  const auto text = [&](std::size_t i) {
    return row[i].value_or("");
  };
  return {text(0),
          text(1),
          text(2),
          text(3),
          text(4),
          text(5),
          text(6),
          utc_or_empty(row[7]),
          utc_or_empty(row[8]),
          text(9),
          text(10)};
}

} // namespace

std::optional<alert> sql_repository::find_alert(const std::string& line,
                                                const std::string& kind,
                                                const std::string& mo_id) {
  const auto rows = sql_->query(
    select_alerts("where line = :line and kind = :kind and mo_id = :mo_id"),
    alert_columns, {{"line", line}, {"kind", kind}, {"mo_id", mo_id}});
  return rows.empty() ? std::nullopt : std::optional(alert_from(rows[0]));
}

std::vector<alert> sql_repository::alerts() {
  std::vector<alert> out;
  for (const auto& row :
       sql_->query(select_alerts("order by alert.raised_at"), alert_columns))
    out.push_back(alert_from(row));
  return out;
}

void sql_repository::insert_alert(const alert& one) {
  sql_->execute(
    "insert into alert (line, kind, mo_id, alert_id, severity, "
    "message, advice, raised_at) values (:line, :kind, :mo_id, :id, "
    ":severity, :message, :advice, :at)",
    {{"line", one.line},
     {"kind", one.kind},
     {"mo_id", one.mo_id},
     {"id", one.alert_id},
     {"severity", one.severity},
     {"message", one.text},
     {"advice", one.advice},
     {"at", one.raised_at}});
}

void sql_repository::update_alert(const alert& one) {
  sql_->execute("update alert set acknowledged_at = :at, acknowledged_by = "
                ":user, acknowledge_notes = :notes where alert_id = :id",
                {{"id", one.alert_id},
                 {"at", one.acknowledged_at},
                 {"user", one.acknowledged_by},
                 {"notes", one.acknowledge_notes}});
}

void sql_repository::remove_alert(const alert& one) {
  sql_->execute("delete from alert where line = :line and kind = :kind and "
                "mo_id = :mo_id",
                {{"line", one.line}, {"kind", one.kind}, {"mo_id", one.mo_id}});
}

} // namespace millrace::store
