#pragma once

#include "services/batch-store/batch.hpp"
#include "services/batch-store/sql_session.hpp"

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
};

/// A finished slot whose status_read_data is still to be set.
struct pending_acknowledge {
  std::string line;
  int slot = 0;
  std::string mo_id;
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
};

struct history_filter {
  std::optional<std::string> mo_id;
  std::optional<std::string> status;
  int limit = 50;
  int offset = 0;
};

/// All SQL of the batch-store. Blocking; one thread at a time; throws
/// storage_error. Single calls are their own transaction, write() joins them.
class repository {
public:
  explicit repository(sql_session& sql) : sql_(&sql) {
  }

  void write(const std::function<void()>& work) {
    sql_->transaction(work);
  }

  // mo_batch
  std::vector<batch> queue(const std::string& line);
  std::vector<batch> all_batches();
  std::int64_t count(const std::string& line);
  std::optional<batch> find(const std::string& mo_id);
  std::optional<batch> find_by_id(const std::string& id);
  void insert(const batch& row);
  void update(const batch& row);
  /// Sets last_read_from_plc of the line's batches that are in the PLC.
  void touch(const std::string& line, const std::string& read_at);

  // mo_histories; archive() also deletes the row from mo_batch.
  void archive(const archived_batch& entry);
  std::vector<archived_batch> history(const history_filter& filter);
  std::int64_t history_count(const history_filter& filter);
  /// The newest entry of the order.
  std::optional<archived_batch> archived(const std::string& mo_id);
  /// The newest entry of an order of this line whose first 16 characters are
  /// these.
  std::optional<archived_batch> archived_by_cut_name(const std::string& line,
                                                     const std::string& cut);
  void set_open_in_odoo(const std::string& mo_id);
  /// Orders of the line that Odoo may still list although they are through;
  /// the newest 500.
  std::vector<std::string> open_in_odoo(const std::string& line);

  // line_queue
  std::int64_t stage(const std::string& line);
  std::string fetch_id(const std::string& line);
  void set_line_queue(const std::string& line, std::int64_t stage,
                      const std::string& fetch_id);

  // pending_acknowledge
  void remember_acknowledge(const pending_acknowledge& one);
  /// Only while it is about this order: the slot may have a newer one.
  void forget_acknowledge(const pending_acknowledge& one);
  std::vector<pending_acknowledge> acknowledges(const std::string& line);

  // outbox
  void add_outgoing(const std::string& topic, const std::string& payload);
  std::vector<outbox_row> outgoing(std::int64_t after, int limit);
  void remove_outgoing(const std::vector<std::int64_t>& seqs);

  // alerts
  std::optional<alert> find_alert(const std::string& line,
                                  const std::string& kind,
                                  const std::string& mo_id);
  std::vector<alert> alerts();
  void insert_alert(const alert& one);
  void remove_alert(const alert& one);

private:
  std::vector<batch> select_batches(const std::string& condition,
                                    const sql_session::parameters& with);
  std::vector<archived_batch>
  select_history(const std::string& condition,
                 const sql_session::parameters& with);

  sql_session* sql_;
};

} // namespace millrace::store
