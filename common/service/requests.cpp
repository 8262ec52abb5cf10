#include "common/service/requests.hpp"

#include "common/config/binder.hpp"
#include "common/telemetry/log.hpp"

#include <exception>
#include <utility>

namespace millrace::service {

namespace {

void call(const requests::callback& answered, requests::answer outcome) {
  try {
    answered(std::move(outcome));
  } catch (const std::exception& problem) {
    log::error("request.callback_threw", {{"error", problem.what()}});
  }
}

} // namespace

requests::requests() : timer_([this] { run(); }) {
}

requests::~requests() {
  std::map<std::string, waiting> left;
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    left.swap(waiting_);
    changed_.notify_all();
  }
  timer_.join();
  for (const auto& [correlation, each] : left)
    call(each.answered, error{"the service stops"});
}

bool requests::add(const std::string& correlation,
                   std::chrono::milliseconds time_out, callback answered) {
  const std::lock_guard lock{mutex_};
  if (stopping_ || waiting_.size() >= most)
    return false;
  const auto deadline = clock::now() + time_out;
  waiting_.insert_or_assign(correlation,
                            waiting{deadline, time_out, std::move(answered)});
  deadlines_.emplace(deadline, correlation);
  changed_.notify_all();
  return true;
}

bool requests::finish(const std::string& correlation, answer outcome) {
  callback answered;
  {
    const std::lock_guard lock{mutex_};
    const auto found = waiting_.find(correlation);
    if (found == waiting_.end())
      return false;
    answered = std::move(found->second.answered);
    waiting_.erase(found);
  }
  call(answered, std::move(outcome));
  return true;
}

void requests::run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (deadlines_.empty()) {
      changed_.wait(lock);
      continue;
    }
    const auto first = deadlines_.begin();
    const auto found = waiting_.find(first->second);
    if (found == waiting_.end()) {
      deadlines_.erase(first);
    } else if (clock::now() < first->first) {
      changed_.wait_until(lock, clock::time_point{first->first});
    } else {
      auto overdue = waiting_.extract(found);
      deadlines_.erase(first);
      lock.unlock();
      call(overdue.mapped().answered,
           error{"no answer within "
                 + config::duration_text(overdue.mapped().time_out)});
      lock.lock();
    }
  }
}

} // namespace millrace::service
