#pragma once

#include "tests/simulation/memory_repository.hpp"

namespace millrace::simulation {

/// A database without durability: what was committed last is gone when the
/// process that committed it has died.
class forgetful_repository final : public memory_repository {
public:
  forgetful_repository(tables& disk, clockwork& clock)
    : memory_repository(disk, clock), disk_(disk), before_(disk) {
  }
  ~forgetful_repository() override {
    disk_ = before_;
  }
  void write(const std::function<void()>& work) override {
    auto before = disk_;
    memory_repository::write(work);
    before_ = std::move(before);
  }

private:
  tables& disk_;
  tables before_;
};

} // namespace millrace::simulation
