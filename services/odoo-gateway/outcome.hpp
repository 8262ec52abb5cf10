#pragma once

#include "common/events/messages.hpp"

#include <string>
#include <utility>
#include <variant>

namespace millrace::odoo {

/// Why a call to Odoo gave nothing.
struct failure {
  events::odoo_error error_class = events::odoo_error::protocol;
  /// What Odoo or the network said; printable, at most 500 characters.
  std::string text;
  /// Odoo may have acted although it did not say so: the truth is in mo-detail.
  bool ambiguous = false;
  /// Nothing was done because the session is gone: sign in and repeat.
  bool session_expired = false;
  /// Odoo answered, but what it says of the order cannot be read.
  bool in_the_data = false;
};

/// What a call gave, or why it gave nothing.
template <class T>
class [[nodiscard]] outcome {
public:
  outcome(T value) : state_(std::move(value)) {
  }
  outcome(failure why) : state_(std::move(why)) {
  }
  explicit operator bool() const {
    return std::holds_alternative<T>(state_);
  }
  /// Only when true.
  T& operator*() {
    return std::get<T>(state_);
  }
  const T& operator*() const {
    return std::get<T>(state_);
  }
  T* operator->() {
    return &std::get<T>(state_);
  }
  const T* operator->() const {
    return &std::get<T>(state_);
  }
  /// Only when false.
  const failure& why() const {
    return std::get<failure>(state_);
  }

private:
  std::variant<T, failure> state_;
};

/// For calls that give nothing but success.
struct accepted {};

} // namespace millrace::odoo
