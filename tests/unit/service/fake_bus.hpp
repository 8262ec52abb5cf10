#pragma once

#include "common/bus/client.hpp"

#include <functional>
#include <mutex>
#include <string>
#include <vector>

/// What a port sends, and a broker that can be full.
class fake_bus : public millrace::bus::endpoint {
public:
  struct publish_call {
    millrace::bus::outgoing message;
    std::function<void(bool)> done;
  };

  void subscribe(std::string filter) override {
    filters.push_back(std::move(filter));
  }
  bool publish(millrace::bus::outgoing message,
               std::function<void(bool)> done) override {
    if (full)
      return false;
    sent.push_back({std::move(message), std::move(done)});
    return true;
  }

  bool full = false;
  std::vector<std::string> filters;
  std::vector<publish_call> sent;
};
