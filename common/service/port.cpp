#include "common/service/port.hpp"

#include "common/bus/topic_filter.hpp"
#include "common/service/envelope.hpp"
#include "common/service/kill_point.hpp"
#include "common/service/requests.hpp"
#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"

#include <exception>
#include <utility>

namespace millrace::service {

namespace {

constexpr std::size_t shown_bytes = 200;

std::string printable_start(std::string_view payload) {
  std::string text{payload.substr(0, shown_bytes)};
  for (auto& c : text)
    if (c < ' ' || c > '~')
      c = '.';
  return text;
}

void count_ignored(std::string_view reason) {
  metrics::count("millrace_messages_ignored_total",
                 "Messages that nobody waited for", {{"reason", reason}});
}

void count_rejected(std::string_view reason, double by = 1) {
  metrics::count("millrace_messages_rejected_total",
                 "Messages that do not parse or break a rule",
                 {{"reason", reason}}, by);
}

} // namespace

port::port(bus::endpoint& bus, std::string service, events::topics layout,
           wall_clock clock, id_source ids, std::string client_id)
  : bus_(bus), service_(std::move(service)), layout_(std::move(layout)),
    clock_(std::move(clock)), ids_(std::move(ids)),
    reply_topic_(
      layout_.reply(client_id.empty() ? "millrace-" + service_ : client_id)),
    requests_(std::make_shared<requests>()) {
  add_route(reply_topic_,
            [this](const bus::incoming& in) { answer_arrived(in); });
  // From 0, so that the first one is seen as an increase.
  count_rejected("invalid", 0);
  count_rejected("too_large", 0);
}

port::~port() = default;

void port::add_route(std::string filter,
                     std::function<void(const bus::incoming&)> handle) {
  bus_.subscribe(filter);
  routes_.push_back({std::move(filter), std::move(handle)});
}

bool port::takes_commands() const {
  if (!active_ || active_())
    return true;
  count_ignored("standing_by");
  return false;
}

events::envelope port::envelope_for(std::string_view line, std::string type,
                                    const context& about) const {
  return make_envelope(service_, line, type, about, clock_, ids_);
}

bool port::send(std::string topic, std::string payload, bool retained) {
  const auto name = topic.substr(topic.rfind('/') + 1);
  kill_point("send.before", name);
  bus::outgoing message;
  message.topic = std::move(topic);
  message.payload = std::move(payload);
  message.content_type = events::content_type;
  message.retained = retained;
  const bool queued = bus_.publish(std::move(message));
  kill_point("send.after", name);
  return queued;
}

void port::send_request(
  std::string topic, std::string payload, std::chrono::milliseconds time_out,
  std::function<void(result<events::command_result>)> answered) {
  const auto correlation = ids_();
  if (!requests_->add(correlation, time_out, answered)) {
    answered(error{"too many requests wait for an answer"});
    return;
  }
  bus::outgoing message;
  message.topic = std::move(topic);
  message.payload = std::move(payload);
  message.content_type = events::content_type;
  message.response_topic = reply_topic_;
  message.correlation = correlation;
  const std::weak_ptr<requests> waiting{requests_};
  const bool queued
    = bus_.publish(std::move(message), [waiting, correlation](bool taken) {
        if (const auto all = waiting.lock(); all && !taken)
          all->finish(correlation, error{"the broker refused the request"});
      });
  if (!queued)
    requests_->finish(correlation, error{"the queue to the broker is full"});
}

void port::reply(const reply_to& to, events::command_result answer,
                 const context& about) {
  if (!to)
    return;
  if (!to.topic.starts_with(layout_.reply({}))
      || to.topic.find_first_of("+#") != std::string::npos) {
    log::warn("reply.topic_refused", {{"topic", printable_start(to.topic)}});
    count_ignored("reply_topic");
    return;
  }
  const auto message = compose("_all", std::move(answer), about);
  bus::outgoing out;
  out.topic = to.topic;
  out.payload = events::encode(message);
  out.content_type = events::content_type;
  out.correlation = to.correlation;
  if (!bus_.publish(std::move(out)))
    log::error("reply.queue_full", {{"topic", to.topic}});
}

void port::answer_arrived(const bus::incoming& in) {
  auto message = events::decode<events::command_result>(in.payload);
  if (!message) {
    reject(in, message.why());
    requests_->finish(in.correlation,
                      error{"the answer is wrong: " + message.why()});
  } else if (!requests_->finish(in.correlation, std::move(message->data))) {
    count_ignored("late_answer");
    log::debug("request.late_answer", {{"subject", message->meta.subject}});
  }
}

void port::arrived(const bus::incoming& in) {
  bool routed = false;
  for (const auto& each : routes_) {
    if (!bus::matches(each.filter, in.topic))
      continue;
    routed = true;
    try {
      each.handle(in);
    } catch (const std::exception& problem) {
      metrics::count("millrace_handler_errors_total",
                     "Messages whose handling threw");
      log::error("message.handler_threw",
                 {{"topic", in.topic}, {"error", problem.what()}});
    }
  }
  if (!routed) {
    // An earlier version's subscription may live on in the broker's session.
    count_ignored("no_route");
    log::debug("message.no_route", {{"topic", printable_start(in.topic)}});
  }
}

void port::reject(const bus::incoming& in, const std::string& why) {
  const bool too_large = in.payload.size() > events::max_message_bytes;
  count_rejected(too_large ? "too_large" : "invalid");
  log::warn("message.rejected", {{"topic", in.topic}, {"reason", why}});
  // Else two services could reject each other's rejections for ever.
  if (bus::matches(layout_.rejected("+"), in.topic))
    return;
  events::message_rejected data;
  data.service = service_;
  data.topic = in.topic;
  data.reason = why;
  data.payload_start = printable_start(in.payload);
  publish_state(layout_.rejected(service_), "_all", std::move(data));
}

} // namespace millrace::service
