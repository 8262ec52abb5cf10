#include "common/config/binder.hpp"

#include <algorithm>
#include <utility>

namespace millrace::config {

namespace {

constexpr std::string_view blanks = " \t\r\f\v";

/// Reads `.env` text as python-dotenv does, which existing plants' files were
/// written for; without its ${NAME} expansion.
class dotenv_reader {
public:
  explicit dotenv_reader(std::string_view text) : rest_(text) {
    if (rest_.starts_with("\xEF\xBB\xBF"))
      rest_.remove_prefix(3);
  }

  result<source> read() {
    while (!rest_.empty() && problem_.empty())
      read_line();
    if (problem_.empty())
      return std::move(values_);
    return error{"line " + std::to_string(line_) + ": " + problem_};
  }

private:
  void read_line() {
    ++line_;
    skip_blanks();
    if (!at_end_of_line() && !rest_.starts_with('#'))
      read_assignment();
    if (problem_.empty())
      skip_to_next_line();
  }

  void read_assignment() {
    skip_export();
    const auto name = take_until("=# \t\r\n");
    skip_blanks();
    if (name.empty())
      problem_ = "there is no name before '='";
    else if (rest_.starts_with('='))
      read_value(std::string(name));
    else if (!at_end_of_line() && !rest_.starts_with('#'))
      problem_ = "there is no '=' after \"" + std::string(name) + "\"";
    // A name alone sets nothing.
  }

  void read_value(const std::string& name) {
    rest_.remove_prefix(1);
    const bool blank_before = skip_blanks();
    if (rest_.starts_with('\'') || rest_.starts_with('"'))
      values_[name] = quoted(name);
    else
      values_[name] = unquoted(blank_before);
  }

  std::string unquoted(bool blank_before) {
    const auto line = rest_.substr(0, std::min(rest_.find('\n'), rest_.size()));
    auto end = line.size();
    for (std::size_t i = 0; i < end; ++i)
      if (line[i] == '#' && (i == 0 ? blank_before : is_blank(line[i - 1])))
        end = i;
    while (end > 0 && is_blank(line[end - 1]))
      --end;
    rest_.remove_prefix(line.size());
    return std::string(line.substr(0, end));
  }

  std::string quoted(const std::string& name) {
    const char quote = take();
    std::string value;
    while (!rest_.empty() && rest_.front() != quote) {
      if (rest_.front() == '\n')
        ++lines_within_;
      value += rest_.front() == '\\' ? escaped(quote) : std::string(1, take());
    }
    if (rest_.empty()) {
      problem_ = "the quote of " + name + " does not end";
      return {};
    }
    take();
    skip_blanks();
    if (!at_end_of_line() && !rest_.starts_with('#'))
      problem_ = "there is something after the quoted value of " + name;
    return value;
  }

  /// Single quotes know \' and \\ only, double quotes the usual ones. An
  /// unknown escape stays as it is: a Windows path, a regular expression.
  std::string escaped(char quote) {
    take();
    if (rest_.empty())
      return "\\";
    const char c = take();
    if (c == quote || c == '\\')
      return {c};
    if (quote == '"') {
      constexpr std::string_view letters = "abfnrtv'";
      constexpr std::string_view meant = "\a\b\f\n\r\t\v'";
      const auto found = letters.find(c);
      if (found != std::string_view::npos)
        return {meant[found]};
    }
    return {'\\', c};
  }

  void skip_export() {
    constexpr std::string_view word = "export";
    if (rest_.starts_with(word) && rest_.size() > word.size()
        && (rest_[word.size()] == ' ' || rest_[word.size()] == '\t')) {
      rest_.remove_prefix(word.size());
      skip_blanks();
    }
  }

  bool skip_blanks() {
    const auto before = rest_.size();
    while (!rest_.empty() && is_blank(rest_.front()))
      rest_.remove_prefix(1);
    return rest_.size() != before;
  }

  void skip_to_next_line() {
    const auto end = rest_.find('\n');
    rest_.remove_prefix(end == std::string_view::npos ? rest_.size() : end + 1);
    line_ += std::exchange(lines_within_, 0);
  }

  std::string_view take_until(std::string_view stops) {
    const auto text = rest_.substr(0, rest_.find_first_of(stops));
    rest_.remove_prefix(text.size());
    return text;
  }

  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c;
  }

  bool at_end_of_line() const {
    return rest_.empty() || rest_.front() == '\n';
  }

  static bool is_blank(char c) {
    return blanks.find(c) != std::string_view::npos;
  }

  std::string_view rest_;
  source values_;
  int line_ = 0;
  int lines_within_ = 0;
  std::string problem_;
};

} // namespace

result<source> parse_dotenv(std::string_view text) {
  return dotenv_reader{text}.read();
}

} // namespace millrace::config
