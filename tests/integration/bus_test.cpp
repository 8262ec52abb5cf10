// Does the bus keep its promises with a real mosquitto: nothing that was queued
// is lost while the process lives, whatever happens to the broker?

#include "common/bus/client.hpp"
#include "tests/folders.hpp"
#include "tests/integration/support/broker.hpp"
#include "tests/integration/support/free_port.hpp"
#include "tests/integration/support/waiting.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>

using namespace std::chrono_literals;
using namespace millrace;
using test::broker;
using test::inbox;
using test::wait_until;

namespace {

/// A client that remembers what happened to it.
struct station {
  inbox<bus::incoming> received;
  inbox<bool> sessions;
  inbox<bool> answers;
  bus::client client;

  station(const std::string& url, const std::string& id,
          const std::string& user = {}, const std::string& password = {})
    : station(options_for(url, id, user, password)) {
  }
  explicit station(const bus::options& options) : client(options) {
    client.on_message(
      [this](const bus::incoming& message) { received.put(message); });
    client.on_connected([this](bool session) { sessions.put(session); });
  }

  static bus::options options_for(const std::string& url, const std::string& id,
                                  const std::string& user,
                                  const std::string& password) {
    bus::options options;
    options.url = url;
    options.client_id = id;
    options.user = user;
    options.password = password;
    return options;
  }

  void start() {
    client.start();
    REQUIRE(sessions.wait_for_count(1));
  }
  void send(const std::string& topic, const std::string& payload) {
    bus::outgoing message;
    message.topic = topic;
    message.payload = payload;
    REQUIRE(client.publish(message, [this](bool ok) { answers.put(ok); }));
  }
  void send_numbers(int from, int to) {
    for (int i = from; i < to; ++i)
      send("mill/a", std::to_string(i));
  }
  bool all_acknowledged(std::size_t count) {
    return answers.wait_for([count](const auto& all) {
      return std::count(all.begin(), all.end(), true)
             == static_cast<long>(count);
    });
  }
  std::vector<std::string> payloads() const {
    std::vector<std::string> all;
    for (const auto& each : received.items())
      all.push_back(each.payload);
    return all;
  }
};

std::vector<std::string> numbers(int from, int to) {
  std::vector<std::string> all;
  for (int i = from; i < to; ++i)
    all.push_back(std::to_string(i));
  return all;
}

/// Starts a program and waits for its end.
void run(const std::vector<std::string>& argv) {
  test::child_process program{{argv}};
  REQUIRE(program.wait(60s) == 0);
}

} // namespace

TEST_CASE("a message arrives with its properties") {
  broker mosquitto;
  station sender{mosquitto.url(), "sender"};
  station receiver{mosquitto.url(), "receiver"};
  receiver.client.subscribe("mill/+");
  receiver.start();
  sender.start();
  bus::outgoing message;
  message.topic = "mill/a";
  message.payload = std::string("\0\xff text", 7);
  message.response_topic = "mill/answers";
  message.correlation = std::string("c\0r", 3);
  message.content_type = "text/plain";
  REQUIRE(sender.client.publish(message));
  REQUIRE(receiver.received.wait_for_count(1));
  const auto arrived = receiver.received.items().at(0);
  CHECK(arrived.topic == "mill/a");
  CHECK(arrived.payload == message.payload);
  CHECK(arrived.response_topic == "mill/answers");
  CHECK(arrived.correlation == message.correlation);
  CHECK_FALSE(arrived.retained);
}

TEST_CASE("a retained message waits for a later subscription") {
  broker mosquitto;
  station one{mosquitto.url(), "one"};
  one.start();
  bus::outgoing state;
  state.topic = "mill/state";
  state.payload = "on";
  state.retained = true;
  REQUIRE(one.client.publish(state, [&](bool ok) { one.answers.put(ok); }));
  REQUIRE(one.all_acknowledged(1));
  one.client.subscribe("mill/state"); // after start, too
  REQUIRE(one.received.wait_for_count(1));
  CHECK(one.received.items().at(0).retained);
}

