#include "services/plc-gateway/write_look.hpp"

#include "services/plc-gateway/field_words.hpp"
#include "services/plc-gateway/slot_codec.hpp"

#include <algorithm>

namespace millrace::plc {

namespace {

using area = std::span<const std::uint16_t>;

std::span<const std::uint16_t> field_of(const map_field& field, area slot) {
  return slot.subspan(static_cast<std::size_t>(field.offset),
                      static_cast<std::size_t>(field.words));
}

bool same_field(const map_field& field, area one, area other) {
  return std::ranges::equal(field_of(field, one), field_of(field, other));
}

bool is_empty(const plc_map& map, area slot) {
  return std::ranges::all_of(field_of(map.mo_id, slot),
                             [](auto word) { return word == 0; });
}

std::string address_text(int address) {
  return "D" + std::to_string(address);
}

// Other slots may hold what was written with them and is not wanted any more
// (an operator cancelled it): all of it was handed over together.
bool holds_all(const plc_map& map, const write_target& target,
               area write_area) {
  return std::ranges::all_of(target.batches, [&](const auto& batch) {
    return same_order(map, slot_of(map, write_area, batch.slot),
                      target.slots[static_cast<std::size_t>(batch.slot - 1)]);
  });
}

bool holds_none(const plc_map& map, area write_area) {
  for (int n = 1; n <= map.slots; ++n)
    if (!is_empty(map, slot_of(map, write_area, n)))
      return false;
  return true;
}

bool fills_field(const plc_map& map, const events::slot_order& batch) {
  return batch.mo_id.size() >= static_cast<std::size_t>(map.mo_id.words) * 2;
}

// A name that fills the field may also be an earlier order's cut one: then the
// other texts and the quantity must agree too, and the slot must not be one
// whose final figures were acknowledged already.
bool shows(const plc_map& map, const events::slot_order& batch, area wanted,
           area read_slot) {
  if (lenient_text(map.mo_id, read_slot) != lenient_text(map.mo_id, wanted))
    return false;
  if (!fills_field(map, batch))
    return true;
  return read_slot[static_cast<std::size_t>(map.handshake.offset)] == 0
         && same_field(map.bom_code, read_slot, wanted)
         && same_field(map.finished_goods, read_slot, wanted)
         && same_field(map.quantity, read_slot, wanted);
}

/// What READ shows of the target.
struct read_evidence {
  std::vector<std::string> shown;
  std::vector<std::string> missing;
  std::vector<std::string> missing_orders;
};

read_evidence evidence(const plc_map& map, const write_target& target,
                       area read_area) {
  read_evidence found;
  for (const auto& batch : target.batches) {
    const auto& wanted = target.slots[static_cast<std::size_t>(batch.slot - 1)];
    const bool shown
      = shows(map, batch, wanted, slot_of(map, read_area, batch.slot));
    (shown ? found.shown : found.missing)
      .push_back(batch.mo_id + " (slot " + std::to_string(batch.slot) + ")");
    if (!shown)
      found.missing_orders.push_back(batch.mo_id);
  }
  return found;
}

bool names(const plc_map& map, area slot, area wanted) {
  return lenient_text(map.mo_id, slot) == lenient_text(map.mo_id, wanted);
}

bool wished_again(const write_target& target, const events::slot_order& batch) {
  return std::ranges::find(target.again, batch.mo_id) != target.again.end();
}

/// Where the PLC holds the order, but not as part of this queue; empty:
/// nowhere. A name that fills the field may be an earlier order's cut one, of
/// which WRITE holds many: it is left to `lookalike_trace`.
std::string trace_of(const plc_map& map, const write_target& target,
                     const events::slot_order& batch, area write_area,
                     area read_area, bool handed_over) {
  if (wished_again(target, batch) || fills_field(map, batch))
    return {};
  const auto& wanted = target.slots[static_cast<std::size_t>(batch.slot - 1)];
  for (int n = 1; n <= map.slots; ++n) {
    if (n != batch.slot && names(map, slot_of(map, read_area, n), wanted))
      return "READ slot " + std::to_string(n);
    if (handed_over && names(map, slot_of(map, write_area, n), wanted))
      return "WRITE slot " + std::to_string(n) + " of an earlier queue";
  }
  return {};
}

/// The READ slot of another place where something stands that looks like the
/// batch in every text and is still to be acknowledged; 0: none.
int lookalike_trace(const plc_map& map, const write_target& target,
                    const events::slot_order& batch, area read_area) {
  if (wished_again(target, batch) || !fills_field(map, batch))
    return 0;
  const auto& wanted = target.slots[static_cast<std::size_t>(batch.slot - 1)];
  for (int n = 1; n <= map.slots; ++n)
    if (n != batch.slot
        && shows(map, batch, wanted, slot_of(map, read_area, n)))
      return n;
  return 0;
}

/// Writing an order that the PLC was given before would produce it twice.
look_verdict given_before(const plc_map& map, const write_target& target,
                          area write_area, area read_area, bool handed_over) {
  using kind = look_verdict::kind;
  look_verdict doubt{kind::needs_person, {}, {}};
  for (const auto& batch : target.batches) {
    const auto where
      = trace_of(map, target, batch, write_area, read_area, handed_over);
    if (where.empty())
      continue;
    doubt.reason += (doubt.reason.empty() ? "" : ", ") + batch.mo_id
                    + " is to go into slot " + std::to_string(batch.slot)
                    + " but stands in " + where;
    doubt.in_doubt.push_back(batch.mo_id);
  }
  if (!doubt.in_doubt.empty()) {
    doubt.reason += ": the mill may have got it already";
    return doubt;
  }
  for (const auto& batch : target.batches)
    if (const int slot = lookalike_trace(map, target, batch, read_area))
      return {kind::defer,
              "READ slot " + std::to_string(slot)
                + " shows an order that looks like " + batch.mo_id
                + " and is not acknowledged yet",
              {}};
  return {};
}

std::string joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const auto& part : parts)
    text += (text.empty() ? "" : ", ") + part;
  return text;
}

