#pragma once

#include "services/plc-gateway/area_read.hpp"
#include "services/plc-gateway/write_look.hpp"

#include <optional>
#include <string>
#include <variant>

namespace millrace::plc {

/// Writes a queue of batches into a PLC so that the mill produces each exactly
/// once, however often this job is repeated or killed at whatever point.
///
/// Look first: if WRITE or READ shows that the PLC has these batches, touch
/// nothing. Else wait for the handshake D7076 = 1, write slot 1 and then slots
/// 10..2, read back, compare, and give the handshake (D7076 = 0) last.
///
/// The MARKER tells "killed before the handshake" from "handed over, taken, and
/// the PLC has set D7076 back to 1": in both cases WRITE holds our batches and
/// D7076 is 1. So slot 1 is written first, with "MILL" in its weight field
/// (which the middleware otherwise writes as 0), and the frame that gives the
/// handshake writes D7074..D7076 = 0, 0, 0: clearing the marker and handing
/// over are one step. Marker there: our write was interrupted, write again. No
/// marker: what WRITE holds has been handed over, so an order of ours that
/// stands there in another arrangement is in doubt.
///
/// Slots that an interrupted write of ours has filled already are not written
/// again: a PLC that takes slots by their own flags would take them twice.
///
/// First commissioning (D7076 and all flags 0, all slots empty): a PLC that
/// goes by the level of D7076 takes the batches as soon as slot 1 is there, so
/// the marker goes first there, by itself, and slot 1 last. The
/// job lets it (`commissioning_pause`), and when D7076 has become 1 it only
/// clears the marker; writing 0 would hand over a second time. The marker says
/// which of the two it was, for the job that comes after a kill.
///
/// A process may be frozen at any point, and another instance may hand the same
/// queue over meanwhile. So slots are written only while the first look is
/// younger than `plan_lifetime`, in which no other instance can have taken the
/// line over (common/service/ownership.hpp); from then on the marker tells. The
/// handshake follows from a read back that is younger than `look_lifetime`.
/// What is too old is not sent, and the job looks again from the start.
///
/// A write that had to be repeated may still be on its way (RELIABILITY A.8):
/// `quarantine` passes before anything is concluded from memory. The handshake
/// itself is never repeated blindly.
///
/// Pure: carry out next(), feed() its answer, until outcome() is there.
class write_job {
public:
  struct written {
    bool already_there = false;
  };
  struct deferred {
    std::string reason;
  };
  struct failed {
    std::string reason;
    bool needs_person = false;
    /// Orders without which the others can be written.
    std::vector<std::string> in_doubt{};
  };
  /// Of a job that only looks.
  struct looked {
    bool there = false;
    std::vector<std::string> missing;
  };
  using outcome_type = std::variant<written, deferred, failed, looked>;

  static constexpr std::chrono::milliseconds commissioning_pause{1000};
  static constexpr std::chrono::milliseconds look_lifetime{1000};
  /// When so many were too old for what followed, the job fails.
  static constexpr int most_looks = 8;

  /// `map` and `limit` must outlive it.
  /// `only_if_lost`: the PLC was given them before; see look(). `again`: see
  /// write_target. With `only_look` it writes nothing.
  write_job(const plc_map& map, frame_limit& limit,
            const std::vector<events::slot_order>& batches,
            bool only_if_lost = false,
            const std::vector<std::string>& again = {}, bool only_look = false);

  /// Present when the job has ended.
  const std::optional<outcome_type>& outcome() const {
    return outcome_;
  }
  /// Only while there is no outcome.
  step next() const;
  void feed(const answer& got);
  /// FINS requests sent so far, repeats included.
  int frames() const {
    return frames_;
  }

private:
  enum class phase {
    look_at_write,
    look_at_read,
    write,
    wait_before_read_back,
    read_back,
    hand_over,
    wait_before_verify,
    verify,
    wait_before_failing
  };

  void feed_area(const answer& got);
  void area_complete(words image);
  void decide(std::span<const std::uint16_t> read_area);
  looked tell(const look_verdict& seen,
              std::span<const std::uint16_t> read_area) const;
  void plan_writes();
  void feed_write(const answer& got);
  void writes_complete();
  void compare(std::span<const std::uint16_t> write_area);
  void hand_over(bool set_handshake);
  void feed_hand_over(const answer& got);
  void look_again();
  void feed_verify(const answer& got);
  void begin_area(phase now, int base);
  void pause(phase now, std::chrono::milliseconds length);
  void end(outcome_type how);

  const plc_map& map_;
  frame_limit& limit_;
  write_target target_;
  bool only_if_lost_ = false;
  phase phase_ = phase::look_at_write;
  std::optional<area_read> area_;
  /// When the first frame of area_ was asked for.
  std::optional<std::chrono::steady_clock::time_point> looked_at_;
  int looks_ = 1;
  words write_area_;
  marker marker_ = marker::ready;
  std::vector<step> writes_;
  std::size_t at_ = 0;
  step single_;
  bool only_look_ = false;
  bool repeated_ = false;
  bool found_taken_ = false;
  int frames_ = 0;
  std::string failure_;
  std::optional<outcome_type> outcome_;
};

} // namespace millrace::plc
