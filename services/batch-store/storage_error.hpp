#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace millrace::store {

enum class storage_failure {
  unavailable, // no connection, or lost; a new session is needed
  conflict,    // unique or check constraint
  again,       // serialization failure, deadlock, locked: the same may succeed
  full,        // no space left
  other
};

/// PostgreSQL's five characters. What is `conflict` or `other` is about the job
/// itself: it is dropped, and what it was about is found again from the rows.
storage_failure failure_of_sqlstate(std::string_view state);

/// What the database said. Without bound values.
class storage_error : public std::runtime_error {
public:
  storage_error(storage_failure what, const std::string& text)
    : std::runtime_error(text), kind(what) {
  }
  storage_failure kind;
};

} // namespace millrace::store
