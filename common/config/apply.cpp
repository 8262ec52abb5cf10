#include "common/config/binder.hpp"
#include "common/config/masked.hpp"

namespace millrace::config {

namespace {

constexpr std::string_view file_suffix = "_FILE";

/// A value and the variable that gave it. `name` is the setting's name without
/// _FILE.
struct finding {
  std::string name;
  std::string variable;
  std::string value;
};

std::string trimmed(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\f\v";
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos)
    return {};
  return std::string(
    text.substr(first, text.find_last_not_of(blanks) - first + 1));
}

std::string without_line_end(std::string text) {
  while (text.ends_with('\n') || text.ends_with('\r'))
    text.pop_back();
  return text;
}

/// Reads one setting's value from the layers and reports what is wrong.
class lookup {
public:
  using file_reader = std::function<result<std::string>(const std::string&)>;

  lookup(const setting& wanted, const source& environment, const source& dotenv,
         const file_reader& read_file, std::vector<std::string>& problems)
    : wanted_(wanted), environment_(environment), dotenv_(dotenv),
      read_file_(read_file), problems_(problems) {
  }

  void run() {
    const auto problems_before = problems_.size();
    auto found = find_in(environment_, nullptr);
    if (!found && problems_.size() == problems_before)
      found = find_in(dotenv_, &environment_);
    if (found)
      use(*found);
    else if (wanted_.required && problems_.size() == problems_before)
      problems_.push_back(wanted_.names.front()
                          + " is not set; it is required: " + wanted_.meaning);
  }

private:
  /// Even when empty, a variable hides the same one of the layer `above`.
  std::optional<finding> find_in(const source& layer, const source* above) {
    for (const auto& name : wanted_.names) {
      const auto direct = value_in(layer, above, name);
      const auto file_name = name + std::string(file_suffix);
      const auto file
        = wanted_.secret ? value_in(layer, above, file_name) : std::string{};
      if (!direct.empty() && !file.empty()) {
        problems_.push_back(name + " and " + file_name
                            + " are both set; only one of them may be");
        return {};
      }
      if (!direct.empty())
        return finding{name, name, direct};
      if (!file.empty())
        return from_file(name, file_name, file);
    }
    return {};
  }

  static std::string value_in(const source& layer, const source* above,
                              const std::string& name) {
    const auto found = layer.find(name);
    if (found == layer.end() || (above && above->contains(name)))
      return {};
    return found->second;
  }

  std::optional<finding> from_file(const std::string& name,
                                   const std::string& variable,
                                   const std::string& path) {
    auto content = read_file_(path);
    if (!content) {
      problems_.push_back(variable + "=\"" + path
                          + "\" cannot be read: " + content.why());
      return {};
    }
    auto value = without_line_end(std::move(*content));
    if (value.empty()) {
      problems_.push_back(variable + "=\"" + path + "\" is an empty file");
      return {};
    }
    return finding{name, variable, std::move(value)};
  }

  void use(const finding& found) {
    // A password may begin or end with a blank, nothing else does.
    const auto text = wanted_.secret ? found.value : trimmed(found.value);
    if (text.empty())
      return;
    if (const auto wrong = wanted_.read(found.name, text))
      problems_.push_back(found.variable
                          + (wanted_.secret ? "" : "=\"" + masked(text) + "\"")
                          + " " + *wrong + "; allowed: " + wanted_.allowed);
  }

  const setting& wanted_;
  const source& environment_;
  const source& dotenv_;
  const file_reader& read_file_;
  std::vector<std::string>& problems_;
};

} // namespace

std::vector<std::string>
apply(const binder& settings, const source& environment, const source& dotenv,
      const std::function<result<std::string>(const std::string&)>& read_file) {
  std::vector<std::string> problems;
  for (const auto& each : settings.declared())
    lookup{each, environment, dotenv, read_file, problems}.run();
  return problems;
}

} // namespace millrace::config
