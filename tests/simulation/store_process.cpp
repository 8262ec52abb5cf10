#include "tests/simulation/store_process.hpp"

#include <utility>

namespace millrace::simulation {

namespace {

/// How long the port of batch-store waits for plc-gateway (main.cpp).
constexpr instant read_patience = 15'000;

store::event_encoder plain_rows() {
  return [](const std::string&, store::promised_event what,
            const service::context& about) {
    return std::visit(
      [&]<class T>(const T&) -> store::outbox_row {
        if (about.natural_key.empty())
          throw violation{"an event without a stable id: "
                          + std::string(T::name)};
        return {0, std::string(T::name),
                about.subject + "|" + about.natural_key};
      },
      what);
  };
}

} // namespace

store_process::store_process(clockwork& clock, opener open_database,
                             store::store_settings settings)
  : process(clock, "batch-store", fault::kill_store),
    open_database_(std::move(open_database)), settings_(std::move(settings)) {
}

void store_process::open() {
  rows_ = open_database_();
  outbox_.emplace(*rows_, plain_rows(), [this](const auto& row) {
    publish(row);
    return true;
  });
  const auto wall = [this] {
    return clock_.wall();
  };
  alerts_.emplace(*rows_, *outbox_, wall);
  store_.emplace(
    *rows_, *outbox_, *alerts_, held_back(), settings_, wall,
    [this] { return "id" + std::to_string(++ids_); },
    [this] { return clock_.steady(); });
}

void store_process::close() {
  store_.reset();
  alerts_.reset();
  outbox_.reset();
  rows_.reset();
  to_send_.clear();
  waiting_.clear();
}

store::outlets store_process::held_back() {
  const auto later = [this](const auto& send) {
    return [this, &send](const auto&... what) {
      to_send_.push_back([&send, what...] { send(what...); });
    };
  };
  store::outlets held;
  held.fetch = later(reach.fetch);
  held.write = later(reach.write);
  held.acknowledge = later(reach.acknowledge);
  held.push = later(reach.push);
  held.cancel = later(reach.cancel);
  held.check = later(reach.check);
  held.task_finished = [](const auto&...) {
  };
  held.reply = later(reach.reply);
  const auto asking = [this](const auto& ask, instant patience) {
    return [this, &ask, patience](const auto& what, const service::context&,
                                  auto answered) {
      to_send_.push_back([this, &ask, patience, what, answered] {
        const auto number = ++requests_;
        waiting_.emplace(number, answered);
        ask(number, what);
        clock_.after(patience, [this, number, in = life()] {
          if (in == life())
            act([&] { answer(number, error{"no answer in time"}); });
        });
      });
    };
  };
  held.read_now = asking(ask_read, read_patience);
  held.withdraw = asking(ask_withdraw, withdraw_patience);
  return held;
}

void store_process::relay_then_send() {
  for (;;) {
    try {
      outbox_->relay();
      break;
    } catch (const store::storage_error&) {
      // the worker tries again
    }
  }
  for (const auto& send : std::exchange(to_send_, {})) {
    risk();
    send();
  }
}

void store_process::look_around() {
  job([&](store::batch_store& store) {
    store.on_timer();
    outbox_->sweep();
  });
}

void store_process::acknowledge_event(std::int64_t seq, bool taken) {
  outbox_->acknowledged(seq, taken);
}

void store_process::answer(unsigned number,
                           result<events::command_result> what) {
  const auto at = waiting_.find(number);
  if (at == waiting_.end())
    return;
  const auto answered = std::move(at->second);
  waiting_.erase(at);
  job([&](store::batch_store&) { answered(what); });
}

} // namespace millrace::simulation
