#pragma once

#include "services/plc-gateway/area_read.hpp"
#include "services/plc-gateway/write_look.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::plc {

/// Takes a queue back from a PLC that has not taken it, and proves which orders
/// it has not got (operators' reset-task1-start; `empty` false only looks, for
/// clear-mo-batch).
///
/// The payloads of all WRITE slots are cleared FIRST and the handshakes set to
/// 1 AFTER that: while D7076 is 0 the PLC may take the queue at any moment, and
/// only the PLC makes it 1. Still 0 after all payloads are empty: it took
/// nothing before, and there is nothing left to take. 1: it took something
/// meanwhile.
///
/// A write that had to be repeated may still be on its way (RELIABILITY A.8):
/// `quarantine` passes before the job ends. One that comes too late after the
/// look that it follows from is not sent, and the job fails.
///
/// Pure: carry out next(), feed() its answer, until ended().
class withdraw_job {
public:
  static constexpr std::chrono::milliseconds quarantine{3000};

  /// What could be proved.
  struct proof {
    /// Stand in the WRITE area and were provably not taken.
    std::vector<std::string> not_taken;
    /// Stand nowhere in the PLC's areas.
    std::vector<std::string> absent;
  };

  /// `map` and `limit` must outlive it.
  withdraw_job(const plc_map& map, frame_limit& limit, bool empty,
               const std::vector<events::slot_order>& batches);

  bool ended() const {
    return ended_;
  }
  /// Once ended: empty when it succeeded.
  const std::string& failure() const {
    return failure_;
  }
  /// Whether something in the PLC may have been changed.
  bool begun() const {
    return begun_;
  }
  const proof& found() const {
    return found_;
  }
  /// Only until ended().
  step next() const;
  void feed(const answer& got);

private:
  enum class phase {
    look_at_write,
    look_at_read,
    clear,
    look_again,
    set,
    rest
  };

  void feed_area(const answer& got);
  void feed_write(const answer& got);
  void begin_area(phase now, int base);
  void begin_clearing();
  void begin_setting();
  void begin_writes();
  void prove();
  bool shown_in_read(const events::slot_order& batch) const;
  bool named_in_write(const events::slot_order& batch) const;
  bool untouched(const events::slot_order& batch) const;
  void finish();
  void fail(std::string why);

  const plc_map& map_;
  frame_limit& limit_;
  bool empty_;
  std::vector<events::slot_order> batches_;
  phase phase_ = phase::look_at_write;
  std::optional<area_read> area_;
  /// When the first frame of the newest look was asked for.
  std::optional<std::chrono::steady_clock::time_point> looked_at_;
  words before_;
  words after_;
  words read_;
  std::vector<step> writes_;
  std::size_t at_ = 0;
  bool repeated_ = false;
  bool begun_ = false;
  bool ended_ = false;
  std::string failure_;
  proof found_;
};

} // namespace millrace::plc
