#pragma once

#include <string>
#include <utility>
#include <variant>

namespace millrace {

/// Why something did not happen. The text is for people and names the culprit
/// (field and value); it never contains a secret.
struct error {
  std::string text;
};

/// A value, or the reason why there is none. For callers who must decide;
/// what nobody can decide is thrown.
template <class T>
class [[nodiscard]] result {
public:
  result(T value) : state_(std::move(value)) {
  }
  result(error why) : state_(std::move(why)) {
  }

  explicit operator bool() const {
    return std::holds_alternative<T>(state_);
  }
  /// Only when true; throws std::bad_variant_access otherwise.
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
  const std::string& why() const {
    return std::get<error>(state_).text;
  }

private:
  std::variant<T, error> state_;
};

} // namespace millrace
