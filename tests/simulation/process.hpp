#pragma once

#include "tests/simulation/clockwork.hpp"

namespace millrace::simulation {

/// A process that can be killed at any moment and is started anew a while
/// later, empty-handed.
class process {
public:
  /// `away`: how long it is away at least when it was killed.
  process(clockwork& clock, const char* name, fault killer, instant away = 200)
    : clock_(clock), name_(name), killer_(killer), away_(away) {
  }
  virtual ~process() = default;
  process(const process&) = delete;
  process& operator=(const process&) = delete;

  void start() {
    up_ = true;
    ++life_;
    clock_.say([&] { return std::string(name_) + " starts"; });
    open();
    on_started();
  }
  bool is_up() const {
    return up_;
  }
  /// Which of its lives this is: what came from an earlier one is lost.
  unsigned life() const {
    return life_;
  }
  /// Does something as this process, which may die of it.
  template <class Deed>
  void act(Deed&& deed) {
    if (!up_)
      return;
    try {
      deed();
    } catch (const killed&) {
      die();
    }
  }
  /// One of the moments at which it may die. Inside act().
  void risk() {
    if (clock_.strikes(killer_))
      throw killed{};
  }

  std::function<void()> on_started;

protected:
  virtual void open() = 0;
  virtual void close() = 0;

  clockwork& clock_;

private:
  void die() {
    clock_.say([&] { return std::string(name_) + " DIES"; });
    up_ = false;
    close();
    clock_.after(away_ + 700 * clock_.chance.pick(4), [this] { start(); });
  }

  const char* name_;
  fault killer_;
  instant away_;
  bool up_ = false;
  unsigned life_ = 0;
};

} // namespace millrace::simulation
