#include "services/admin-gateway/history_export.hpp"

#include "common/telemetry/log.hpp"
#include "services/admin-gateway/answers.hpp"
#include "services/admin-gateway/history_csv.hpp"

#include <nlohmann/json.hpp>

#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace millrace::admin {

namespace {

using nlohmann::json;

constexpr int rows_at_once = 500;

/// The rows of a page; none when it is no page.
std::optional<json> rows_of(const result<events::command_result>& said) {
  if (!said || !said->ok)
    return {};
  auto data = json::parse(said->data.text, nullptr, false);
  if (!data.is_object() || !data["histories"].is_array())
    return {};
  return std::move(data["histories"]);
}

/// One export under way; lives as long as somebody will call it back.
class history_export : public std::enable_shared_from_this<history_export> {
public:
  history_export(decltype(asks::query) ask, events::store_query filter,
                 char separator)
    : ask_(std::move(ask)), separator_(separator), next_(std::move(filter)) {
    next_.limit = rows_at_once;
    next_.offset = 0;
    // What is archived meanwhile comes at the end: no page shifts.
    next_.oldest_first = true;
  }

  void begin(http::responder respond) {
    ask_(next_, [self = shared_from_this(), respond = std::move(respond)](
                  const result<events::command_result>& said) {
      const auto rows = rows_of(said);
      if (!rows)
        return respond(said ? failure(400, said->message)
                            : unavailable("batch-store did not answer"));
      respond(self->opening(*rows));
    });
  }

private:
  http::response opening(const json& rows) {
    http::response answer;
    answer.content_type = "text/csv; charset=utf-8";
    answer.headers["content-disposition"]
      = "attachment; filename=\"millrace-history.csv\"";
    answer.headers["cache-control"] = "no-store";
    answer.opened
      = [self = shared_from_this(),
         first = csv_header(separator_) + csv_lines(rows, separator_),
         last = is_last(rows)](std::shared_ptr<http::outflow> out) {
          self->out_ = std::move(out);
          self->self_ = self;
          self->go_on(first, last);
        };
    return answer;
  }

  static bool is_last(const json& rows) {
    return rows.size() < static_cast<std::size_t>(rows_at_once);
  }

  /// The next page is settled before this one is sent: the reader may have
  /// taken it before send() returns, and asks for more then.
  void go_on(std::string text, bool last) {
    if (!send(std::move(text), last))
      return let_go();
    if (std::exchange(waits_for_reader_, true))
      return;
    out_->when_writable([weak = weak_from_this()] {
      if (const auto self = weak.lock())
        self->ask_next();
    });
    out_->on_closed([weak = weak_from_this()] {
      if (const auto self = weak.lock())
        self->let_go();
    });
  }

  /// False when there is nothing more to do.
  bool send(std::string text, bool last) {
    {
      const std::lock_guard lock{mutex_};
      next_.offset += next_.limit;
      if (last)
        asked_offset_ = next_.offset;
    }
    if (!out_->send(std::move(text)))
      return false;
    if (last)
      out_->end();
    return !last;
  }

  /// On the server's thread, each time that the reader has taken all.
  void ask_next() {
    const auto page = next_page();
    if (!page)
      return;
    ask_(*page, [self = shared_from_this(), offset = page->offset](
                  const result<events::command_result>& said) {
      const auto rows = rows_of(said);
      if (!rows) {
        log::warn(
          "admin.export_broken_off",
          {{"offset", offset}, {"reason", said ? said->message : said.why()}});
        return self->let_go();
      }
      self->go_on(csv_lines(*rows, self->separator_), is_last(*rows));
    });
  }

  /// None while it is asked for already.
  std::optional<events::store_query> next_page() {
    const std::lock_guard lock{mutex_};
    if (std::exchange(asked_offset_, next_.offset) == next_.offset)
      return {};
    return next_;
  }

  void let_go() {
    std::shared_ptr<history_export> last;
    const std::lock_guard lock{mutex_};
    last.swap(self_);
  }

  decltype(asks::query) ask_;
  char separator_;
  std::shared_ptr<http::outflow> out_;
  bool waits_for_reader_ = false;
  /// Answers come on the bus's thread, the reader's news on the server's.
  std::mutex mutex_;
  events::store_query next_;
  int asked_offset_ = 0;
  /// Between pages nobody else holds it.
  std::shared_ptr<history_export> self_;
};

} // namespace

void export_history(decltype(asks::query) ask, events::store_query filter,
                    char separator, http::responder respond) {
  std::make_shared<history_export>(std::move(ask), std::move(filter), separator)
    ->begin(std::move(respond));
}

} // namespace millrace::admin
