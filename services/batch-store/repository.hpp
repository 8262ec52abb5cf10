#pragma once

#include "services/batch-store/batch.hpp"
#include "services/batch-store/storage_error.hpp"

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace millrace::store {

struct outbox_row {
  std::int64_t seq = 0;
  std::string topic;
  std::string payload;
  /// Of the event in it; not stored, nor read back.
  std::string event_id{};
  std::string at{};
};

/// A finished slot whose status_read_data is still to be set.
struct pending_acknowledge {
  std::string line;
  int slot = 0;
  std::string mo_id;
  /// As the PLC has just reported it; the table does not keep it.
  std::optional<kilograms> weight = std::nullopt;
};

/// An operator's order to clear a line's queue.
struct clear_order {
  std::string line;
  /// Empty the PLC's WRITE area first.
  bool withdraw = false;
  std::string user;
  std::string notes;
};

/// A trouble that lasts; one per (line, kind, order).
struct alert {
  std::string line;
  std::string kind;
  std::string mo_id; // empty: about no order
  std::string alert_id;
  std::string severity;
  std::string text;
  std::string advice;
  std::string raised_at; // UTC
  /// A person looks after it: when (UTC; empty: nobody), who, and a note.
  std::string acknowledged_at{};
  std::string acknowledged_by{};
  std::string acknowledge_notes{};
};

/// A page of mo_histories or of audit (which has no status).
struct history_filter {
  std::optional<std::string> mo_id;
  std::optional<std::string> status;
  int limit = 50;
  int offset = 0;
  std::optional<std::string> line{};
  /// Part of the order's or the product's name (audit: of the order's or the
  /// user's), whatever the case.
  std::optional<std::string> search{};
  /// UTC as format_utc writes it; archived (decided) from then on, and before.
  std::optional<std::string> from{};
  std::optional<std::string> to{};
  bool oldest_first = false;
};

/// One thing that happened to a batch, for people; made in journal.hpp.
struct journal_entry {
  /// Entries with the same key are one: the event's id, or what it is about.
  std::string key;
  /// It happened again: counted. Else an entry that comes again is left out.
  bool counted = false;
  std::string batch_id; // UUID
  std::string mo_id;
  std::string line;
  std::string at; // UTC, the first time
  std::string type;
  std::string text;
  std::string data; // a JSON object
  int times = 1;
  std::string last_at{}; // UTC
};

/// What the mill produced between two times, by the time of archiving.
struct trend_figures {
  struct production {
    std::string day; // UTC, "2026-11-22"
    std::int64_t batches = 0;
    kilograms weight;
    kilograms ordered;
  };
  struct dosing {
    kilograms planned;
    kilograms actual;
    std::int64_t batches = 0; // with either above 0
  };
  /// From the PLC's last figures to the archive, of completed batches.
  struct latency {
    std::string day;
    std::int64_t batches = 0;
    double median_s = 0;
    double worst_s = 0;
  };
  std::vector<production> days; // only those with batches, oldest first
  std::array<dosing, dosing_point_count> dosed{};
  std::vector<latency> push_latency; // the same
};

/// The memory of batch-store: its tables as values. Blocking; one thread at a
/// time; throws storage_error. Single calls are their own transaction, write()
/// joins them.
class repository {
public:
  virtual ~repository() = default;

  /// All or nothing: what `work` throws undoes it.
  virtual void write(const std::function<void()>& work) = 0;

  // mo_batch
  virtual std::vector<batch> queue(const std::string& line) = 0;
  virtual std::vector<batch> all_batches() = 0;
  virtual std::int64_t count(const std::string& line) = 0;
  virtual std::optional<batch> find(const std::string& mo_id) = 0;
  virtual std::optional<batch> find_by_id(const std::string& id) = 0;
  virtual void insert(const batch& row) = 0;
  virtual void update(const batch& row) = 0;
  /// Sets last_read_from_plc of the line's batches that are in the PLC.
  virtual void touch(const std::string& line, const std::string& read_at) = 0;

  // mo_histories; archive() also deletes the row from mo_batch.
  virtual void archive(const archived_batch& entry) = 0;
  virtual std::vector<archived_batch> history(const history_filter& filter) = 0;
  virtual std::int64_t history_count(const history_filter& filter) = 0;
  /// Of filter: line, from and to, which are set.
  virtual trend_figures trends(const history_filter& filter) = 0;
  /// The newest entry of the order.
  virtual std::optional<archived_batch> archived(const std::string& mo_id) = 0;
  /// The newest entry of an order of this line whose first 16 characters are
  /// these.
  virtual std::optional<archived_batch>
  archived_by_cut_name(const std::string& line, const std::string& cut) = 0;
  /// The newest ten of those that stood in this slot, newest first.
  virtual std::vector<archived_batch>
  archived_lookalikes(const std::string& line, const std::string& cut, int slot)
    = 0;
  virtual std::optional<archived_batch> archived_by_id(const std::string& id)
    = 0;
  /// Entries whose booking is open, of all lines, oldest first.
  virtual std::vector<archived_batch> open_bookings() = 0;
  /// Whether the PLC may still report something of the line's batches that left
  /// the queue after `since` (UTC) without final figures.
  virtual bool awaits_reports(const std::string& line, const std::string& since)
    = 0;
  /// Everything but the recipe and the names.
  virtual void update_archived(const archived_batch& entry) = 0;
  virtual void set_open_in_odoo(const std::string& mo_id) = 0;
  /// Orders of the line that Odoo may still list although they are through;
  /// the newest 500.
  virtual std::vector<std::string> open_in_odoo(const std::string& line) = 0;
  /// An order that was produced, or is never to be, and whose batch was pruned
  /// from the history since.
  virtual bool has_forgotten(const std::string& mo_id) = 0;

  // line_queue
  virtual std::int64_t stage(const std::string& line) = 0;
  virtual std::string fetch_id(const std::string& line) = 0;
  virtual void set_line_queue(const std::string& line, std::int64_t stage,
                              const std::string& fetch_id)
    = 0;

  // pending_acknowledge
  virtual void remember_acknowledge(const pending_acknowledge& one) = 0;
  /// Only while it is about this order: the slot may have a newer one.
  virtual void forget_acknowledge(const pending_acknowledge& one) = 0;
  virtual std::vector<pending_acknowledge> acknowledges(const std::string& line)
    = 0;

  // clear_order: queues that are being cleared; it waits for the PLC.
  virtual std::optional<clear_order> clearing(const std::string& line) = 0;
  virtual void remember_clearing(const clear_order& one) = 0;
  virtual void forget_clearing(const std::string& line) = 0;

  // audit
  virtual void add_audit(const audit_entry& one) = 0;
  /// What was decided about the batch, oldest first.
  virtual std::vector<audit_entry> audit_of(const std::string& batch_id) = 0;
  virtual std::vector<audit_entry> audit(const history_filter& filter) = 0;
  virtual std::int64_t audit_count(const history_filter& filter) = 0;

  // batch_journal
  virtual void add_journal(const journal_entry& one) = 0;
  /// Oldest first.
  virtual std::vector<journal_entry> journal_of(const std::string& batch_id)
    = 0;

  // outbox
  virtual void add_outgoing(const std::string& topic,
                            const std::string& payload)
    = 0;
  virtual std::vector<outbox_row> outgoing(std::int64_t after, int limit) = 0;
  virtual void remove_outgoing(const std::vector<std::int64_t>& seqs) = 0;

  // alerts
  virtual std::optional<alert> find_alert(const std::string& line,
                                          const std::string& kind,
                                          const std::string& mo_id)
    = 0;
  virtual std::vector<alert> alerts() = 0;
  virtual void insert_alert(const alert& one) = 0;
  /// Stores by whom it is acknowledged.
  virtual void update_alert(const alert& one) = 0;
  virtual void remove_alert(const alert& one) = 0;
};

} // namespace millrace::store
