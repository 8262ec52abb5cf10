#include "services/plc-gateway/step.hpp"

namespace millrace::plc {

std::string describe(const step& asked, const answer& got) {
  auto text = std::string(asked.what == step::kind::write ? "write" : "read")
              + " of " + std::to_string(asked.count) + " words at D"
              + std::to_string(asked.address);
  switch (got.how) {
  case answer::kind::ok:
    return text + " done";
  case answer::kind::refused:
    return text + " refused with end code " + fins::describe(got.code);
  case answer::kind::outdated:
    return text + " not sent: the look that it follows from is too old";
  case answer::kind::not_ours:
    return text + " not sent: another instance may work on the line";
  case answer::kind::unanswered:
    break;
  }
  text += " unanswered after " + std::to_string(got.attempts)
          + (got.attempts == 1 ? " attempt" : " attempts");
  if (!got.detail.empty())
    text += ": " + got.detail;
  return text;
}

} // namespace millrace::plc
