#pragma once

#include "services/batch-store/decisions.hpp"

#include <map>

// Rows and reports with few words.

namespace millrace::store::test {

inline kilograms kg(const char* text) {
  return *kilograms::parse(text);
}

/// By index of the dosing point.
inline dosing_amounts amounts(const std::map<std::size_t, const char*>& given) {
  dosing_amounts all{};
  for (const auto& [point, text] : given)
    all[point] = kg(text);
  return all;
}

inline batch row_in(batch_state state) {
  batch row;
  row.id = "11111111-1111-4111-8111-111111111111";
  row.line = "PLC01";
  row.batch_no = 3;
  row.mo_id = "WH/MO/00011";
  row.finished_goods = "JF SAPOT";
  row.ordered = kg("1000");
  row.stage = 7;
  row.state = state;
  return row;
}

inline events::slot_report report_of(const dosing_amounts& consumed,
                                     const char* weight) {
  events::slot_report report;
  report.slot = 3;
  report.mo_id = "WH/MO/00011";
  report.consumption = consumed;
  report.weight = kg(weight);
  return report;
}

inline events::slot_report finished(events::slot_report report) {
  report.finished = true;
  return report;
}

inline events::slot_report failed(events::slot_report report) {
  report.failed = true;
  return report;
}

inline events::slot_report implausible(int word) {
  events::slot_report report;
  report.slot = 3;
  report.mo_id = "WH/MO/00011";
  report.problem = events::slot_problem{
    "consumption of 101", "6060 kg is above 5000 kg", {9, word}, true};
  return report;
}

} // namespace millrace::store::test
