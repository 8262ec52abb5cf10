#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace millrace::bus {

/// How to reach the broker and how to be known there.
struct options {
  /// mqtt://[user:password@]host[:port], or mqtts:// for TLS. Already checked
  /// by parse_url.
  std::string url = "mqtt://localhost:1883";
  std::string user;
  std::string password;
  /// Different for each process: the broker lets a second holder push out the
  /// first. The first connection of a client throws away what an earlier holder
  /// left, later ones of the same client continue its session.
  std::string client_id;
  /// PEM files for mqtts; ca empty: the system's authorities.
  std::string ca_file, certificate_file, key_file;
  /// Last will, retained.
  std::string will_topic, will_payload;
  std::chrono::seconds keep_alive{10};
  /// How long the broker keeps session and queue while there is no connection.
  /// Short: nobody comes for what a process that has ended leaves behind.
  std::chrono::seconds session_expiry{120};
  /// Unacknowledged publishes at once. More than the broker's receive maximum
  /// (20) stalls paho for a second at a time (RELIABILITY B.1).
  std::size_t max_in_flight = 15;
  /// Publishes waiting behind those; one more is refused.
  std::size_t max_queued = 10'000;
  /// And their payloads together, bytes.
  std::size_t max_queued_bytes = 64 << 20;
};

struct incoming {
  std::string topic;
  std::string payload;
  std::string response_topic;
  std::string correlation;
  bool retained = false;
};

struct outgoing {
  std::string topic;
  std::string payload;
  std::string response_topic;
  std::string correlation;
  std::string content_type;
  bool retained = false;
};

/// What a service needs of the bus; tests have their own.
class endpoint {
public:
  virtual ~endpoint() = default;

  /// Kept over reconnects.
  virtual void subscribe(std::string filter) = 0;
  /// Queues a QoS 1 publish. False when the queue is full (nothing will be
  /// sent, `done` is not called). `done(true)` after the broker's
  /// acknowledgement, `done(false)` when it was refused or given up at stop();
  /// a lost connection is not the end: what was unacknowledged is sent again.
  /// `done` runs on paho's thread and must not wait.
  virtual bool publish(outgoing message,
                       std::function<void(bool acknowledged)> done = {})
    = 0;
};

/// One MQTT 5 connection: its session lives as long as the client, reconnect
/// with backoff and jitter, resubscription at each connect, QoS 1 both ways.
/// All methods are thread safe and none blocks but stop(). Callbacks run on
/// paho's thread: they must be quick and must not wait; exceptions are caught
/// and logged.
class client : public endpoint {
public:
  /// Throws std::invalid_argument when the URL is wrong.
  explicit client(options chosen);
  ~client() override;
  client(const client&) = delete;
  client& operator=(const client&) = delete;

  /// Before start().
  void on_message(std::function<void(const incoming&)> callback);
  /// Before start(); all that are given are called, on the client's own thread,
  /// also at each reconnect. session_present false means that the broker lost
  /// what it had queued for us.
  void on_connected(std::function<void(bool session_present)> callback);
  /// Before start() or later.
  void subscribe(std::string filter) override;
  /// Begins to connect and goes on trying for ever; returns at once.
  void start();
  bool connected() const;
  /// Why there is no connection, in words; empty while there is one.
  std::string trouble() const;
  /// Gives the connection up and makes a new one: for whoever sees that nothing
  /// comes through it any more. Returns at once.
  void reconnect();

  bool publish(outgoing message,
               std::function<void(bool acknowledged)> done = {}) override;

  /// Waits at most `flush` for queued publishes, then disconnects cleanly
  /// (within a second). Last call; blocking.
  void stop(std::chrono::milliseconds flush);

private:
  struct impl;
  std::unique_ptr<impl> impl_;
};

} // namespace millrace::bus
