#include "common/config/binder.hpp"
#include "common/config/help.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <system_error>
#include <unistd.h>

namespace millrace::config {

namespace {

result<std::string> read_file(const std::string& path) {
  errno = 0;
  std::ifstream in{path, std::ios::binary};
  std::ostringstream content;
  // An empty file sets failbit on `content`, a folder sets badbit on `in`.
  if (in)
    content << in.rdbuf();
  if (!in.is_open() || in.bad() || errno == EISDIR)
    return error{errno ? std::generic_category().message(errno)
                       : std::string("unreadable")};
  return content.str();
}

source environment_variables() {
  source all;
  for (char** entry = environ; entry && *entry; ++entry) {
    const std::string_view text = *entry;
    const auto equals = text.find('=');
    if (equals != std::string_view::npos)
      all.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return all;
}

/// The `.env` file's settings. Without ENV_FILE the file need not exist.
source dotenv_values(const source& environment,
                     std::vector<std::string>& problems) {
  const auto named = environment.find("ENV_FILE");
  const bool is_named = named != environment.end() && !named->second.empty();
  const auto path = is_named ? named->second : std::string(".env");
  if (!is_named && ::access(path.c_str(), F_OK) != 0)
    return {};
  const auto text = read_file(path);
  if (!text) {
    problems.push_back((is_named ? "ENV_FILE=\"" + path + "\"" : path)
                       + " cannot be read: " + text.why());
    return {};
  }
  auto values = parse_dotenv(*text);
  if (!values) {
    problems.push_back(path + " " + values.why());
    return {};
  }
  return std::move(*values);
}

std::vector<std::string>
all_problems(const binder& settings, source& dotenv,
             const std::function<std::vector<std::string>()>& cross_check) {
  std::vector<std::string> problems;
  const auto environment = environment_variables();
  dotenv = dotenv_values(environment, problems);
  for (auto& each : apply(settings, environment, dotenv, read_file))
    problems.push_back(std::move(each));
  // Rules between settings make sense only for settings that are right.
  if (problems.empty() && cross_check)
    problems = cross_check();
  return problems;
}

start report(std::string_view service,
             const std::vector<std::string>& problems) {
  std::cerr << service << ": " << problems.size() << " wrong setting"
            << (problems.size() == 1 ? "" : "s") << " (see --help):\n";
  for (const auto& each : problems)
    std::cerr << "  " << each << "\n";
  return start::exit_error;
}

/// Other services share the file, so a name that is not of this one is no
/// mistake; one that no service has is.
void tell_names(std::string_view service, const source& dotenv,
                const binder& settings) {
  std::set<std::string> known;
  for (const auto& each : settings.declared())
    for (const auto& name : each.names) {
      known.insert(name);
      known.insert(name + "_FILE");
    }
  std::string taken;
  std::string left;
  for (const auto& [name, value] : dotenv)
    (known.contains(name) ? taken : left) += " " + name;
  if (!taken.empty())
    std::cout << service << ": from .env:" << taken << "\n";
  if (!left.empty())
    std::cout << service << ": in .env, not of this service:" << left << "\n";
}

} // namespace

start load(int argc, char** argv, std::string_view service,
           std::string_view summary, const binder& settings,
           const std::function<std::vector<std::string>()>& cross_check,
           const std::vector<own_option>& own) {
  const std::string_view option = argc > 1 ? argv[1] : "";
  const auto wanted
    = std::find_if(own.begin(), own.end(),
                   [&](const auto& each) { return each.name == option; });
  if (argc > 2
      || (argc == 2 && option != "--help" && option != "-h"
          && option != "--version" && option != "--check-config"
          && wanted == own.end())) {
    std::cerr << service << ": unknown argument \"" << argv[argc > 2 ? 2 : 1]
              << "\"; see --help\n";
    return start::exit_error;
  }
  if (option == "--help" || option == "-h") {
    std::cout << help_text(service, summary, settings, own);
    return start::exit_ok;
  }
  if (option == "--version") {
    std::cout << service << " " << MILLRACE_VERSION << "\n";
    return start::exit_ok;
  }
  source dotenv;
  const auto problems = all_problems(settings, dotenv, cross_check);
  if (!problems.empty())
    return report(service, problems);
  if (wanted != own.end())
    return wanted->act() ? start::exit_ok : start::exit_error;
  if (option != "--check-config")
    return start::run;
  tell_names(service, dotenv, settings);
  std::cout << service << ": the settings are right\n";
  return start::exit_ok;
}

} // namespace millrace::config
