#include "tests/simulation/plant.hpp"

#include <string_view>

namespace millrace::simulation {

namespace {

/// FNV-1a by whole words: quick, and any difference shows.
class digest_of_run {
public:
  digest_of_run& operator<<(std::uint64_t word) {
    value_ = (value_ ^ word) * 0x100000001b3;
    value_ ^= value_ >> 29;
    return *this;
  }
  digest_of_run& operator<<(std::string_view text) {
    *this << std::uint64_t{text.size()};
    for (const char c : text)
      *this << std::uint64_t{static_cast<unsigned char>(c)};
    return *this;
  }
  digest_of_run& operator<<(const dosing_amounts& amounts) {
    for (const auto one : amounts)
      *this << static_cast<std::uint64_t>(one.milli());
    return *this;
  }
  digest_of_run& operator<<(const store::batch& row) {
    return *this << row.mo_id << row.actual
                 << static_cast<std::uint64_t>(row.weight.milli())
                 << static_cast<std::uint64_t>(row.state)
                 << static_cast<std::uint64_t>(row.revision)
                 << static_cast<std::uint64_t>(row.pushed_revision)
                 << row.held.kind << row.push.error_text << row.finished_at;
  }
  std::uint64_t value() const {
    return value_;
  }

private:
  std::uint64_t value_ = 0xcbf29ce484222325;
};

} // namespace

std::uint64_t plant::digest() const {
  digest_of_run digest;
  for (const auto one : clock_.chance.made())
    digest << std::uint64_t{one};
  digest << clock_.steps << static_cast<std::uint64_t>(clock_.now);
  for (const auto& row : disk_.queue)
    digest << row;
  for (const auto& old : disk_.histories)
    digest << old.row << old.status << old.archived_at;
  for (const auto& raised : disk_.alerts)
    digest << raised.kind << raised.mo_id;
  for (const auto& one : mill_.ledger)
    digest << one.ordered.name << std::uint64_t{one.weight}
           << std::uint64_t{one.acknowledged};
  for (const auto& order : odoo_.orders)
    digest << order.state << order.consumed
           << static_cast<std::uint64_t>(order.finished.milli());
  return digest.value();
}

} // namespace millrace::simulation
