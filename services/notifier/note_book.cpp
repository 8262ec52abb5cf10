#include "services/notifier/note_book.hpp"

#include "common/telemetry/clock.hpp"

#include <algorithm>

namespace millrace::notifier {

using namespace std::chrono_literals;
using events::severity;

namespace {

constexpr std::size_t most_remembered = 500;
constexpr std::size_t most_over = 1'000;
// What batch-store lists this long after it was over, stands after all.
constexpr auto late_messages = 10s;

bool is_critical(const alert& one) {
  return one.what.level == severity::critical;
}

} // namespace

note_book::note_book(rules how, local_minute minute)
  : how_(std::move(how)), minute_(std::move(minute)) {
  for (const auto& rule : how_.ways) {
    way_state way;
    way.rule = rule;
    ways_.push_back(std::move(way));
  }
}

bool note_book::concerns(const way_rules& rule, const alert& one) {
  return one.what.level >= rule.least
         && (rule.lines.empty()
             || std::ranges::find(rule.lines, one.what.line)
                  != rule.lines.end());
}

std::map<std::string, note_book::knowledge>
note_book::untold(const alert& one) const {
  std::map<std::string, knowledge> by_way;
  for (const auto& way : ways_)
    if (concerns(way.rule, one))
      by_way[way.rule.name] = {};
  return by_way;
}

void note_book::raised(const alert& one, moment now) {
  if (over_.contains(one.what.alert_id))
    return;
  entries_.try_emplace(one.what.alert_id,
                       entry{one, now, false, {}, untold(one)});
}

void note_book::acknowledged(const std::string& alert_id) {
  const auto found = entries_.find(alert_id);
  if (found != entries_.end())
    found->second.acknowledged = true;
}

void note_book::cleared(const std::string& alert_id, moment now) {
  const auto found = entries_.find(alert_id);
  if (found != entries_.end())
    end(found->second, now);
  else
    remember_over(alert_id, now);
  forget_settled();
}

void note_book::end(entry& one, moment now) {
  if (one.cleared_at)
    return;
  one.cleared_at = now;
  remember_over(one.one.what.alert_id, now);
}

void note_book::remember_over(const std::string& alert_id, moment now) {
  if (!over_.emplace(alert_id, now).second)
    return;
  over_order_.push_back(alert_id);
  if (over_order_.size() > most_over) {
    over_.erase(over_order_.front());
    over_order_.pop_front();
  }
}

void note_book::forget_settled() {
  std::erase_if(entries_, [](const auto& item) {
    const auto& one = item.second;
    return one.cleared_at
           && std::ranges::none_of(one.by_way, [](const auto& way) {
                return way.second.told || way.second.under_way;
              });
  });
}

void note_book::stands(const std::vector<alert>& all,
                       const std::vector<std::string>& acknowledged,
                       moment asked_at, moment now) {
  std::map<std::string, bool> listed;
  for (const auto& one : all) {
    const auto& id = one.what.alert_id;
    listed[id] = true;
    if (const auto over = over_.find(id);
        over != over_.end() && over->second + late_messages < asked_at) {
      over_.erase(over);
      std::erase(over_order_, id);
    }
    raised(one, now);
  }
  for (auto& [id, one] : entries_)
    if (!listed.contains(id) && one.heard_at < asked_at)
      end(one, now);
  for (const auto& id : acknowledged)
    this->acknowledged(id);
  forget_settled();
}

moment note_book::last_reminder(moment raised_at, moment now) const {
  if (how_.repeat == 0ms || now < raised_at)
    return raised_at;
  return raised_at + (now - raised_at) / how_.repeat * how_.repeat;
}

void note_book::recall(const std::vector<events::told_alert>& told,
                       moment now) {
  entries_.clear();
  for (const auto& one : told) {
    const auto raised_at = parse_utc(one.raised_at).value_or(now);
    const alert known{{one.line, one.alert_id, one.kind, one.level, one.text,
                       one.advice, one.mo_id},
                      raised_at};
    // Older than any list that is asked for from now on.
    entry kept{known, moment{}, false, {}, untold(known)};
    for (auto& [way, knows] : kept.by_way) {
      knows.told = std::ranges::find(one.told_to, way) != one.told_to.end();
      knows.told_at = last_reminder(raised_at, now);
    }
    entries_.emplace(one.alert_id, std::move(kept));
  }
}

bool note_book::may_go(const way_state& way, const alert& one,
                       moment now) const {
  return is_critical(one) || !way.rule.heeds_quiet_hours
         || !how_.quiet.contain(minute_(now));
}

note note_book::everything_for(way_state& way, moment now) {
  note all;
  all.way = way.rule.name;
  for (auto& [id, one] : entries_) {
    const auto known = one.by_way.find(way.rule.name);
    if (known == one.by_way.end() || !may_go(way, one.one, now))
      continue;
    const auto& knows = known->second;
    if (one.cleared_at && knows.told)
      all.cleared.push_back(one.one);
    else if (one.cleared_at || one.acknowledged)
      continue; // nobody needs to be called
    else if (!knows.told)
      all.raised.push_back(one.one);
    else if (is_critical(one.one) && how_.repeat > 0ms
             && now - knows.told_at >= how_.repeat)
      all.reminded.push_back(one.one);
  }
  const auto older = [](const alert& a, const alert& b) {
    return a.raised_at < b.raised_at;
  };
  for (auto* part : {&all.raised, &all.reminded, &all.cleared})
    std::ranges::stable_sort(*part, older);
  return all;
}

bool note_book::is_ripe(const way_state& way, const note& one,
                        moment now) const {
  if (way.busy || one.empty() || now < way.not_before)
    return false;
  if (static_cast<int>(way.sent.size()) >= how_.most_per_hour
      && std::ranges::none_of(one.raised, is_critical))
    return false;
  if (!one.reminded.empty())
    return true;
  const auto waited = [&](const alert& item, bool over) {
    const auto& kept = entries_.at(item.what.alert_id);
    return now - (over ? *kept.cleared_at : kept.heard_at) >= how_.grouping;
  };
  return std::ranges::any_of(one.raised,
                             [&](const auto& a) { return waited(a, false); })
         || std::ranges::any_of(one.cleared,
                                [&](const auto& a) { return waited(a, true); });
}

std::vector<note> note_book::due(moment now) {
  std::vector<note> out;
  for (auto& way : ways_) {
    std::erase_if(way.sent, [&](moment at) { return now - at >= 1h; });
    auto one = everything_for(way, now);
    if (!is_ripe(way, one, now))
      continue;
    way.busy = true;
    for (const auto* part : {&one.raised, &one.reminded, &one.cleared})
      for (const auto& item : *part)
        entries_.at(item.what.alert_id).by_way[one.way].under_way = true;
    out.push_back(std::move(one));
  }
  return out;
}

note_book::way_state* note_book::way_named(const std::string& name) {
  const auto found = std::ranges::find_if(
    ways_, [&](const auto& way) { return way.rule.name == name; });
  return found == ways_.end() ? nullptr : &*found;
}

void note_book::land(const std::string& way) {
  for (auto& [id, one] : entries_)
    if (const auto known = one.by_way.find(way); known != one.by_way.end())
      known->second.under_way = false;
}

void note_book::delivered(const note& one, moment now) {
  auto* way = way_named(one.way);
  if (!way)
    return;
  way->busy = false;
  way->failures = 0;
  way->sent.push_back(now);
  land(one.way);
  const auto mark = [&](const std::vector<alert>& part, bool told) {
    for (const auto& item : part)
      if (const auto found = entries_.find(item.what.alert_id);
          found != entries_.end())
        found->second.by_way[one.way] = {told, false, now};
  };
  mark(one.raised, true);
  mark(one.reminded, true);
  mark(one.cleared, false);
  forget_settled();
}

void note_book::failed(const std::string& name, moment now) {
  auto* way = way_named(name);
  if (!way)
    return;
  way->busy = false;
  const auto doubled = std::min(way->failures++, 16);
  way->not_before
    = now + std::min(how_.longest_pause, how_.first_pause * (1 << doubled));
  land(name);
  forget_settled();
}

std::vector<events::told_alert> note_book::told() const {
  std::vector<events::told_alert> all;
  for (const auto& [id, one] : entries_) {
    const auto& what = one.one.what;
    events::told_alert kept{
      what.line, id,          what.kind,  what.level,
      what.text, what.advice, what.mo_id, format_utc(one.one.raised_at),
      {}};
    for (const auto& [way, knows] : one.by_way)
      if (knows.told)
        kept.told_to.push_back(way);
    if (!kept.told_to.empty())
      all.push_back(std::move(kept));
  }
  std::ranges::stable_sort(all, std::greater{}, &events::told_alert::raised_at);
  if (all.size() > most_remembered)
    all.resize(most_remembered);
  return all;
}

int note_book::standing() const {
  return static_cast<int>(std::ranges::count_if(
    entries_, [](const auto& item) { return !item.second.cleared_at; }));
}

int note_book::unacknowledged() const {
  return static_cast<int>(std::ranges::count_if(entries_, [](const auto& item) {
    return !item.second.cleared_at && !item.second.acknowledged;
  }));
}

severity note_book::worst() const {
  auto worst = severity::info;
  for (const auto& [id, one] : entries_)
    if (!one.cleared_at)
      worst = std::max(worst, one.one.what.level);
  return worst;
}

} // namespace millrace::notifier
