#pragma once

#include "services/notifier/note.hpp"
#include "services/notifier/quiet_hours.hpp"

#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::notifier {

/// What one way of telling people is for.
struct way_rules {
  std::string name;
  events::severity least = events::severity::warning;
  /// Empty: all.
  std::vector<std::string> lines;
  /// A display may change at night.
  bool heeds_quiet_hours = true;
};

struct rules {
  /// Alerts that come within it make one note.
  std::chrono::milliseconds grouping{30'000};
  /// Critical alerts that nobody has acknowledged are told again after it;
  /// 0: never.
  std::chrono::milliseconds repeat{std::chrono::hours{4}};
  quiet_hours quiet;
  /// Notes a way gets in an hour; what is more waits and is put together, but
  /// for new critical alerts.
  int most_per_hour = 30;
  std::chrono::milliseconds first_pause{5'000};
  std::chrono::milliseconds longest_pause{300'000};
  std::vector<way_rules> ways;
};

/// Which note goes out when. No I/O, no clock of its own. What stands and what
/// each way was told is the state; a note is made of it at the moment it goes,
/// so one that failed is made anew: what was over meanwhile is in none. At most
/// one note per way is under way, and nothing but alerts is kept.
class note_book {
public:
  /// Minutes after midnight, local time.
  using local_minute = std::function<int(moment)>;

  note_book(rules how, local_minute minute);

  void raised(const alert& one, moment now);
  void acknowledged(const std::string& alert_id);
  void cleared(const std::string& alert_id, moment now);
  /// All that stands, as batch-store listed it when asked at `asked_at`: what
  /// was lost of its events is made up for. `acknowledged`: ids of those that
  /// somebody looks after.
  void stands(const std::vector<alert>& all,
              const std::vector<std::string>& acknowledged, moment asked_at,
              moment now);
  /// Begins anew with what an earlier process (or the other instance) has told.
  void recall(const std::vector<events::told_alert>& told, moment now);

  /// The notes that go out now. Each is answered with delivered() or failed().
  std::vector<note> due(moment now);
  void delivered(const note& one, moment now);
  void failed(const std::string& way, moment now);

  /// At most 500, the newest.
  std::vector<events::told_alert> told() const;
  int standing() const;
  int unacknowledged() const;
  events::severity worst() const;

private:
  /// What one way knows of one alert.
  struct knowledge {
    bool told = false;
    /// In the note that is on its way.
    bool under_way = false;
    moment told_at;
  };
  struct entry {
    alert one;
    moment heard_at;
    bool acknowledged = false;
    std::optional<moment> cleared_at;
    std::map<std::string, knowledge> by_way;
  };
  struct way_state {
    way_rules rule;
    bool busy = false;
    moment not_before{};
    int failures = 0;
    std::deque<moment> sent;
  };

  static bool concerns(const way_rules& rule, const alert& one);
  void end(entry& one, moment now);
  void remember_over(const std::string& alert_id, moment now);
  void forget_settled();
  note everything_for(way_state& way, moment now);
  bool may_go(const way_state& way, const alert& one, moment now) const;
  bool is_ripe(const way_state& way, const note& one, moment now) const;
  way_state* way_named(const std::string& name);
  /// Its note is no longer under way.
  void land(const std::string& way);
  /// When its newest reminder was due.
  moment last_reminder(moment raised_at, moment now) const;
  std::map<std::string, knowledge> untold(const alert& one) const;

  rules how_;
  local_minute minute_;
  std::vector<way_state> ways_;
  std::map<std::string, entry> entries_; // by alert id
  /// What is over, so that a raise that comes late or twice does not count; the
  /// newest 1,000.
  std::map<std::string, moment> over_;
  std::deque<std::string> over_order_;
};

} // namespace millrace::notifier
