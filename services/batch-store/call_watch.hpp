#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace millrace::store {

/// Watches calls to the database from a thread of its own: a server that is
/// frozen, with a connection that lives, would hold its caller for ever. Says
/// when a call is slow, and cuts the connection when it takes too long; the
/// caller then gets an error and connects anew. Thread safe.
class call_watch {
public:
  using milliseconds = std::chrono::milliseconds;
  static constexpr milliseconds slow_after{3000};

  /// `slow` is told on the watch's thread, once for each call that is slow.
  call_watch(milliseconds longest, std::function<void(std::string why)> slow);
  ~call_watch();
  call_watch(const call_watch&) = delete;
  call_watch& operator=(const call_watch&) = delete;

  /// A connection was made through this socket; negative: none that could be
  /// cut. Kept apart, so that it can be cut whatever becomes of it.
  void connected(int socket);
  /// Of calls from now on.
  void allow(milliseconds longest);
  /// Cuts calls once this says so; looked at several times a second.
  void abandon_when(std::function<bool()> wanted);
  /// Cuts the call in hand, and all later ones at once: the process ends.
  void give_up();

  /// While it lives, a call is under way. One at a time.
  class call {
  public:
    explicit call(call_watch* watch);
    ~call();
    call(const call&) = delete;
    call& operator=(const call&) = delete;

  private:
    call_watch* watch_;
  };

private:
  using clock = std::chrono::steady_clock;

  void run();
  void look(std::unique_lock<std::mutex>& lock);
  /// Mutex held.
  void cut();

  std::function<void(std::string)> slow_;
  std::function<bool()> abandoned_;
  std::mutex mutex_;
  std::condition_variable wake_;
  milliseconds longest_;
  clock::time_point since_{};
  bool busy_ = false;
  bool said_slow_ = false;
  bool ending_ = false;
  bool stopping_ = false;
  int socket_ = -1;
  std::thread thread_;
};

} // namespace millrace::store
