#include "services/batch-store/migrations.hpp"
#include "services/batch-store/outbox.hpp"
#include "services/batch-store/sql_repository.hpp"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace millrace;
using namespace millrace::store;

namespace {

/// An outbox on a database in memory; the broker is this struct.
struct post_office {
  sql_session sql{parse_database_url("sqlite:///:memory:")};
  sql_repository rows{sql};
  bus::client never_started{bus::options{}};
  service::port port{never_started, "batch-store", events::topics("mill"),
                     [] { return *parse_utc("2026-11-22T09:00:00Z"); },
                     [] {
                       return "fresh";
                     }};
  bool takes = true;
  std::vector<outbox_row> sent;
  outbox out = reopened();

  post_office() {
    migrate(sql, "PLC01");
  }

  outbox reopened() {
    return {rows, messages_of(port), [this](const outbox_row& row) {
              if (takes)
                sent.push_back(row);
              return takes;
            }};
  }
  void add(int stage, const std::string& key = {}) {
    service::context about;
    about.natural_key = key;
    out.add("PLC01", events::queue_emptied{"PLC01", stage}, about);
  }
  std::vector<int> sent_stages() const {
    std::vector<int> all;
    for (const auto& row : sent)
      all.push_back(nlohmann::json::parse(row.payload).at("data").at("stage"));
    return all;
  }
  std::size_t kept() {
    return rows.outgoing(0, 1000).size();
  }
  using stages = std::vector<int>;
};

} // namespace

TEST_SUITE("outbox") {
  TEST_CASE_FIXTURE(post_office, "events leave in the order of their commit") {
    rows.write([&] {
      add(1);
      add(2);
    });
    rows.write([&] { add(3); });
    CHECK(sent.empty()); // not before relay
    out.relay();
    CHECK(sent_stages() == stages{1, 2, 3});
    CHECK(sent[0].topic == "mill/PLC01/_event/queue.emptied");
    out.relay();
    CHECK(sent.size() == 3);
  }

  TEST_CASE_FIXTURE(post_office, "a transaction that broke sends nothing") {
    CHECK_THROWS(rows.write([&] {
      add(1);
      throw std::runtime_error("broken");
    }));
    out.relay();
    CHECK(sent.empty());
  }

  TEST_CASE_FIXTURE(post_office, "a row goes only after the acknowledgement") {
    rows.write([&] {
      add(1);
      add(2);
    });
    out.relay();
    out.sweep();
    CHECK(kept() == 2);
    CHECK(out.in_flight() == 2);
    out.acknowledged(sent[0].seq, true);
    out.sweep();
    CHECK(kept() == 1);
    CHECK(rows.outgoing(0, 10)[0].seq == sent[1].seq);
    CHECK(out.in_flight() == 1);
  }

  TEST_CASE_FIXTURE(post_office, "when the bus is full the rest waits, in "
                                 "order") {
    takes = false;
    rows.write([&] {
      add(1);
      add(2);
    });
    out.relay();
    CHECK(out.in_flight() == 0);
    takes = true;
    out.sweep();
    CHECK(sent_stages() == stages{1, 2});
    CHECK(kept() == 2);
  }

  TEST_CASE_FIXTURE(post_office, "what the broker gave back goes out again, "
                                 "alone and the same") {
    rows.write([&] {
      add(1);
      add(2);
      add(3);
    });
    out.relay();
    const auto second = sent[1];
    out.acknowledged(second.seq, false);
    out.sweep();
    CHECK(sent_stages() == stages{1, 2, 3, 2});
    CHECK(sent.back().payload == second.payload);
    CHECK(kept() == 3);
  }

  TEST_CASE_FIXTURE(post_office, "after a restart what is left goes out again "
                                 "with the same id") {
    rows.write([&] {
      add(1, "PLC01/1");
      add(2, "PLC01/2");
    });
    out.relay();
    out.acknowledged(sent[0].seq, true);
    out.sweep();
    auto fresh = reopened();
    fresh.relay();
    CHECK(sent_stages() == stages{1, 2, 2});
    CHECK(sent[2].payload == sent[1].payload);
  }

  TEST_CASE_FIXTURE(post_office, "the same natural key is the same id, another "
                                 "one another") {
    rows.write([&] {
      add(1, "PLC01/1");
      add(1, "PLC01/1");
      add(2, "PLC01/2");
    });
    out.relay();
    const auto id = [&](std::size_t i) {
      return nlohmann::json::parse(sent.at(i).payload).at("id");
    };
    CHECK(id(0) == id(1));
    CHECK(id(0) != id(2));
  }

  TEST_CASE_FIXTURE(post_office, "no more than 200 are on their way") {
    rows.write([&] {
      for (int i = 0; i < 450; ++i)
        add(i);
    });
    out.relay();
    CHECK(out.in_flight() == 200);
    for (std::size_t done = 0; done < sent.size(); ++done)
      out.acknowledged(sent[done].seq, true);
    out.sweep();
    CHECK(sent.size() == 400);
    CHECK(kept() == 250);
    for (std::size_t done = 200; done < 400; ++done)
      out.acknowledged(sent[done].seq, true);
    out.sweep();
    CHECK(sent.size() == 450);
    CHECK(sent_stages().back() == 449);
  }
}
