#include "services/notifier/wiring.hpp"

#include "common/telemetry/log.hpp"
#include "common/telemetry/metrics.hpp"
#include "services/notifier/courier.hpp"
#include "services/notifier/mail_text.hpp"
#include "services/notifier/standing_alerts.hpp"
#include "services/notifier/transfer.hpp"

#include <atomic>
#include <ctime>
#include <map>

namespace millrace::notifier {

namespace {

using namespace std::chrono_literals;
using steady = std::chrono::steady_clock;

constexpr auto beat = 200ms;
constexpr auto list_patience = 5s;
// Whatever events were lost, it is known after this.
constexpr auto list_every = 5min;
constexpr auto list_again = 5s;

int local_minute(moment now) {
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  localtime_r(&seconds, &parts);
  return parts.tm_hour * 60 + parts.tm_min;
}

void count(const std::string& way, const char* outcome) {
  metrics::count("millrace_notifier_notes_total",
                 "Notes that a way took, or did not take",
                 {{"way", way}, {"outcome", outcome}});
}

} // namespace

struct running_notifier::impl {
  impl(const settings& chosen_settings, service::surroundings& here)
    : chosen(chosen_settings), around(here),
      book(chosen.note_rules(), local_minute) {
    begin_transfers();
    limits.time_out = chosen.time_out;
    limits.ca_file = chosen.ca_file;
    limits.stop = &stopping;
    open_ways();
    listen();
    thread = std::jthread([this](const std::stop_token& stop) { work(stop); });
  }

  void open_ways() {
    const auto open = [this](const char* way, courier::attempt carry) {
      ways.emplace(
        way, std::make_unique<courier>(
               std::move(carry), [this](const note& one, const auto& wrong) {
                 ended(one, wrong);
               }));
    };
    if (!chosen.webhook_url.empty())
      open("webhook", [this](const note& one) {
        return send(web_post{chosen.webhook_url,
                             "application/cloudevents+json; charset=utf-8",
                             as_event(one, word(one, chosen.words()),
                                      around.ids(), around.clock()),
                             chosen.webhook_token},
                    limits);
      });
    if (!chosen.slack_url.empty())
      open("slack", [this](const note& one) {
        return send(web_post{chosen.slack_url,
                             "application/json",
                             as_slack(word(one, chosen.words())),
                             {}},
                    limits);
      });
    if (!chosen.smtp_url.empty())
      open("mail",
           [this](const note& one) { return send(mail_of(one), limits); });
  }

  mail_message mail_of(const note& one) const {
    mail_message mail;
    mail.url = chosen.smtp_url;
    mail.tls_required = chosen.smtp_tls == "required";
    mail.user = chosen.smtp_user;
    mail.password = chosen.smtp_password;
    mail.from = chosen.mail_from;
    mail.to = chosen.mail_receivers();
    mail.text = mail_text(word(one, chosen.words()), mail.from, mail.to,
                          around.ids(), around.clock());
    return mail;
  }

  void listen() {
    auto& port = around.events;
    port.on<events::alert_raised>(
      [this](events::event<events::alert_raised> in, service::reply_to) {
        change([&] {
          const auto now = around.clock();
          const auto at = parse_utc(in.meta.time).value_or(now);
          book.raised({std::move(in.data), at}, now);
        });
      });
    port.on<events::alert_acknowledged>(
      [this](events::event<events::alert_acknowledged> in, service::reply_to) {
        change([&] { book.acknowledged(in.data.alert_id); });
      });
    port.on<events::alert_cleared>(
      [this](events::event<events::alert_cleared> in, service::reply_to) {
        change([&] { book.cleared(in.data.alert_id, around.clock()); });
      });
    port.on_state<events::notifier_state>(
      port.layout().notifier_state(),
      [this](events::event<events::notifier_state> in, service::reply_to) {
        const std::lock_guard lock{mutex};
        // Once it tells itself, it hears only its own words.
        if (!knows_alerts)
          book.recall(in.data.told, around.clock());
      });
    port.on_state<events::service_state>(
      port.layout().service_state("batch-store"),
      [this](events::event<events::service_state> in, service::reply_to) {
        const std::lock_guard lock{mutex};
        if (in.data.status == "online")
          ask_at = steady::now();
      });
  }

  /// What an instance that stands by hears, it is told again when it begins.
  template <class Work>
  void change(Work work) {
    const std::lock_guard lock{mutex};
    if (!active)
      return;
    work();
    changed = true;
  }

