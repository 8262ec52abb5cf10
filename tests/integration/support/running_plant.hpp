#pragma once

#include "tests/integration/support/store_plant.hpp"

namespace millrace::test {

inline constexpr const char* mo = "WH/MO/00011";

inline const auto some = amounts({{"silo_a", "30.5"}});
inline const auto more = amounts({{"silo_a", "60.25"}, {"lq_tetes", "40"}});

/// A queue of two; the first runs with `some` and its first push is with Odoo.
struct running_plant : store_plant {
  explicit running_plant(store::database_kind kind,
                         store::store_settings settings = {})
    : store_plant(kind, std::move(settings)) {
    stage({mo, "WH/MO/00012"});
    plc_takes_queue();
    plc_reports({slot_of(1, mo, some)});
  }
  void finish() {
    plc_reports({finished(slot_of(1, mo, more, "100.25"))});
  }
  void finish_all() {
    finish();
    plc_reports({finished(slot_of(2, "WH/MO/00012", more, "100.25"))});
  }
  std::vector<store::pending_acknowledge> pending() {
    return rows->acknowledges("PLC01");
  }
};

} // namespace millrace::test
