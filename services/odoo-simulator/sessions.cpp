#include "services/odoo-simulator/sessions.hpp"

#include <algorithm>

namespace millrace::odoo_sim {

sessions::sessions(std::chrono::milliseconds lifetime) : lifetime_(lifetime) {
}

std::string sessions::open(instant now) {
  // Odoo's ids are 40 hexadecimal digits; ours need not be hard to guess.
  const auto number = std::to_string(++opened_so_far_);
  auto id = std::string(40 - number.size(), 'a') + number;
  opened_[id] = now;
  return id;
}

bool sessions::valid(const std::string& id, instant now) const {
  const auto found = opened_.find(id);
  return found != opened_.end()
         && (lifetime_.count() == 0 || now - found->second < lifetime_);
}

void sessions::close(const std::string& id) {
  opened_.erase(id);
}

void sessions::close_all() {
  opened_.clear();
}

std::string session_cookie(const std::string& cookie_header) {
  const std::string name = "session_id=";
  std::size_t at = 0;
  while (at < cookie_header.size()) {
    const auto end
      = std::min(cookie_header.find(';', at), cookie_header.size());
    auto begin = cookie_header.find_first_not_of(' ', at);
    if (begin < end && cookie_header.compare(begin, name.size(), name) == 0) {
      begin += name.size();
      return cookie_header.substr(begin, end - begin);
    }
    at = end + 1;
  }
  return {};
}

} // namespace millrace::odoo_sim
