#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace millrace::test {

/// A new empty folder, removed with all that is in it at the end. Throws when
/// it cannot be made.
class temp_folder {
public:
  temp_folder();
  ~temp_folder();
  temp_folder(const temp_folder&) = delete;
  temp_folder& operator=(const temp_folder&) = delete;

  const std::filesystem::path& path() const {
    return path_;
  }
  /// Writes a file below the folder and returns its path.
  std::string write(std::string_view name, std::string_view content) const;

private:
  std::filesystem::path path_;
};

/// The whole file, empty when it cannot be read.
std::string read_text(const std::filesystem::path& file);

} // namespace millrace::test
