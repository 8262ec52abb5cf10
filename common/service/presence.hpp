#pragma once

#include "common/bus/client.hpp"
#include "common/service/ownership.hpp"
#include "common/service/port.hpp"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace millrace::service {

/// Carries out an ownership on the bus, with a thread of its own: beats, hears,
/// tells when it becomes active and when it no longer is, and gives a deaf
/// connection up. Thread safe.
class presence {
public:
  struct identity {
    std::string service;
    std::string instance;
    /// That only one instance may work on; may be empty.
    std::vector<std::string> lines;
  };
  /// Called on the presence's thread, also again when the broker may have
  /// forgotten everything: inactive, then active.
  using change = std::function<void(bool active)>;

  /// Before the bus starts. `bus` and `events` must outlive it.
  presence(bus::client& bus, port& events, identity self, change changed);
  ~presence();
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;

  /// Before it nothing is claimed.
  void start();
  /// The bus has (again) connected and subscribed.
  void connected();
  /// Lets go of the lines, so that another instance need not wait. No change is
  /// called afterwards.
  void stop();

  /// Right at this moment, by the steady clock. Quick.
  bool active() const;
  /// The instance that works instead of this one, or empty.
  std::string standing_by_for() const;
  /// Why messages do not come through, in words; empty when they do.
  std::string trouble() const;

private:
  using clock = std::chrono::steady_clock;

  void run();
  void say(const events::instance_claim& message, bool retained);
  void tell_of_change(std::unique_lock<std::mutex>& lock);
  void mend(std::unique_lock<std::mutex>& lock);
  clock::time_point next_wake() const;

  bus::client& bus_;
  port& port_;
  std::string service_;
  std::string topic_;
  change changed_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  ownership state_;
  bool news_ = false;
  bool stopping_ = false;
  bool told_active_ = false;
  std::optional<std::string> told_rival_;
  std::uint64_t told_connection_ = 0;
  clock::time_point mended_at_{};
  std::thread thread_;
};

} // namespace millrace::service
