// Do the structs of common/events, the schemas of proto/events and
// proto/asyncapi.yaml agree?
//
//   proto-check [--write] [PROTO_FOLDER]
//
// Without --write it compares and changes nothing.

#include "tests/contract/documents.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>

namespace {

namespace fs = std::filesystem;
using millrace::contract::documents;
using millrace::contract::wrong_parties;

std::optional<std::string> content_of(const fs::path& file) {
  std::ifstream in{file, std::ios::binary};
  if (!in)
    return {};
  return std::string{std::istreambuf_iterator<char>{in}, {}};
}

/// Files in proto/events that belong to no message.
std::vector<fs::path> strays(const fs::path& proto) {
  std::vector<fs::path> found;
  const auto known = documents();
  if (!fs::is_directory(proto / "events"))
    return found;
  for (const auto& entry : fs::directory_iterator(proto / "events"))
    if (!known.contains("events/" + entry.path().filename().string()))
      found.push_back(entry.path());
  return found;
}

int write_all(const fs::path& proto) {
  fs::create_directories(proto / "events");
  for (const auto& [name, text] : documents()) {
    std::ofstream out{proto / name, std::ios::binary | std::ios::trunc};
    out << text;
    if (!out.flush()) {
      std::cerr << "cannot write " << (proto / name) << "\n";
      return 1;
    }
  }
  for (const auto& stray : strays(proto))
    fs::remove(stray);
  return 0;
}

struct tally {
  int passed = 0;
  int failed = 0;

  void check(bool right, const std::string& what) {
    ++(right ? passed : failed);
    if (!right)
      std::cout << "FAILED " << what << "\n";
  }
};

int compare_all(const fs::path& proto) {
  tally seen;
  for (const auto& [name, text] : documents()) {
    const auto there = content_of(proto / name);
    seen.check(there.has_value(), name + " is missing");
    if (there)
      seen.check(*there == text, name
                                   + " differs from the structs; proto-check "
                                     "--write brings it up to date");
  }
  const auto extra = strays(proto);
  for (const auto& stray : extra)
    seen.check(false, "events/" + stray.filename().string()
                        + " belongs to no message");
  const auto wrong = wrong_parties();
  for (const auto& complaint : wrong)
    seen.check(false, complaint);
  seen.check(extra.empty() && wrong.empty(), "the table and the folder");
  std::cout << "proto-check: " << seen.passed << " passed, " << seen.failed
            << " failed\n";
  return seen.failed == 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv + 1, argv + argc);
  const bool write = !words.empty() && words.front() == "--write";
  const fs::path proto = words.size() > (write ? 1u : 0u) ? words.back()
                                                          : MILLRACE_SOURCE_DIR
                           "/proto";
  return write ? write_all(proto) : compare_all(proto);
}
