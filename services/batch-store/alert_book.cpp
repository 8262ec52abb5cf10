#include "services/batch-store/alert_book.hpp"

#include "common/telemetry/log.hpp"

namespace millrace::store {

namespace {

std::optional<std::string> present(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

} // namespace

void alert_book::raise(const trouble& what) {
  if (rows_.find_alert(what.line, what.kind, what.mo_id))
    return;
  const auto now = format_utc(clock_());
  const auto id
    = named_id(what.line + "/" + what.kind + "/" + what.mo_id + "/" + now);
  rows_.insert_alert(
    {what.line, what.kind, what.mo_id, id,
     std::string(
       events::enum_names<events::severity>::values[static_cast<std::size_t>(
         what.level)]),
     what.text, what.advice, now});
  service::context about;
  about.subject = what.mo_id;
  about.natural_key = id;
  out_.add(what.line,
           events::alert_raised{what.line, id, what.kind, what.level, what.text,
                                what.advice, present(what.mo_id)},
           about);
  log::warn("alert.raised", {{"line", what.line},
                             {"kind", what.kind},
                             {"mo_id", what.mo_id},
                             {"text", what.text}});
}

void alert_book::clear(const std::string& line, const std::string& kind,
                       const std::string& mo_id) {
  const auto found = rows_.find_alert(line, kind, mo_id);
  if (!found)
    return;
  rows_.remove_alert(*found);
  service::context about;
  about.subject = mo_id;
  about.natural_key = found->alert_id;
  out_.add(line,
           events::alert_cleared{line, found->alert_id, kind, present(mo_id)},
           about);
  log::info("alert.cleared",
            {{"line", line}, {"kind", kind}, {"mo_id", mo_id}});
}

void alert_book::acknowledge(alert one, const std::string& user,
                             const std::string& notes) {
  one.acknowledged_at = format_utc(clock_());
  one.acknowledged_by = user;
  one.acknowledge_notes = notes;
  rows_.update_alert(one);
  service::context about;
  about.subject = one.mo_id;
  about.natural_key = one.alert_id;
  out_.add(one.line,
           events::alert_acknowledged{one.line, one.alert_id, one.kind,
                                      present(one.mo_id), user, notes,
                                      one.acknowledged_at},
           about);
  log::info("alert.acknowledged", {{"line", one.line},
                                   {"kind", one.kind},
                                   {"mo_id", one.mo_id},
                                   {"user", user}});
}

} // namespace millrace::store
