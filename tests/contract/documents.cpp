#include "tests/contract/documents.hpp"

#include "common/events/codec.hpp"
#include "tests/contract/asyncapi.hpp"
#include "tests/contract/parties.hpp"

#include <set>

namespace millrace::contract {

namespace {

bool is_for_one(travel by) {
  return by == travel::command || by == travel::question;
}

template <class T>
void check_message(std::set<std::string>& known,
                   std::vector<std::string>& wrong) {
  const std::string name{T::name};
  known.insert(name);
  const auto* one = parties_of(name);
  if (!one) {
    wrong.push_back(name + " is missing in tests/contract/parties.cpp");
    return;
  }
  if (T::is_command != (is_for_one(one->by) || one->by == travel::answer))
    wrong.push_back(name + ": is_command and the table differ");
}

} // namespace

std::map<std::string, std::string> documents() {
  std::map<std::string, std::string> all;
#define MILLRACE_SCHEMA(type)                                                  \
  all["events/" + std::string(events::type::name) + ".schema.json"]            \
    = events::schema<events::type>();
  MILLRACE_MESSAGES(MILLRACE_SCHEMA)
#undef MILLRACE_SCHEMA
  all["asyncapi.yaml"] = asyncapi_document();
  return all;
}

std::vector<std::string> wrong_parties() {
  std::set<std::string> known, listed;
  std::vector<std::string> wrong;
#define MILLRACE_CHECK(type) check_message<events::type>(known, wrong);
  MILLRACE_MESSAGES(MILLRACE_CHECK)
#undef MILLRACE_CHECK
  for (const auto& one : parties()) {
    const std::string name{one.message};
    if (!known.contains(name))
      wrong.push_back(name + " is in the table but is no message");
    if (!listed.insert(name).second)
      wrong.push_back(name + " is twice in the table");
    if (one.senders.empty())
      wrong.push_back(name + " has no sender");
    if (is_for_one(one.by) && one.receivers.size() != 1)
      wrong.push_back(name + " is a command and needs one receiver");
  }
  return wrong;
}

} // namespace millrace::contract