TEST_CASE("a proxy for the web is none for the broker") {
  for (const auto* proxy : {"", "http://127.0.0.1:9"}) {
    ::setenv("http_proxy", proxy, 1);
    broker mosquitto;
    station sender{mosquitto.url(), "sender"};
    sender.start();
    sender.send("mill/a", "1");
    CHECK(sender.all_acknowledged(1));
  }
}

TEST_CASE("a client may start before its broker") {
  broker mosquitto;
  mosquitto.kill();
  station early{mosquitto.url(), "early"};
  early.client.subscribe("mill/#");
  early.client.start();
  early.send_numbers(0, 20);
  mosquitto.start();
  REQUIRE(early.received.wait_for_count(20));
  CHECK(early.payloads() == numbers(0, 20));
  CHECK(early.all_acknowledged(20));
}

TEST_CASE("a broker that comes back without memory gets subscriptions and "
          "queue again") {
  broker mosquitto;
  station one{mosquitto.url(), "one"};
  one.client.subscribe("mill/#");
  one.start();
  mosquitto.kill();
  REQUIRE(wait_until([&] { return !one.client.connected(); }));
  one.send_numbers(0, 200);
  mosquitto.start();
  REQUIRE(one.received.wait_for_count(200));
  CHECK(one.payloads() == numbers(0, 200));
  CHECK(one.all_acknowledged(200));
  CHECK(one.sessions.items() == std::vector<bool>{false, false});
}

TEST_CASE("what was on its way when the broker died is sent again") {
  broker mosquitto;
  station one{mosquitto.url(), "one"};
  one.start();
  mosquitto.freeze();
  one.send_numbers(0, 100);
  mosquitto.kill();
  mosquitto.start();
  CHECK(one.all_acknowledged(100));
}

TEST_CASE("a frozen broker delays, nothing is lost") {
  broker mosquitto;
  station one{mosquitto.url(), "one"};
  one.client.subscribe("mill/#");
  one.start();
  mosquitto.freeze();
  one.send_numbers(0, 50);
  mosquitto.thaw();
  REQUIRE(one.all_acknowledged(50));
  REQUIRE(one.received.wait_for_count(50));
  CHECK(one.payloads() == numbers(0, 50));
}

namespace {

/// Starts, and waits for a message of its own: the subscription is in force.
void listen(station& one) {
  one.client.subscribe("mill/#");
  one.start();
  one.send("mill/a", "ready");
  REQUIRE(one.received.wait_for_count(1));
}

} // namespace

TEST_CASE("a connection that is given up is made anew, with its session") {
  broker mosquitto;
  station one{mosquitto.url(), "one"};
  listen(one);
  one.client.reconnect();
  REQUIRE(one.sessions.wait_for_count(2));
  CHECK(one.sessions.items() == std::vector<bool>{false, true});
  one.send("mill/a", "again");
  REQUIRE(one.received.wait_for_count(2));
  CHECK(one.client.trouble().empty());
}

TEST_CASE("a connection to a broker that hangs can be given up, too") {
  broker mosquitto;
  station one{mosquitto.url(), "one"};
  listen(one);
  mosquitto.freeze();
  one.send("mill/a", "again");
  one.client.reconnect();
  REQUIRE(wait_until([&] { return !one.client.connected(); }));
  mosquitto.thaw();
  REQUIRE(one.sessions.wait_for_count(2));
  CHECK(one.sessions.items().at(1));
  REQUIRE(one.all_acknowledged(2));
}

TEST_CASE("nothing of an earlier holder of the client id is delivered") {
  broker mosquitto;
  {
    test::child_process killed{
      {{"/usr/bin/mosquitto_sub", "-V", "5", "-h", "127.0.0.1", "-p",
        std::to_string(mosquitto.port()), "-i", "mill", "-c", "-x", "3600",
        "-q", "1", "-t", "mill/#"},
       {},
       {},
       mosquitto.folder().path() / "sub.txt"}};
    station sender{mosquitto.url(), "sender"};
    sender.start();
    // Until the subscription is in force.
    REQUIRE(wait_until([&] {
      sender.send("mill/a", "ready");
      return !test::read_text(mosquitto.folder().path() / "sub.txt").empty();
    }));
    killed.kill();
    sender.send_numbers(0, 3);
    sender.client.stop(5s);
  }
  station next{mosquitto.url(), "mill"};
  listen(next);
  CHECK(next.payloads() == std::vector<std::string>{"ready"});
  CHECK(next.sessions.items() == std::vector<bool>{false});
}

