#include "services/admin-gateway/access/attempts.hpp"
#include "services/admin-gateway/access/secrets.hpp"
#include "services/admin-gateway/access/worker.hpp"

#include <doctest/doctest.h>

#include <future>

using namespace millrace::admin::access;
using namespace std::chrono_literals;

namespace {

struct gate {
  std::chrono::steady_clock::time_point now{1h};
  attempts tries{[this] {
    return now;
  }};
};

} // namespace

TEST_SUITE("attempts") {
  TEST_CASE("the wait doubles up to 15 minutes and ends with quiet") {
    gate w;
    for (int i = 0; i < 5; ++i)
      CHECK(w.tries.begin("ann", "a") == 0s);
    for (const auto wait : {60s, 120s, 240s, 480s, 900s, 900s}) {
      CHECK(w.tries.begin("ann", "a") == wait);
      w.now += wait - 1s;
      CHECK(w.tries.begin("ann", "a") == 1s);
      w.now += 1s;
      CHECK(w.tries.begin("ann", "a") == 0s); // one try, wrong again
    }
    w.now += 900s + 15min;
    for (int i = 0; i < 5; ++i)
      CHECK(w.tries.begin("ann", "a") == 0s);
    CHECK(w.tries.begin("ann", "a") == 60s);
  }

  TEST_CASE("tries that are still being checked count") {
    gate w;
    int let_in = 0;
    for (int i = 0; i < 100; ++i)
      let_in += w.tries.begin("ann", "a") == 0s ? 1 : 0;
    CHECK(let_in == 5);
  }

  TEST_CASE("an address cannot try one password with many names") {
    gate w;
    int let_in = 0;
    for (int i = 0; i < 1'000; ++i)
      let_in += w.tries.begin("user" + std::to_string(i), "a") == 0s ? 1 : 0;
    CHECK(let_in == 30);
    CHECK(w.tries.begin("ann", "b") == 0s);
  }

  TEST_CASE("a good password does not let its address guess on") {
    gate w;
    int wrong = 0;
    for (int i = 0; i < 1'000; ++i) {
      wrong += w.tries.begin("user" + std::to_string(i), "a") == 0s ? 1 : 0;
      if (w.tries.begin("mallory", "a") == 0s)
        w.tries.succeeded("mallory", "a");
    }
    CHECK(wrong <= 31);
  }

  TEST_CASE("others cannot lock a user out for longer than half a minute") {
    gate w;
    for (int i = 0; i < 1'000; ++i)
      w.tries.begin("ann", "zombie" + std::to_string(i));
    CHECK(w.tries.begin("ann", "home") == 30s);
    w.now += 30s;
    CHECK(w.tries.begin("ann", "home") == 0s);
  }

  TEST_CASE("memory is bounded, and the quietest is forgotten first") {
    failure_counter counter{{5, 60s, 15min}};
    std::chrono::steady_clock::time_point now{1h};
    for (std::size_t i = 0; i < failure_counter::most_keys + 500; ++i) {
      now += 1ms;
      counter.failed(std::to_string(i), now);
    }
    CHECK(counter.size() == failure_counter::most_keys);
    CHECK(counter.wait("x", now) == 0s);
  }
}

TEST_SUITE("secrets") {
  TEST_CASE("libsodium hashes by argon2id and knows the password again") {
    const auto real = real_secrets();
    const auto hash = real.hash_password("correct horse");
    CHECK(hash.starts_with("$argon2id$"));
    CHECK(real.verify_password(hash, "correct horse"));
    CHECK_FALSE(real.verify_password(hash, "correct horsf"));
    CHECK_FALSE(real.verify_password("rubbish", "correct horse"));
    CHECK(real.fresh().size() == 64);
    CHECK(real.fresh() != real.fresh());
  }

  TEST_CASE("fingerprints and comparing") {
    // BLAKE2b-256 of "abc" (b2sum -l 256).
    CHECK(
      fingerprint("abc")
      == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
    CHECK(same_secret("abc", "abc"));
    CHECK_FALSE(same_secret("abc", "abd"));
    CHECK_FALSE(same_secret("abc", "ab"));
    CHECK_FALSE(same_secret("", "a"));
    CHECK(same_secret("", ""));
  }
}

TEST_CASE("the worker's queue has an end, and a task that throws harms none") {
  std::promise<void> begun, go, done;
  worker slow{2, 1h, [] {
              }};
  REQUIRE(slow.post([&] {
    begun.set_value();
    go.get_future().wait();
    throw std::runtime_error("a bad day");
  }));
  begun.get_future().wait();
  CHECK(slow.post([] {}));
  CHECK(slow.post([&] { done.set_value(); }));
  CHECK_FALSE(slow.post([] {}));
  go.set_value();
  done.get_future().wait();
}
