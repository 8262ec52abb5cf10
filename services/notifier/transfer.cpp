#include "services/notifier/transfer.hpp"

#include <algorithm>
#include <cstring>
#include <curl/curl.h>
#include <memory>

namespace millrace::notifier {

namespace {

using handle = std::unique_ptr<CURL, decltype(&curl_easy_cleanup)>;

class text_list {
public:
  ~text_list() {
    curl_slist_free_all(list_);
  }
  text_list() = default;
  text_list(const text_list&) = delete;
  text_list& operator=(const text_list&) = delete;

  void add(const std::string& text) {
    list_ = curl_slist_append(list_, text.c_str());
  }
  curl_slist* get() const {
    return list_;
  }

private:
  curl_slist* list_ = nullptr;
};

std::size_t drop(char*, std::size_t size, std::size_t count, void*) {
  return size * count;
}

int stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* flag = static_cast<const std::atomic<bool>*>(stop);
  return flag && *flag ? 1 : 0;
}

/// What is left of a mail.
struct remaining {
  const std::string& text;
  std::size_t at = 0;
};

std::size_t give(char* to, std::size_t size, std::size_t count, void* from) {
  auto* left = static_cast<remaining*>(from);
  const auto n = std::min(size * count, left->text.size() - left->at);
  std::memcpy(to, left->text.data() + left->at, n);
  left->at += n;
  return n;
}

void set_limits(CURL* curl, const transfer_limits& within) {
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(within.time_out.count()));
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &drop);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &stopped);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, within.stop);
  if (!within.ca_file.empty())
    curl_easy_setopt(curl, CURLOPT_CAINFO, within.ca_file.c_str());
}

/// What curl says of it: host and reason, never a URL's path or a password.
std::optional<std::string> perform(CURL* curl) {
  char detail[CURL_ERROR_SIZE] = "";
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, &detail[0]);
  const auto code = curl_easy_perform(curl);
  // The end of the connection may still have something to say.
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, nullptr);
  if (code == CURLE_OK)
    return {};
  return std::string(detail[0] ? &detail[0] : curl_easy_strerror(code));
}

handle new_handle() {
  return {curl_easy_init(), &curl_easy_cleanup};
}

} // namespace

void begin_transfers() {
  curl_global_init(CURL_GLOBAL_DEFAULT);
}

std::optional<std::string> send(const web_post& what,
                                const transfer_limits& within) {
  const auto curl = new_handle();
  if (!curl)
    return "no memory";
  set_limits(curl.get(), within);
  text_list headers;
  headers.add("Content-Type: " + what.content_type);
  headers.add("User-Agent: millrace-notifier");
  if (!what.token.empty())
    headers.add("Authorization: Bearer " + what.token);
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl.get(), CURLOPT_URL, what.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDS, what.body.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_POSTFIELDSIZE_LARGE,
                   static_cast<curl_off_t>(what.body.size()));
  if (auto wrong = perform(curl.get()))
    return wrong;
  long status = 0;
  curl_easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status >= 200 && status < 300)
    return {};
  return "answered " + std::to_string(status);
}

std::optional<std::string> send(const mail_message& what,
                                const transfer_limits& within) {
  const auto curl = new_handle();
  if (!curl)
    return "no memory";
  set_limits(curl.get(), within);
  text_list receivers;
  for (const auto& one : what.to)
    receivers.add("<" + one + ">");
  remaining left{what.text};
  const auto from = "<" + what.from + ">";
  curl_easy_setopt(curl.get(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  // Variables about the web's proxy are not about mail.
  curl_easy_setopt(curl.get(), CURLOPT_PROXY, "");
  curl_easy_setopt(curl.get(), CURLOPT_URL, what.url.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_USE_SSL,
                   what.tls_required ? CURLUSESSL_ALL : CURLUSESSL_NONE);
  if (!what.user.empty()) {
    curl_easy_setopt(curl.get(), CURLOPT_USERNAME, what.user.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_PASSWORD, what.password.c_str());
  }
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl.get(), CURLOPT_MAIL_RCPT, receivers.get());
  curl_easy_setopt(curl.get(), CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl.get(), CURLOPT_READFUNCTION, &give);
  curl_easy_setopt(curl.get(), CURLOPT_READDATA, &left);
  return perform(curl.get());
}

} // namespace millrace::notifier
