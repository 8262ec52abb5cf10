#include "tests/simulation/memory_repository.hpp"

#include "common/domain/order_name.hpp"

#include <algorithm>

namespace millrace::simulation {

using store::storage_error;
using store::storage_failure;

namespace {

template <class Rows, class Matches>
auto* first(Rows& rows, Matches matches) {
  const auto at = std::find_if(rows.begin(), rows.end(), matches);
  return at == rows.end() ? nullptr : &*at;
}

template <class Row>
std::optional<Row> copy_of(const Row* found) {
  return found ? std::optional(*found) : std::nullopt;
}

[[noreturn]] void broken(const std::string& what) {
  throw violation{"database: " + what};
}

bool same_values(const store::batch& a, const store::batch& b) {
  return a.actual == b.actual && a.weight == b.weight
         && a.revision == b.revision && a.finished_at == b.finished_at;
}

} // namespace

const store::batch* tables::find(const std::string& mo_id) const {
  return first(queue, [&](const auto& row) { return row.mo_id == mo_id; });
}

const store::archived_batch*
tables::find_archived(const std::string& mo_id) const {
  for (auto it = histories.rbegin(); it != histories.rend(); ++it)
    if (it->row.mo_id == mo_id)
      return &*it;
  return nullptr;
}

void memory_repository::write(const std::function<void()>& work) {
  if (in_transaction_)
    broken("a transaction inside a transaction");
  if (clock_.strikes(fault::database_away))
    throw storage_error(storage_failure::unavailable, "imagined");
  const bool dies_before = clock_.strikes(fault::kill_store);
  const bool again = clock_.strikes(fault::database_again);
  std::optional<tables> before;
  if (dies_before || again)
    before = disk_;
  in_transaction_ = true;
  try {
    work();
  } catch (const violation&) {
    throw;
  } catch (...) {
    broken("the work of a transaction threw");
  }
  in_transaction_ = false;
  if (before)
    disk_ = std::move(*before);
  if (dies_before)
    throw killed{};
  if (again)
    throw storage_error(storage_failure::again, "imagined");
  if (clock_.strikes(fault::kill_store))
    throw killed{}; // after the commit
}

void memory_repository::alone() {
  if (!in_transaction_ && clock_.strikes(fault::kill_store))
    throw killed{};
}

std::vector<store::batch> memory_repository::queue(const std::string&) {
  return disk_.queue;
}

std::vector<store::batch> memory_repository::all_batches() {
  return disk_.queue;
}

std::int64_t memory_repository::count(const std::string&) {
  return static_cast<std::int64_t>(disk_.queue.size());
}

std::optional<store::batch> memory_repository::find(const std::string& mo_id) {
  return copy_of(disk_.find(mo_id));
}

std::optional<store::batch>
memory_repository::find_by_id(const std::string& id) {
  return copy_of(
    first(disk_.queue, [&](const auto& row) { return row.id == id; }));
}

void memory_repository::insert(const store::batch& row) {
  if (disk_.find(row.mo_id))
    broken(row.mo_id + " is in mo_batch already");
  const auto* old = disk_.find_archived(row.mo_id);
  if (old && old->status != "cleared")
    broken(row.mo_id + " comes again although it is archived");
  if (first(disk_.queue,
            [&](const auto& other) { return other.batch_no == row.batch_no; }))
    broken("batch " + std::to_string(row.batch_no) + " is in use");
  disk_.queue.push_back(row);
  std::sort(
    disk_.queue.begin(), disk_.queue.end(),
    [](const auto& a, const auto& b) { return a.batch_no < b.batch_no; });
}

void memory_repository::update(const store::batch& row) {
  auto* old = first(disk_.queue,
                    [&](const auto& one) { return one.mo_id == row.mo_id; });
  if (!old)
    return;
  const bool ordered_anew = row.earlier_slots != old->earlier_slots
                            || (row.read_again && !old->read_again);
  if (old->status_manufacturing && !ordered_anew && !same_values(*old, row))
    broken("the final values of " + row.mo_id + " change");
  *old = row;
}

void memory_repository::touch(const std::string&, const std::string& read_at) {
  for (auto& row : disk_.queue)
    if (row.state == batch_state::written || row.state == batch_state::running)
      row.last_read = read_at;
}

void memory_repository::archive(const store::archived_batch& entry) {
  const auto* old = disk_.find(entry.row.mo_id);
  const auto* before = disk_.find_archived(entry.row.mo_id);
  if (!old || (before && before->status != "cleared"))
    broken(entry.row.mo_id + " is archived without being in the queue once");
  if (old->status_manufacturing && !same_values(*old, entry.row))
    broken("the final values of " + entry.row.mo_id + " change at the end");
  disk_.histories.push_back(entry);
  std::erase_if(disk_.queue,
                [&](const auto& row) { return row.mo_id == entry.row.mo_id; });
}

std::vector<store::archived_batch>
memory_repository::history(const store::history_filter&) {
  return disk_.histories;
}

std::int64_t memory_repository::history_count(const store::history_filter&) {
  return static_cast<std::int64_t>(disk_.histories.size());
}

store::trend_figures memory_repository::trends(const store::history_filter&) {
  return {};
}

std::optional<store::archived_batch>
memory_repository::archived(const std::string& mo_id) {
  return copy_of(disk_.find_archived(mo_id));
}

std::optional<store::archived_batch>
memory_repository::archived_by_cut_name(const std::string&,
                                        const std::string& cut) {
  for (auto it = disk_.histories.rbegin(); it != disk_.histories.rend(); ++it)
    if (it->row.mo_id.compare(0, 16, cut) == 0)
      return *it;
  return {};
}

std::vector<store::archived_batch>
memory_repository::archived_lookalikes(const std::string&,
                                       const std::string& cut, int slot) {
  std::vector<store::archived_batch> found;
  for (auto it = disk_.histories.rbegin(); it != disk_.histories.rend(); ++it)
    if (it->row.mo_id.compare(0, 16, cut) == 0 && it->row.batch_no == slot)
      found.push_back(*it);
  return found;
}

std::optional<store::archived_batch>
memory_repository::archived_by_id(const std::string& id) {
  return copy_of(first(disk_.histories,
                       [&](const auto& entry) { return entry.row.id == id; }));
}

std::vector<store::archived_batch> memory_repository::open_bookings() {
  std::vector<store::archived_batch> open;
  for (const auto& entry : disk_.histories)
    if (entry.booking_open)
      open.push_back(entry);
  return open;
}

bool memory_repository::awaits_reports(const std::string&,
                                       const std::string& since) {
  return std::any_of(
    disk_.histories.begin(), disk_.histories.end(), [&](const auto& entry) {
      const auto& row = entry.row;
      return entry.archived_at > since
             && (entry.open_in_odoo || entry.status == "cancelled")
             && entry.status != "completed" && !row.status_manufacturing
             && !row.status_operation && !row.accepted;
    });
}

void memory_repository::update_archived(const store::archived_batch& entry) {
  alone();
  for (auto& old : disk_.histories)
    if (old.row.id == entry.row.id)
      old = entry;
}

std::optional<store::clear_order>
memory_repository::clearing(const std::string&) {
  return disk_.clearing.empty() ? std::nullopt
                                : std::optional(disk_.clearing.front());
}

void memory_repository::remember_clearing(const store::clear_order& one) {
  alone();
  disk_.clearing = {one};
}

void memory_repository::forget_clearing(const std::string&) {
  alone();
  disk_.clearing.clear();
}

void memory_repository::add_audit(const store::audit_entry& one) {
  alone();
  disk_.audit.push_back(one);
}

std::vector<store::audit_entry>
memory_repository::audit_of(const std::string& batch_id) {
  std::vector<store::audit_entry> found;
  for (const auto& one : disk_.audit)
    if (one.batch_id == batch_id)
      found.push_back(one);
  return found;
}

std::vector<store::audit_entry>
memory_repository::audit(const store::history_filter&) {
  return disk_.audit;
}

std::int64_t memory_repository::audit_count(const store::history_filter&) {
  return static_cast<std::int64_t>(disk_.audit.size());
}

void memory_repository::set_open_in_odoo(const std::string& mo_id) {
  alone();
  for (auto& entry : disk_.histories)
    if (entry.row.mo_id == mo_id)
      entry.open_in_odoo = true;
}

std::vector<std::string> memory_repository::open_in_odoo(const std::string&) {
  std::vector<std::string> names;
  for (const auto& entry : disk_.histories)
    if (entry.open_in_odoo)
      names.push_back(entry.row.mo_id);
  return names;
}

line_row& memory_repository::line_of(const std::string& line) {
  if (disk_.lines.empty())
    disk_.lines.push_back({line, 0, {}});
  return disk_.lines.front();
}

std::int64_t memory_repository::stage(const std::string& line) {
  return line_of(line).stage;
}

std::string memory_repository::fetch_id(const std::string& line) {
  return line_of(line).fetch_id;
}

void memory_repository::set_line_queue(const std::string& line,
                                       std::int64_t stage,
                                       const std::string& fetch_id) {
  line_of(line) = {line, stage, fetch_id};
}

void memory_repository::remember_acknowledge(
  const store::pending_acknowledge& one) {
  auto* waiting = first(disk_.acknowledges, [&](const auto& other) {
    return other.slot == one.slot;
  });
  auto& kept = waiting ? *waiting : disk_.acknowledges.emplace_back();
  kept = one;
  kept.weight.reset();
}

void memory_repository::forget_acknowledge(
  const store::pending_acknowledge& one) {
  alone();
  std::erase_if(disk_.acknowledges, [&](const auto& other) {
    return other.slot == one.slot && other.mo_id == one.mo_id;
  });
}

std::vector<store::pending_acknowledge>
memory_repository::acknowledges(const std::string&) {
  return disk_.acknowledges;
}

void memory_repository::add_outgoing(const std::string& topic,
                                     const std::string& payload) {
  if (!in_transaction_)
    broken("an event leaves outside the transaction of its change");
  disk_.outbox.push_back({++disk_.last_seq, topic, payload});
}

std::vector<store::outbox_row> memory_repository::outgoing(std::int64_t after,
                                                           int limit) {
  std::vector<store::outbox_row> rows;
  for (const auto& row : disk_.outbox)
    if (row.seq > after && static_cast<int>(rows.size()) < limit)
      rows.push_back(row);
  return rows;
}

void memory_repository::remove_outgoing(const std::vector<std::int64_t>& seqs) {
  alone();
  std::erase_if(disk_.outbox, [&](const auto& row) {
    return std::find(seqs.begin(), seqs.end(), row.seq) != seqs.end();
  });
}

std::optional<store::alert>
memory_repository::find_alert(const std::string& line, const std::string& kind,
                              const std::string& mo_id) {
  return copy_of(first(disk_.alerts, [&](const auto& one) {
    return one.line == line && one.kind == kind && one.mo_id == mo_id;
  }));
}

std::vector<store::alert> memory_repository::alerts() {
  return disk_.alerts;
}

void memory_repository::insert_alert(const store::alert& one) {
  if (find_alert(one.line, one.kind, one.mo_id))
    broken("the alert " + one.kind + " is raised twice");
  disk_.alerts.push_back(one);
}

void memory_repository::update_alert(const store::alert& one) {
  for (auto& kept : disk_.alerts)
    if (kept.alert_id == one.alert_id)
      kept = one;
}

void memory_repository::remove_alert(const store::alert& one) {
  std::erase_if(disk_.alerts, [&](const auto& other) {
    return other.line == one.line && other.kind == one.kind
           && other.mo_id == one.mo_id;
  });
}

} // namespace millrace::simulation
