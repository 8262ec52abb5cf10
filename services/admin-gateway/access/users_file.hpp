#pragma once

#include "common/domain/result.hpp"
#include "services/admin-gateway/access/accounts.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <tuple>
#include <variant>

namespace millrace::admin::access {

/// Tells one content of a file from another without reading it: device, inode,
/// size, times of change in ns.
using file_version = std::tuple<std::uint64_t, std::uint64_t, std::int64_t,
                                std::int64_t, std::int64_t>;

/// The file that all admin-gateways of a plant share. Blocking.
class users_file {
public:
  struct content {
    /// False: there is no such file, and nobody has an account.
    bool exists = false;
    accounts all;
    file_version version{};
  };

  explicit users_file(std::string path);

  /// The error is a sentence that names the file and what is wrong: not
  /// readable, malformed, or open to others (only its owner may have rights).
  result<content> read() const;
  /// Whether it may have changed since it was this version.
  bool differs_from(const file_version& known) const;

  using edit = std::function<std::optional<refusal>(accounts&)>;
  /// Reads it afresh, edits and replaces it, alone among all processes. The
  /// old content or the new one is there after a crash, never less. A file
  /// that is wrong or (with `must_exist`) gone is left as it is: 503.
  std::variant<content, refusal> change(const edit& how, bool must_exist) const;

private:
  std::optional<error> replace(const std::string& text) const;

  std::string path_;
};

} // namespace millrace::admin::access
