#include "services/admin-gateway/history_export.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using namespace millrace;
using namespace millrace::admin;
using nlohmann::json;

namespace {

/// What the reader sees of the answer.
struct reading {
  std::string text;
  bool ended = false;
  bool let_go = false;
  bool gone = false;
  std::function<void()> has_read;
  std::function<void()> closed;
};

class to_reader : public http::outflow {
public:
  explicit to_reader(reading& seen) : seen_(seen) {
  }
  ~to_reader() override {
    seen_.let_go = true;
  }
  to_reader(const to_reader&) = delete;
  to_reader& operator=(const to_reader&) = delete;

  bool send(std::string piece) override {
    if (seen_.gone)
      return false;
    seen_.text += piece;
    // A quick reader asks for more while the piece is being handed over.
    if (seen_.has_read && reads_at_once)
      seen_.has_read();
    return true;
  }
  void end() override {
    seen_.ended = true;
  }
  bool open() const override {
    return !seen_.gone;
  }
  std::size_t unsent() const override {
    return 0;
  }
  void on_closed(std::function<void()> callback) override {
    seen_.closed = std::move(callback);
  }
  void when_writable(std::function<void()> callback) override {
    seen_.has_read = std::move(callback);
  }

  bool reads_at_once = false;

private:
  reading& seen_;
};

/// batch-store with so many rows, and one reader.
struct world {
  explicit world(int rows) : rows_(rows) {
  }

  void begin(bool reads_at_once = false) {
    export_history(
      [this](events::store_query what, asks::answered answered) {
        asked.push_back(what.offset);
        CHECK(what.oldest_first);
        open = [this, what, answered = std::move(answered)] {
          answered(says ? *says : page(what));
        };
      },
      {}, ',',
      [this, reads_at_once](http::response answer) {
        status = answer.status;
        if (!answer.opened)
          return;
        auto out = std::make_shared<to_reader>(seen);
        out->reads_at_once = reads_at_once;
        answer.opened(std::move(out));
      });
  }

  void store_answers() {
    std::exchange(open, nullptr)();
  }

  long lines() const {
    return std::count(seen.text.begin(), seen.text.end(), '\n');
  }

  reading seen;
  std::vector<int> asked;
  std::function<void()> open;
  std::optional<result<events::command_result>> says;
  int status = 0;

private:
  result<events::command_result> page(const events::store_query& what) const {
    json rows = json::array();
    for (int i = what.offset; i < std::min(rows_, what.offset + what.limit);
         ++i)
      rows.push_back({{"id", "row-" + std::to_string(i) + "."}});
    events::command_result said;
    said.ok = true;
    said.data.text = json{{"histories", rows}}.dump();
    return said;
  }

  int rows_;
};

} // namespace

TEST_SUITE("export of the history") {
  TEST_CASE("a page is asked for when the reader has taken the one before") {
    world w{1200};
    w.begin();
    w.store_answers();
    CHECK(w.status == 200);
    CHECK(w.lines() == 501);
    CHECK(w.asked == std::vector{0});
    w.seen.has_read();
    w.seen.has_read(); // news of the same piece
    CHECK(w.asked == std::vector{0, 500});
    w.store_answers();
    w.seen.has_read();
    w.store_answers();
    CHECK(w.asked == std::vector{0, 500, 1000});
    CHECK(w.seen.ended);
    CHECK(w.lines() == 1201);
    CHECK(w.seen.text.find("row-0.") != std::string::npos);
    CHECK(w.seen.text.find("row-1199.") != std::string::npos);
    w.seen.closed();
    CHECK(w.seen.let_go);
  }

  TEST_CASE("a reader who is quicker than send() gets all") {
    world w{1200};
    w.begin(true);
    w.store_answers();
    w.seen.has_read();
    while (w.open)
      w.store_answers();
    CHECK(w.asked == std::vector{0, 500, 1000});
    CHECK(w.lines() == 1201);
    CHECK(w.seen.ended);
  }

  TEST_CASE("nothing more is asked for when the reader is gone") {
    world w{1200};
    w.begin();
    w.store_answers();
    w.seen.has_read();
    w.seen.gone = true;
    w.seen.closed();
    w.store_answers(); // too late
    CHECK(w.asked == std::vector{0, 500});
    CHECK_FALSE(w.seen.ended);
    CHECK(w.seen.let_go);
  }

  TEST_CASE("a page that does not come breaks the answer off") {
    world w{1200};
    w.begin();
    w.store_answers();
    w.seen.has_read();
    w.says = error{"no answer within 5s"};
    w.store_answers();
    CHECK_FALSE(w.seen.ended);
    CHECK(w.seen.let_go);
  }

  TEST_CASE("without the first page there is an error instead of a file") {
    world silent{10};
    silent.begin();
    silent.says = error{"no answer within 5s"};
    silent.store_answers();
    CHECK(silent.status == 503);
    world wrong{10};
    wrong.begin();
    wrong.says = events::command_result{false, "from is no date", {}};
    wrong.store_answers();
    CHECK(wrong.status == 400);
  }
}
