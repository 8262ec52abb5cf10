#include "tests/temp_folder.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>
#include <stdlib.h>
#include <system_error>

namespace millrace::test {

temp_folder::temp_folder() {
  auto pattern
    = (std::filesystem::temp_directory_path() / "millrace-test-XXXXXX")
        .string();
  if (!::mkdtemp(pattern.data()))
    throw std::runtime_error("cannot make a folder like " + pattern);
  path_ = pattern;
}

temp_folder::~temp_folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::string temp_folder::write(std::string_view name,
                               std::string_view content) const {
  const auto file = path_ / name;
  std::filesystem::create_directories(file.parent_path());
  std::ofstream out{file, std::ios::binary};
  out << content;
  out.close();
  if (!out)
    throw std::runtime_error("cannot write " + file.string());
  return file.string();
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

} // namespace millrace::test
