#pragma once

#include "common/events/messages.hpp"
#include "services/plc-gateway/plc_map.hpp"

#include <optional>
#include <string>

namespace millrace::plc {

/// Sets status_read_data of one READ slot to 1 (FACTS 2), after which the PLC
/// may reuse it. Looks first: only a finished slot that still holds the order
/// with this weight and is not acknowledged yet is touched, and of it only that
/// word. A status that is no boolean says nothing, not even that the slot has
/// changed: the job fails, and the command comes again. A write that is too
/// late after its look is not sent, and it looks again; one without answer is
/// not repeated here: the PLC may use the slot again by then, and the command
/// comes again anyway. It may still be on its way, though, and would then
/// acknowledge the next batch of the slot: `quarantine` passes before the job
/// ends.
///
/// Pure: carry out next(), feed() its answer, until done() or failed.
class acknowledge_job {
public:
  /// `map` must outlive it. A slot outside the map fails at once.
  /// Without a weight every weight counts.
  acknowledge_job(const plc_map& map, int slot, std::string mo_id,
                  std::optional<kilograms> weight);

  const std::optional<events::acknowledge_outcome>& outcome() const {
    return outcome_;
  }
  /// Why there is no outcome, or empty.
  const std::string& failure() const {
    return failure_;
  }
  bool ended() const {
    return outcome_ || !failure_.empty();
  }
  /// Only until ended().
  step next() const;
  void feed(const answer& got);

private:
  static constexpr std::chrono::milliseconds look_lifetime{1000};
  static constexpr int most_looks = 5;

  void decide(const words& slot);

  const plc_map& map_;
  int slot_;
  std::string mo_id_;
  std::optional<kilograms> weight_;
  enum class phase { look, write, wait_before_failing };
  phase phase_ = phase::look;
  /// The newest look was asked for then.
  std::chrono::steady_clock::time_point seen_at_;
  int looks_ = 1;
  /// Of the write, while it may be on its way.
  std::string unanswered_;
  std::optional<events::acknowledge_outcome> outcome_;
  std::string failure_;
};

} // namespace millrace::plc
