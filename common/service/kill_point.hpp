#pragma once

#include <string_view>

// Places where a test build can be told to die, as if by kill -9 at exactly
// that moment (tests/chaos). Builds without MILLRACE_KILL_POINTS have nothing
// of it. Every source file that uses it is named in its CMakeLists.txt with
// millrace_kill_points(): else this does not compile.
#ifndef MILLRACE_KILL_POINTS
#error "name this source file in millrace_kill_points() of its CMakeLists.txt"
#endif

#if MILLRACE_KILL_POINTS
#include <cstdio>
#include <cstdlib>
#include <map>
#include <mutex>
#include <string>
#endif

namespace millrace {

#if MILLRACE_KILL_POINTS

/// The environment variable FAULT says what happens: "<name>:<n>" ends the
/// process at the n-th pass (from 1) of that point; "trace" writes a line
/// "kill_point <name>" to stderr at each pass; without it, nothing. The name is
/// `where`, or "<where>.<what>". Any thread.
inline void kill_point(std::string_view where, std::string_view what = {}) {
  static const char* const fault = std::getenv("FAULT");
  if (fault == nullptr)
    return;
  std::string name(where);
  if (!what.empty())
    name.append(".").append(what);
  if (std::string_view(fault) == "trace") {
    std::fprintf(stderr, "kill_point %s\n", name.c_str());
    return;
  }
  static std::mutex gate;
  static std::map<std::string, int> passes;
  const std::lock_guard lock(gate);
  const int pass = ++passes[name];
  if (name + ":" + std::to_string(pass) != fault)
    return;
  std::fprintf(stderr, "kill_point struck %s\n", fault);
  std::_Exit(137);
}

#else

inline void kill_point(std::string_view, std::string_view = {}) {
}

#endif

} // namespace millrace
