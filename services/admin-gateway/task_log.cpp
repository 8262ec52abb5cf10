#include "services/admin-gateway/task_log.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace millrace::admin {

namespace {

using nlohmann::ordered_json;

template <class Enum>
std::string_view name_of(Enum value) {
  return events::enum_names<Enum>::values[static_cast<std::size_t>(value)];
}

bool same_run(const events::task_finished& one,
              const events::task_finished& other) {
  return one.line == other.line && one.task == other.task
         && one.tick_id == other.tick_id;
}

} // namespace

void task_log::saw(const events::task_finished& run, const std::string& at) {
  const std::lock_guard lock{mutex_};
  const bool known = std::ranges::any_of(
    entries_, [&](const entry& one) { return same_run(one.run, run); });
  if (known)
    return;
  entries_.push_front({run, at});
  if (entries_.size() > most_kept_)
    entries_.pop_back();
}

std::string task_log::newest(std::size_t most) const {
  const std::lock_guard lock{mutex_};
  ordered_json runs = ordered_json::array();
  for (const auto& [run, at] : entries_) {
    if (runs.size() == most)
      break;
    runs.push_back({{"at", at},
                    {"line", run.line},
                    {"task", name_of(run.task)},
                    {"number", events::number_of(run.task)},
                    {"outcome", name_of(run.outcome)},
                    {"text", run.text}});
  }
  return ordered_json{{"runs", runs}}.dump(
    -1, ' ', false, ordered_json::error_handler_t::replace);
}

} // namespace millrace::admin
