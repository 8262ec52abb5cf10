#include "common/telemetry/log.hpp"
#include "tests/simulation/shrinking.hpp"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <thread>

// Runs the real rules of batch-store and the gateways through random
// interleavings of an imagined plant, and shrinks what fails.
//
//   simulation                    a million runs, seeds 1, 2, ...
//   simulation --runs N --seconds T --threads N --first-seed S
//                                 as many threads as cores, unless told; what
//                                 is found does not depend on it
//   simulation --seed S [--trace] [--shrink]
//   simulation --count            go on after failures and count them by kind
//   simulation --self-check       break a rule; it must be found and shrunk

using namespace millrace::simulation;

namespace {

struct wishes {
  std::uint64_t runs = 1'000'000;
  std::uint64_t first_seed = 1;
  std::uint64_t seed = 0; // 0: many
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  unsigned seconds = 0; // 0: no limit
  bool trace = false;
  bool shrink = false;
  bool count = false;
  bool self_check = false;
};

[[noreturn]] void refuse(const char* what) {
  std::fprintf(stderr, "simulation: %s: see the top of main.cpp\n", what);
  std::exit(2);
}

wishes read_wishes(int argc, char** argv) {
  wishes read;
  for (int i = 1; i < argc; ++i) {
    const auto is = [&](const char* name) {
      return std::strcmp(argv[i], name) == 0;
    };
    const auto number = [&](auto& to) {
      if (i + 1 == argc)
        refuse(argv[i]);
      const char* text = argv[++i];
      const auto end = text + std::strlen(text);
      if (std::from_chars(text, end, to).ptr != end)
        refuse(text);
    };
    if (is("--runs"))
      number(read.runs);
    else if (is("--first-seed"))
      number(read.first_seed);
    else if (is("--seed"))
      number(read.seed);
    else if (is("--threads"))
      number(read.threads);
    else if (is("--seconds"))
      number(read.seconds);
    else if (is("--trace"))
      read.trace = true;
    else if (is("--shrink"))
      read.shrink = true;
    else if (is("--count"))
      read.count = true;
    else if (is("--self-check"))
      read.self_check = true;
    else
      refuse(argv[i]);
  }
  return read;
}

void print_line(instant at, const std::string& text) {
  std::printf("%7.3f s  %s\n", static_cast<double>(at) / 1000, text.c_str());
}

std::string as_text(const choices::list& made) {
  std::string text;
  for (std::size_t i = 0; i < made.size(); ++i)
    if (made[i] != 0)
      text += " " + std::to_string(i) + ":" + std::to_string(made[i]);
  return text;
}

void explain(std::uint64_t seed, const finding& failing, sabotage broken) {
  const auto least = shrink(failing, broken);
  std::printf("seed %llu: %s\nshrunk to: %s\nchoices (place:value, all others "
              "0):%s\n",
              static_cast<unsigned long long>(seed), failing.broken->c_str(),
              least.broken->c_str(), as_text(least.made).c_str());
  run(choices(least.made), broken, print_line);
  std::printf("VIOLATION %s\n", least.broken->c_str());
}

/// What runs that fail alike have in common.
std::string kind_of(const std::string& broken) {
  return broken.substr(0, broken.find(':'));
}

/// What runs came to; the order in which they are added does not matter.
struct tally {
  std::uint64_t done = 0;
  std::uint64_t steps = 0;
  std::uint64_t digest = 0;

  void add(const tally& other) {
    done += other.done;
    steps += other.steps;
    digest += other.digest;
  }
};

/// Many runs on several threads. Without --count it ends with the smallest seed
/// that fails: seeds are handed out in order, and all before it are finished.
struct campaign {
  campaign(const wishes& chosen, sabotage how)
    : wanted(chosen), broken(how), end(chosen.runs) {
  }

  const wishes& wanted;
  const sabotage broken;
  std::atomic<std::uint64_t> next{0};
  std::atomic<std::uint64_t> end; // of what is still of interest
  std::mutex gate;
  tally all;
  std::uint64_t failed = 0;
  /// How often, and the smallest seed.
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> kinds;
  std::optional<std::pair<std::uint64_t, finding>> first;

