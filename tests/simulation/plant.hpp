#pragma once

#include "tests/simulation/broker.hpp"
#include "tests/simulation/event_ledger.hpp"
#include "tests/simulation/gateways.hpp"
#include "tests/simulation/store_process.hpp"

namespace millrace::simulation {

constexpr const char* line_name = "L1";
/// What was on its way when a person decided may take so long.
constexpr instant still_on_its_way = 10'000;
/// Operators order no more runs: each needs a slot of its own.
constexpr int again_at_most = 2;

/// The size and kind of a run's world.
struct world {
  int orders = 1;
  int batch_limit = 4;
  /// All names have the same first 16 characters.
  bool lookalikes = false;
  /// People decide about orders at any time.
  bool operators = false;
  mill_build mill;
  int max_read_words = 999;
};

/// What operators have ordered about an order, whether or not it got through.
struct decided {
  int again = 0; // to be produced once more
  bool solved = false;
  bool other = false;

  bool any() const {
    return again > 0 || solved || other;
  }
};

/// Deliberately broken on the way through the seam, to prove that the
/// simulation notices.
enum class sabotage {
  none,
  /// The database says that it has committed and has not.
  lost_commits,
};

/// The whole imagined plant around the real rules: one run, from the first
/// fetch to rest.
class plant {
public:
  plant(choices& chance, sabotage broken,
        std::function<void(instant, const std::string&)> tell);

  /// Throws violation.
  void run();
  std::uint64_t steps() const {
    return clock_.steps;
  }
  /// Of all choices, of the database, the mill and Odoo as they are.
  std::uint64_t digest() const;

private:
  // plant.cpp
  void wire_store();
  void wire_plc();
  void wire_odoo();
  void start();
  void tick_every(events::task_kind task, instant interval);
  void send_tick(events::task_kind task);
  void look_around_every_second();
  /// As its retained state says.
  void tell_online(const process& who, const char* name);
  void everybody_is_back();
  void publish(const store::outbox_row& row);
  // operators.cpp
  void let_operators_act();
  void order_clearing(bool withdraw);
  void order(events::decision action);

  template <class T>
  void to_store(const char* what,
                void (store::batch_store::*handle)(const events::event<T>&),
                T data);
  /// Shared, as a doubled message is the same one.
  template <class T>
  std::shared_ptr<const events::event<T>> message(T data);
  /// A person's command, made now.
  template <class T>
  std::shared_ptr<const events::event<T>> ordered(T wish);

  // checks.cpp
  bool is_ordered(const recipe& taken) const;
  /// Invariant 5, when the mill sees its report acknowledged.
  void check_stored(const product& made) const;
  bool at_rest() const;
  bool needs_person(const odoo_order& order) const;
  bool is_settled(const odoo_order& order) const;
  const decided& said_of(const odoo_order& order) const;
  const odoo_order* order_of(const recipe& taken) const;
  const product* made_of(const odoo_order& order) const;
  void check_decided(const odoo_order& order) const;
  void check_order(const odoo_order& order) const;
  void check_end() const;
  std::string unrest() const;

  clockwork clock_;
  world world_;
  sabotage broken_;
  tables disk_;
  mill mill_;
  imagined_odoo odoo_;
  broker broker_;
  store_process store_;
  plc_process plc_;
  odoo_process odoo_gateway_;
  event_ledger events_;
  std::vector<decided> decided_; // about odoo_.orders
  instant decided_at_ = -60'000; // the last time, if ever
  unsigned messages_ = 0;
  bool resting_ = false;
};

} // namespace millrace::simulation
