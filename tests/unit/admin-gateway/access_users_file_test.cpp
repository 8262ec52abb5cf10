#include "tests/unit/admin-gateway/at_the_door.hpp"

#include <sys/stat.h>
#include <thread>

using namespace millrace;
using namespace millrace::admin;
using namespace millrace::admin::access;
using nlohmann::json;

namespace {

constexpr auto see = "/api/admin/batch-status";

struct file_world {
  file_world() {
    std::string pattern
      = (std::filesystem::temp_directory_path() / "millrace-users-XXXXXX");
    folder = ::mkdtemp(pattern.data());
  }
  ~file_world() {
    std::filesystem::remove_all(folder);
  }
  std::string path() const {
    return folder / "users.json";
  }
  void holds(const std::string& text, mode_t mode = 0600) const {
    std::ofstream{path()} << text;
    ::chmod(path().c_str(), mode);
  }
  std::string why() const {
    const auto content = users_file{path()}.read();
    return content ? "" : content.why();
  }
  std::filesystem::path folder;
};

user someone(const std::string& name, role held = role::viewer) {
  user who;
  who.name = name;
  who.held = held;
  who.password_hash = "$argon2id$x";
  who.created_at = "2026-11-22T10:00:00.000Z";
  return who;
}

users_file::edit adding(const std::string& name) {
  return [name](accounts& all) {
    return add(all, someone(name));
  };
}

} // namespace

