#pragma once

#include <map>
#include <mutex>
#include <string>

namespace millrace::plc {

/// Which lines' PLCs answer, as the lines say it. Thread safe.
class reachability {
public:
  void heard(const std::string& line, bool reachable);
  /// This instance no longer speaks to them.
  void forget();
  /// "2 of 3 PLCs do not answer: PLC01, PLC03", the first five by name; or
  /// nothing. Lines that have not been asked yet do not count.
  std::string trouble() const;

private:
  mutable std::mutex mutex_;
  std::map<std::string, bool> lines_;
};

} // namespace millrace::plc
