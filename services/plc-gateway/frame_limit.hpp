#pragma once

#include <cstdint>
#include <vector>

namespace millrace::plc {

/// The largest read that a PLC answers, found out at the first contact and kept
/// for the life of the process (RELIABILITY A.5: 999, 501 or 269 words,
/// depending on the model).
///
/// It asks for the whole area first. When that is refused as too much, or not
/// answered although a read of one slot (the sounding) is, it asks for less. A
/// PLC that answers nothing at all is unreachable, not small: then nothing is
/// learned. A silent large read is tried again after the sounding, because the
/// PLC may just have come up.
class frame_limit {
public:
  /// `fixed`: words from the settings, 0 to find out. `area_words`: what one
  /// would like to read at once.
  frame_limit(int fixed, int area_words);

  /// Plan reads with this many words.
  int words() const {
    return candidates_[index_];
  }
  bool known() const {
    return known_;
  }
  /// The next frame must be the sounding: one slot, not repeated.
  bool sounding() const {
    return sounding_;
  }

  /// How a frame ended, of the plan by words() or the sounding.
  enum class outcome {
    answered,
    unanswered,
    /// End codes that a too long read may get (too_large).
    refused_size,
    refused_other
  };
  /// What to do with the area's read.
  enum class advice {
    /// Go on (the frame was answered).
    go_on,
    /// Plan again with words() or sounding().
    start_over,
    give_up
  };
  advice learn(outcome how);

  /// Whether an end code may mean that the frame was too long: 1001, 110B, and
  /// the address codes 1103 and 1104 of models that check the end first.
  static bool too_large(std::uint16_t end_code);

private:
  advice step_down();
  advice give_up();
  advice settle();

  std::vector<int> candidates_;
  std::size_t index_ = 0;
  bool known_ = false;
  bool sounding_ = false;
  /// The PLC has answered something in this search.
  bool alive_ = false;
};

} // namespace millrace::plc
