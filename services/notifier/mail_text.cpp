#include "services/notifier/mail_text.hpp"

#include <array>
#include <cstdint>
#include <ctime>
#include <string_view>

namespace millrace::notifier {

namespace {

constexpr std::string_view digits
  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// RFC 2045, in lines of 76.
std::string base64(std::string_view in) {
  std::string out;
  for (std::size_t i = 0; i < in.size(); i += 3) {
    std::uint32_t bits = 0;
    for (std::size_t j = 0; j < 3; ++j)
      bits = bits << 8
             | (i + j < in.size() ? static_cast<unsigned char>(in[i + j]) : 0);
    for (std::size_t j = 0; j < 4; ++j)
      out += i + j > in.size() ? '=' : digits[bits >> (18 - 6 * j) & 63];
    if (i / 3 % 19 == 18)
      out += "\r\n";
  }
  return out + "\r\n";
}

/// In English whatever the locale is (RFC 5322, 3.3).
std::string date(moment now) {
  static constexpr std::array days{"Sun", "Mon", "Tue", "Wed",
                                   "Thu", "Fri", "Sat"};
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::system_clock::to_time_t(now);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[64];
  const auto size
    = std::strftime(text, sizeof text, "%Y %H:%M:%S +0000", &parts);
  return std::string(days[static_cast<std::size_t>(parts.tm_wday)]) + ", "
         + std::to_string(parts.tm_mday) + " "
         + months[static_cast<std::size_t>(parts.tm_mon)] + " "
         + std::string(text, size);
}

std::string joined(const std::vector<std::string>& all) {
  std::string text;
  for (const auto& one : all)
    text += (text.empty() ? "" : ", ") + one;
  return text;
}

/// RFC 2047 asks for encoded words of at most 75; one line of a title is cut.
std::string subject(std::string_view title) {
  constexpr std::size_t longest = 45;
  bool plain = true;
  for (const char c : title)
    plain = plain && c >= ' ' && c <= '~';
  if (plain)
    return std::string(title);
  auto cut = title.substr(0, longest);
  // Not within a character.
  while (cut.size() < title.size() && !cut.empty()
         && (static_cast<unsigned char>(title[cut.size()]) & 0xc0) == 0x80)
    cut.remove_suffix(1);
  auto word = base64(cut);
  word.resize(word.size() - 2);
  return "=?UTF-8?B?" + word + "?=";
}

} // namespace

std::string mail_text(const told_note& said, const std::string& from,
                      const std::vector<std::string>& to, const std::string& id,
                      moment now) {
  std::string text;
  const auto header = [&](std::string_view name, std::string_view value) {
    text.append(name).append(": ").append(value).append("\r\n");
  };
  header("Date", date(now));
  header("From", "<" + from + ">");
  header("To", joined(to));
  header("Message-ID", "<" + id + "@millrace>");
  header("Subject", subject(said.title));
  header("Auto-Submitted", "auto-generated");
  header("MIME-Version", "1.0");
  header("Content-Type", "text/plain; charset=utf-8");
  header("Content-Transfer-Encoding", "base64");
  return text + "\r\n" + base64(said.text);
}

} // namespace millrace::notifier
