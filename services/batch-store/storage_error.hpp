#pragma once

#include <stdexcept>
#include <string>

namespace millrace::store {

enum class storage_failure {
  unavailable, // no connection, or lost; a new session is needed
  conflict,    // unique or check constraint
  again,       // serialization failure, deadlock, locked: the same may succeed
  full,        // no space left
  other
};

/// What the database said. Without bound values.
class storage_error : public std::runtime_error {
public:
  storage_error(storage_failure what, const std::string& text)
    : std::runtime_error(text), kind(what) {
  }
  storage_failure kind;
};

} // namespace millrace::store
