#pragma once

#include "tests/simulation/clockwork.hpp"
#include "tests/simulation/tables.hpp"

namespace millrace::simulation {

/// The seam to the database: the same promises as sql_repository, on `tables`.
/// Transactions break off, connections end and the process dies before or after
/// the commit, as the clockwork has it.
class memory_repository : public store::repository {
public:
  memory_repository(tables& disk, clockwork& clock)
    : disk_(disk), clock_(clock) {
  }

  void write(const std::function<void()>& work) override;

  std::vector<store::batch> queue(const std::string& line) override;
  std::vector<store::batch> all_batches() override;
  std::int64_t count(const std::string& line) override;
  std::optional<store::batch> find(const std::string& mo_id) override;
  std::optional<store::batch> find_by_id(const std::string& id) override;
  void insert(const store::batch& row) override;
  void update(const store::batch& row) override;
  void touch(const std::string& line, const std::string& read_at) override;

  void archive(const store::archived_batch& entry) override;
  std::vector<store::archived_batch>
  history(const store::history_filter& filter) override;
  std::int64_t history_count(const store::history_filter& filter) override;
  store::trend_figures trends(const store::history_filter& filter) override;
  std::optional<store::archived_batch>
  archived(const std::string& mo_id) override;
  std::optional<store::archived_batch>
  archived_by_cut_name(const std::string& line,
                       const std::string& cut) override;
  std::vector<store::archived_batch>
  archived_lookalikes(const std::string& line, const std::string& cut,
                      int slot) override;
  std::optional<store::archived_batch>
  archived_by_id(const std::string& id) override;
  std::vector<store::archived_batch> open_bookings() override;
  bool awaits_reports(const std::string& line,
                      const std::string& since) override;
  void update_archived(const store::archived_batch& entry) override;
  void set_open_in_odoo(const std::string& mo_id) override;
  std::vector<std::string> open_in_odoo(const std::string& line) override;
  /// It prunes nothing.
  bool has_forgotten(const std::string&) override {
    return false;
  }

  std::int64_t stage(const std::string& line) override;
  std::string fetch_id(const std::string& line) override;
  void set_line_queue(const std::string& line, std::int64_t stage,
                      const std::string& fetch_id) override;

  void remember_acknowledge(const store::pending_acknowledge& one) override;
  void forget_acknowledge(const store::pending_acknowledge& one) override;
  std::vector<store::pending_acknowledge>
  acknowledges(const std::string& line) override;

  std::optional<store::clear_order> clearing(const std::string& line) override;
  void remember_clearing(const store::clear_order& one) override;
  void forget_clearing(const std::string& line) override;

  void add_audit(const store::audit_entry& one) override;
  std::vector<store::audit_entry>
  audit_of(const std::string& batch_id) override;
  std::vector<store::audit_entry>
  audit(const store::history_filter& filter) override;
  std::int64_t audit_count(const store::history_filter& filter) override;

  /// Nothing is decided from the journal: it is not kept here.
  void add_journal(const store::journal_entry&) override {
  }
  std::vector<store::journal_entry> journal_of(const std::string&) override {
    return {};
  }

  void add_outgoing(const std::string& topic,
                    const std::string& payload) override;
  std::vector<store::outbox_row> outgoing(std::int64_t after,
                                          int limit) override;
  void remove_outgoing(const std::vector<std::int64_t>& seqs) override;

  std::optional<store::alert> find_alert(const std::string& line,
                                         const std::string& kind,
                                         const std::string& mo_id) override;
  std::vector<store::alert> alerts() override;
  void insert_alert(const store::alert& one) override;
  void update_alert(const store::alert& one) override;
  void remove_alert(const store::alert& one) override;

private:
  /// A statement outside write() is its own transaction.
  void alone();
  line_row& line_of(const std::string& line);

  tables& disk_;
  clockwork& clock_;
  bool in_transaction_ = false;
};

} // namespace millrace::simulation
