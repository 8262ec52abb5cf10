#include "services/odoo-gateway/fetching.hpp"

#include "common/telemetry/log.hpp"
#include "services/odoo-gateway/order_reading.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace millrace::odoo {

namespace {

constexpr int page_size = 50;
/// An Odoo that ignores `offset` must not keep us busy for ever.
constexpr int max_pages = 2000;

/// Rejected orders that are told by name: the message must stay below its limit
/// of a megabyte, else no order would get through at all.
constexpr std::size_t most_rejected = 100;

/// What one line finds in the list.
class gathering {
public:
  explicit gathering(const events::mo_fetch& wanted)
    : wanted_(wanted), excluded_(wanted.exclude.begin(), wanted.exclude.end()) {
    found.line = wanted.line;
    found.fetch_id = wanted.fetch_id;
  }

  bool is_full() const {
    return found.orders.size() >= static_cast<std::size_t>(wanted_.limit);
  }

  void take(const json& listed, const std::string& name) {
    if (is_full() || excluded_.contains(name))
      return;
    auto order = read_order(listed, wanted_.line);
    if (auto* ours = std::get_if<events::order>(&order))
      found.orders.push_back(std::move(*ours));
    else if (auto* bad = std::get_if<events::rejected_order>(&order))
      reject(std::move(*bad));
  }

  events::mo_fetched found;
  int more_rejected = 0;

private:
  void reject(events::rejected_order order) {
    if (found.rejected.size() < most_rejected)
      found.rejected.push_back(std::move(order));
    else
      ++more_rejected;
  }

  const events::mo_fetch& wanted_;
  std::set<std::string> excluded_;
};

/// Gives each listed order to its line.
class sorting {
public:
  explicit sorting(const std::vector<events::mo_fetch>& wanted) {
    for (const auto& each : wanted)
      lines_.try_emplace(comparable(each.line), each);
  }

  bool is_full() const {
    return std::all_of(lines_.begin(), lines_.end(), [](const auto& entry) {
      return entry.second.is_full();
    });
  }

  /// Whether the page told of an order that was not seen before.
  bool take(const json& page) {
    bool news = false;
    for (const auto& listed : page) {
      const auto name = name_in_list(listed);
      if (!name.empty() && !seen_.insert(name).second)
        continue;
      news = news || !name.empty();
      if (const auto line = lines_.find(line_in_list(listed));
          line != lines_.end())
        line->second.take(listed, name);
    }
    return news;
  }

  fetch_answer answer_to(const events::mo_fetch& wanted) {
    auto& line = lines_.at(comparable(wanted.line));
    if (line.more_rejected > 0)
      log::warn("odoo.more_orders_rejected",
                {{"line", wanted.line}, {"orders", line.more_rejected}});
    return std::move(line.found);
  }

private:
  std::map<std::string, gathering> lines_;
  std::set<std::string> seen_;
};

/// A full page may always have a successor. A short one only when `count` is
/// the number of all orders and says so; in some versions it is the page's.
bool may_go_on(const json& result, std::size_t listed, int offset) {
  if (listed >= page_size)
    return true;
  const auto count = result.find("count");
  return count != result.end() && count->is_number_integer()
         && count->get<std::int64_t>() > offset;
}

} // namespace

std::vector<fetch_answer>
fetch_orders(odoo_calls& odoo, const std::vector<events::mo_fetch>& wanted) {
  sorting orders{wanted};
  std::vector<fetch_answer> answers;
  int offset = 0;
  for (int page = 0; page < max_pages && !orders.is_full(); ++page) {
    const auto result = odoo.list_orders(page_size, offset);
    if (!result) {
      for (const auto& each : wanted)
        answers.emplace_back(events::mo_fetch_failed{each.line, each.fetch_id,
                                                     result.why().error_class,
                                                     result.why().text});
      return answers;
    }
    const auto& listed = list_of(*result, "data");
    const bool news = orders.take(listed);
    offset += static_cast<int>(listed.size());
    if (listed.empty() || !news || !may_go_on(*result, listed.size(), offset))
      break;
  }
  for (const auto& each : wanted)
    answers.push_back(orders.answer_to(each));
  return answers;
}

} // namespace millrace::odoo
