#pragma once

#include "common/service/service.hpp"
#include "services/notifier/settings.hpp"

#include <memory>
#include <string>

namespace millrace::notifier {

/// The note book between the bus and the ways out.
class running_notifier {
public:
  running_notifier(const settings& chosen, service::surroundings& around);
  ~running_notifier();
  /// This instance begins or ceases to be the one that tells.
  void activated(bool active);
  /// Notes that are under way are broken off; the next process sends them.
  void stop();
  /// Why it does not know which alerts stand, or empty.
  std::string store_trouble() const;

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::notifier
