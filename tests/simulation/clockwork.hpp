#pragma once

#include "tests/simulation/choices.hpp"
#include "tests/simulation/faults.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace millrace::simulation {

/// Milliseconds since the run began.
using instant = std::int64_t;

/// An invariant does not hold. Ends the run; the product never catches it.
struct violation {
  std::string text;
};

/// A process has just been killed. Unwinds what it was doing.
struct killed {};

/// Time, chance and what is due: the ground that the imagined world stands on.
class clockwork {
public:
  explicit clockwork(choices& given) : chance(given) {
    due_.reserve(64);
    deeds_.reserve(64);
  }
  clockwork(const clockwork&) = delete;
  clockwork& operator=(const clockwork&) = delete;

  void after(instant pause, std::function<void()> what) {
    due_.push_back({now + pause, ++number_, keep(std::move(what))});
    std::push_heap(due_.begin(), due_.end(), later);
  }
  /// Does what is due next. False: nothing is, up to `end`.
  bool step(instant end) {
    if (due_.empty() || due_.front().at > end)
      return false;
    std::pop_heap(due_.begin(), due_.end(), later);
    const auto next = due_.back();
    due_.pop_back();
    now = next.at;
    ++steps;
    const auto what = std::move(deeds_[next.deed]);
    done_.push_back(next.deed);
    what();
    return true;
  }

  /// Which faults this run has, how often, and until when.
  void plan_faults();
  /// Whether it goes wrong this time.
  bool strikes(fault kind) {
    if (now >= faults_end
        || !chance.one_in(rates_[static_cast<std::size_t>(kind)]))
      return false;
    say([&] {
      return "  FAULT "
             + std::string(fault_names[static_cast<std::size_t>(kind)]);
    });
    return true;
  }

  std::chrono::steady_clock::time_point steady() const {
    return std::chrono::steady_clock::time_point(
      std::chrono::milliseconds{now + 1'000'000});
  }
  std::chrono::system_clock::time_point wall() const {
    return std::chrono::system_clock::time_point(
      std::chrono::milliseconds{now + 1'795'338'000'000 + wall_offset});
  }
  /// A line of the timeline; `text` is only asked for when somebody reads it.
  template <class Text>
  void say(Text&& text) {
    if (tell)
      tell(now, text());
  }

  choices& chance;
  instant now = 0;
  instant wall_offset = 0;
  instant faults_end = 0;
  std::uint64_t steps = 0;
  std::function<void(instant, const std::string&)> tell;

private:
  /// Small, as the heap moves it often.
  struct happening {
    instant at;
    std::uint64_t number;
    std::size_t deed; // in deeds_
  };
  static bool later(const happening& a, const happening& b) {
    return a.at != b.at ? a.at > b.at : a.number > b.number;
  }
  std::size_t keep(std::function<void()> what) {
    if (done_.empty()) {
      deeds_.push_back(std::move(what));
      return deeds_.size() - 1;
    }
    const auto place = done_.back();
    done_.pop_back();
    deeds_[place] = std::move(what);
    return place;
  }

  std::vector<happening> due_;
  std::vector<std::function<void()>> deeds_;
  std::vector<std::size_t> done_; // of deeds_, free again
  std::uint64_t number_ = 0;
  std::array<std::uint16_t, fault_count> rates_{};
};

inline void clockwork::plan_faults() {
  // One run in sixteen is calm, most have a few kinds, some have all.
  const unsigned mood = chance.mood(16);
  constexpr std::array<std::uint16_t, 3> often{40, 12, 5};
  for (auto& rate : rates_)
    if (mood >= 13 || (mood > 0 && chance.mood(5) == 4))
      rate = often[chance.mood(often.size())];
  faults_end = 4'000 + 2'000 * chance.pick(4);
}

} // namespace millrace::simulation
