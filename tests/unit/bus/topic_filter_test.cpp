#include "common/bus/topic_filter.hpp"

#include <doctest/doctest.h>

using millrace::bus::matches;

TEST_CASE("a topic filter matches level by level (MQTT 5, 4.7)") {
  CHECK(matches("a/b", "a/b"));
  CHECK_FALSE(matches("a/b", "a/b/c"));
  CHECK_FALSE(matches("a/b/c", "a/b"));
  CHECK_FALSE(matches("a/b", "a/bb"));
  CHECK(matches("a/+/c", "a/b/c"));
  CHECK(matches("a/+/c", "a//c"));
  CHECK_FALSE(matches("a/+/c", "a/b/b/c"));
  CHECK_FALSE(matches("a/+", "a"));
  CHECK(matches("+/+", "/x"));
  CHECK(matches("a/#", "a/b/c"));
  CHECK(matches("a/#", "a"));
  CHECK_FALSE(matches("a/#", "b/a"));
  CHECK(matches("#", "a/b"));
  CHECK_FALSE(matches("#", "$SYS/x"));
  CHECK_FALSE(matches("+/x", "$SYS/x"));
  CHECK(matches("$SYS/#", "$SYS/x"));
}
