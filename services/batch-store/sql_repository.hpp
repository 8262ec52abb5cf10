#pragma once

#include "services/batch-store/census.hpp"
#include "services/batch-store/repository.hpp"
#include "services/batch-store/sql_session.hpp"

namespace millrace::store {

/// All SQL of the batch-store.
class sql_repository final : public repository {
public:
  explicit sql_repository(sql_session& sql) : sql_(&sql) {
  }

  void write(const std::function<void()>& work) override {
    sql_->transaction(work);
  }

  // mo_batch
  std::vector<batch> queue(const std::string& line) override;
  std::vector<batch> all_batches() override;
  std::int64_t count(const std::string& line) override;
  std::optional<batch> find(const std::string& mo_id) override;
  std::optional<batch> find_by_id(const std::string& id) override;
  void insert(const batch& row) override;
  void update(const batch& row) override;
  void touch(const std::string& line, const std::string& read_at) override;

  // mo_histories; archive() also deletes the row from mo_batch.
  void archive(const archived_batch& entry) override;
  std::vector<archived_batch> history(const history_filter& filter) override;
  std::int64_t history_count(const history_filter& filter) override;
  trend_figures trends(const history_filter& filter) override;
  std::optional<archived_batch> archived(const std::string& mo_id) override;
  std::optional<archived_batch>
  archived_by_cut_name(const std::string& line,
                       const std::string& cut) override;
  std::vector<archived_batch> archived_lookalikes(const std::string& line,
                                                  const std::string& cut,
                                                  int slot) override;
  std::optional<archived_batch> archived_by_id(const std::string& id) override;
  std::vector<archived_batch> open_bookings() override;
  bool awaits_reports(const std::string& line,
                      const std::string& since) override;
  void update_archived(const archived_batch& entry) override;
  void set_open_in_odoo(const std::string& mo_id) override;
  std::vector<std::string> open_in_odoo(const std::string& line) override;
  bool has_forgotten(const std::string& mo_id) override;

  // line_queue
  std::int64_t stage(const std::string& line) override;
  std::string fetch_id(const std::string& line) override;
  void set_line_queue(const std::string& line, std::int64_t stage,
                      const std::string& fetch_id) override;

  // pending_acknowledge
  void remember_acknowledge(const pending_acknowledge& one) override;
  void forget_acknowledge(const pending_acknowledge& one) override;
  std::vector<pending_acknowledge>
  acknowledges(const std::string& line) override;

  // clear_order
  std::optional<clear_order> clearing(const std::string& line) override;
  void remember_clearing(const clear_order& one) override;
  void forget_clearing(const std::string& line) override;

  // audit
  void add_audit(const audit_entry& one) override;
  std::vector<audit_entry> audit_of(const std::string& batch_id) override;
  std::vector<audit_entry> audit(const history_filter& filter) override;
  std::int64_t audit_count(const history_filter& filter) override;

  // batch_journal
  void add_journal(const journal_entry& one) override;
  std::vector<journal_entry> journal_of(const std::string& batch_id) override;

  // outbox
  void add_outgoing(const std::string& topic,
                    const std::string& payload) override;
  std::vector<outbox_row> outgoing(std::int64_t after, int limit) override;
  void remove_outgoing(const std::vector<std::int64_t>& seqs) override;

  // alerts
  std::optional<alert> find_alert(const std::string& line,
                                  const std::string& kind,
                                  const std::string& mo_id) override;
  std::vector<alert> alerts() override;
  void insert_alert(const alert& one) override;
  void update_alert(const alert& one) override;
  void remove_alert(const alert& one) override;

  /// Deletes the line's oldest batches that were archived before `before` (UTC)
  /// and nobody needs any more, with journal and audit: `most` of them, up to
  /// 100. Their orders stay known (has_forgotten).
  std::size_t prune(const std::string& line, const std::string& before,
                    std::size_t most);

  /// For metrics: outside of write().
  census take_census();

private:
  /// A part of the history's time (`from` inclusive) and how many of the
  /// filter's batches it holds.
  struct stretch {
    std::optional<std::string> from;
    std::optional<std::string> to;
    std::int64_t batches = 0;
  };
  /// Of a filter of line, status and period; oldest first.
  std::vector<stretch> stretches(const history_filter& filter);
  /// The same page, with the whole days before it left out instead of walked
  /// through.
  history_filter begun_near(history_filter filter);
  /// One by one.
  std::int64_t count_rows(const history_filter& filter);
  std::vector<batch> select_batches(const std::string& condition,
                                    const sql_session::parameters& with);
  std::vector<archived_batch>
  select_history(const std::string& condition,
                 const sql_session::parameters& with);
  std::vector<audit_entry> select_audit(const std::string& condition,
                                        const sql_session::parameters& with);

  sql_session* sql_;
};

} // namespace millrace::store
