#include "common/domain/batch_life.hpp"

#include <algorithm>

namespace millrace {

namespace {

using s = batch_state;
using f = batch_fact;

struct transition {
  batch_state from;
  batch_fact on;
  batch_state to;
};

// A batch can be seen finished without having been seen running: a poll may
// fall after the end. It can even be reported before plc.written arrives.
constexpr transition table[] = {
  {s::staged, f::plc_written, s::written},
  {s::staged, f::plc_reported, s::running},
  {s::staged, f::plc_finished, s::completed},
  {s::staged, f::plc_failed, s::failed},
  {s::staged, f::set_cancelled, s::cancelled},
  {s::staged, f::put_away, s::archived},
  {s::written, f::plc_reported, s::running},
  {s::written, f::plc_finished, s::completed},
  {s::written, f::plc_failed, s::failed},
  {s::written, f::set_cancelled, s::cancelled},
  {s::written, f::reset, s::staged},
  {s::written, f::put_away, s::archived},
  {s::running, f::plc_finished, s::completed},
  {s::running, f::plc_failed, s::failed},
  {s::running, f::set_cancelled, s::cancelled},
  {s::running, f::reset, s::staged},
  {s::running, f::put_away, s::archived},
  {s::completed, f::odoo_done, s::pushed},
  {s::completed, f::archive, s::archived},
  {s::completed, f::set_cancelled, s::cancelled},
  {s::completed, f::reset, s::staged},
  {s::completed, f::read_again, s::running},
  {s::completed, f::put_away, s::archived},
  {s::pushed, f::archive, s::archived},
  {s::failed, f::odoo_cancelled, s::cancelled},
  {s::failed, f::set_cancelled, s::cancelled},
  {s::failed, f::reset, s::staged},
  {s::failed, f::read_again, s::running},
  {s::failed, f::put_away, s::archived},
  // The cancel came after Odoo had closed the order with its final figures.
  {s::cancelled, f::odoo_done, s::completed},
  {s::cancelled, f::archive, s::archived},
  {s::cancelled, f::put_away, s::archived},
};

} // namespace

std::string_view name_of(batch_state state) {
  return batch_state_names[static_cast<std::size_t>(state)];
}

std::optional<batch_state> batch_state_named(std::string_view name) {
  const auto it
    = std::find(batch_state_names.begin(), batch_state_names.end(), name);
  if (it == batch_state_names.end())
    return {};
  return static_cast<batch_state>(it - batch_state_names.begin());
}

std::optional<batch_state> next_state(batch_state state, batch_fact fact) {
  for (const auto& row : table)
    if (row.from == state && row.on == fact)
      return row.to;
  return {};
}

bool is_final(batch_state state) {
  return state == s::completed || state == s::pushed || state == s::archived;
}

} // namespace millrace
