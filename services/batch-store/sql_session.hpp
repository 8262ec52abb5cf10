#pragma once

#include "services/batch-store/call_watch.hpp"
#include "services/batch-store/dialect.hpp"
#include "services/batch-store/storage_error.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace millrace::store {

/// One connection; the only door to SOCI. Every value goes in and comes out as
/// text or NULL. Statements stay prepared, found by their text.
/// Blocking, one thread at a time; everything throws storage_error.
class sql_session {
public:
  using value = std::optional<std::string>;
  /// Name and value of a `:name` parameter.
  using parameters = std::vector<std::pair<std::string, value>>;
  using row = std::vector<value>;

  /// `watch`, when given, must outlive it.
  explicit sql_session(const database_address& where,
                       call_watch* watch = nullptr);
  ~sql_session();

  database_kind kind() const {
    return kind_;
  }
  void execute(const std::string& sql, const parameters& with = {});
  /// `width` is the number of selected columns.
  std::vector<row> query(const std::string& sql, std::size_t width,
                         const parameters& with = {});
  /// All or nothing: rolls back when `work` throws.
  void transaction(const std::function<void()>& work);

private:
  struct prepared;
  struct impl;
  database_kind kind_;
  call_watch* watch_;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::store
