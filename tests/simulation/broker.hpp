#pragma once

#include "tests/simulation/process.hpp"

#include <functional>

namespace millrace::simulation {

/// Carries messages: loses, doubles, delays and by that reorders them. One that
/// finds its process dead is lost.
class broker {
public:
  explicit broker(clockwork& clock) : clock_(clock) {
  }

  template <class Deliver>
  void carry(const char* what, process& to, Deliver deliver) {
    if (clock_.strikes(fault::lose_message)) {
      clock_.say([&] { return std::string("  lost: ") + what; });
      return break_down();
    }
    if (clock_.strikes(fault::double_message))
      bring(what, to, 1 + 300 * clock_.chance.pick(8), deliver);
    bring(what, to, latency(), std::move(deliver));
  }

  /// Everybody has connected anew.
  std::function<void()> on_back;

private:
  instant latency() {
    // Never longer than a queue's whole life: what is older than that no
    // service can tell from what is new.
    if (clock_.strikes(fault::delay_message))
      return 100 << clock_.chance.pick(6);
    return 2 + clock_.chance.pick(3);
  }

  template <class Deliver>
  void bring(const char* what, process& to, instant pause, Deliver deliver) {
    clock_.after(pause, [this, what, &to, deliver = std::move(deliver)] {
      clock_.say([&] {
        return std::string(to.is_up() ? "" : "  nobody there: ") + what;
      });
      to.act([&] {
        to.risk();
        deliver();
      });
    });
  }

  /// With QoS 1 only a broker that goes down loses anything; its clients
  /// connect anew and say so.
  void break_down() {
    if (coming_back_)
      return;
    coming_back_ = true;
    clock_.after(500, [this] {
      coming_back_ = false;
      clock_.say([] { return "broker is back"; });
      on_back();
    });
  }

  clockwork& clock_;
  bool coming_back_ = false;
};

} // namespace millrace::simulation
