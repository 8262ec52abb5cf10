#include "services/batch-store/past_reader.hpp"

#include "common/telemetry/log.hpp"

#include <caf/stateful_actor.hpp>

namespace millrace::store {

bool is_about_the_past(const events::store_query& question) {
  using view = events::store_view;
  switch (question.view) {
  case view::history:
  case view::history_of:
  case view::audit:
  case view::trends:
    return true;
  case view::batch_status:
  case view::real_time:
  case view::failed_to_push:
  case view::line:
  case view::batch_life:
  case view::alerts:
    break;
  }
  return false;
}

bool takes_long(const events::store_query& question) {
  return question.view == events::store_view::trends
         || (question.search && !question.search->empty());
}

void past_reader_state::connect() {
  if (sql_)
    return;
  sql_ = std::make_unique<sql_session>(parts_.where, parts_.watch.get());
  for (const auto& statement : only_reading(sql_->kind()))
    sql_->execute(statement);
}

events::command_result
past_reader_state::answer_now(const events::store_query& wish) {
  constexpr int tries = 2; // the connection may be a lost one
  std::string why;
  for (int i = 0; i < tries; ++i)
    try {
      connect();
      sql_repository rows(*sql_);
      return answer_query({rows, parts_.plant, parts_.lines, parts_.clock()},
                          wish);
    } catch (const storage_error& e) {
      sql_.reset();
      why = e.what();
    } catch (const std::exception& e) {
      why = e.what();
      break;
    }
  log::warn("history.not_read", {{"error", why}});
  return {false, "the history cannot be read now: " + why, {}};
}

void past_reader_state::answer(const question& one) {
  parts_.reply(one.to, answer_now(one.what));
  --*parts_.waiting;
}

past_reader_actor::behavior_type
past_reader(past_reader_actor::stateful_pointer<past_reader_state> self,
            past_reader_parts parts) {
  self->state.set_up(std::move(parts));
  return {[self](const question& one) {
    self->state.answer(one);
  }};
}

} // namespace millrace::store
