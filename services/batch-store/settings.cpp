#include "services/batch-store/settings.hpp"

namespace millrace::store {

namespace {

result<std::string> check_kilograms(std::string_view text) {
  const auto value = kilograms::parse(text);
  if (!value || value->milli() < 0)
    return error{"is no quantity"};
  return std::string(text);
}

result<std::string> check_database_url(std::string_view text) {
  try {
    (void)parse_database_url(std::string(text));
  } catch (const std::invalid_argument& e) {
    return error{e.what()};
  }
  return std::string(text);
}

} // namespace

void settings::declare(config::binder& bind) {
  using namespace std::chrono_literals;
  config::declare_lines(bind, lines);
  // May hold a password.
  bind.secret({"DATABASE_URL"}, database_url,
              "postgresql://user:password@host:5432/plc (also "
              "postgresql+psycopg2://) or sqlite:///path; default "
              "sqlite:///millrace.db",
              check_database_url);
  bind.duration("DATABASE_TIMEOUT", "", 0ms, database_time_out, 11s,
                std::chrono::minutes{10},
                "the connection to a database that has not answered for this "
                "long is cut and made anew; a statement gets 10 s");
  bind.number({"SYNC_BATCH_LIMIT"}, batch_limit, 1, 10,
              "orders per queue; the PLC has 10 slots");
  bind.duration("BATCH_STUCK_THRESHOLD", "BATCH_STUCK_THRESHOLD_MINUTES", 1min,
                stuck_after, 1s, std::chrono::hours{24 * 7},
                "a batch without progress for longer raises an alert");
  bind.text({"EXPECTED_BATCH_MAX_KG"}, expected_batch_max,
            "expected largest batch, kg", "0 or more, kg", check_kilograms);
  bind.text({"BATCH_WEIGHT_WARN_MARGIN_KG"}, weight_margin,
            "a weight above the expected largest plus this raises an alert, kg",
            "0 or more, kg", check_kilograms);
  bind.choice({"ZERO_WEIGHT_POLICY"}, zero_weight, {"archive", "hold"},
              "a batch that finished with weight 0: book the consumption and "
              "archive it, or hold it for a person");
  bind.number({"RECIPE_TOLERANCE_PERCENT"}, recipe_tolerance_percent, 0, 100,
              "components whose sum differs more from the ordered quantity "
              "raise an alert");
  bind.number({"HISTORY_RETENTION_DAYS"}, history_retention_days, 0, 36'500,
              "archived batches older than this are deleted, with journal and "
              "audit, once Odoo, a person and the PLC have nothing to do with "
              "them any more; 0 keeps them for ever");
  bind.duration("COMMAND_REPEAT", "", 0ms, repeat_after, 500ms,
                std::chrono::hours{1},
                "a command to a gateway that was not answered for this long is "
                "sent again");
  bind.duration("COMMAND_TIMEOUT", "", 0ms, answer_time_out, 1s,
                std::chrono::hours{1},
                "whoever waits for the outcome of a push is told after this "
                "that there is none yet");
}

store_settings settings::resolve() const {
  store_settings out;
  out.lines = lines.line_codes();
  out.batch_limit = batch_limit;
  out.stuck_after = stuck_after;
  out.repeat_after = repeat_after;
  out.answer_time_out = answer_time_out;
  out.plant.expected_batch_max = *kilograms::parse(expected_batch_max);
  out.plant.weight_margin = *kilograms::parse(weight_margin);
  out.plant.zero_weight = zero_weight == "hold" ? zero_weight_policy::hold
                                                : zero_weight_policy::archive;
  out.plant.recipe_tolerance_percent = recipe_tolerance_percent;
  return out;
}

} // namespace millrace::store
