#include "tests/simulation/plant.hpp"

#include <numeric>

// People at the operators' pages, who decide at the worst of times. What they
// have ordered is noted, since the invariants go by it.

namespace millrace::simulation {

template <class T>
std::shared_ptr<const events::event<T>> plant::ordered(T wish) {
  auto made = std::make_shared<events::event<T>>();
  made->meta.id = std::to_string(++messages_);
  made->meta.time = format_utc(clock_.wall());
  made->data = std::move(wish);
  return made;
}

void plant::let_operators_act() {
  if (!clock_.strikes(fault::operator_acts))
    return;
  decided_at_ = clock_.now;
  constexpr unsigned decisions = 6;
  const auto kind = clock_.chance.pick(decisions + 2);
  if (kind < decisions)
    order(static_cast<events::decision>(kind));
  else
    order_clearing(kind == decisions);
}

void plant::order(events::decision action) {
  const auto count = static_cast<unsigned>(odoo_.orders.size());
  const auto which = clock_.chance.pick(count);
  auto& about = decided_[which];
  if (action == events::decision::reset_and_write) {
    const int ordered = std::accumulate(
      decided_.begin(), decided_.end(), 0,
      [](int sum, const auto& one) { return sum + one.again; });
    if (ordered == again_at_most)
      return;
    ++about.again;
  }
  about.solved = about.solved || action == events::decision::mark_solved;
  about.other = true;
  events::batch_decide wish;
  wish.mo_id = odoo_.orders[which].listed.mo_id;
  wish.action = action;
  wish.user = "operator";
  clock_.say([&] {
    return "operator: "
           + std::string(
             events::enum_names<
               events::decision>::values[static_cast<std::size_t>(action)])
           + " " + *wish.mo_id;
  });
  broker_.carry("batch.decide", store_, [this, in = ordered(wish)] {
    store_.job([&](auto& store) { store.on_decide(*in, {}); });
  });
}

void plant::order_clearing(bool withdraw) {
  for (auto& about : decided_)
    about.other = true;
  clock_.say([&] {
    return std::string("operator: clears the queue")
           + (withdraw ? " and the PLC" : "");
  });
  events::queue_clear wish;
  wish.line = line_name;
  wish.withdraw = withdraw;
  wish.user = "operator";
  broker_.carry("queue.clear", store_, [this, in = ordered(wish)] {
    store_.job([&](auto& store) { store.on_queue_clear(*in, {}); });
  });
}

} // namespace millrace::simulation
