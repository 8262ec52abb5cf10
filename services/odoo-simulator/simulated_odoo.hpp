#pragma once

#include "common/http/server.hpp"
#include "services/odoo-simulator/faults.hpp"
#include "services/odoo-simulator/sessions.hpp"

#include <nlohmann/json_fwd.hpp>

#include <functional>
#include <mutex>

// Odoo's HTTP side but its sockets: envelope, sign-in, faults. Time comes in
// with each call. Every member function may be called from any thread.

namespace millrace::odoo_sim {

struct odoo_settings {
  std::string database = "odoo14";
  std::string login = "admin";
  std::string password = "admin";
  /// 0: sessions never end by themselves.
  std::chrono::milliseconds session_lifetime{0};
  /// Answer plain objects instead of JSON-RPC envelopes.
  bool plain = false;
};

/// An answer and how it goes out.
struct reply {
  http::response response;
  std::chrono::milliseconds delay{0};
  /// Never goes out.
  bool hang = false;
};

class simulated_odoo {
public:
  simulated_odoo(odoo_settings chosen, std::vector<order> orders);

  reply on_request(const http::request& asked, instant now);

  fault_settings faults() const;
  void set_faults(fault_settings chosen);
  /// Everybody must sign in again.
  void expire_sessions();
  /// Looks at or changes the orders, with nobody else at them.
  void with_model(const std::function<void(odoo_model&)>& act);
  /// Requests by path and what became of them, for the ledger.
  std::map<std::string, int> request_counts() const;

private:
  http::response answer(const http::request& asked,
                        const fault_settings& faults, instant now);
  http::response sign_in(const std::string& path, const nlohmann::json& body,
                         const nlohmann::json& params, instant now);
  http::response call(const http::request& asked, const nlohmann::json& body,
                      const nlohmann::json& params,
                      const fault_settings& faults, instant now);
  http::response enveloped(const nlohmann::json& body, const char* member,
                           nlohmann::json content) const;
  http::response session_expired(const nlohmann::json& body) const;

  odoo_settings settings_;
  mutable std::mutex mutex_;
  odoo_model model_;
  sessions sessions_;
  fault_dice dice_;
  std::map<std::string, int> request_counts_;
};

} // namespace millrace::odoo_sim