TEST_CASE("stop flushes the queue, and gives up what it cannot send") {
  broker mosquitto;
  station receiver{mosquitto.url(), "receiver"};
  receiver.client.subscribe("mill/#");
  receiver.start();
  station sender{mosquitto.url(), "sender"};
  sender.start();
  sender.send_numbers(0, 100);
  sender.client.stop(10s);
  CHECK(sender.all_acknowledged(100));
  CHECK_FALSE(sender.client.publish({}));
  REQUIRE(receiver.received.wait_for_count(100));
  CHECK(receiver.payloads() == numbers(0, 100));

  mosquitto.kill();
  REQUIRE(wait_until([&] { return !receiver.client.connected(); }));
  receiver.send_numbers(0, 3);
  receiver.client.stop(0s);
  CHECK(receiver.answers.items() == std::vector<bool>{false, false, false});
}

TEST_CASE("a full queue refuses at once") {
  bus::options options;
  options.url = "mqtt://127.0.0.1:" + std::to_string(test::free_tcp_port());
  options.client_id = "full";
  options.max_queued = 3;
  bus::client client{options};
  client.start();
  for (int i = 0; i < 3; ++i)
    CHECK(client.publish({}));
  CHECK_FALSE(client.publish({}));
}

TEST_CASE("callbacks that throw harm nobody") {
  broker mosquitto;
  bus::options options;
  options.url = mosquitto.url();
  options.client_id = "one";
  bus::client client{options};
  inbox<std::string> seen;
  client.on_connected([](bool) { throw std::runtime_error("no"); });
  client.on_message([&](const bus::incoming& message) {
    seen.put(message.payload);
    throw 1;
  });
  client.subscribe("mill/#");
  client.start();
  bus::outgoing message;
  message.topic = "mill/a";
  for (const auto* payload : {"1", "2"}) {
    message.payload = payload;
    CHECK(client.publish(message, [](bool) { throw 2; }));
  }
  REQUIRE(seen.wait_for_count(2));
  CHECK(seen.items() == std::vector<std::string>{"1", "2"});
}

