#pragma once

#include "common/events/codec.hpp"
#include "common/service/port.hpp"

#include <chrono>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace millrace::plc {

/// Read the READ area. Wishes that wait are joined into one.
struct read_wish {
  bool full = false;
  /// Everybody who wants to hear that it was done.
  std::vector<service::reply_to> waiting;
  /// The message that caused it.
  events::envelope cause;
};
struct write_wish {
  events::plc_write command;
  events::envelope cause;
};
struct acknowledge_wish {
  events::plc_acknowledge command;
  events::envelope cause;
};
struct withdraw_wish {
  events::plc_withdraw command;
  service::reply_to waiting;
  events::envelope cause;
};
/// Show an area's words. Wishes for the same area that wait are joined.
struct inspect_wish {
  events::plc_area area = events::plc_area::read;
  std::vector<service::reply_to> waiting;
  events::envelope cause;
};
using wish = std::variant<read_wish, write_wish, acknowledge_wish,
                          withdraw_wish, inspect_wish>;

/// Why a wish was not taken; all of them will be wished again when still due.
enum class refusal {
  /// Taken, or joined with one that waits.
  none,
  /// The same is waiting or under way.
  duplicate,
  /// A queue older than one that was already asked for.
  old_stage,
  /// Past its expires_at.
  expired,
  /// expires_at is no time.
  malformed,
  too_many
};
/// "old_stage": a metric's label.
std::string_view name_of(refusal why);

/// What a line still has to do, first come first served, so nothing starves.
/// Bounded: one read, one write, one look at each area and `most_acknowledges`
/// wait at most. Pure.
class line_queue {
public:
  using wall_time = std::chrono::system_clock::time_point;
  static constexpr std::size_t most_acknowledges = 64;

  void add(read_wish wanted);
  void add(inspect_wish wanted);
  refusal add(write_wish wanted, wall_time now);
  refusal add(acknowledge_wish wanted);
  /// A newer one takes the place of one that waits. Refused when a newer queue
  /// was asked for already: the command is an old one.
  refusal add(withdraw_wish wanted, wall_time now);

  /// Queues up to this one are not to be written any more.
  void withdraw(std::int64_t stage);

  /// The next one; it counts as under way until the next call. A write that has
  /// expired meanwhile is left out and reported by `expired_stage`.
  std::optional<wish> next(wall_time now);
  /// Of the write that the last next() left out, if any.
  const std::optional<std::int64_t>& expired_stage() const {
    return expired_stage_;
  }

private:
  template <class Wish>
  Wish* waiting();
  bool is_withdrawn(std::int64_t stage) const;
  refusal add_look(write_wish wanted);

  std::deque<wish> waiting_;
  std::optional<std::int64_t> highest_stage_;
  std::optional<std::int64_t> withdrawn_stage_;
  std::optional<std::int64_t> writing_stage_;
  std::optional<std::int64_t> expired_stage_;
};

} // namespace millrace::plc
