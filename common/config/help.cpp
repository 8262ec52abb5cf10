#include "common/config/help.hpp"

#include "common/config/masked.hpp"

#include <algorithm>
#include <sstream>

namespace millrace::config {

namespace {

constexpr std::size_t page_width = 100;

std::string title(const setting& each) {
  std::string all;
  for (const auto& name : each.names)
    all += (all.empty() ? "" : ", ") + name;
  return all;
}

std::string explanation(const setting& each) {
  auto text = each.meaning;
  if (each.secret)
    text += "; or " + each.names.front() + "_FILE names a file that holds it";
  else
    text += " (" + each.allowed + ")";
  if (each.required)
    return text + ". Required.";
  if (each.secret || each.default_text.empty())
    return text + ".";
  return text + ". Default: " + masked(each.default_text);
}

/// `text` broken between words, each further line indented.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::istringstream words{text};
  std::string all;
  std::string word;
  std::size_t column = indent;
  while (words >> word) {
    if (column > indent && column + 1 + word.size() > page_width) {
      all += "\n" + std::string(indent, ' ');
      column = indent;
    } else if (column > indent) {
      all += ' ';
      ++column;
    }
    all += word;
    column += word.size();
  }
  return all;
}

std::string entry(const std::string& name, const std::string& text,
                  std::size_t width) {
  auto padded = "  " + name;
  padded.resize(width + 4, ' ');
  return padded + wrapped(text, width + 4) + "\n";
}

} // namespace

std::string help_text(std::string_view service, std::string_view summary,
                      const binder& settings,
                      const std::vector<own_option>& own) {
  constexpr std::size_t option_width = 14; // of --check-config
  std::string page{service};
  page += " (Millrace " MILLRACE_VERSION "): " + std::string(summary)
          + "\n\nUsage: " + std::string(service)
          + " [--help | --version | --check-config";
  for (const auto& each : own)
    page += " | " + each.name;
  page += "]\n"
          + entry("--check-config", "checks the settings, starts nothing",
                  option_width);
  for (const auto& each : own)
    page += entry(each.name, each.meaning, option_width);
  page += "\n"
          "Settings, from the environment or from NAME=VALUE lines of the "
          "file .env in the\nworking folder (ENV_FILE names another one); "
          "the environment wins:\n\n";
  std::size_t width = 0;
  for (const auto& each : settings.declared())
    width = std::max(width, title(each).size());
  for (const auto& each : settings.declared())
    page += entry(title(each), explanation(each), width);
  return page;
}

} // namespace millrace::config
