#pragma once

#include "services/plc-gateway/frame_limit.hpp"
#include "services/plc-gateway/plc_map.hpp"

#include <optional>
#include <string>
#include <vector>

namespace millrace::plc {

/// Reads one whole area, step by step, in as few frames as the PLC allows;
/// the first such read finds that out. Pure: the caller carries out next() and
/// feeds the answer, until done() or failed().
class area_read {
public:
  /// `map` and `limit` must outlive it.
  area_read(const plc_map& map, int base, frame_limit& limit);

  bool done() const {
    return failure_.empty() && !limit_.sounding() && at_ == plan_.size();
  }
  bool failed() const {
    return !failure_.empty();
  }
  const std::string& failure() const {
    return failure_;
  }
  /// Only while neither done nor failed.
  step next() const;
  void feed(const answer& got);
  /// Once done: the area's words from the first slot's start. Words between
  /// slots may or may not have been read.
  const words& image() const {
    return image_;
  }
  int frames() const {
    return frames_;
  }

private:
  void start_over();
  void take(const answer& got);

  const plc_map& map_;
  int base_;
  frame_limit& limit_;
  std::vector<word_range> plan_;
  std::size_t at_ = 0;
  words image_;
  int frames_ = 0;
  std::string failure_;
};

} // namespace millrace::plc
