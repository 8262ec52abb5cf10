#include "services/batch-store/columns.hpp"

#include "common/telemetry/clock.hpp"

#include <charconv>

namespace millrace::store {

namespace {

constexpr const char* quantity_type = "NUMERIC(18,3)";

/// Cut to what the column holds, never inside a multi-byte character, and
/// without control characters (PostgreSQL refuses NUL).
std::string fitted(std::string text, std::size_t width) {
  for (char& c : text)
    if (static_cast<unsigned char>(c) < 0x20)
      c = ' ';
  if (text.size() <= width)
    return text;
  std::size_t end = width;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80)
    --end;
  return text.substr(0, end);
}

std::optional<std::string> text_or_null(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

template <class Member>
column text_column(std::string name, std::size_t width, Member member) {
  column c;
  c.name = std::move(name);
  c.type = "VARCHAR(" + std::to_string(width) + ")";
  c.get = [member, width](const batch& row) {
    return text_or_null(fitted(member(const_cast<batch&>(row)), width));
  };
  c.set = [member](batch& row, const std::string& text) {
    member(row) = text;
    return std::string();
  };
  return c;
}

template <class Member>
column quantity_column(std::string name, Member member) {
  column c;
  c.name = std::move(name);
  c.type = quantity_type;
  c.get = [member](const batch& row) {
    return std::optional(member(const_cast<batch&>(row)).to_string());
  };
  c.set = [member](batch& row, const std::string& text) {
    const auto value = text.empty() ? kilograms{} : kilograms::parse(text);
    if (!value)
      return "\"" + text + "\" is no quantity";
    member(row) = *value;
    return std::string();
  };
  return c;
}

template <class Member>
column number_column(std::string name, std::string type, Member member) {
  column c;
  c.name = std::move(name);
  c.type = std::move(type);
  c.get = [member](const batch& row) {
    return std::optional(std::to_string(member(const_cast<batch&>(row))));
  };
  c.set = [member](batch& row, const std::string& text) {
    auto& number = member(row);
    number = 0;
    const auto [end, failed]
      = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole
      = failed == std::errc{} && end == text.data() + text.size();
    return text.empty() || whole ? std::string()
                                 : "\"" + text + "\" is no whole number";
  };
  return c;
}

template <class Member>
column flag_column(std::string name, Member member) {
  column c;
  c.name = std::move(name);
  c.type = "BOOLEAN";
  c.get = [member](const batch& row) {
    return std::optional<std::string>(member(const_cast<batch&>(row)) ? "1"
                                                                      : "0");
  };
  c.set = [member](batch& row, const std::string& text) {
    // PostgreSQL writes true, SQLite 1, SQLAlchemy on SQLite either.
    const bool yes = text == "true" || text == "1" || text == "t";
    const bool no
      = text.empty() || text == "false" || text == "0" || text == "f";
    member(row) = yes;
    return yes || no ? std::string()
                     : "\"" + text + "\" is neither true nor false";
  };
  return c;
}

template <class Member>
column time_column(std::string name, Member member) {
  column c;
  c.name = std::move(name);
  c.type = "TIMESTAMPTZ";
  c.get = [member](const batch& row) {
    return text_or_null(member(const_cast<batch&>(row)));
  };
  c.set = [member](batch& row, const std::string& text) {
    // SQLAlchemy on SQLite writes UTC without a zone.
    auto when = parse_utc(text);
    if (!when)
      when = parse_utc(text + "Z");
    if (!text.empty() && !when)
      return "\"" + text + "\" is no time";
    member(row) = when ? format_utc(*when) : std::string();
    return std::string();
  };
  return c;
}

column constant_column(std::string name, int value) {
  column c;
  c.name = std::move(name);
  c.type = "INTEGER NOT NULL DEFAULT " + std::to_string(value);
  c.get = [value](const batch&) {
    return std::optional(std::to_string(value));
  };
  c.set = [](batch&, const std::string&) {
    return std::string();
  };
  return c;
}

column state_column() {
  column c;
  c.name = "state";
  c.type = "VARCHAR(16)";
  c.get = [](const batch& row) {
    return std::optional(std::string(name_of(row.state)));
  };
  c.set = [](batch& row, const std::string& text) {
    const auto state = batch_state_named(text);
    if (!text.empty() && !state)
      return "\"" + text + "\" is no state of a batch";
    row.state = state.value_or(batch_state::staged);
    return std::string();
  };
  return c;
}

/// True only while Odoo holds exactly the row's values: written from the
/// revisions, never read back.
column update_odoo_column() {
  column c;
  c.name = "update_odoo";
  c.type = "BOOLEAN";
  c.get = [](const batch& row) {
    return std::optional<std::string>(row.update_odoo() ? "1" : "0");
  };
  c.set = [](batch&, const std::string&) {
    return std::string();
  };
  c.in_history = false;
  return c;
}

column fixed(column c) {
  c.fixed = true;
  return c;
}
column own(column c) {
  c.original = false;
  return c;
}
column queue_only(column c) {
  c.in_history = false;
  return c;
}

std::vector<column> build() {
  std::vector<column> all;
  const auto add = [&all](column c) {
    all.push_back(std::move(c));
  };

  auto id = fixed(text_column(
    "id", 36, [](batch & b) -> auto& { return b.id; }));
  id.type = "UUID PRIMARY KEY";
  add(id);
  add(number_column(
    "batch_no", "INTEGER NOT NULL",
    [](batch & b) -> auto& { return b.batch_no; }));
  auto mo = fixed(text_column(
    "mo_id", 64, [](batch & b) -> auto& { return b.mo_id; }));
  mo.type += " NOT NULL";
  add(mo);
  add(quantity_column(
    "consumption", [](batch & b) -> auto& { return b.ordered; }));
  add(fixed(text_column(
    "equipment_id_batch", 64, [](batch & b) -> auto& { return b.line; })));
  add(text_column(
    "finished_goods", 128,
    [](batch & b) -> auto& { return b.finished_goods; }));
  for (std::size_t i = 0; i < dosing_point_count; ++i) {
    const auto& point = dosing_points[i];
    const std::string tag(point.tag);
    add(fixed(constant_column(std::string(point.id_column), point.id)));
    add(text_column(
      "component_" + tag + "_name",
      64, [i](batch & b) -> auto& { return b.component_names[i]; }));
    add(quantity_column(
      "consumption_" + tag, [i](batch & b) -> auto& { return b.planned[i]; }));
    add(quantity_column(
      "actual_consumption_" + tag, [i](batch & b) -> auto& {
        return b.actual[i];
      }));
  }
  add(flag_column(
    "status_manufacturing",
    [](batch & b) -> auto& { return b.status_manufacturing; }));
  add(flag_column(
    "status_operation", [](batch & b) -> auto& { return b.status_operation; }));
  add(quantity_column(
    "actual_weight_quantity_finished_goods",
    [](batch & b) -> auto& { return b.weight; }));
  add(time_column(
    "last_read_from_plc", [](batch & b) -> auto& { return b.last_read; }));
  add(update_odoo_column());
  add(queue_only(flag_column(
    "odoo_cancelled", [](batch & b) -> auto& { return b.odoo_cancelled; })));

  add(own(state_column()));
  add(own(text_column(
    "bom_code", 128, [](batch & b) -> auto& { return b.bom_code; })));
  add(own(number_column(
    "stage", "BIGINT", [](batch & b) -> auto& { return b.stage; })));
  add(own(number_column(
    "revision", "BIGINT", [](batch & b) -> auto& { return b.revision; })));
  add(own(number_column(
    "pushed_revision", "BIGINT",
    [](batch & b) -> auto& { return b.pushed_revision; })));
  add(own(time_column(
    "last_change_at", [](batch & b) -> auto& { return b.last_change; })));
  add(own(time_column(
    "finished_at", [](batch & b) -> auto& { return b.finished_at; })));
  add(own(text_column(
    "hold_kind", 32, [](batch & b) -> auto& { return b.held.kind; })));
  add(own(text_column(
    "hold_reason", 1000, [](batch & b) -> auto& { return b.held.reason; })));
  add(own(text_column(
    "hold_advice", 1000, [](batch & b) -> auto& { return b.held.advice; })));
  add(own(time_column(
    "hold_since", [](batch & b) -> auto& { return b.held.since; })));
  add(own(number_column(
    "push_attempts", "INTEGER",
    [](batch & b) -> auto& { return b.push.attempts; })));
  add(own(text_column(
    "push_error_class", 32,
    [](batch & b) -> auto& { return b.push.error_class; })));
  add(own(text_column(
    "push_error", 1000, [](batch & b) -> auto& { return b.push.error_text; })));
  add(own(time_column(
    "push_last_try", [](batch & b) -> auto& { return b.push.last_try; })));
  add(own(time_column(
    "push_next_try", [](batch & b) -> auto& { return b.push.next_try; })));
  add(own(fixed(text_column(
    "traceparent", 64, [](batch & b) -> auto& { return b.traceparent; }))));
  add(own(flag_column(
    "given_before", [](batch & b) -> auto& { return b.given_before; })));
  add(own(text_column(
    "earlier_slots", 64, [](batch & b) -> auto& { return b.earlier_slots; })));
  add(own(flag_column(
    "read_again", [](batch & b) -> auto& { return b.read_again; })));
  add(own(flag_column(
    "accepted", [](batch & b) -> auto& { return b.accepted; })));
  add(own(queue_only(text_column(
    "operator_notes", 1000,
    [](batch & b) -> auto& { return b.operator_notes; }))));
  return all;
}

} // namespace

const std::vector<column>& batch_columns() {
  static const auto all = build();
  return all;
}

} // namespace millrace::store
