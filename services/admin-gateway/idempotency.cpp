#include "services/admin-gateway/idempotency.hpp"

#include "services/admin-gateway/answers.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <array>

namespace millrace::admin {

namespace {

constexpr std::size_t longest_key = 128;

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= longest_key
         && std::all_of(text.begin(), text.end(),
                        [](char c) { return c >= ' ' && c <= '~'; });
}

/// So that bodies and credentials are not kept.
std::string digest_of(std::string_view text) {
  std::string digest(EVP_MAX_MD_SIZE, '\0');
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(),
             reinterpret_cast<unsigned char*>(digest.data()), &size,
             EVP_sha256(), nullptr);
  digest.resize(size);
  return digest;
}

/// None of these parts can contain a NUL, so no two joins are alike.
std::string place_of(const http::request& request, const std::string& caller,
                     const std::string& key) {
  std::string joined = caller + '\0' + request.raw_path;
  for (const auto& [name, value] : request.query)
    joined.append(1, '\0').append(name).append(1, '\0').append(value);
  return digest_of(joined + '\0' + '\0' + key);
}

/// Others say nothing about what a repeat would find: who has no right yet may
/// get it, who was too quick may be slower, who asked in vain may ask again.
bool is_final(int status) {
  return status < 500 && status != 401 && status != 403 && status != 429;
}

} // namespace

kept_answers::kept_answers(std::function<clock::time_point()> now)
  : now_(std::move(now)) {
}

std::optional<http::responder> kept_answers::admit(const http::request& request,
                                                   const std::string& caller,
                                                   http::responder respond) {
  const auto header = request.headers.find("idempotency-key");
  if (request.method != "POST" || header == request.headers.end())
    return respond;
  if (!is_key(header->second)) {
    respond(failure(400, "Idempotency-Key must be 1 to 128 printable ASCII "
                         "characters"));
    return {};
  }
  const auto key = place_of(request, caller, header->second);
  const auto digest = digest_of(request.body);
  std::optional<http::response> said;
  {
    const std::lock_guard guard{all_->mutex};
    const auto now = now_();
    drop_old(*all_, now, all_->by_key.contains(key) ? most : most - 1);
    const auto [at, is_new]
      = all_->by_key.try_emplace(key, entry{digest, now, {}});
    if (is_new) {
      all_->ages.emplace_back(now, key);
    } else if (at->second.body_digest != digest) {
      said = failure(422, "this Idempotency-Key came with another body before");
    } else if (!at->second.answer) {
      said = failure(409, "the first request with this Idempotency-Key is "
                          "still under way");
    } else {
      said = at->second.answer;
      said->headers["idempotency-replayed"] = "true";
    }
  }
  if (said) {
    respond(std::move(*said));
    return {};
  }
  return
    [all = all_, key, respond = std::move(respond)](http::response answer) {
      settle(*all, key, answer);
      respond(std::move(answer));
    };
}

void kept_answers::settle(entries& all, const std::string& key,
                          const http::response& answer) {
  const std::lock_guard guard{all.mutex};
  const auto found = all.by_key.find(key);
  if (found == all.by_key.end())
    return;
  if (is_final(answer.status) && !answer.opened)
    found->second.answer = answer;
  else
    all.by_key.erase(found);
}

void kept_answers::drop_old(entries& all, clock::time_point now,
                            std::size_t leave) {
  while (!all.ages.empty()
         && (all.by_key.size() > leave || all.ages.size() > 2 * most
             || now - all.ages.front().first >= lifetime)) {
    const auto& [since, key] = all.ages.front();
    const auto found = all.by_key.find(key);
    if (found != all.by_key.end() && found->second.since == since)
      all.by_key.erase(found);
    all.ages.pop_front();
  }
}

} // namespace millrace::admin
