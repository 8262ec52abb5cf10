#pragma once

#include "common/fins/frame.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

namespace millrace::plc {

using words = fins::words;

/// Words of data memory, D<address> onwards.
struct word_range {
  int address = 0;
  int count = 0;
  friend bool operator==(const word_range&, const word_range&) = default;
};

/// What a job wants done next: read words, write words, or let time pass.
struct step {
  enum class kind { read, write, pause };

  kind what = kind::read;
  int address = 0;
  /// Words to read.
  int count = 0;
  /// Words to write.
  words data;
  /// Whether repeating it after a time-out can do no harm. Not so for words
  /// that the PLC's program consumes (handshakes): it may have acted already.
  bool repeatable = true;
  /// What justifies it was looked at so long ago that it must not be sent from
  /// then on. Of handshakes: a process may be frozen at any point.
  std::optional<std::chrono::steady_clock::time_point> not_after;
  /// Of a pause.
  std::chrono::milliseconds length{0};

  static step read(word_range range, bool repeatable = true) {
    step wanted;
    wanted.address = range.address;
    wanted.count = range.count;
    wanted.repeatable = repeatable;
    return wanted;
  }
  static step write(int address, words data, bool repeatable = true) {
    step wanted;
    wanted.what = kind::write;
    wanted.address = address;
    wanted.count = static_cast<int>(data.size());
    wanted.data = std::move(data);
    wanted.repeatable = repeatable;
    return wanted;
  }
  static step pause(std::chrono::milliseconds length) {
    step wanted;
    wanted.what = kind::pause;
    wanted.length = length;
    return wanted;
  }
  friend bool operator==(const step&, const step&) = default;
};

/// A write without answer may still be on its way for so long after its
/// time-out (RELIABILITY A.8): until then nothing else is written.
inline constexpr std::chrono::milliseconds quarantine{3000};

/// So long after a look what was planned from it may be written: another
/// instance cannot have taken the line over (common/service/ownership.hpp).
inline constexpr std::chrono::milliseconds plan_lifetime{2500};

/// How a step ended.
struct answer {
  enum class kind {
    ok,
    /// The PLC gave an end code: the step was not done.
    refused,
    /// No answer, after all repeats: whether it was done is unknown.
    unanswered,
    /// Not sent: its not_after has passed.
    outdated,
    /// Not sent: a write, and another instance may work on the line.
    not_ours
  };

  kind how = kind::ok;
  /// Of a read: exactly as many as asked for.
  words data;
  fins::end_code code;
  /// FINS requests sent, repeats included.
  int attempts = 1;
  /// When the request was sent, the last one of several; what was read is not
  /// older.
  std::chrono::steady_clock::time_point asked_at{};
  /// Why there was no answer, where more is known than "time-out".
  std::string detail;

  bool ok() const {
    return how == kind::ok;
  }
};

/// "read of 977 words at D6000 unanswered after 3 attempts".
std::string describe(const step& asked, const answer& got);

} // namespace millrace::plc
