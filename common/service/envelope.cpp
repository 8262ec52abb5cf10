#include "common/service/envelope.hpp"

namespace millrace::service {

events::envelope make_envelope(std::string_view service, std::string_view line,
                               std::string_view type, const context& about,
                               const wall_clock& clock, const id_source& ids) {
  const auto path
    = line.empty() || line == "_all" ? "" : "/" + std::string(line);
  events::envelope made;
  made.id = about.natural_key.empty()
              ? ids()
              : named_id(std::string(type) + "|" + about.natural_key);
  made.source = path + "/" + std::string(service);
  made.subject = about.subject;
  made.time = format_utc(clock());
  made.correlation_id = about.correlation_id;
  made.causation_id = about.causation_id;
  made.traceparent
    = about.traceparent.empty() ? new_traceparent() : about.traceparent;
  return made;
}

} // namespace millrace::service
