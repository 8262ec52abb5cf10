#pragma once

#include "common/http/client.hpp"
#include "services/odoo-gateway/breaker.hpp"
#include "services/odoo-gateway/odoo_calls.hpp"
#include "services/odoo-gateway/retry.hpp"
#include "services/odoo-gateway/session.hpp"

#include <optional>
#include <string>

namespace millrace::odoo {

/// What all workers share, and what tests replace.
struct shared_parts {
  session& sign_in;
  breaker& guard;
  steady_source now;
  pauser pause;
  random_source random;
};

/// The calls over HTTP, one at a time: each worker has its own. Every call
/// signs in where it must, and once more when the session turns out to be gone;
/// an open breaker answers at once.
class odoo_client final : public odoo_calls {
public:
  odoo_client(http::client_options options, shared_parts parts);

  outcome<json> list_orders(int limit, int offset) override;
  outcome<order_detail> detail(const std::string& mo_id,
                               const std::string& line) override;
  outcome<json> update(const std::string& mo_id, const equipment_codes& codes,
                       const dosing_amounts& amounts,
                       std::optional<kilograms> weight) override;
  outcome<json> mark_done(const std::string& mo_id, kilograms weight,
                          const std::string& line,
                          const std::string& ended_at) override;
  outcome<json> cancel(const std::string& mo_id) override;

private:
  outcome<json> call(const std::string& path, const json& params,
                     bool repeatable);
  http::call_result post(const std::string& path, const std::string& body,
                         const std::string& cookie, bool repeatable);
  http::call_result send(const std::string& path, const std::string& body,
                         const std::string& cookie, bool repeatable);
  void report(const http::call_result& answer);

  http::client http_;
  std::chrono::milliseconds connect_time_out_;
  shared_parts parts_;
};

} // namespace millrace::odoo
