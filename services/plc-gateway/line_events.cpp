#include "services/plc-gateway/line_events.hpp"

#include <nlohmann/json.hpp>

namespace millrace::plc {

namespace {

told_write tell(const events::plc_write& command, const write_job& job,
                const write_job::written& how) {
  events::plc_written event;
  event.line = command.line;
  event.stage = command.stage;
  for (const auto& batch : command.batches)
    event.batches.push_back({batch.slot, batch.mo_id});
  event.already_there = how.already_there;
  event.frames = job.frames();
  const auto text = std::to_string(command.batches.size()) + " batches";
  return {std::move(event), how.already_there ? "already_there" : "written",
          text, false};
}

told_write tell(const events::plc_write& command, const write_job&,
                const write_job::deferred& how) {
  events::plc_write_deferred event;
  event.line = command.line;
  event.stage = command.stage;
  event.reason = how.reason;
  return {std::move(event), "deferred", how.reason, false};
}

told_write tell(const events::plc_write& command, const write_job&,
                const write_job::failed& how) {
  events::plc_write_failed event;
  event.line = command.line;
  event.stage = command.stage;
  event.reason = how.reason;
  event.needs_person = how.needs_person;
  event.in_doubt = how.in_doubt;
  return {std::move(event), "failed", how.reason, true};
}

told_write tell(const events::plc_write& command, const write_job&,
                const write_job::looked& how) {
  events::plc_looked event;
  event.line = command.line;
  event.stage = command.stage;
  event.there = how.there;
  for (const auto& batch : command.batches)
    event.batches.push_back({batch.slot, batch.mo_id});
  event.missing = how.missing;
  const auto* text = how.there ? "the PLC has them" : "not (all) in the PLC";
  return {std::move(event), "looked", text, !how.missing.empty()};
}

} // namespace

told_write written_event(const events::plc_write& command,
                         const write_job& job) {
  return std::visit([&](const auto& how) { return tell(command, job, how); },
                    *job.outcome());
}

events::command_result withdraw_answer(const withdraw_job& job) {
  const nlohmann::json data{{"not_taken", job.found().not_taken},
                            {"absent", job.found().absent},
                            {"begun", job.begun()}};
  const bool ok = job.failure().empty();
  return {
    ok,
    ok ? "withdrawn" : job.failure(),
    {data.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace)}};
}

events::command_result withdraw_refused(std::string_view why) {
  return {false,
          "plc.withdraw was refused: " + std::string(why),
          {R"({"begun":false})"}};
}

} // namespace millrace::plc
