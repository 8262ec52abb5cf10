#include "services/admin-gateway/fresh_answers.hpp"

#include "services/admin-gateway/finishing.hpp"

namespace millrace::admin {

fresh_answers::fresh_answers(std::function<clock::time_point()> now)
  : now_(std::move(now)) {
}

void fresh_answers::give(const std::string& key, bool gzip,
                         const std::function<void(http::responder)>& ask,
                         http::responder respond) {
  std::optional<http::response> ready;
  std::shared_ptr<flight> fresh;
  {
    const std::lock_guard guard{mutex_};
    const auto now = now_();
    if (by_key_.size() >= most_keys && !by_key_.contains(key))
      by_key_.clear();
    auto& known = by_key_[key];
    const bool usable = known && now - known->asked_at < lifetime
                        && (!known->answer || known->answer->status == 200);
    if (usable && known->answer) {
      ready = form_of(*known, gzip);
    } else {
      if (!usable)
        known = fresh = std::make_shared<flight>(flight{now, {}, {}, {}});
      known->waiting.push_back({std::move(respond), gzip});
    }
  }
  if (ready)
    respond(std::move(*ready));
  else if (fresh)
    ask([this, fresh](http::response answer) {
      answered(fresh, std::move(answer));
    });
}

void fresh_answers::drop() {
  const std::lock_guard guard{mutex_};
  by_key_.clear();
}

const http::response& fresh_answers::form_of(flight& one, bool gzip) {
  auto& form = one.forms[gzip ? 1 : 0];
  if (!form) {
    form = one.answer;
    represent(*form, gzip);
    form->shared_body
      = std::make_shared<const std::string>(std::move(form->body));
  }
  return *form;
}

void fresh_answers::answered(const std::shared_ptr<flight>& one,
                             http::response answer) {
  std::vector<std::pair<http::responder, http::response>> due;
  {
    const std::lock_guard guard{mutex_};
    if (one->answer)
      return;
    one->answer = std::move(answer);
    for (auto& each : one->waiting)
      due.emplace_back(std::move(each.respond), form_of(*one, each.gzip));
    one->waiting.clear();
  }
  for (auto& [respond, said] : due)
    respond(std::move(said));
}

} // namespace millrace::admin
