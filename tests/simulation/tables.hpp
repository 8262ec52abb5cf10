#pragma once

#include "services/batch-store/repository.hpp"

#include <vector>

namespace millrace::simulation {

struct line_row {
  std::string line;
  std::int64_t stage = 0;
  std::string fetch_id;
};

/// What the imagined database has on its disk.
struct tables {
  std::vector<store::batch> queue;
  std::vector<store::archived_batch> histories;
  std::vector<line_row> lines;
  std::vector<store::pending_acknowledge> acknowledges;
  std::vector<store::outbox_row> outbox;
  std::int64_t last_seq = 0;
  std::vector<store::alert> alerts;
  std::vector<store::clear_order> clearing;
  std::vector<store::audit_entry> audit;

  const store::batch* find(const std::string& mo_id) const;
  const store::archived_batch* find_archived(const std::string& mo_id) const;
};

} // namespace millrace::simulation
