#pragma once

#include "services/batch-store/batch.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace millrace::store {

/// How one column of mo_batch and mo_histories maps to a batch. Everything
/// travels as text; the databases convert by the column's type.
struct column {
  std::string name;
  /// Type in CREATE TABLE and ALTER TABLE.
  std::string type;
  /// None is NULL.
  std::function<std::optional<std::string>(const batch&)> get;
  /// Gets NULL as empty text. Returns what is wrong with the value, or empty.
  std::function<std::string(batch&, const std::string&)> set;
  /// The keys never change after the insert.
  bool fixed = false;
  /// Existing plants have it; others are ours, added by migration.
  bool original = true;
  /// mo_histories has it too.
  bool in_history = true;
};

/// All columns, id first.
const std::vector<column>& batch_columns();

} // namespace millrace::store
