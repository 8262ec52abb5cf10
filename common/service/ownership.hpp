#pragma once

#include "common/events/states.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace millrace::service {

/// Which of several instances of a service works on a set of lines, so that no
/// two ever do at the same moment.
///
/// Every instance says each `beat` on one topic that it is there, and hears
/// itself and the others in the one order that the broker gives. The LAST claim
/// owns. An instance is active only while
///   - the last claim is its own,
///   - it sent the newest claim that it heard back less than a `lease` ago, and
///   - every other claim that it heard is `patience` old, or its sender has
///     said since that it stands by.
/// `patience` is not shorter than `lease`, both by the steady clock, and a
/// claim is heard no earlier than it was sent: so when one is active, the lease
/// of all before it has run out, also of those that are frozen or cut off and
/// do not know it yet. Whoever hears a claim after its own steps down at once
/// and says so. A lapsed owner listens before it claims again.
///
/// A topic that holds no claim at all is free at once: the first instance of a
/// plant does not wait. Only a broker that lost its memory while an owner lives
/// on, cut off, could make that wrong, within the owner's lease.
///
/// It is also the self test of the connection: an instance that does not hear
/// itself is deaf, whatever the connection looks like.
///
/// Pure; not thread safe.
class ownership {
public:
  using time_point = std::chrono::steady_clock::time_point;
  using duration = std::chrono::milliseconds;

  struct timing {
    duration beat{500};
    duration lease{2500};
    duration patience{3000};
    /// Without hearing itself for so long, it is deaf.
    duration deaf_after{3000};
  };
  /// Active from..until, as far as is known now; none when until <= from.
  struct window {
    time_point from = time_point::max();
    time_point until = time_point::min();
    bool holds(time_point now) const {
      return from <= now && now < until;
    }
  };

  /// No lines: it claims nothing, is never active and only tests itself.
  ownership(std::string service, std::string instance,
            std::vector<std::string> lines, timing chosen);

  /// The connection is there and subscribed, perhaps anew.
  void connected(time_point now);
  void disconnected();
  /// This process did not run for a while: what it did not hear meanwhile says
  /// nothing about the connection.
  void overslept(time_point now);
  /// What is due to be said now; counts as on its way until answered().
  std::optional<events::instance_claim> due(time_point now);
  /// When due() is worth calling again, when nothing happens before.
  time_point next_due() const {
    return on_its_way_ || !echoed_ ? sent_at_ + timing_.lease : next_due_;
  }
  /// The broker has it, or refused it.
  void answered() {
    on_its_way_ = false;
  }
  void heard(const events::instance_claim& said, time_point now);
  /// Not active from now on; to be said to the others.
  events::instance_claim release();
  /// What it says now is retained for those that come later.
  bool claiming() const {
    return claiming_;
  }

  window active() const;
  /// An instance that has claimed, if it has not lapsed or stood by since.
  std::optional<std::string> rival(time_point now) const;
  /// Since when nothing was heard of itself, if for too long.
  std::optional<time_point> deaf(time_point now) const;
  /// Grows with each connected(): the broker may have forgotten what was said.
  std::uint64_t connections() const {
    return connections_;
  }

private:
  struct other {
    std::int64_t beat = 0;
    time_point seen;
    /// Of a claim that it has not taken back.
    std::optional<time_point> claimed;
  };

  void heard_self(const events::instance_claim& said, time_point now);
  void step_down(time_point now);
  bool lapsed(time_point now) const;
  bool overlaps(const std::vector<std::string>& lines) const;
  void forget_the_gone(time_point now);
  events::instance_claim say(events::claim_status status);

  std::string service_, instance_;
  std::vector<std::string> lines_;
  timing timing_;

  bool online_ = false;
  bool on_its_way_ = false;
  bool released_ = false;
  /// Since connected(): so what the topic retained has been heard as well.
  bool heard_myself_ = false;
  bool claiming_ = false;
  bool last_claim_is_mine_ = false;
  std::uint64_t connections_ = 0;
  std::int64_t beat_ = 0;
  time_point next_due_{};
  /// Of the newest beat.
  time_point sent_at_{};
  bool sent_claim_ = false;
  bool echoed_ = true;
  time_point claiming_since_{};
  time_point last_echo_{};
  /// When the newest claim that came back was sent.
  std::optional<time_point> lease_from_;
  std::map<std::string, other> others_;
};

} // namespace millrace::service
