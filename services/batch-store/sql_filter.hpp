#pragma once

#include "services/batch-store/repository.hpp"
#include "services/batch-store/sql_session.hpp"

#include <string>
#include <vector>

namespace millrace::store {

/// Stands before LIKE's wildcards. No backslash: the databases differ about it.
inline constexpr char like_escape = '!';

/// A WHERE and its parameters; all conditions hold. Defined in sql_history.cpp.
struct sql_filter {
  std::vector<std::string> conditions;
  sql_session::parameters with;

  void equal(const std::string& column, const std::string& name,
             const std::optional<std::string>& value);
  /// From filter.from on, before filter.to.
  void between(const std::string& column, const history_filter& filter);
  /// One of the columns has this part, whatever the case (of ASCII letters).
  void contains(database_kind kind, const std::vector<std::string>& columns,
                const std::optional<std::string>& part);
  void add(const std::string& condition, const std::string& name,
           const std::string& value);
  /// " where ...", or empty.
  std::string where() const;
};

} // namespace millrace::store
