#include "services/odoo-gateway/settings.hpp"

#include <doctest/doctest.h>

using namespace millrace;

namespace {

result<std::string> no_files(const std::string& name) {
  return error{name + " is no file"};
}

} // namespace

TEST_SUITE("settings") {
  TEST_CASE("database, login and password have no default") {
    odoo::settings chosen;
    config::binder binder;
    odoo::declare(binder, chosen);
    CHECK(config::apply(binder, {}, {}, no_files)
          == std::vector<std::string>{
            "ODOO_DATABASE is not set; it is required: Odoo's database",
            "ODOO_USERNAME is not set; it is required: login in Odoo",
            "ODOO_PASSWORD is not set; it is required: password in Odoo"});
    CHECK(config::apply(binder,
                        {{"ODOO_DB", "mill"},
                         {"ODOO_USERNAME", "scada"},
                         {"ODOO_PASSWORD", "geheim"}},
                        {}, no_files)
            .empty());
    CHECK(chosen.database == "mill");
  }
}
