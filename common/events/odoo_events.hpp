#pragma once

// What odoo-gateway tells.

#include "common/events/parts.hpp"
#include "common/events/vocabulary.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace millrace::events {

struct mo_fetched {
  static constexpr std::string_view name = "mo.fetched";
  static constexpr bool is_command = false;

  std::string line;
  std::string fetch_id;
  std::vector<order> orders;
  std::vector<rejected_order> rejected;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &mo_fetched::line, "Odoo equipment code of the line"},
      field{"fetch_id", &mo_fetched::fetch_id, "of the mo.fetch"},
      field{"orders", &mo_fetched::orders, "in Odoo's order, no name twice"},
      field{"rejected", &mo_fetched::rejected,
            "orders of this line that cannot be produced, and why"},
    };
  }
};

struct mo_fetch_failed {
  static constexpr std::string_view name = "mo.fetch_failed";
  static constexpr bool is_command = false;

  std::string line;
  std::string fetch_id;
  odoo_error error_class = odoo_error::unreachable;
  std::string text;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &mo_fetch_failed::line, "Odoo equipment code of the line"},
      field{"fetch_id", &mo_fetch_failed::fetch_id, "of the mo.fetch"},
      field{"error_class", &mo_fetch_failed::error_class, "kind of failure"},
      field{"text", &mo_fetch_failed::text, "what Odoo or the network said"},
    };
  }
};

struct odoo_checked {
  static constexpr std::string_view name = "odoo.checked";
  static constexpr bool is_command = false;

  std::string line;
  std::string check_id;
  std::vector<checked_order> orders;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_checked::line, "Odoo equipment code of the line"},
      field{"check_id", &odoo_checked::check_id, "of the odoo.check"},
      field{"orders", &odoo_checked::orders, "one per order asked about"},
    };
  }
};

struct odoo_check_failed {
  static constexpr std::string_view name = "odoo.check_failed";
  static constexpr bool is_command = false;

  std::string line;
  std::string check_id;
  odoo_error error_class = odoo_error::unreachable;
  std::string text;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_check_failed::line,
            "Odoo equipment code of the line"},
      field{"check_id", &odoo_check_failed::check_id, "of the odoo.check"},
      field{"error_class", &odoo_check_failed::error_class, "kind of failure"},
      field{"text", &odoo_check_failed::text, "what Odoo or the network said"},
    };
  }
};

struct odoo_pushed {
  static constexpr std::string_view name = "odoo.pushed";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  std::string mo_id;
  std::int64_t revision = 0;
  bool done = false;
  std::vector<std::string> differences;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_pushed::line, "Odoo equipment code of the line"},
      field{"batch_id", &odoo_pushed::batch_id, "UUID"},
      field{"mo_id", &odoo_pushed::mo_id, "order name"},
      field{"revision", &odoo_pushed::revision, "of the figures"}.in(
        0, 1'000'000'000'000),
      field{"done", &odoo_pushed::done, "mo-detail says state done"},
      field{"differences", &odoo_pushed::differences,
            "what Odoo holds otherwise and cannot be told to change, in words"},
    };
  }
};

struct odoo_push_failed {
  static constexpr std::string_view name = "odoo.push_failed";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  std::string mo_id;
  std::optional<std::int64_t> revision;
  odoo_operation operation = odoo_operation::push;
  odoo_error error_class = odoo_error::unreachable;
  std::string text;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_push_failed::line, "Odoo equipment code of the line"},
      field{"batch_id", &odoo_push_failed::batch_id, "UUID"},
      field{"mo_id", &odoo_push_failed::mo_id, "order name"},
      field{"revision", &odoo_push_failed::revision,
            "of the figures; absent for a cancel"}
        .in(0, 1'000'000'000'000),
      field{"operation", &odoo_push_failed::operation, "what failed"},
      field{"error_class", &odoo_push_failed::error_class, "kind of failure"},
      field{"text", &odoo_push_failed::text, "what Odoo or the network said"},
    };
  }
};

struct odoo_cancelled {
  static constexpr std::string_view name = "odoo.cancelled";
  static constexpr bool is_command = false;

  std::string line;
  std::string batch_id;
  std::string mo_id;

  static constexpr auto fields() {
    return std::tuple{
      field{"line", &odoo_cancelled::line, "Odoo equipment code of the line"},
      field{"batch_id", &odoo_cancelled::batch_id, "UUID"},
      field{"mo_id", &odoo_cancelled::mo_id, "order name"},
    };
  }
};

} // namespace millrace::events
