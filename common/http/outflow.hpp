#pragma once

#include <cstddef>
#include <functional>
#include <string>

namespace millrace::http {

/// The body of an answer that is sent piece by piece (response::opened). All
/// methods may be called from any thread, also after the connection's and the
/// server's end.
class outflow {
public:
  virtual ~outflow() = default;
  /// Queues a piece; an empty one does nothing. False when nobody will get it:
  /// the reader is gone, end() was called, or so much is waiting for the reader
  /// that this piece would exceed server_options::max_unsent_bytes. Then the
  /// connection is closed. A piece that is larger than the limit passes when
  /// nothing else is waiting.
  virtual bool send(std::string piece) = 0;
  /// The body is complete: the connection is closed when all is sent. When the
  /// last one who holds the outflow lets it go without this, the connection is
  /// closed at once, and readers see (HTTP/1.1) that something is missing.
  virtual void end() = 0;
  /// Whether a piece sent now could still reach the reader.
  virtual bool open() const = 0;
  /// Bytes that the system has not taken yet.
  virtual std::size_t unsent() const = 0;
  /// Called once, with the connection's end, whoever ended it; soon when it has
  /// ended already. On the server's thread or, when the server is gone, at
  /// once: must not block.
  virtual void on_closed(std::function<void()> callback) = 0;
  /// Called soon, and again each time that all is sent, until the end. On the
  /// server's thread: must not block.
  virtual void when_writable(std::function<void()> callback) = 0;
};

} // namespace millrace::http
