#include "common/config/binder.hpp"
#include "tests/temp_folder.hpp"

#include <doctest/doctest.h>

#include <array>
#include <iostream>
#include <sstream>
#include <stdlib.h>

using namespace millrace;
using millrace::config::binder;
using millrace::config::load;
using millrace::config::start;

namespace {

/// What is written to a stream while it lives.
class captured {
public:
  explicit captured(std::ostream& stream)
    : stream_(stream), before_(stream.rdbuf(text_.rdbuf())) {
  }
  ~captured() {
    stream_.rdbuf(before_);
  }
  std::string text() const {
    return text_.str();
  }

private:
  std::ostream& stream_;
  std::ostringstream text_;
  std::streambuf* before_;
};

/// A start with a `.env` file and arguments; ENV_FILE is unset afterwards.
struct program {
  int port = 9600;
  std::string password;
  std::string output, errors;
  test::temp_folder folder;

  ~program() {
    ::unsetenv("ENV_FILE");
  }

  void env_file(const std::string& text) {
    ::setenv("ENV_FILE", folder.write("env", text).c_str(), 1);
  }

  start run(std::vector<std::string> arguments = {},
            std::function<std::vector<std::string>()> cross_check = {}) {
    binder settings;
    settings.number({"LOAD_TEST_PORT"}, port, 1, 65535, "port");
    settings.secret({"LOAD_TEST_PASSWORD"}, password, "password");
    arguments.insert(arguments.begin(), "program");
    std::vector<char*> argv;
    for (auto& each : arguments)
      argv.push_back(each.data());
    captured out{std::cout}, err{std::cerr};
    const auto outcome = load(static_cast<int>(argv.size()), argv.data(),
                              "scheduler", "the clock", settings, cross_check);
    output = out.text();
    errors = err.text();
    return outcome;
  }
};

} // namespace

TEST_SUITE("start") {
  TEST_CASE_FIXTURE(program, "ENV_FILE is read") {
    env_file("LOAD_TEST_PORT=17\nLOAD_TEST_PASSWORD_FILE="
             + folder.path().string() + "/secret" + "\n");
    folder.write("secret", "s3cret\n");
    CHECK(run() == start::run);
    CHECK(errors == "");
    CHECK(port == 17);
    CHECK(password == "s3cret");
  }

  TEST_CASE_FIXTURE(program, "a missing ENV_FILE is an error") {
    ::setenv("ENV_FILE", "/no/such/file", 1);
    CHECK(run() == start::exit_error);
    CHECK(errors
          == "scheduler: 1 wrong setting (see --help):\n"
             "  ENV_FILE=\"/no/such/file\" cannot be read: No such file or "
             "directory\n");
  }

  TEST_CASE_FIXTURE(program, "a folder as ENV_FILE is an error") {
    ::setenv("ENV_FILE", folder.path().c_str(), 1);
    CHECK(run() == start::exit_error);
    CHECK(errors.find("Is a directory") != std::string::npos);
  }

  TEST_CASE_FIXTURE(program, "an empty ENV_FILE is right") {
    env_file("");
    CHECK(run() == start::run);
  }

  TEST_CASE_FIXTURE(program, "wrong values end the start") {
    env_file("LOAD_TEST_PORT=0\n");
    CHECK(run() == start::exit_error);
    CHECK(errors
          == "scheduler: 1 wrong setting (see --help):\n"
             "  LOAD_TEST_PORT=\"0\" is out of range; allowed: 1..65535\n");
  }

  TEST_CASE_FIXTURE(program, "--check-config checks and ends") {
    CHECK(run({"--check-config"}) == start::exit_ok);
    CHECK(output == "scheduler: the settings are right\n");
    env_file("LOAD_TEST_PORT=0\n");
    CHECK(run({"--check-config"}) == start::exit_error);
  }

  TEST_CASE_FIXTURE(program, "--check-config tells whose names .env has") {
    env_file("LOAD_TEST_PORT=1\nLOAD_TEST_PASSWORD=x\nPLC_IPP=1\n");
    CHECK(run({"--check-config"}) == start::exit_ok);
    CHECK(output
          == "scheduler: from .env: LOAD_TEST_PASSWORD LOAD_TEST_PORT\n"
             "scheduler: in .env, not of this service: PLC_IPP\n"
             "scheduler: the settings are right\n");
  }

  TEST_CASE_FIXTURE(program, "an own option is done once settings are right") {
    int done = 0;
    binder none;
    const std::vector<config::own_option> own{{"--look", "looks", [&] {
                                                 return ++done == 1;
                                               }}};
    std::string name = "program";
    std::string option = "--look";
    std::array<char*, 2> argv{name.data(), option.data()};
    const auto look = [&] {
      return load(2, argv.data(), "scheduler", "runs tasks", none, {}, own);
    };
    CHECK(look() == start::exit_ok);
    CHECK(look() == start::exit_error);
    CHECK(done == 2);
    binder wrong;
    env_file("LOAD_TEST_PORT=0\n");
    wrong.number({"LOAD_TEST_PORT"}, port, 1, 65535, "port");
    captured err{std::cerr};
    CHECK(load(2, argv.data(), "scheduler", "runs tasks", wrong, {}, own)
          == start::exit_error);
    CHECK(done == 2);
  }

  TEST_CASE_FIXTURE(program, "rules between settings are checked, too") {
    const auto wrong = [] {
      return std::vector<std::string>{"A beside B"};
    };
    CHECK(run({"--check-config"}, wrong) == start::exit_error);
    CHECK(errors == "scheduler: 1 wrong setting (see --help):\n  A beside B\n");
  }

  TEST_CASE_FIXTURE(program, "--version and --help end without checking") {
    env_file("LOAD_TEST_PORT=0\n");
    CHECK(run({"--version"}) == start::exit_ok);
    CHECK(output == "scheduler " MILLRACE_VERSION "\n");
    CHECK(run({"--help"}) == start::exit_ok);
    CHECK(output.find("LOAD_TEST_PORT") != std::string::npos);
  }

  TEST_CASE_FIXTURE(program, "unknown arguments are refused") {
    CHECK(run({"--port=1"}) == start::exit_error);
    CHECK(errors == "scheduler: unknown argument \"--port=1\"; see --help\n");
    CHECK(run({"--help", "x"}) == start::exit_error);
  }
}
