#pragma once

#include "common/domain/result.hpp"

#include <chrono>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// Settings (FACTS 7): environment over `.env` over defaults. A service declares
// each setting once, bound to a member of its settings struct; reading,
// checking, --help and --check-config all come from that declaration. Settings
// that a service did not declare are ignored.

namespace millrace::config {

/// One declared setting.
struct setting {
  /// First the documented name, then aliases.
  std::vector<std::string> names;
  std::string meaning;
  /// What the value may be, for --help and errors ("1..65535").
  std::string allowed;
  /// As text; never shown for a secret.
  std::string default_text;
  /// Its value may also stand in the file that NAME_FILE names, and it is shown
  /// nowhere.
  bool secret = false;
  bool required = false;
  /// Reads the text into the member; none when it is right, else what is wrong.
  /// Gets the name it was found under (NAME or NAME_MINUTES).
  std::function<std::optional<std::string>(std::string_view name,
                                           std::string_view text)>
    read;
};

/// Collects the declarations of a service. The bound members must outlive the
/// loading; each keeps its default when the setting is absent or empty.
class binder {
public:
  using names = std::vector<std::string>;

  /// Any text that `check` (optional) accepts.
  void text(names called, std::string& member, std::string_view meaning,
            std::string_view allowed = "text",
            std::function<result<std::string>(std::string_view)> check = {});
  /// A password or token.
  void secret(names called, std::string& member, std::string_view meaning,
              std::function<result<std::string>(std::string_view)> check = {});
  /// Whole number in [low, high].
  void number(names called, int& member, int low, int high,
              std::string_view meaning);
  /// true/false, 1/0, yes/no, on/off in any case.
  void flag(names called, bool& member, std::string_view meaning);
  /// One of `choices`, in any case; stored as written there.
  void choice(names called, std::string& member,
              std::vector<std::string> choices, std::string_view meaning);
  /// NAME takes a number with unit (100ms, 2s, 5m, 1h; also fractions, "0.5s").
  /// With `bare_unit` set, bare_name (NAME_MINUTES, PLC_TIMEOUT_SEC) takes a
  /// number of that unit, fractions allowed. NAME wins.
  void duration(std::string called, std::string bare_name,
                std::chrono::milliseconds bare_unit,
                std::chrono::milliseconds& member,
                std::chrono::milliseconds low, std::chrono::milliseconds high,
                std::string_view meaning);
  /// Marks the setting declared last as one that must be given.
  void require_last();

  const std::vector<setting>& declared() const {
    return declared_;
  }

private:
  std::vector<setting> declared_;
};

/// "250ms", "5s", "3m", "1h": the largest unit that divides it.
std::string duration_text(std::chrono::milliseconds span);

/// Where values come from, by name.
using source = std::map<std::string, std::string>;

/// Reads a `.env` file's text: NAME=VALUE lines, `export`, comments (also after
/// a value and a blank), single and double quotes, over several lines too. The
/// error names the line.
result<source> parse_dotenv(std::string_view text);

/// Sets every bound member. Returns all that is wrong, each naming variable,
/// value (not of a secret, nor a URL's password) and what is allowed; empty
/// when all is right. An empty variable counts as not given, but one of the
/// environment still hides the same one of .env. `read_file` serves NAME_FILE.
std::vector<std::string>
apply(const binder& settings, const source& environment, const source& dotenv,
      const std::function<result<std::string>(const std::string&)>& read_file);

enum class start { run, exit_ok, exit_error };

/// An option of one service, "--adopt": when all settings are right, `act` is
/// done in place of the service. False: the program ends with an error, of
/// which `act` has told.
struct own_option {
  std::string name;
  std::string meaning;
  std::function<bool()> act;
};

/// The whole start of a service: --help (prints every setting with default and
/// meaning), --version, --check-config (validates, tells which names of `.env`
/// the service has, and ends), its own options, reads the environment and the
/// file `.env` of the working folder (or ENV_FILE), prints all errors to
/// stderr. `cross_check` (optional) runs when each setting by itself is right
/// and returns all that is wrong between them.
start load(int argc, char** argv, std::string_view service,
           std::string_view summary, const binder& settings,
           const std::function<std::vector<std::string>()>& cross_check = {},
           const std::vector<own_option>& own = {});

} // namespace millrace::config