// Nothing was ever handed over: all flags 0, and each slot is empty or holds
// what an interrupted first write of ours put there.
bool first_commissioning(const plc_map& map, const write_target& target,
                         area write_area) {
  for (int n = 1; n <= map.slots; ++n) {
    const auto slot = slot_of(map, write_area, n);
    const auto& wanted = target.slots[static_cast<std::size_t>(n - 1)];
    if (slot[static_cast<std::size_t>(map.handshake.offset)] != 0)
      return false;
    if (!is_empty(map, slot) && !same_order(map, slot, wanted))
      return false;
  }
  return true;
}

look_verdict by_handshake(const plc_map& map, const write_target& target,
                          area write_area) {
  using kind = look_verdict::kind;
  const auto handshake = handshake_of(map, write_area);
  if (handshake == 1)
    return {kind::write, {}, {}};
  if (handshake == 0 && first_commissioning(map, target, write_area))
    return {kind::write, {}, {}};
  const auto state
    = address_text(handshake_address(map)) + " is " + std::to_string(handshake);
  if (handshake == 0)
    return {
      kind::defer, "PLC has not read the previous batches yet: " + state, {}};
  return {kind::defer, "handshake " + state + ", expected 0 or 1", {}};
}

} // namespace

result<write_target>
make_target(const plc_map& map,
            const std::vector<events::slot_order>& batches) {
  if (batches.empty() || batches.size() > static_cast<std::size_t>(map.slots))
    return error{"batches: " + std::to_string(batches.size())
                 + " given, allowed 1.." + std::to_string(map.slots)};
  write_target target;
  target.batches = batches;
  const words unused(static_cast<std::size_t>(map.slot_words), 0);
  target.slots.assign(static_cast<std::size_t>(map.slots), unused);
  for (const auto& batch : batches) {
    auto encoded = encode_slot(map, batch);
    if (!encoded)
      return error{encoded.why()};
    for (int n = 1; n <= map.slots; ++n)
      if (same_field(map.mo_id, *encoded,
                     target.slots[static_cast<std::size_t>(n - 1)]))
        return error{"slot " + std::to_string(batch.slot) + ": mo_id "
                     + batch.mo_id + " has the same first "
                     + std::to_string(map.mo_id.words * 2)
                     + " characters as the order of slot " + std::to_string(n)};
    auto& place = target.slots[static_cast<std::size_t>(batch.slot - 1)];
    if (!is_empty(map, place))
      return error{"slot " + std::to_string(batch.slot) + " is given twice"};
    place = std::move(*encoded);
  }
  return target;
}

