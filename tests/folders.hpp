#pragma once

#include <string>

// Where this build was made from and into. Functions, not definitions on the
// command line: so a test compiled in one work tree is found in the compiler
// cache by the others.

namespace millrace::test {

/// The repository.
std::string source_folder();
/// The programs of this build.
std::string program_folder();

} // namespace millrace::test
