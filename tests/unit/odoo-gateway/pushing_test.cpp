#include "services/odoo-gateway/cancelling.hpp"
#include "services/odoo-gateway/pushing.hpp"
#include "tests/unit/odoo-gateway/fake_odoo.hpp"

#include <doctest/doctest.h>

using namespace millrace;
using namespace millrace::odoo;
using namespace std::chrono_literals;
using events::odoo_error;
using events::odoo_operation;

namespace {

const std::string fine = R"({"jsonrpc":"2.0","id":null,"result":)"
                         R"({"status":"success","message":"ok"}})";
/// The caller waits in vain.
const std::string hangs;

std::string refuses(const std::string& message) {
  return R"({"status":"error","message":")" + message + "\"}";
}

/// mo-detail with so much consumed from silo A and silo B.
std::string holds(const std::string& state, const std::string& a = "0",
                  const std::string& b = "0") {
  return R"({"jsonrpc":"2.0","id":null,"result":{"status":"success","data":)"
         R"({"mo_id":"WH/MO/00011","state":")"
         + state + R"(","components_consumption":[{"consumed":)" + a
         + R"(,"equipment":{"code":"silo101","name":"SILO A"}},{"consumed":)"
         + b + R"(,"equipment":{"code":"silo102","name":"SILO B"}}]}}})";
}

events::odoo_push figures() {
  events::odoo_push push;
  push.line = "PLC01";
  push.batch_id = "b1";
  push.mo_id = "WH/MO/00011";
  push.revision = 7;
  push.consumption[0] = *kilograms::parse("825");
  return push;
}

events::odoo_push final_figures() {
  auto push = figures();
  push.mark_done = true;
  push.weight = *kilograms::parse("1000.5");
  push.finished_at = "2026-11-22T09:52:49.123Z";
  return push;
}

struct push_bench : odoo_bench {
  push_bench() = default;
  explicit push_bench(std::chrono::milliseconds patience)
    : odoo_bench({}, patience) {
  }
  push_answer push(const events::odoo_push& wanted) {
    return push_figures(client, memory, wanted,
                        [] { return *parse_utc("2026-11-22T10:00:00.000Z"); });
  }
  events::odoo_pushed pushed(const events::odoo_push& wanted) {
    const auto answer = push(wanted);
    if (const auto* why = std::get_if<events::odoo_push_failed>(&answer))
      FAIL(why->text);
    return std::get<events::odoo_pushed>(answer);
  }
  events::odoo_push_failed failed(const events::odoo_push& wanted) {
    const auto answer = push(wanted);
    REQUIRE(std::holds_alternative<events::odoo_push_failed>(answer));
    return std::get<events::odoo_push_failed>(answer);
  }
  cancel_answer cancel() {
    return cancel_order(client, {"PLC01", "b1", "WH/MO/00011"});
  }

  code_memory memory{1000};
};

/// Hangs are waited for; everything else answers in far less.
struct impatient_bench : push_bench {
  impatient_bench() : push_bench(1s) {
  }
};

using texts = std::vector<std::string>;
const std::string update_route = "update-with-consumptions";

} // namespace