TEST_SUITE("the users' file") {
  TEST_CASE("what was written comes back, readable by its owner alone") {
    file_world w;
    users_file file{w.path()};
    CHECK_FALSE(file.read()->exists);
    const auto done = file.change(
      [](accounts& all) {
        token one;
        one.id = "0123456789ab";
        one.user = "ann";
        one.label = "a \"label\"";
        one.held = role::operate;
        one.fingerprint = std::string(64, 'a');
        one.created_at = one.expires_at = "2026-11-22T10:00:00.000Z";
        auto who = someone("ann", role::admin);
        who.disabled = true;
        add(all, who);
        return add(all, one);
      },
      false);
    REQUIRE(std::holds_alternative<users_file::content>(done));
    const auto back = file.read();
    REQUIRE(back);
    CHECK(back->exists);
    CHECK(to_json(back->all)
          == to_json(std::get<users_file::content>(done).all));
    CHECK(back->all.users.at("ann").disabled);
    CHECK(back->all.tokens.at("0123456789ab").label == "a \"label\"");
    struct stat about {};
    REQUIRE(::stat(w.path().c_str(), &about) == 0);
    CHECK((about.st_mode & 0777) == 0600);
  }

  TEST_CASE("a file that others can read is refused") {
    file_world w;
    for (const mode_t mode : {0640, 0604, 0660, 0644, 0620}) {
      w.holds(to_json({}), mode);
      CHECK_MESSAGE(w.why().find("by others than its owner") != w.why().npos,
                    mode);
    }
    w.holds(to_json({}), 0400);
    CHECK(w.why() == "");
  }

  TEST_CASE("a malformed file is refused with the place") {
    file_world w;
    json right = json::parse(to_json([] {
      accounts all;
      add(all, someone("ann", role::admin));
      return all;
    }()));
    w.holds(right.dump());
    CHECK(w.why() == "");
    const auto complaint = [&](const std::string& text) {
      w.holds(text);
      return w.why();
    };
    CHECK(complaint("").find("malformed") != std::string::npos);
    CHECK(complaint("[]").find("no file of Millrace's users")
          != std::string::npos);
    const auto with = [&](const char* name, const json& value) {
      auto document = right;
      document["users"][0][name] = value;
      return complaint(document.dump());
    };
    CHECK(
      with("user", "../ann").ends_with("users[0]: user is not as it must be"));
    CHECK(with("role", "root")
            .ends_with("users[0]: role is none of viewer, operator, admin"));
    CHECK(with("disabled", "no")
            .ends_with("users[0]: disabled is neither true nor false"));
    CHECK(with("password_hash", "plain")
            .ends_with("users[0]: password_hash is not as it must be"));
    CHECK(with("created_at", 7).ends_with("users[0]: created_at is no text"));
    auto twice = right;
    twice["users"].push_back(right["users"][0]);
    CHECK(complaint(twice.dump()).ends_with("users[1] is there twice"));
    auto cut = right.dump();
    cut.resize(cut.size() / 2);
    CHECK(complaint(cut).find("malformed") != std::string::npos);
    std::filesystem::remove(w.path());
    std::filesystem::create_directory(w.path());
    CHECK(w.why().find("is no regular file") != std::string::npos);
  }

  TEST_CASE("a file that is wrong is never overwritten") {
    file_world w;
    w.holds("{ half of it");
    const auto done = users_file{w.path()}.change(adding("eve"), false);
    CHECK(std::get<refusal>(done).status == 503);
    std::ifstream in{w.path()};
    std::string first;
    std::getline(in, first);
    CHECK(first == "{ half of it");
  }

  TEST_CASE("what a crash left beside it does no harm") {
    file_world w;
    users_file file{w.path()};
    file.change(adding("ann"), false);
    std::ofstream{w.path() + ".new"} << "{ half of it";
    file.change(adding("bob"), true);
    CHECK(file.read()->all.users.size() == 2);
    CHECK_FALSE(std::filesystem::exists(w.path() + ".new"));
  }

  TEST_CASE("processes that write at the same time lose nothing") {
    file_world w;
    std::vector<std::thread> writers;
    for (int i = 0; i < 4; ++i)
      writers.emplace_back([&w, i] {
        // An object of its own, as in another process.
        users_file file{w.path()};
        for (int n = 0; n < 10; ++n)
          file.change(adding("u" + std::to_string(i) + "-" + std::to_string(n)),
                      false);
      });
    for (auto& each : writers)
      each.join();
    CHECK(users_file{w.path()}.read()->all.users.size() == 40);
  }

  TEST_CASE("a service does not start on a file that is wrong") {
    at_the_door w;
    w.set_up();
    ::chmod(w.file().c_str(), 0644);
    CHECK_THROWS_WITH_AS(w.start(),
                         doctest::Contains("by others than its owner"),
                         std::runtime_error);
  }

  TEST_CASE("what another admin-gateway changes is taken up") {
    at_the_door w;
    const auto root = w.set_up();
    w.add_user(root, "ann", "operator");
    const auto ann = w.log_in("ann");
    users_file{w.file()}.change(
      [](accounts& all) { return remove(all, "ann"); }, true);
    CHECK(w.ask("GET", see, "", ann) == 299);
    w.entrance->refresh();
    CHECK(w.ask("GET", see, "", ann) == 401);
    CHECK(w.ask("GET", see, "", root) == 299);
  }

  TEST_CASE("tampering while it runs: nobody new, nobody out, no change") {
    at_the_door w;
    const auto root = w.set_up();
    const auto right = w.content();
    const auto stands_firm = [&] {
      w.entrance->refresh();
      CHECK(w.ask("GET", see, "", root) == 299);
      CHECK(w.ask("POST", "/api/users",
                  R"({"user":"eve","role":"admin","password":"0123456789"})",
                  root)
            == 503);
      CHECK(w.entrance->setup_token().empty());
      CHECK(w.try_login("root", w.password_of("root")) == 200);
    };
    std::ofstream{w.file()} << "{}";
    stands_firm();
    std::filesystem::remove(w.file());
    stands_firm();
    CHECK_FALSE(std::filesystem::exists(w.file()));
    std::ofstream{w.file()} << right;
    ::chmod(w.file().c_str(), 0666);
    stands_firm();
    ::chmod(w.file().c_str(), 0600);
    w.entrance->refresh();
    w.add_user(root, "ann", "viewer");
  }
}
