#pragma once

#include "common/events/codec.hpp"

#include <string>

// One example of each message, no member at its default, beside the JSON of its
// data as it must look on the wire, written out by hand (keys sorted).

namespace millrace::events::samples {

template <class T>
struct sample {
  T data;
  std::string json;
};

/// Specialised for each message type; a type without one does not link.
template <class T>
sample<T> sample_of();

inline kilograms kg(const char* text) {
  return *kilograms::parse(text);
}

/// 101.5 kg at the first dosing point, 115.5 kg at the last.
inline dosing_amounts all_points() {
  dosing_amounts amounts{};
  for (std::size_t i = 0; i < amounts.size(); ++i)
    amounts[i]
      = kilograms::from_milli(static_cast<std::int64_t>(101'500 + i * 1'000));
  return amounts;
}

inline const std::string all_points_json
  = R"({"lq_fml":115.5,"lq_tetes":114.5,"silo_a":101.5,"silo_b":102.5,)"
    R"("silo_c":103.5,"silo_d":104.5,"silo_e":105.5,"silo_f":106.5,)"
    R"("silo_g":107.5,"silo_h":108.5,"silo_i":109.5,"silo_j":110.5,)"
    R"("silo_k":111.5,"silo_l":112.5,"silo_m":113.5})";

} // namespace millrace::events::samples
