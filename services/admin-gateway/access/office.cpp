#include "services/admin-gateway/access/office.hpp"

#include "common/telemetry/log.hpp"
#include "services/admin-gateway/answers.hpp"

#include <exception>

namespace millrace::admin::access {

office::office(rules chosen, const std::string& users_file,
               surroundings outside)
  : how(std::move(chosen)), around(std::move(outside)),
    open(how.session, around.steady), tries(around.steady) {
  if (!how.required)
    return;
  book = std::make_unique<account_book>(users_file, around.clock);
  decoy_hash = around.crypto.hash_password(around.crypto.fresh());
  if (book->is_empty())
    setup_token = around.crypto.fresh();
}

void office::later(const http::responder& respond,
                   std::function<http::response()> work) {
  const bool queued = around.later([respond, work = std::move(work)] {
    try {
      respond(work());
    } catch (const std::exception& e) {
      log::error("admin.access", {{"error", e.what()}});
      respond(failure(500, "internal error"));
    }
  });
  if (!queued)
    respond(unavailable("too many passwords wait to be checked"));
}

http::response refused(const refusal& why) {
  return why.status == 503 ? unavailable(why.text)
                           : failure(why.status, why.text);
}

} // namespace millrace::admin::access
