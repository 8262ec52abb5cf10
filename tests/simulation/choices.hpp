#pragma once

#include <cstdint>
#include <vector>

namespace millrace::simulation {

/// Every decision of a run comes from here, so that a seed is the whole run and
/// a list of choices can be played again, changed. 0 is always the harmless
/// choice: a list of zeros is a plant without faults.
class choices {
public:
  using list = std::vector<std::uint16_t>;

  /// Fresh ones from a seed (SplitMix64).
  explicit choices(std::uint64_t seed) : state_(seed), fresh_(true) {
    made_.reserve(256);
  }
  /// These again; after their end nothing but zeros.
  explicit choices(list given) : given_(std::move(given)) {
  }

  /// 0 .. n - 1, n up to 65,535.
  unsigned pick(unsigned n) {
    return keep(fresh_ ? static_cast<unsigned>(next() % n) : replayed() % n);
  }
  /// Harm, once in `n` times; 0: never. What is played again keeps its harm
  /// whatever `n` is.
  bool one_in(unsigned n) {
    return keep(fresh_ ? n != 0 && next() % n == n - 1 : replayed() != 0) != 0;
  }
  /// As pick(), but no choice: shapes chances, is nothing when played again.
  unsigned mood(unsigned n) {
    return fresh_ ? static_cast<unsigned>(next() % n) : 0;
  }
  const list& made() const {
    return made_;
  }

private:
  std::uint64_t next() {
    auto z = (state_ += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  unsigned replayed() const {
    return made_.size() < given_.size() ? given_[made_.size()] : 0;
  }
  unsigned keep(unsigned value) {
    made_.push_back(static_cast<std::uint16_t>(value));
    return value;
  }

  std::uint64_t state_ = 0;
  bool fresh_ = false;
  list given_;
  list made_;
};

} // namespace millrace::simulation
