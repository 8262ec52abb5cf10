#pragma once

#include "services/batch-store/sql_repository.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace millrace::store {

/// Deletes archived batches that are older than the plant wants to keep, a few
/// at a time between the work: a slice takes some milliseconds, and ten times
/// as long as it took nothing is deleted.
class retention {
public:
  using clock = std::chrono::steady_clock;

  /// `kept_days` 0: nothing is deleted ever.
  retention(std::vector<std::string> lines, int kept_days);

  bool is_due(clock::time_point now) const;
  /// One slice. Throws storage_error with nothing deleted; then it is due
  /// still.
  void turn(sql_repository& rows, std::chrono::system_clock::time_point today,
            const std::function<clock::time_point()>& now);

private:
  void rest(std::size_t pruned, clock::time_point began, clock::time_point now);

  std::vector<std::string> lines_;
  std::chrono::days kept_;
  std::size_t line_ = 0; // of lines_, whose turn it is
  clock::time_point next_{};
  /// Of the line whose turn it is, since its last line in the log.
  std::size_t pruned_ = 0;
};

} // namespace millrace::store
