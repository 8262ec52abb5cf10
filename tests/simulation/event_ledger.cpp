#include "tests/simulation/event_ledger.hpp"

#include <algorithm>
#include <array>

namespace millrace::simulation {

namespace {

bool is_about(std::string_view key, std::string_view mo_id) {
  return key.size() > mo_id.size() && key.starts_with(mo_id)
         && key[mo_id.size()] == '|';
}

int age_of(std::string_view name) {
  constexpr std::array<std::string_view, 5> life{
    "batch.staged", "batch.updated", "batch.completed", "batch.cancelled",
    "batch.archived"};
  const auto at = std::find(life.begin(), life.end(), name);
  if (at == life.end())
    return -1;
  // An update goes with the completion.
  const int age = static_cast<int>(at - life.begin());
  return age == 2 ? 1 : age;
}

} // namespace

bool event_ledger::received(const std::string& name, const std::string& key) {
  for (const auto& one : all_)
    if (one.name == name && one.key == key)
      return false;
  all_.push_back({name, key});
  return true;
}

bool event_ledger::has(std::string_view name, std::string_view mo_id) const {
  return std::any_of(all_.begin(), all_.end(), [&](const auto& one) {
    return one.name == name && is_about(one.key, mo_id);
  });
}

void event_ledger::check(const std::string& mo_id) const {
  int age = -1;
  int completed = 0;
  for (const auto& one : all_) {
    const int now = is_about(one.key, mo_id) ? age_of(one.name) : -1;
    if (now < 0)
      continue;
    if (order_is_promised && now < age)
      throw violation{"events: " + one.name + " of " + mo_id
                      + " comes too late"};
    const bool once = now != 1;
    if (once && now == age)
      throw violation{"events: " + one.name + " of " + mo_id
                      + " comes with two ids"};
    age = std::max(age, now);
    completed += one.name == "batch.completed";
  }
  if (completed > 1)
    throw violation{"events: " + mo_id + " completes twice"};
}

} // namespace millrace::simulation