  void work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      bool ask = false;
      {
        const std::lock_guard lock{mutex};
        if (active && steady::now() >= ask_at) {
          ask = true;
          ask_at = steady::now() + list_every;
        }
        if (active && knows_alerts && around.active())
          tell();
      }
      if (ask)
        ask_for_alerts();
      std::this_thread::sleep_for(beat);
    }
  }

  void ask_for_alerts() {
    events::store_query question;
    question.view = events::store_view::alerts;
    const auto asked_at = around.clock();
    around.events.request(
      "_all", "batch-store", question, list_patience,
      [this, asked_at](const result<events::command_result>& answer) {
        take(answer, asked_at);
      });
  }

  void take(const result<events::command_result>& answer, moment asked_at) {
    const auto found = answer && answer->ok
                         ? read_standing_alerts(answer->data.text)
                         : result<standing_alerts>{
                           error{answer ? answer->message : answer.why()}};
    const std::lock_guard lock{mutex};
    if (!active || stopping)
      return;
    if (!found) {
      log::warn("notifier.alerts_unknown", {{"error", found.why()}});
      ask_at = steady::now() + list_again;
      return;
    }
    book.stands(found->all, found->acknowledged, asked_at, around.clock());
    knows_alerts = true;
    changed = true;
  }

  void tell() {
    for (auto& one : book.due(around.clock())) {
      changed = true;
      const auto way = ways.find(one.way);
      if (way != ways.end())
        way->second->carry(std::move(one));
      else
        show(one);
    }
    if (changed)
      publish();
    changed = false;
  }

  /// On MQTT: the newest note stands in the retained state.
  void show(const note& one) {
    shown = word(one, chosen.words());
    book.delivered(one, around.clock());
    count(one.way, "delivered");
  }

  void publish() {
    events::notifier_state state;
    state.title = shown.title;
    state.text = shown.text;
    state.standing = book.standing();
    state.unacknowledged = book.unacknowledged();
    state.worst = book.worst();
    state.told = book.told();
    metrics::gauge("millrace_notifier_alerts", "Alerts that stand",
                   state.standing);
    around.events.publish_state(around.events.layout().notifier_state(), "_all",
                                std::move(state));
  }

  void ended(const note& one, const std::optional<std::string>& wrong) {
    const std::lock_guard lock{mutex};
    changed = true;
    if (wrong) {
      book.failed(one.way, around.clock());
      count(one.way, "failed");
      if (!stopping)
        log::warn("note.failed", {{"way", one.way}, {"error", *wrong}});
      return;
    }
    book.delivered(one, around.clock());
    count(one.way, "delivered");
    log::info("note.delivered", {{"way", one.way},
                                 {"raised", one.raised.size()},
                                 {"reminded", one.reminded.size()},
                                 {"cleared", one.cleared.size()}});
  }

  const settings chosen;
  service::surroundings& around;
  transfer_limits limits;
  std::atomic<bool> stopping = false;

  mutable std::mutex mutex; // guards what follows
  note_book book;
  bool active = false;
  /// batch-store has listed them since this instance began to tell.
  bool knows_alerts = false;
  bool changed = false;
  steady::time_point ask_at{};
  told_note shown;

  std::map<std::string, std::unique_ptr<courier>> ways;
  std::jthread thread;
};

running_notifier::running_notifier(const settings& chosen,
                                   service::surroundings& around)
  : impl_(std::make_unique<impl>(chosen, around)) {
}

running_notifier::~running_notifier() {
  stop();
}

void running_notifier::activated(bool active) {
  const std::lock_guard lock{impl_->mutex};
  impl_->active = active;
  impl_->knows_alerts = false;
  impl_->ask_at = {};
}

void running_notifier::stop() {
  if (impl_->stopping.exchange(true))
    return;
  impl_->thread.request_stop();
  impl_->thread.join();
  impl_->ways.clear();
  const std::lock_guard lock{impl_->mutex};
  // What was delivered at the very end is remembered, too.
  if (impl_->active && impl_->knows_alerts)
    impl_->publish();
}

std::string running_notifier::store_trouble() const {
  const std::lock_guard lock{impl_->mutex};
  if (!impl_->active || impl_->knows_alerts)
    return {};
  return "batch-store has not said yet which alerts stand";
}

} // namespace millrace::notifier