words words_of(marker which) {
  switch (which) {
  case marker::ready:
    return {0x4D49, 0x4C4C};
  case marker::commissioning:
    return {0x4D49, 0x4C30};
  case marker::none:
    break;
  }
  return {0, 0};
}

marker marker_in(const plc_map& map, area write_area) {
  for (const auto which : {marker::ready, marker::commissioning})
    if (std::ranges::equal(field_of(map.weight, write_area), words_of(which)))
      return which;
  return marker::none;
}

std::uint16_t handshake_of(const plc_map& map, area write_area) {
  return write_area[static_cast<std::size_t>(map.handshake.offset)];
}

int handshake_address(const plc_map& map) {
  return map.write_base + map.handshake.offset;
}

bool same_order(const plc_map& map, area one, area other) {
  for (const auto* field : {&map.batch, &map.mo_id, &map.bom_code,
                            &map.finished_goods, &map.quantity})
    if (!same_field(*field, one, other))
      return false;
  for (std::size_t i = 0; i < dosing_point_count; ++i)
    if (!same_field(map.dosing_id[i], one, other)
        || !same_field(map.dosing_kg[i], one, other))
      return false;
  return true;
}

look_verdict look(const plc_map& map, const write_target& target,
                  area write_area, area read_area, bool only_if_lost) {
  using kind = look_verdict::kind;
  const auto marked = marker_in(map, write_area);
  if (holds_all(map, target, write_area)) {
    if (marked == marker::none)
      return {kind::already_there, {}, {}};
    if (marked == marker::commissioning && handshake_of(map, write_area) == 1)
      return {kind::taken, {}, {}};
  }
  const auto found = evidence(map, target, read_area);
  if (found.missing.empty())
    return {kind::taken, {}, {}};
  const bool lost = holds_none(map, write_area) && found.shown.empty();
  if (only_if_lost && !lost && marked == marker::none)
    return {kind::already_there, {}, {}};
  if (!found.shown.empty())
    return {kind::needs_person,
            "the PLC reports " + joined(found.shown) + " but not "
              + joined(found.missing) + ": only a person can tell what it runs",
            found.missing_orders};
  const auto before
    = given_before(map, target, write_area, read_area, marked == marker::none);
  if (before.what != kind::write || marked != marker::none)
    return before;
  return by_handshake(map, target, write_area);
}

std::vector<std::string> missing_in(const plc_map& map,
                                    const write_target& target, area write_area,
                                    area read_area) {
  if (marker_in(map, write_area) != marker::none)
    return {};
  std::vector<std::string> missing;
  for (const auto& batch : target.batches) {
    const auto& wanted = target.slots[static_cast<std::size_t>(batch.slot - 1)];
    bool named = false;
    for (int n = 1; n <= map.slots; ++n)
      named = named || names(map, slot_of(map, write_area, n), wanted)
              || names(map, slot_of(map, read_area, n), wanted);
    if (!named)
      missing.push_back(batch.mo_id);
  }
  bool all_empty = true;
  for (int n = 1; n <= map.slots; ++n)
    all_empty = all_empty && is_empty(map, slot_of(map, write_area, n))
                && is_empty(map, slot_of(map, read_area, n));
  if (handshake_of(map, write_area) == 0 || all_empty)
    return missing;
  return {};
}

words words_to_write(const plc_map& map, const write_target& target,
                     marker which, int slot) {
  auto out = target.slots[static_cast<std::size_t>(slot - 1)];
  if (slot == 1) {
    std::ranges::copy(words_of(which), out.begin() + map.weight.offset);
    out.resize(static_cast<std::size_t>(map.handshake.offset));
  }
  return out;
}

std::string first_difference(const plc_map& map, const write_target& target,
                             marker which, area write_area) {
  for (int n = 1; n <= map.slots; ++n) {
    const auto wanted = words_to_write(map, target, which, n);
    const auto found = slot_of(map, write_area, n);
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      const bool is_flag = i == static_cast<std::size_t>(map.handshake.offset);
      if (found[i] == wanted[i] || (is_flag && found[i] == 1))
        continue;
      const auto address
        = map.write_base + static_cast<int>(map.slot_at(n) + i);
      return address_text(address) + " (slot " + std::to_string(n) + ") holds "
             + std::to_string(found[i]) + ", wanted "
             + std::to_string(wanted[i]);
    }
  }
  return {};
}

} // namespace millrace::plc
