#pragma once

#include "services/batch-store/batch_store.hpp"
#include "tests/simulation/broker.hpp"
#include "tests/simulation/memory_repository.hpp"

#include <map>
#include <memory>

namespace millrace::simulation {

/// How long the port of batch-store waits for plc-gateway to take a queue back
/// (main.cpp: 30 s; shorter here, as the intervals are).
constexpr instant withdraw_patience = 8'000;

/// batch-store as its worker drives it (worker.cpp): the real rules on an
/// imagined database.
class store_process final : public process {
public:
  /// Makes the repository that a new life works on.
  using opener = std::function<std::unique_ptr<store::repository>()>;

  store_process(clockwork& clock, opener open_database,
                store::store_settings settings);

  /// A job, tried again while the database breaks it off; then its events and
  /// its commands leave. Inside act().
  template <class Call>
  void job(Call&& call) {
    for (;;) {
      try {
        call(*store_);
        break;
      } catch (const store::storage_error& e) {
        if (e.kind == store::storage_failure::unavailable)
          store_->distrust_baselines();
      }
    }
    relay_then_send();
  }
  /// The worker's round.
  void look_around();
  /// The broker has an outbox row, or gives it back.
  void acknowledge_event(std::int64_t seq, bool taken);
  /// An answer to a request of this life.
  void answer(unsigned number, result<events::command_result> what);

  /// Where commands and events go. Their calls come from inside act().
  store::outlets reach;
  std::function<void(unsigned number, const events::plc_read_now&)> ask_read;
  std::function<void(unsigned number, const events::plc_withdraw&)>
    ask_withdraw;
  std::function<void(const store::outbox_row&)> publish;

private:
  void open() override;
  void close() override;
  store::outlets held_back();
  void relay_then_send();

  using answer_call = std::function<void(result<events::command_result>)>;

  opener open_database_;
  store::store_settings settings_;
  std::unique_ptr<store::repository> rows_;
  std::optional<store::outbox> outbox_;
  std::optional<store::alert_book> alerts_;
  std::optional<store::batch_store> store_;
  std::vector<std::function<void()>> to_send_;
  std::map<unsigned, answer_call> waiting_;
  unsigned requests_ = 0;
  unsigned ids_ = 0;
};

} // namespace millrace::simulation
