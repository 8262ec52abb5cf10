// For targets whose code logs: what it says about bad input is no news here.

#include "common/telemetry/log.hpp"

extern "C" int LLVMFuzzerInitialize(int*, char***) {
  millrace::log::setup({"fuzz", millrace::log::level::error});
  return 0;
}
