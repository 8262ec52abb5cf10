#include "services/admin-gateway/event_stream.hpp"

#include "common/telemetry/metrics.hpp"

#include <algorithm>

namespace millrace::admin {

namespace {

/// How long a browser waits before it comes again.
constexpr std::string_view opening = "retry: 2000\n\n";
constexpr std::string_view reset = "event: reset\ndata: {}\n\n";

/// An id goes into a line of its own; what is in it comes from outside.
bool fits_a_line(std::string_view id) {
  return !id.empty() && id.size() <= 128
         && std::ranges::all_of(id, [](char c) { return c > ' ' && c <= '~'; });
}

std::string event_text(std::string_view type, const std::string& id,
                       std::string_view message) {
  std::string text = "id: " + id + "\nevent: ";
  text.append(type).append("\ndata: ").append(message).append("\n\n");
  return text;
}

} // namespace

void event_stream::listen(std::string_view last_event_id, sink to) {
  const std::lock_guard lock{mutex_};
  std::string first{opening};
  auto from = kept_.end();
  if (!last_event_id.empty()) {
    from = std::ranges::find(kept_, last_event_id, &kept::id);
    if (from == kept_.end())
      first += reset;
    else
      ++from;
  }
  for (; from != kept_.end(); ++from)
    first += from->text;
  if (to(std::move(first)))
    listeners_.push_back(std::move(to));
}

void event_stream::saw(std::string_view type, const std::string& id,
                       std::string_view message) {
  if (!fits_a_line(id) || message.find_first_of("\r\n") != message.npos)
    return;
  const std::lock_guard lock{mutex_};
  if (!ids_.insert(id).second)
    return;
  kept_.push_back({id, event_text(type, id, message)});
  send_all(kept_.back().text);
  if (kept_.size() > most_kept_) {
    ids_.erase(kept_.front().id);
    kept_.pop_front();
  }
}

void event_stream::beat() {
  const std::lock_guard lock{mutex_};
  send_all(": still here\n\n");
}

void event_stream::send_all(const std::string& text) {
  std::erase_if(listeners_, [&](const sink& one) { return !one(text); });
  metrics::gauge("millrace_admin_event_listeners",
                 "Open event streams of the admin API",
                 static_cast<double>(listeners_.size()));
}

std::size_t event_stream::listeners() const {
  const std::lock_guard lock{mutex_};
  return listeners_.size();
}

} // namespace millrace::admin
