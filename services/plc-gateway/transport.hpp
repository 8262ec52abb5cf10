#pragma once

#include "common/fins/frame.hpp"

#include <functional>
#include <span>
#include <string>

namespace millrace::plc {

/// Carries FINS frames to one PLC and back. All on the link's thread.
class transport {
public:
  struct callbacks {
    /// A FINS frame came, from the PLC's own address.
    std::function<void(std::span<const std::uint8_t>)> received;
    /// Frames can be sent now. FINS/TCP says which nodes to use, UDP 0 and 0.
    std::function<void(std::uint8_t client_node, std::uint8_t plc_node)> opened;
    /// Something came that is no answer of the PLC ("foreign", "stream").
    std::function<void(std::string_view reason)> dropped;
  };

  virtual ~transport() = default;
  /// Begins to open, and goes on trying until close(). May be called again
  /// after that.
  virtual void open(callbacks back) = 0;
  virtual bool ready() const = 0;
  /// Dropped when not ready.
  virtual void send(fins::octets frame) = 0;
  /// A request went unanswered for good: the connection may be half open.
  virtual void suspect() = 0;
  /// Why it is not ready, in words, or empty.
  virtual std::string trouble() const = 0;
  virtual void close() = 0;
};

} // namespace millrace::plc