  void note(std::uint64_t i, std::uint64_t seed, finding found) {
    const std::lock_guard guard(gate);
    if (!wanted.count) {
      if (i >= end)
        return;
      end = i;
      failed = 0;
      kinds.clear();
    }
    ++failed;
    auto& [times, example]
      = kinds.try_emplace(kind_of(*found.broken), 0, seed).first->second;
    ++times;
    example = std::min(example, seed);
    if (!first || seed < first->first)
      first.emplace(seed, std::move(found));
  }

  void work(std::chrono::steady_clock::time_point until) {
    tally own;
    for (;;) {
      const auto i = next++;
      if (i >= end || std::chrono::steady_clock::now() > until)
        break;
      const auto seed = wanted.first_seed + i;
      auto found = run(choices(seed), broken);
      own.add({1, found.steps, found.digest});
      if (found.broken)
        note(i, seed, std::move(found));
    }
    const std::lock_guard guard(gate);
    all.add(own);
  }

  void go() {
    const auto until = wanted.seconds == 0
                         ? std::chrono::steady_clock::time_point::max()
                         : std::chrono::steady_clock::now()
                             + std::chrono::seconds(wanted.seconds);
    std::vector<std::thread> crew;
    for (unsigned i = 0; i < wanted.threads; ++i)
      crew.emplace_back([&] { work(until); });
    for (auto& one : crew)
      one.join();
  }

  /// Up to the first that fails, where it ends there.
  std::uint64_t runs_to_tell() const {
    return first && !wanted.count ? first->first - wanted.first_seed + 1
                                  : all.done;
  }
};

int run_many(const wishes& wanted) {
  const auto begin = std::chrono::steady_clock::now();
  const auto cpu = std::clock();
  campaign many(wanted, sabotage::none);
  many.go();
  const std::chrono::duration<double> took
    = std::chrono::steady_clock::now() - begin;
  const auto number = [](std::uint64_t n) {
    return static_cast<unsigned long long>(n);
  };
  std::printf("%llu runs, %.1f s (%.1f s of processor, %u threads): %.0f runs "
              "and %.0f steps a second; %llu failed\n",
              number(many.runs_to_tell()), took.count(),
              static_cast<double>(std::clock() - cpu) / CLOCKS_PER_SEC,
              wanted.threads, static_cast<double>(many.all.done) / took.count(),
              static_cast<double>(many.all.steps) / took.count(),
              number(many.failed));
  // The same for the same seeds, however many threads there are.
  if (!many.first || wanted.count)
    std::printf("%llu steps, digest of all ends %016llx\n",
                number(many.all.steps), number(many.all.digest));
  for (const auto& [text, seen] : many.kinds)
    std::printf("%8llu  %s (seed %llu)\n", number(seen.first), text.c_str(),
                number(seen.second));
  if (many.first)
    explain(many.first->first, many.first->second, sabotage::none);
  return many.first ? 1 : 0;
}

int run_one(const wishes& wanted) {
  const auto found = run(choices(wanted.seed), sabotage::none,
                         wanted.trace ? print_line : teller());
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(wanted.seed),
              found.broken ? found.broken->c_str() : "all invariants hold");
  if (found.broken && wanted.shrink)
    explain(wanted.seed, found, sabotage::none);
  return found.broken ? 1 : 0;
}

/// A database that forgets must be noticed, and a handful of choices is enough
/// to show it.
int check_self(const wishes& wanted) {
  campaign many(wanted, sabotage::lost_commits);
  many.go();
  if (!many.first) {
    std::printf("lost commits were not noticed in %llu runs\n",
                static_cast<unsigned long long>(many.runs_to_tell()));
    return 1;
  }
  const auto least = shrink(many.first->second, sabotage::lost_commits);
  const auto before = as_text(many.first->second.made);
  const auto after = as_text(least.made);
  std::printf("lost commits: noticed after %llu runs: %s\n  choices%s\n  "
              "shrunk to%s\n",
              static_cast<unsigned long long>(many.runs_to_tell()),
              least.broken->c_str(), before.c_str(), after.c_str());
  return std::count(after.begin(), after.end(), ':') <= 6 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  const auto wanted = read_wishes(argc, argv);
  millrace::log::setup({"simulation", millrace::log::level::error, false});
  if (wanted.self_check)
    return check_self(wanted);
  return wanted.seed != 0 ? run_one(wanted) : run_many(wanted);
}