TEST_SUITE("pushing") {
  TEST_CASE_FIXTURE(push_bench, "one call with the amounts above 0") {
    odoo.on(update_route, fine);
    const auto answer = pushed(figures());
    CHECK_FALSE(answer.done);
    CHECK(answer.revision == 7);
    CHECK(answer.batch_id == "b1");
    CHECK(odoo.routes() == "authenticate update-with-consumptions");
    CHECK(odoo.last_params(update_route)
          == json{{"mo_id", "WH/MO/00011"}, {"silo101", 825.0}});
  }

  TEST_CASE_FIXTURE(push_bench, "nothing above 0 is nothing to send") {
    auto nothing = figures();
    nothing.consumption = {};
    CHECK_FALSE(pushed(nothing).done);
    CHECK(odoo.calls().empty());
  }

  TEST_CASE_FIXTURE(push_bench, "a partial success is a failure with its "
                                "reasons") {
    odoo.on(update_route, R"({"status":"success","errors":)"
                          R"(["silo101: no move"],"consumed_items":[]})");
    odoo.on("mo-detail", holds("confirmed"));
    const auto why = failed(figures());
    CHECK(why.error_class == odoo_error::partial);
    CHECK(why.text == "silo101: no move");
    CHECK(why.operation == odoo_operation::push);
    CHECK(why.revision == 7);
  }

  TEST_CASE_FIXTURE(push_bench, "an order that is done with our figures is "
                                "success") {
    odoo.on(update_route, refuses("MO is done"));
    odoo.on("mo-detail", holds("done", "825.004", "2"));
    const auto answer = pushed(figures());
    CHECK(answer.done);
    CHECK(answer.differences == texts{"silo_b 2.000 instead of 0.000"});
    CHECK(pushed(final_figures()).done);
    CHECK(odoo.routes().find("mark-done") == std::string::npos);
  }

  TEST_CASE_FIXTURE(push_bench, "done with other figures or cancelled is "
                                "rejected, and said") {
    odoo.on(update_route, refuses("MO is done"));
    odoo.on("mo-detail", holds("done", "820"));
    auto why = failed(figures());
    CHECK(why.error_class == odoo_error::closed);
    CHECK(why.text
          == "order is done in Odoo with silo_a 820.000 instead of 825.000");
    odoo.on("mo-detail", holds("cancel"));
    why = failed(figures());
    CHECK(why.error_class == odoo_error::cancelled);
    CHECK(why.text == "order is cancelled in Odoo");
  }

  TEST_CASE_FIXTURE(push_bench, "an open order keeps Odoo's reason") {
    odoo.on(update_route, refuses("stock is locked"));
    odoo.on("mo-detail", holds("confirmed"));
    CHECK(failed(figures()).text == "stock is locked");
    // A no stays a no, even where an earlier push had brought the figures.
    odoo.on("mo-detail", holds("progress", "825"));
    CHECK(failed(figures()).text == "stock is locked");
  }

  TEST_CASE_FIXTURE(push_bench, "an order unknown to Odoo") {
    odoo.on(update_route, refuses("MO WH/MO/00011 not found"));
    const auto why = failed(figures());
    CHECK(why.error_class == odoo_error::not_found);
    CHECK(why.text == "MO WH/MO/00011 not found");
  }

  TEST_CASE_FIXTURE(impatient_bench, "figures booked, answer lost: mo-detail "
                                     "says so") {
    odoo.on(update_route, hangs);
    odoo.on("mo-detail", holds("progress", "825"));
    CHECK_FALSE(pushed(figures()).done);
    odoo.on("mo-detail", holds("confirmed", "0"));
    CHECK(failed(figures()).error_class == odoo_error::time_out);
  }

  TEST_CASE_FIXTURE(push_bench, "marking done: figures with weight, close, "
                                "look") {
    odoo.on(update_route, fine);
    odoo.on("mark-done", fine);
    odoo.on("mo-detail", holds("done", "825"));
    const auto answer = pushed(final_figures());
    CHECK(answer.done);
    CHECK(answer.differences.empty());
    CHECK(odoo.routes()
          == "authenticate update-with-consumptions mark-done mo-detail");
    CHECK(odoo.last_params(update_route)
          == json{{"mo_id", "WH/MO/00011"},
                  {"quantity", 1000.5},
                  {"silo101", 825.0}});
    CHECK(odoo.last_params("mark-done")
          == json{{"mo_id", "WH/MO/00011"},
                  {"finished_qty", 1000.5},
                  {"equipment_id", "PLC01"},
                  {"date_end_actual", "2026-11-22 09:52:49"}});
  }

  TEST_CASE_FIXTURE(push_bench, "without finished_at the end is now") {
    odoo.on(update_route, fine);
    odoo.on("mark-done", fine);
    odoo.on("mo-detail", holds("done", "825"));
    auto push = final_figures();
    push.finished_at.reset();
    CHECK(pushed(push).done);
    CHECK(odoo.last_params("mark-done")["date_end_actual"]
          == "2026-11-22 10:00:00");
    push.finished_at = "yesterday";
    CHECK(failed(push).text == "finished_at: 'yesterday' is no UTC time");
  }

  TEST_CASE_FIXTURE(push_bench, "no weight, no mark-done") {
    for (const auto& weight :
         {std::optional<kilograms>{}, std::optional{kilograms{}}}) {
      auto push = final_figures();
      push.weight = weight;
      const auto why = failed(push);
      CHECK(why.operation == odoo_operation::mark_done);
      CHECK(why.error_class == odoo_error::rejected);
    }
    CHECK(odoo.calls().empty());
  }

  TEST_CASE_FIXTURE(push_bench, "success that leaves the order open is none") {
    odoo.on(update_route, fine);
    odoo.on("mark-done", fine);
    odoo.on("mo-detail", holds("to_close", "825"));
    const auto why = failed(final_figures());
    CHECK(why.operation == odoo_operation::mark_done);
    CHECK(why.error_class == odoo_error::rejected);
    CHECK(why.text
          == "Odoo answered success but the order is still in state to_close");
  }

  TEST_CASE_FIXTURE(push_bench, "what reads back differently is told, not "
                                "repeated") {
    odoo.on(update_route, fine);
    odoo.on("mark-done", fine);
    odoo.on("mo-detail", holds("done", "824", "1"));
    CHECK(pushed(final_figures()).differences
          == texts{"silo_a 824.000 instead of 825.000",
                   "silo_b 1.000 instead of 0.000"});
  }

  TEST_CASE_FIXTURE(impatient_bench, "marked done, answer lost: mo-detail says "
                                     "so") {
    odoo.on(update_route, fine);
    odoo.on("mark-done", hangs);
    odoo.on("mo-detail", holds("done", "825"));
    CHECK(pushed(final_figures()).done);
    odoo.on("mo-detail", holds("confirmed", "825"));
    const auto why = failed(final_figures());
    CHECK(why.operation == odoo_operation::mark_done);
    CHECK(why.error_class == odoo_error::time_out);
  }

  TEST_CASE_FIXTURE(push_bench, "mark-done after 500 or an error answer: "
                                "mo-detail has the last word") {
    odoo.on(update_route, fine);
    odoo.on("mark-done", "<h1>Internal Server Error</h1>");
    odoo.status("mark-done", 500);
    odoo.on("mo-detail", holds("done", "825"));
    CHECK(pushed(final_figures()).done);
    odoo.on("mo-detail", holds("confirmed", "825"));
    CHECK(failed(final_figures()).error_class == odoo_error::protocol);

    odoo.status("mark-done", 200);
    odoo.on("mark-done", refuses("No finished product move found for this MO"));
    CHECK(failed(final_figures()).text
          == "No finished product move found for this MO");
    odoo.on("mo-detail", holds("done", "825"));
    CHECK(pushed(final_figures()).done);
    odoo.on("mo-detail", holds("done", "800"));
    CHECK(failed(final_figures()).text
          == "order is done in Odoo with silo_a 800.000 instead of 825.000");
  }

  TEST_CASE_FIXTURE(push_bench, "done but not to be confirmed is not done") {
    odoo.on(update_route, fine);
    odoo.on("mark-done", fine);
    odoo.on("mo-detail", refuses("busy"));
    const auto why = failed(final_figures());
    CHECK(why.operation == odoo_operation::mark_done);
    CHECK(why.text == "marked done, but not to be confirmed: busy");
  }
}

