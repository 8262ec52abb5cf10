#pragma once

#include <array>
#include <optional>
#include <string_view>

namespace millrace::admin {

/// What somebody may do; each role may do all that those before it may.
enum class role {
  /// Has not logged in, and guests are not let in.
  nobody,
  /// Sees everything but users and others' tokens.
  viewer,
  /// Decides about batches and runs tasks.
  operate,
  /// Users, tokens and the scheduler.
  admin
};

/// As files, answers and documents name them.
constexpr std::array<std::string_view, 4> role_names{"nobody", "viewer",
                                                     "operator", "admin"};

constexpr std::string_view name_of(role which) {
  return role_names[static_cast<std::size_t>(which)];
}

constexpr std::optional<role> role_named(std::string_view name) {
  for (std::size_t i = 0; i < role_names.size(); ++i)
    if (role_names[i] == name)
      return static_cast<role>(i);
  return {};
}

constexpr bool may(role held, role needed) {
  return held >= needed;
}

} // namespace millrace::admin
