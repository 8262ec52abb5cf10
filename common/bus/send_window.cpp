#include "common/bus/send_window.hpp"

#include <algorithm>
#include <utility>

namespace millrace::bus {

bool send_window::add(outgoing message, done_callback done) {
  if (entries_.size() >= max_queued_ + attempts_.size())
    return false;
  const auto size = message.payload.size();
  if (!entries_.empty() && bytes_ + size > max_bytes_)
    return false;
  bytes_ += size;
  entries_.emplace(next_place_++, entry{std::move(message), std::move(done)});
  return true;
}

std::optional<send_window::sending> send_window::next(clock::time_point now) {
  if (attempts_.size() >= max_in_flight_)
    return {};
  // Passes at most those in flight.
  const auto found
    = std::find_if(entries_.begin(), entries_.end(),
                   [](const auto& each) { return !each.second.sent; });
  if (found == entries_.end())
    return {};
  found->second.sent = true;
  const auto number = next_attempt_++;
  attempts_.emplace(number, flight{found->first, now});
  return sending{number, found->second.message};
}

std::optional<send_window::done_callback>
send_window::finished(attempt number) {
  const auto found = attempts_.find(number);
  if (found == attempts_.end())
    return {};
  const auto entry = entries_.find(found->second.where);
  auto done = std::move(entry->second.done);
  bytes_ -= entry->second.message.payload.size();
  entries_.erase(entry);
  attempts_.erase(found);
  return done;
}

void send_window::returned(attempt number) {
  const auto found = attempts_.find(number);
  if (found == attempts_.end())
    return;
  entries_.find(found->second.where)->second.sent = false;
  attempts_.erase(found);
}

std::size_t send_window::return_older_than(clock::time_point limit) {
  std::vector<attempt> stale;
  for (const auto& [number, flight] : attempts_)
    if (flight.since < limit)
      stale.push_back(number);
  for (const auto number : stale)
    returned(number);
  return stale.size();
}

std::vector<send_window::done_callback> send_window::drain() {
  std::vector<done_callback> callbacks;
  for (auto& [where, each] : entries_)
    callbacks.push_back(std::move(each.done));
  entries_.clear();
  bytes_ = 0;
  attempts_.clear();
  return callbacks;
}

} // namespace millrace::bus
