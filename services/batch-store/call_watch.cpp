#include "services/batch-store/call_watch.hpp"

#include "common/telemetry/metrics.hpp"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace millrace::store {

namespace {

constexpr std::chrono::milliseconds look_every{200};

} // namespace

call_watch::call_watch(milliseconds longest,
                       std::function<void(std::string)> slow)
  : slow_(std::move(slow)), longest_(longest), thread_([this] { run(); }) {
}

call_watch::~call_watch() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
    wake_.notify_all();
  }
  thread_.join();
  if (socket_ >= 0)
    ::close(socket_);
}

void call_watch::connected(int socket) {
  const std::lock_guard lock{mutex_};
  if (socket_ >= 0)
    ::close(socket_);
  // A descriptor of our own: the library may close its own at any moment, and
  // the number would then be somebody else's.
  socket_ = socket < 0 ? -1 : ::fcntl(socket, F_DUPFD_CLOEXEC, 0);
  if (ending_)
    cut();
}

void call_watch::allow(milliseconds longest) {
  const std::lock_guard lock{mutex_};
  longest_ = longest;
}

void call_watch::abandon_when(std::function<bool()> wanted) {
  const std::lock_guard lock{mutex_};
  abandoned_ = std::move(wanted);
}

void call_watch::give_up() {
  const std::lock_guard lock{mutex_};
  ending_ = true;
  cut();
}

void call_watch::cut() {
  if (socket_ >= 0)
    ::shutdown(socket_, SHUT_RDWR);
}

void call_watch::run() {
  std::unique_lock lock{mutex_};
  while (!stopping_) {
    if (busy_)
      look(lock);
    // Not woken by each call: that would cost more than the call.
    wake_.wait_for(lock, look_every, [this] { return stopping_; });
  }
}

void call_watch::look(std::unique_lock<std::mutex>& lock) {
  const auto span = clock::now() - since_;
  if (span >= longest_ || (abandoned_ && abandoned_())) {
    cut();
    metrics::count("millrace_database_calls_cut_total",
                   "Connections cut because a call did not come back");
  }
  if (span < slow_after || std::exchange(said_slow_, true))
    return;
  lock.unlock();
  slow_("the database has not answered for "
        + std::to_string(
          std::chrono::duration_cast<std::chrono::seconds>(span).count())
        + " s");
  lock.lock();
}

call_watch::call::call(call_watch* watch) : watch_(watch) {
  if (!watch_)
    return;
  const std::lock_guard lock{watch_->mutex_};
  watch_->busy_ = true;
  watch_->said_slow_ = false;
  watch_->since_ = clock::now();
}

call_watch::call::~call() {
  if (!watch_)
    return;
  clock::duration span{};
  {
    const std::lock_guard lock{watch_->mutex_};
    watch_->busy_ = false;
    span = clock::now() - watch_->since_;
  }
  metrics::observe("millrace_database_call_seconds",
                   "Calls to the database, each a statement or a commit", span);
}

} // namespace millrace::store
