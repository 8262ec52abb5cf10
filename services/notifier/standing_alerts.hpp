#pragma once

#include "common/domain/result.hpp"
#include "services/notifier/note.hpp"

#include <string>
#include <vector>

namespace millrace::notifier {

struct standing_alerts {
  std::vector<alert> all;
  /// Ids of those that somebody looks after.
  std::vector<std::string> acknowledged;
};

/// From the data of batch-store's answer to store.query "alerts". The error
/// names what is missing or wrong.
result<standing_alerts> read_standing_alerts(const std::string& data);

} // namespace millrace::notifier
