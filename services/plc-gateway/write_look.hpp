#pragma once

#include "common/domain/result.hpp"
#include "common/events/messages.hpp"
#include "services/plc-gateway/plc_map.hpp"

#include <span>
#include <string>
#include <vector>

// What a PLC's memory says about a queue that is to be written: pure decisions
// of write_job (DESIGN 6, FACTS 2).

namespace millrace::plc {

/// The whole WRITE area as it is to be, slot by slot.
struct write_target {
  std::vector<events::slot_order> batches;
  /// Orders that are to be produced again, wherever they stand from before.
  std::vector<std::string> again;
  /// slots[n-1]: the words of slot n; all zero when no batch goes there.
  std::vector<words> slots;
};
/// Checks the batches (1..slots of them, each slot once, no two with the same
/// cut name, every value fits) and encodes them. The error names slot, field
/// and value; nothing may be written then.
result<write_target>
make_target(const plc_map& map, const std::vector<events::slot_order>& batches);

/// Stands in the weight field of WRITE slot 1 from the moment that a write of
/// ours has begun until it is handed over.
enum class marker {
  none,
  /// "MILL": the handshake was 1 when the write began.
  ready,
  /// "MIL0": it was 0, first commissioning. Only the PLC can have made it 1.
  commissioning
};
marker marker_in(const plc_map& map, std::span<const std::uint16_t> write_area);
words words_of(marker which);

/// D7076: slot 1's status_read_data.
std::uint16_t handshake_of(const plc_map& map,
                           std::span<const std::uint16_t> write_area);
int handshake_address(const plc_map& map);

/// Whether two WRITE slots hold the same order: everything before the statuses
/// (batch, texts, quantity, dosing points) is equal.
bool same_order(const plc_map& map, std::span<const std::uint16_t> one,
                std::span<const std::uint16_t> other);

struct look_verdict {
  enum class kind {
    /// WRITE holds exactly these batches and the handshake was given.
    already_there,
    /// The PLC runs them, whatever WRITE holds: READ shows all of them, or it
    /// took them by itself during first commissioning.
    taken,
    /// Not ready, nothing may be written.
    defer,
    needs_person,
    write
  };
  kind what = kind::write;
  std::string reason;
  /// With needs_person: orders that the PLC may have been given before. Without
  /// them the others can be written.
  std::vector<std::string> in_doubt{};
};
/// `only_if_lost`: the batches were given to the PLC before, so they are
/// written only when its memory is lost: the WRITE area, which always holds the
/// queue that was written last, holds no order at all.
look_verdict look(const plc_map& map, const write_target& target,
                  std::span<const std::uint16_t> write_area,
                  std::span<const std::uint16_t> read_area,
                  bool only_if_lost = false);

/// Orders of which neither WRITE nor READ holds anything although the PLC was
/// given them, because its memory was cleared: D7076 is 0 (it can only have
/// become 0 with our order in WRITE), or no slot names any order at all.
std::vector<std::string> missing_in(const plc_map& map,
                                    const write_target& target,
                                    std::span<const std::uint16_t> write_area,
                                    std::span<const std::uint16_t> read_area);

/// Compares what was written with what is there, statuses and weight marker
/// included. In slots 2.. the PLC may have set the slot's flag to 1 meanwhile;
/// slot 1's flag is not looked at. Empty when all is right, else names word,
/// wanted and found.
std::string first_difference(const plc_map& map, const write_target& target,
                             marker which,
                             std::span<const std::uint16_t> write_area);

/// The words that go into slot n: of slot 1 all but the flag, with the marker.
words words_to_write(const plc_map& map, const write_target& target,
                     marker which, int slot);

} // namespace millrace::plc
