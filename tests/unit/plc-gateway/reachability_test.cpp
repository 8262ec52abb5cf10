#include "services/plc-gateway/reachability.hpp"

#include <doctest/doctest.h>

using millrace::plc::reachability;

TEST_SUITE("reachability") {
  TEST_CASE("nobody asked, nobody missing") {
    CHECK(reachability{}.trouble() == "");
  }

  TEST_CASE("a PLC that does not answer is named until it does") {
    reachability plcs;
    plcs.heard("PLC02", false);
    plcs.heard("PLC01", true);
    CHECK(plcs.trouble() == "1 of 2 PLCs does not answer: PLC02");
    plcs.heard("PLC01", false);
    CHECK(plcs.trouble() == "2 of 2 PLCs do not answer: PLC01, PLC02");
    plcs.heard("PLC01", true);
    plcs.heard("PLC02", true);
    CHECK(plcs.trouble() == "");
  }

  TEST_CASE("of many only the first are named") {
    reachability plcs;
    for (const auto* line : {"L1", "L2", "L3", "L4", "L5", "L6"})
      plcs.heard(line, false);
    CHECK(plcs.trouble()
          == "6 of 6 PLCs do not answer: L1, L2, L3, L4, L5, ...");
  }

  TEST_CASE("who stands by knows of no PLC") {
    reachability plcs;
    plcs.heard("PLC01", false);
    plcs.forget();
    CHECK(plcs.trouble() == "");
  }
}
