#include "services/admin-gateway/history_export.hpp"

#include "common/telemetry/log.hpp"
#include "services/admin-gateway/answers.hpp"
#include "services/admin-gateway/history_csv.hpp"

#include <nlohmann/json.hpp>

#include <memory>

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
    : ask_(std::move(ask)), next_(std::move(filter)), separator_(separator) {
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
    answer.opened = [self = shared_from_this(), first = page_text(rows, true),
                     last = is_last(rows)](std::shared_ptr<http::outflow> out) {
      self->out_ = std::move(out);
      self->go_on(first, last);
    };
    return answer;
  }

  std::string page_text(const json& rows, bool first) const {
    return (first ? csv_header(separator_) : "") + csv_lines(rows, separator_);
  }

  bool is_last(const json& rows) const {
    return rows.size() < static_cast<std::size_t>(next_.limit);
  }

  void go_on(std::string text, bool last) {
    if (!out_->send(std::move(text)))
      return let_go();
    if (last) {
      out_->end();
      return let_go();
    }
    next_.offset += next_.limit;
    if (!waits_for_reader_) {
      waits_for_reader_ = true;
      out_->when_writable([weak = weak_from_this()] {
        if (const auto self = weak.lock())
          self->ask_next();
      });
      self_ = shared_from_this();
      out_->on_closed([weak = weak_from_this()] {
        if (const auto self = weak.lock())
          self->let_go();
      });
    }
  }

  /// On the server's thread, each time that the reader has taken all.
  void ask_next() {
    if (asked_offset_ == next_.offset)
      return;
    asked_offset_ = next_.offset;
    ask_(next_, [self = shared_from_this()](
                  const result<events::command_result>& said) {
      const auto rows = rows_of(said);
      if (!rows) {
        log::warn("admin.export_broken_off",
                  {{"offset", self->next_.offset},
                   {"reason", said ? said->message : said.why()}});
        return self->let_go();
      }
      self->go_on(self->page_text(*rows, false), self->is_last(*rows));
    });
  }

  void let_go() {
    out_.reset();
    self_.reset();
  }

  decltype(asks::query) ask_;
  events::store_query next_;
  char separator_;
  std::shared_ptr<http::outflow> out_;
  /// Between pages nobody else holds it.
  std::shared_ptr<history_export> self_;
  bool waits_for_reader_ = false;
  int asked_offset_ = 0;
};

} // namespace

void export_history(decltype(asks::query) ask, events::store_query filter,
                    char separator, http::responder respond) {
  std::make_shared<history_export>(std::move(ask), std::move(filter), separator)
    ->begin(std::move(respond));
}

} // namespace millrace::admin
