#pragma once

#include "common/http/outflow.hpp"

#include <cstddef>
#include <functional>
#include <mutex>
#include <string>

// Internal to the server: the pieces of a streamed answer on their way from any
// thread to the connection.

namespace millrace::http {

class piece_queue : public outflow {
public:
  /// `wake` is called from any thread when the connection has something to do:
  /// it has to look at broken_off(), writable_is_due() and take(), in the
  /// server's thread.
  piece_queue(std::size_t max_unsent, std::function<void()> wake);

  bool send(std::string piece) override;
  void end() override;
  bool open() const override;
  std::size_t unsent() const override;
  void on_closed(std::function<void()> callback) override;
  void when_writable(std::function<void()> callback) override;

  /// Nobody holds the outflow any more.
  void abandon();

  // ---- for the connection, on the server's thread -------------------------

  /// At most `most` bytes to be written next, in order; empty: none wait.
  std::string take(std::size_t most);
  /// That many of the bytes taken are with the system.
  void written(std::size_t bytes);
  /// end() was called and all has been taken.
  bool is_complete() const;
  /// The reader is too slow, or nobody goes on: the connection must be closed.
  bool is_broken_off() const;
  /// Calls the callback of when_writable if nothing is waiting.
  void tell_writable();
  /// The connection is closed. Calls the callback of on_closed, once.
  void close();

private:
  mutable std::mutex mutex_;
  const std::size_t max_unsent_;
  const std::function<void()> wake_;
  std::string waiting_;
  /// Of waiting_, has been taken.
  std::size_t taken_ = 0;
  std::size_t unsent_ = 0;
  bool ended_ = false;
  bool broken_off_ = false;
  bool closed_ = false;
  std::function<void()> closed_callback_;
  std::function<void()> writable_callback_;
};

} // namespace millrace::http
