// How many batch-status answers admin-gateway gives, measured against a bare
// hello-world of the same HTTP server in the same run; and how old they are.
// Usage: http-bench [CONNECTIONS [ROUNDS]]

#include "common/telemetry/log.hpp"
#include "services/admin-gateway/finishing.hpp"
#include "services/admin-gateway/gateway.hpp"
#include "tests/bench/load.hpp"

#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <mutex>
#include <thread>

using namespace millrace;
using namespace std::chrono_literals;

namespace {

using steady = std::chrono::steady_clock;
constexpr std::string_view read_mark = "\"read_ns\":";

/// batch-store's part: one question after the other, 2 ms each, answered with
/// ten batches and the time of reading.
class slow_store {
public:
  slow_store() : thread_([this] { work(); }) {
  }
  ~slow_store() {
    {
      const std::lock_guard guard{mutex_};
      ending_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  void ask(admin::asks::answered answered) {
    const std::lock_guard guard{mutex_};
    questions_.push_back(std::move(answered));
    changed_.notify_all();
  }
  std::uint64_t asked() const {
    return asked_;
  }

private:
  static events::command_result batches() {
    const auto now = steady::now().time_since_epoch();
    std::string rows;
    for (int i = 1; i <= 10; ++i) {
      rows += R"({"batch_no":)" + std::to_string(i) + R"(,"mo_id":"WH/MO/0000)"
              + std::to_string(i)
              + R"(","finished_goods":"Product","dosing":[)";
      for (int tag = 101; tag <= 115; ++tag)
        rows += R"({"tag":)" + std::to_string(tag)
                + R"(,"planned":"123.456","actual":"120.001"},)";
      rows.back() = ']';
      rows += "},";
    }
    rows.back() = ']';
    events::command_result said;
    said.ok = true;
    said.message = "ok";
    said.data.text = "{" + std::string{read_mark}
                     + std::to_string(std::chrono::nanoseconds{now}.count())
                     + ",\"batches\":[" + rows + "}";
    return said;
  }
  void work() {
    std::unique_lock lock{mutex_};
    while (!ending_) {
      changed_.wait(lock, [this] { return ending_ || !questions_.empty(); });
      while (!questions_.empty()) {
        auto answered = std::move(questions_.front());
        questions_.pop_front();
        lock.unlock();
        ++asked_;
        auto said = batches();
        // What a question to batch-store takes: the bus and one read.
        std::this_thread::sleep_for(2ms);
        answered(std::move(said));
        lock.lock();
      }
    }
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<admin::asks::answered> questions_;
  bool ending_ = false;
  std::atomic<std::uint64_t> asked_{0};
  std::thread thread_;
};

std::string get(std::string_view path) {
  return "GET " + std::string{path}
         + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: bench\r\n"
           "Accept: */*\r\n\r\n";
}

void tell(const char* what, bench::figures& all) {
  const auto ms = [&](double share) {
    return std::chrono::duration<double, std::milli>(all.latency_at(share))
      .count();
  };
  std::cout << what << ": " << static_cast<int>(all.per_second())
            << " answers a second, p50 " << ms(0.5) << " ms, p99 " << ms(0.99)
            << " ms, " << all.failures << " failures\n";
}

} // namespace

int main(int argc, char** argv) {
  const auto connections
    = static_cast<std::size_t>(argc > 1 ? std::atoi(argv[1]) : 16);
  const int rounds = argc > 2 ? std::atoi(argv[2]) : 5;
  log::setup({"bench", log::level::warn});

  slow_store store;
  admin::picture known;
  events::service_state online;
  online.service = "batch-store";
  online.status = "online";
  known.saw(online);
  admin::asks others;
  others.connected = [] {
    return true;
  };
  others.query = [&](events::store_query, admin::asks::answered answered) {
    store.ask(std::move(answered));
  };
  admin::event_stream stream;
  const admin::task_log runs;
  const auto entrance = admin::access::door::open();
  admin::gateway api{{"PLC01"}, std::move(others), known, stream,
                     runs,      *entrance};
  http::server_options dressed;
  dressed.headers = admin::security_headers(false);
  http::server gateway{dressed,
                       admin::finished(
                         [&](http::request request, http::responder respond) {
                           api.handle(std::move(request), std::move(respond));
                         },
                         {}, admin::methods_of)};
  http::server hello{{}, [](http::request, http::responder respond) {
                       respond({200, "hello world", "text/plain", {}});
                     }};
  gateway.start();
  hello.start();

  bench::figures bare;
  bench::figures status;
  std::chrono::nanoseconds oldest{0};
  for (int i = 0; i < rounds; ++i) { // in turn: others use the machine too
    bare.add(bench::load(hello.port(), get("/"), connections, 1s,
                         [](std::string_view) {}));
    status.add(bench::load(gateway.port(), get("/api/admin/batch-status"),
                           connections, 1s, [&](std::string_view body) {
                             const auto at = body.find(read_mark);
                             if (at == body.npos)
                               return;
                             const std::chrono::nanoseconds read{
                               std::atoll(body.data() + at + read_mark.size())};
                             oldest = std::max(
                               oldest, steady::now().time_since_epoch() - read);
                           }));
  }
  tell("bare hello world", bare);
  tell("batch-status    ", status);
  std::cout << "ratio " << status.per_second() / bare.per_second()
            << ", oldest answer "
            << std::chrono::duration<double, std::milli>(oldest).count()
            << " ms, questions to batch-store " << store.asked() << "\n";
  gateway.stop();
  hello.stop();
  return status.failures == 0 ? 0 : 1;
}
