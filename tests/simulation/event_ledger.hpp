#pragma once

#include "tests/simulation/clockwork.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace millrace::simulation {

/// An independent subscriber: what arrived of the promised events, by id.
class event_ledger {
public:
  /// `key` is what the id is made of, "order|natural key". True when it is new.
  bool received(const std::string& name, const std::string& key);
  bool has(std::string_view name, std::string_view mo_id) const;
  /// Per order: told in the order of its life, each once. Throws violation.
  void check(const std::string& mo_id) const;
  /// A row came back from the broker: then the order of arrival is open.
  bool order_is_promised = true;

private:
  struct told {
    std::string name;
    std::string key;
  };
  std::vector<told> all_;
};

} // namespace millrace::simulation