TEST_SUITE("mosquitto/") {
  /// A broker with the passwords and the ACL of the repository.
  struct guarded_broker {
    test::temp_folder secrets;
    broker mosquitto{prepare()};

    std::string prepare() {
      const auto folder = secrets.path().string();
      run({test::source_folder() + "/mosquitto/make-passwords.sh", folder});
      return "allow_anonymous false\npassword_file " + folder
             + "/passwords\nacl_file " + folder + "/acl\n";
    }
    std::string password(const std::string& user) const {
      return test::read_text(secrets.path() / (user + ".password"));
    }
    bus::options options(const std::string& user) const {
      return station::options_for(mosquitto.url(), "millrace-" + user, user,
                                  password(user));
    }
  };

  TEST_CASE_FIXTURE(guarded_broker, "each service may do its own part only") {
    station scheduler{options("scheduler")};
    station store{options("batch-store")};
    store.client.subscribe("millrace/v1/+/_cmd/batch-store/+");
    store.client.subscribe("millrace/v1/+/_event/+");
    store.start();
    scheduler.start();
    scheduler.send("millrace/v1/PLC01/_event/plc.read", "forged");
    REQUIRE(scheduler.answers.wait_for_count(1));
    CHECK(scheduler.answers.items() == std::vector<bool>{false});
    scheduler.send("millrace/v1/PLC01/_cmd/batch-store/task.run", "tick");
    REQUIRE(store.received.wait_for_count(1));
    CHECK(store.payloads() == std::vector<std::string>{"tick"});
    CHECK(scheduler.client.connected());
  }

  TEST_CASE_FIXTURE(guarded_broker, "answers reach only who asked") {
    station admin{options("admin-gateway")};
    station watcher{options("watcher")};
    station store{options("batch-store")};
    admin.client.subscribe("millrace/v1/_reply/millrace-admin-gateway");
    watcher.client.subscribe("millrace/v1/#");
    admin.start();
    watcher.start();
    store.start();
    store.send("millrace/v1/_reply/millrace-admin-gateway", "answer");
    store.send("millrace/v1/PLC01/_event/queue.emptied", "event");
    REQUIRE(admin.received.wait_for_count(1));
    REQUIRE(watcher.received.wait_for_count(1));
    CHECK(watcher.payloads() == std::vector<std::string>{"event"});
  }

  TEST_CASE_FIXTURE(guarded_broker, "a refused client goes on trying") {
    auto wrong = options("watcher");
    wrong.password = "wrong";
    station watcher{wrong};
    watcher.client.start();
    REQUIRE(wait_until([&] {
      const auto log = mosquitto.log();
      const std::string_view refusal = "not authorised";
      const auto first = log.find(refusal);
      return first != std::string::npos
             && log.find(refusal, first + 1) != std::string::npos;
    }));
    CHECK_FALSE(watcher.client.connected());
  }

  TEST_CASE_FIXTURE(guarded_broker, "credentials may stand in the URL") {
    bus::options in_url;
    in_url.url = "mqtt://w%61tcher:" + password("watcher")
                 + "@127.0.0.1:" + std::to_string(mosquitto.port());
    in_url.client_id = "people";
    station watcher{in_url};
    watcher.start();
  }

  TEST_CASE("make-passwords.sh keeps passwords and rewrites the root") {
    test::temp_folder folder;
    const auto path = folder.path().string();
    const std::string script
      = test::source_folder() + "/mosquitto/make-passwords.sh";
    run({script, path, "umh/v1/acme"});
    const auto before = test::read_text(folder.path() / "scheduler.password");
    CHECK(before.size() == 32);
    run({script, path, "umh/v1/acme"});
    CHECK(test::read_text(folder.path() / "scheduler.password") == before);
    const auto acl = test::read_text(folder.path() / "acl");
    CHECK(acl.find("millrace/v1/") == std::string::npos);
    CHECK(acl.find("topic write umh/v1/acme/_state/scheduler")
          != std::string::npos);
    CHECK(test::read_text(folder.path() / "passwords").find(before)
          == std::string::npos);
    test::child_process bad{{{script, path, "a/#"}}};
    CHECK(bad.wait(60s) == 2);
  }

  TEST_CASE("make-config.sh makes a folder that mosquitto starts with") {
    test::temp_folder folder;
    const auto path = folder.path().string();
    const auto port = test::free_tcp_port();
    run({test::source_folder() + "/mosquitto/make-config.sh", path,
         std::to_string(port)});
    test::child_process mosquitto{
      {{"/usr/sbin/mosquitto", "-c", path + "/mosquitto.conf"}}};
    REQUIRE(wait_until([&] { return test::accepts_connections(port); }));
    station watcher{"mqtt://127.0.0.1:" + std::to_string(port), "people",
                    "watcher",
                    test::read_text(folder.path() / "watcher.password")};
    watcher.start();
    mosquitto.signal(SIGTERM);
    CHECK(mosquitto.wait(test::patience) == 0);
    CHECK_FALSE(
      test::read_text(folder.path() / "data" / "mosquitto.db").empty());
  }
}

TEST_CASE("TLS: the broker's certificate is checked") {
  test::temp_folder folder;
  const auto file = [&](const char* name) {
    return (folder.path() / name).string();
  };
  for (const std::string name : {"broker", "other"})
    run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days",
         "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout",
         file((name + ".key").c_str()), "-out", file((name + ".crt").c_str())});
  const auto port = test::free_tcp_port();
  broker mosquitto{"listener " + std::to_string(port) + " 127.0.0.1\ncertfile "
                   + file("broker.crt") + "\nkeyfile " + file("broker.key")
                   + "\n"};
  bus::options options;
  options.url = "mqtts://localhost:" + std::to_string(port);
  options.client_id = "tls";
  options.ca_file = file("broker.crt");
  {
    station trusting{options};
    trusting.start();
  }
  options.ca_file = file("other.crt");
  station wary{options};
  wary.client.start();
  const auto refused = [&] {
    const auto log = mosquitto.log();
    return log.find("unknown ca") != std::string::npos
           || log.find("certificate") != std::string::npos;
  };
  REQUIRE(wait_until(refused));
  CHECK_FALSE(wary.client.connected());
}
