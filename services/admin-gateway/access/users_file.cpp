#include "services/admin-gateway/access/users_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace millrace::admin::access {

namespace {

constexpr off_t largest_file = 4 * 1024 * 1024;

std::string reason() {
  return std::generic_category().message(errno);
}

/// A file descriptor, closed at the end.
class descriptor {
public:
  descriptor(const std::string& path, int flags, mode_t mode = 0)
    : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {
  }
  ~descriptor() {
    if (fd_ >= 0)
      ::close(fd_);
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  explicit operator bool() const {
    return fd_ >= 0;
  }
  int number() const {
    return fd_;
  }

private:
  int fd_;
};

std::int64_t nanoseconds(const timespec& when) {
  return when.tv_sec * 1'000'000'000 + when.tv_nsec;
}

file_version version_of(const struct stat& about) {
  return {about.st_dev, about.st_ino, about.st_size, nanoseconds(about.st_mtim),
          nanoseconds(about.st_ctim)};
}

/// What forbids to trust the file, or nothing.
std::string distrust(const struct stat& about) {
  if (!S_ISREG(about.st_mode))
    return "is no regular file";
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return "can be read or written by others than its owner: chmod 600 it, "
           "and have the passwords changed if somebody may have seen it";
  if (about.st_uid != ::geteuid() && about.st_uid != 0)
    return "belongs to somebody else";
  if (about.st_size > largest_file)
    return "is larger than 4 MiB";
  return {};
}

result<std::string> text_of(int file) {
  std::string text;
  char part[16 * 1024];
  for (;;) {
    const auto got = ::read(file, part, sizeof part);
    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return error{reason()};
    if (got == 0)
      return text;
    text.append(part, static_cast<std::size_t>(got));
  }
}

bool write_all(int file, std::string_view text) {
  while (!text.empty()) {
    const auto done = ::write(file, text.data(), text.size());
    if (done < 0 && errno == EINTR)
      continue;
    if (done <= 0)
      return false;
    text.remove_prefix(static_cast<std::size_t>(done));
  }
  return true;
}

std::string folder_of(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  return folder.empty() ? "." : folder;
}

} // namespace

users_file::users_file(std::string path) : path_(std::move(path)) {
}

result<users_file::content> users_file::read() const {
  const auto wrong = [&](const std::string& why) {
    return error{"the users' file \"" + path_ + "\" " + why};
  };
  // A pipe in its place must not make us wait.
  const descriptor file{path_, O_RDONLY | O_NONBLOCK};
  if (!file && errno == ENOENT)
    return content{};
  struct stat about {};
  if (!file || ::fstat(file.number(), &about) != 0)
    return wrong("cannot be read: " + reason());
  if (const auto why = distrust(about); !why.empty())
    return wrong(why);
  const auto text = text_of(file.number());
  if (!text)
    return wrong("cannot be read: " + text.why());
  auto all = accounts_from(*text);
  if (!all)
    return wrong("is malformed: " + all.why());
  return content{true, std::move(*all), version_of(about)};
}

bool users_file::differs_from(const file_version& known) const {
  struct stat about {};
  if (::stat(path_.c_str(), &about) != 0)
    return known != file_version{};
  return version_of(about) != known;
}

std::variant<users_file::content, refusal>
users_file::change(const edit& how, bool must_exist) const {
  const descriptor lock{path_ + ".lock", O_RDWR | O_CREAT | O_NOFOLLOW, 0600};
  if (!lock || ::flock(lock.number(), LOCK_EX) != 0)
    return refusal{503, "the users' file cannot be locked: " + reason()};
  auto now = read();
  if (!now)
    return refusal{503, now.why()};
  if (must_exist && !now->exists)
    return refusal{503, "the users' file \"" + path_
                          + "\" is gone: restore it, or start anew without "
                            "users"};
  if (auto refused = how(now->all))
    return *refused;
  if (auto failed = replace(to_json(now->all)))
    return refusal{503, failed->text};
  auto after = read();
  if (!after)
    return refusal{503, after.why()};
  return std::move(*after);
}

std::optional<error> users_file::replace(const std::string& text) const {
  const auto failed = [&] {
    return error{"the users' file \"" + path_
                 + "\" cannot be written: " + reason()};
  };
  const auto fresh = path_ + ".new";
  ::unlink(fresh.c_str()); // a crash may have left it
  {
    const descriptor file{fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW,
                          0600};
    if (!file || !write_all(file.number(), text) || ::fsync(file.number()) != 0)
      return failed();
  }
  if (::rename(fresh.c_str(), path_.c_str()) != 0)
    return failed();
  const descriptor folder{folder_of(path_), O_RDONLY | O_DIRECTORY};
  if (!folder || ::fsync(folder.number()) != 0)
    return failed();
  return {};
}

} // namespace millrace::admin::access