TEST_SUITE("cancelling") {
  TEST_CASE_FIXTURE(push_bench, "cancelled, or cancelled already") {
    odoo.on("cancel", R"({"status":"success","mo_state":"cancel"})");
    CHECK(std::holds_alternative<events::odoo_cancelled>(cancel()));
    CHECK(odoo.routes() == "authenticate cancel");
    odoo.on("cancel", refuses("MO is already cancelled"));
    odoo.on("mo-detail", holds("cancel"));
    CHECK(std::holds_alternative<events::odoo_cancelled>(cancel()));
  }

  TEST_CASE_FIXTURE(push_bench, "what cannot be cancelled says why") {
    const auto why = [&] {
      const auto answer = cancel();
      REQUIRE(std::holds_alternative<events::odoo_push_failed>(answer));
      return std::get<events::odoo_push_failed>(answer);
    };
    odoo.on("cancel", refuses("cannot cancel"));
    odoo.on("mo-detail", holds("done"));
    CHECK(why().text == "order is done in Odoo");
    CHECK(why().operation == odoo_operation::cancel);
    CHECK_FALSE(why().revision);
    odoo.on("mo-detail", holds("confirmed"));
    CHECK(why().text == "cannot cancel");
    odoo.on("cancel", fine);
    CHECK(why().text
          == "Odoo answered success but the order is still in state confirmed");
    odoo.on("cancel", refuses("MO not found"));
    CHECK(why().error_class == odoo_error::not_found);
  }

  TEST_CASE_FIXTURE(impatient_bench, "cancelled, answer lost: mo-detail says "
                                     "so") {
    odoo.on("cancel", hangs);
    odoo.on("mo-detail", holds("cancel"));
    CHECK(std::holds_alternative<events::odoo_cancelled>(cancel()));
    odoo.on("mo-detail", holds("confirmed"));
    CHECK(std::get<events::odoo_push_failed>(cancel()).error_class
          == odoo_error::time_out);
  }
}
