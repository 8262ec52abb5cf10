#include "tests/simulation/plant.hpp"

#include "services/plc-gateway/plc_map.hpp"
#include "tests/simulation/sabotage.hpp"

namespace millrace::simulation {

namespace {

const std::string line = line_name;

// Shorter than in a plant, in the same proportions.
constexpr instant read_interval = 3'000;
constexpr instant process_interval = 5'000;
constexpr instant sync_interval = 10'000;
constexpr instant health_interval = 20'000;
/// What recovery may take beyond one interval (issue 3).
constexpr instant slack = 5'000;
/// Nothing that is still on its way takes longer.
constexpr instant after_rest = 8'000;

/// The default map with fewer slots. Its names get short: they are copied with
/// every life of plc-gateway.
plc::plc_map map_for(const mill_build& build) {
  static const auto whole = [] {
    auto map = plc::load_map(plc::default_map_text()).map;
    const auto shorten = [](plc::map_field& field) {
      field.name = field.name.substr(0, 14);
    };
    for (auto* field :
         {&map.finished_goods, &map.finished, &map.failed, &map.handshake})
      shorten(*field);
    for (auto& field : map.dosing_kg)
      shorten(field);
    return map;
  }();
  auto map = whole;
  map.slots = build.slots;
  map.stride = build.stride;
  return map;
}

world draw_world(choices& chance) {
  constexpr int sizes[]{1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 3, 4};
  world drawn;
  drawn.orders = sizes[chance.pick(std::size(sizes))];
  drawn.batch_limit = chance.pick(4) == 3 ? 1 : drawn.orders;
  drawn.lookalikes = chance.pick(20) == 19;
  drawn.operators = chance.pick(8) == 7;
  drawn.mill.slots = drawn.batch_limit + (drawn.lookalikes ? 1 : 0)
                     + (drawn.operators ? again_at_most : 0);
  if (drawn.lookalikes)
    drawn.mill.slowness = 4'000;
  drawn.mill.by_level = chance.pick(3) == 2;
  drawn.mill.commissioning = chance.pick(4) == 3;
  drawn.max_read_words = chance.pick(3) == 2 ? 80 : 999;
  return drawn;
}

odoo_order order_number(int n, bool lookalikes) {
  odoo_order made;
  auto& listed = made.listed;
  listed.mo_id = lookalikes ? "W/MO/LOOK-ALIKE1" : "W/MO/";
  if (!lookalikes || n > 0)
    listed.mo_id += static_cast<char>('1' + n);
  listed.product_name = "feed";
  listed.bom_code = "bom";
  // The quantity tells them apart everywhere.
  const auto quantity = 100'000 + n * 7'010;
  listed.quantity = kilograms::from_milli(quantity);
  listed.components
    = {{"silo_a", "maize", kilograms::from_milli(60'000)},
       {"lq_fml", "oil", kilograms::from_milli(quantity - 60'000)}};
  return made;
}

store::store_settings settings_for(const world& drawn) {
  store::store_settings settings;
  settings.lines = {line};
  settings.batch_limit = drawn.batch_limit;
  return settings;
}

} // namespace

plant::plant(choices& chance, sabotage broken,
             std::function<void(instant, const std::string&)> tell)
  : clock_(chance), world_(draw_world(chance)), broken_(broken),
    mill_(clock_, world_.mill), odoo_(clock_), broker_(clock_),
    store_(
      clock_,
      [this]() -> std::unique_ptr<store::repository> {
        if (broken_ == sabotage::lost_commits)
          return std::make_unique<forgetful_repository>(disk_, clock_);
        return std::make_unique<memory_repository>(disk_, clock_);
      },
      settings_for(world_)),
    plc_(clock_, mill_,
         {line, map_for(world_.mill), world_.max_read_words,
          std::chrono::minutes{5}}),
    odoo_gateway_(clock_, odoo_, line) {
  clock_.tell = std::move(tell);
  clock_.say([&] {
    return std::to_string(world_.orders) + " orders, "
           + std::to_string(world_.batch_limit) + " a queue"
           + (world_.lookalikes ? ", lookalike names" : "")
           + (world_.operators ? ", operators" : "")
           + (world_.mill.by_level ? ", mill by level" : "")
           + (world_.mill.commissioning ? ", commissioning" : "");
  });
  clock_.plan_faults();
  for (int n = 0; n < world_.orders; ++n)
    odoo_.orders.push_back(order_number(n, world_.lookalikes));
  decided_.resize(odoo_.orders.size());
  mill_.is_ordered = [this](const recipe& taken) {
    return is_ordered(taken);
  };
  mill_.runs_allowed = [this](const recipe& taken) {
    const auto* order = order_of(taken);
    return order ? 1 + said_of(*order).again : 0;
  };
  mill_.is_solved = [this](const recipe& taken) {
    const auto* order = order_of(taken);
    if (!order)
      return false;
    // Known: a second run of what has left the queue meanwhile is only read
    // when there is a next queue.
    const bool left
      = said_of(*order).again > 0 && disk_.find_archived(order->listed.mo_id);
    return left || said_of(*order).solved;
  };
  mill_.on_acknowledged = [this](const product& made) {
    check_stored(made);
  };
  broker_.on_back = [this] {
    everybody_is_back();
  };
  wire_store();
  wire_plc();
  wire_odoo();
}

template <class T>
std::shared_ptr<const events::event<T>> plant::message(T data) {
  auto made = std::make_shared<events::event<T>>();
  made->meta.id = std::to_string(++messages_);
  made->data = std::move(data);
  return made;
}

template <class T>
void plant::to_store(
  const char* what, void (store::batch_store::*handle)(const events::event<T>&),
  T data) {
  broker_.carry(what, store_, [this, handle, in = message(std::move(data))] {
    store_.job([&](auto& store) { (store.*handle)(*in); });
  });
}

void plant::wire_store() {
  auto& reach = store_.reach;
  const auto to_odoo = [this](const char* what) {
    return [this, what](const auto& data, const service::context&) {
      broker_.carry(what, odoo_gateway_, [this, in = message(data)] {
        odoo_gateway_.take(odoo::make_job(*in));
      });
    };
  };
  reach.fetch = to_odoo("mo.fetch");
  reach.push = to_odoo("odoo.push");
  reach.cancel = to_odoo("odoo.cancel");
  reach.check = to_odoo("odoo.check");
  reach.write = [this](const auto& data, const service::context&) {
    broker_.carry("plc.write", plc_,
                  [this, in = message(data)] { plc_.write(*in); });
  };
  reach.acknowledge = [this](const auto& data, const service::context&) {
    broker_.carry("plc.acknowledge", plc_,
                  [this, in = message(data)] { plc_.acknowledge(*in); });
  };
  const auto request = [this](auto take) {
    return [this, take](unsigned number, const auto& what) {
      // The life of the asker comes back with the answer.
      const auto marked = number * 64 + store_.life() % 64;
      broker_.carry(what.name.data(), plc_,
                    [this, take, marked, what] { (plc_.*take)(marked, what); });
    };
  };
  store_.ask_read = request(&plc_process::read);
  store_.ask_withdraw = request(&plc_process::withdraw);
  reach.reply = [this](const service::reply_to& to, const auto& said) {
    if (to)
      broker_.carry("answer of queue.wanted", plc_, [this, to, said] {
        plc_.confirm(static_cast<unsigned>(std::stoul(to.correlation)), said);
      });
  };
  store_.publish = [this](const store::outbox_row& row) {
    publish(row);
  };
}

void plant::publish(const store::outbox_row& row) {
  store_.risk();
  const bool taken = !clock_.strikes(fault::broker_refuses);
  if (!taken)
    events_.order_is_promised = false;
  clock_.after(3, [this, row, taken, in = store_.life()] {
    if (taken && events_.received(row.topic, row.payload)) {
      clock_.say([&] { return "event " + row.topic + " " + row.payload; });
      if (row.topic == "batch.completed")
        send_tick(events::task_kind::process_completed);
      if (row.topic == "queue.emptied")
        send_tick(events::task_kind::sync_mo);
    }
    if (in == store_.life())
      store_.act([&] {
        store_.risk();
        store_.acknowledge_event(row.seq, taken);
      });
  });
}

void plant::wire_plc() {
  plc_.answer = [this](unsigned request, events::command_result what) {
    broker_.carry("answer of plc-gateway", store_, [this, request, what] {
      if (request % 64 == store_.life() % 64)
        store_.answer(request / 64, what);
    });
  };
  plc_.ask_wanted = [this](unsigned question,
                           const events::queue_wanted& what) {
    broker_.carry("queue.wanted", store_, [this, question, what] {
      store_.job([&](auto& store) {
        store.on_queue_wanted(what, {"plc-gateway", std::to_string(question)});
      });
    });
  };
  plc_.emit = [this](plc::line_event what) {
    plc_.risk();
    using store::batch_store;
    std::visit(
      [this]<class T>(T& data) {
        const auto handle = [] {
          if constexpr (std::is_same_v<T, events::plc_read>)
            return &batch_store::on_plc_read;
          else if constexpr (std::is_same_v<T, events::plc_written>)
            return &batch_store::on_plc_written;
          else if constexpr (std::is_same_v<T, events::plc_write_deferred>)
            return &batch_store::on_plc_write_deferred;
          else if constexpr (std::is_same_v<T, events::plc_write_failed>)
            return &batch_store::on_plc_write_failed;
          else if constexpr (std::is_same_v<T, events::plc_looked>)
            return &batch_store::on_plc_looked;
          else
            return &batch_store::on_plc_acknowledged;
        }();
        to_store(T::name.data(), handle, std::move(data));
      },
      what);
  };
}

void plant::wire_odoo() {
  odoo_gateway_.emit = [this](odoo_process::told what) {
    using store::batch_store;
    std::visit(
      [this]<class T>(T& data) {
        const auto handle = [] {
          if constexpr (std::is_same_v<T, events::mo_fetched>)
            return &batch_store::on_mo_fetched;
          else if constexpr (std::is_same_v<T, events::mo_fetch_failed>)
            return &batch_store::on_mo_fetch_failed;
          else if constexpr (std::is_same_v<T, events::odoo_pushed>)
            return &batch_store::on_odoo_pushed;
          else if constexpr (std::is_same_v<T, events::odoo_push_failed>)
            return &batch_store::on_odoo_push_failed;
          else if constexpr (std::is_same_v<T, events::odoo_checked>)
            return &batch_store::on_odoo_checked;
          else if constexpr (std::is_same_v<T, events::odoo_check_failed>)
            return &batch_store::on_odoo_check_failed;
          else
            return &batch_store::on_odoo_cancelled;
        }();
        to_store(T::name.data(), handle, std::move(data));
      },
      what);
  };
}

void plant::tell_online(const process& who, const char* name) {
  clock_.after(5, [this, &who, name] {
    if (who.is_up())
      store_.act([&] {
        store_.job([&](auto& store) { store.on_gateway_online(name); });
      });
  });
}

void plant::everybody_is_back() {
  tell_online(plc_, "plc-gateway");
  tell_online(odoo_gateway_, "odoo-gateway");
}

void plant::send_tick(events::task_kind task) {
  events::task_run tick{line, task, std::to_string(++messages_), false};
  broker_.carry("task.run", store_, [this, in = message(std::move(tick))] {
    clock_.say([&] {
      return "task " + std::to_string(events::number_of(in->data.task));
    });
    store_.job([&](auto& store) { store.on_task_run(*in); });
  });
}

void plant::tick_every(events::task_kind task, instant interval) {
  send_tick(task);
  clock_.after(interval, [this, task, interval] {
    if (!resting_)
      tick_every(task, interval);
  });
}

void plant::look_around_every_second() {
  if (clock_.strikes(fault::clock_jump)) {
    constexpr instant hour = 3'600'000;
    clock_.wall_offset += (clock_.chance.pick(2) == 0 ? 3 : -3) * hour;
  }
  if (world_.operators)
    let_operators_act();
  store_.act([&] { store_.look_around(); });
  clock_.after(1'000, [this] {
    if (!resting_)
      look_around_every_second();
  });
}

void plant::start() {
  plc_.on_started = [this] {
    tell_online(plc_, "plc-gateway");
  };
  odoo_gateway_.on_started = [this] {
    tell_online(odoo_gateway_, "odoo-gateway");
  };
  store_.on_started = [this] {
    everybody_is_back();
  };
  plc_.start();
  odoo_gateway_.start();
  store_.start();
  tick_every(events::task_kind::sync_mo, sync_interval);
  clock_.after(read_interval, [this] {
    tick_every(events::task_kind::plc_read, read_interval);
  });
  clock_.after(process_interval, [this] {
    tick_every(events::task_kind::process_completed, process_interval);
  });
  clock_.after(health_interval, [this] {
    tick_every(events::task_kind::health, health_interval);
  });
  look_around_every_second();
}

void plant::run() {
  start();
  for (;;) {
    const auto till = std::max({clock_.faults_end, mill_.last_change,
                                decided_at_ + still_on_its_way})
                      + sync_interval + slack
                      + (world_.operators ? withdraw_patience : 0);
    if (at_rest())
      break;
    if (!clock_.step(till))
      throw violation{"no rest: " + unrest()};
  }
  clock_.say([] { return "at rest"; });
  resting_ = true;
  clock_.faults_end = 0;
  const auto till = clock_.now + after_rest;
  while (clock_.step(till)) {
  }
  // What the last ticks told has left; only the look around was over before.
  store_.act([&] { store_.look_around(); });
  check_end();
}

} // namespace millrace::simulation
