#include "services/odoo-gateway/fetching.hpp"

#include "common/telemetry/log.hpp"
#include "services/odoo-gateway/order_reading.hpp"

#include <set>

namespace millrace::odoo {

namespace {

constexpr int page_size = 50;
/// An Odoo that ignores `offset` must not keep us busy for ever.
constexpr int max_pages = 200;

/// Rejected orders that are told by name: the message must stay below its limit
/// of a megabyte, else no order would get through at all.
constexpr std::size_t most_rejected = 100;

/// Takes orders out of pages.
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

  /// Whether the page told of an order that was not seen before.
  bool take(const json& page) {
    bool news = false;
    for (const auto& listed : page) {
      if (is_full())
        return true;
      const auto name = name_in_list(listed);
      const bool is_new = name.empty() || seen_.insert(name).second;
      news = news || (is_new && !name.empty());
      if (is_new && !excluded_.contains(name))
        sort(read_order(listed, wanted_.line));
    }
    return news;
  }

  events::mo_fetched found;
  int others = 0;
  int more_rejected = 0;

private:
  void sort(listed_order order) {
    if (auto* ours = std::get_if<events::order>(&order))
      found.orders.push_back(std::move(*ours));
    else if (auto* bad = std::get_if<events::rejected_order>(&order))
      reject(std::move(*bad));
    else
      ++others;
  }

  void reject(events::rejected_order order) {
    if (found.rejected.size() < most_rejected)
      found.rejected.push_back(std::move(order));
    else
      ++more_rejected;
  }

  const events::mo_fetch& wanted_;
  std::set<std::string> excluded_;
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

fetch_answer fetch_orders(odoo_calls& odoo, const events::mo_fetch& wanted) {
  gathering orders{wanted};
  int offset = 0;
  for (int page = 0; page < max_pages && !orders.is_full(); ++page) {
    const auto result = odoo.list_orders(page_size, offset);
    if (!result)
      return events::mo_fetch_failed{wanted.line, wanted.fetch_id,
                                     result.why().error_class,
                                     result.why().text};
    const auto& listed = list_of(*result, "data");
    const bool news = orders.take(listed);
    offset += static_cast<int>(listed.size());
    if (listed.empty() || !news || !may_go_on(*result, listed.size(), offset))
      break;
  }
  log::debug("odoo.orders_of_other_lines", {{"orders", orders.others}});
  if (orders.more_rejected > 0)
    log::warn("odoo.more_orders_rejected", {{"orders", orders.more_rejected}});
  return std::move(orders.found);
}

} // namespace millrace::odoo
