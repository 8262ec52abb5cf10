// A service with nothing in it but what every service has, for service_test.

#include "common/service/service.hpp"

#include <cstdio>
#include <memory>
#include <stdexcept>
#include <thread>

using namespace millrace;

int main(int argc, char** argv) {
  bool fail = false;
  bool hang = false;
  std::string doubt;
  service::definition sample;
  sample.name = "sample";
  sample.summary = "for tests";
  sample.declare = [&](config::binder& settings) {
    settings.flag({"SAMPLE_FAIL"}, fail, "start fails");
    settings.flag({"SAMPLE_HANG"}, hang, "stop hangs");
    settings.text({"SAMPLE_DOUBT"}, doubt, "why it is not ready");
  };
  sample.start = [&](service::surroundings& around) {
    if (fail)
      throw std::runtime_error("no database");
    auto* port = &around.events;
    port->on<events::store_query>(
      [port](events::event<events::store_query> query,
             const service::reply_to& to) {
        service::context about;
        about.causation_id = query.meta.id;
        port->reply(
          to, {true, "asked for " + query.data.mo_id.value_or("?"), {}}, about);
      });
  };
  sample.stop = [&](std::chrono::steady_clock::time_point) {
    while (hang)
      std::this_thread::sleep_for(std::chrono::hours{1});
  };
  sample.dependencies = [&] {
    return std::vector<service::dependency>{{"plan", doubt}};
  };
  return service::run(argc, argv, sample);
}
