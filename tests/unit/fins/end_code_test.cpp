#include "common/fins/end_code.hpp"

#include <doctest/doctest.h>

namespace fins = millrace::fins;
using fins::end_class;
using fins::end_code;

TEST_CASE("flags are masked before the code is compared") {
  CHECK(end_code::from_octets(0x00, 0x40) == end_code{0, false, false, true});
  CHECK(end_code::from_octets(0x00, 0x80) == end_code{0, false, true, false});
  CHECK(end_code::from_octets(0x80, 0x00) == end_code{0, true, false, false});
  CHECK(end_code::from_octets(0x91, 0xC3)
        == end_code{0x1103, true, true, true});
  CHECK_FALSE(end_code::from_octets(0x11, 0x43).ok());
}

TEST_CASE("each class of RELIABILITY A.6 has its codes") {
  CHECK(fins::classify(0x0000) == end_class::ok);
  for (int code :
       {0x0001, 0x0101, 0x0104, 0x0204, 0x0205, 0x2211, 0x3001, 0x4001})
    CHECK(fins::classify(static_cast<std::uint16_t>(code)) == end_class::retry);
  for (int code : {0x1001, 0x110B})
    CHECK(fins::classify(static_cast<std::uint16_t>(code))
          == end_class::smaller);
  for (int code : {0x0105, 0x0201, 0x0202, 0x0501})
    CHECK(fins::classify(static_cast<std::uint16_t>(code))
          == end_class::config);
  for (int code : {0x0302, 0x2502, 0x2510})
    CHECK(fins::classify(static_cast<std::uint16_t>(code))
          == end_class::device);
  for (int code : {0x2201, 0x2203, 0x2208})
    CHECK(fins::classify(static_cast<std::uint16_t>(code)) == end_class::mode);
  for (int code : {0x0401, 0x1004, 0x1103, 0x1104, 0x2101, 0x260B, 0x7777})
    CHECK(fins::classify(static_cast<std::uint16_t>(code))
          == end_class::permanent);
}

TEST_CASE("a code is described in words with its flags") {
  CHECK(fins::describe(end_code::from_octets(0x11, 0x03))
        == "1103 (start address out of range)");
  CHECK(fins::describe(end_code::from_octets(0x02, 0x44))
        == "0204 (destination node busy), CPU non-fatal error");
  CHECK(fins::meaning(0x7777) == "unknown end code");
  CHECK(fins::name_of(end_class::permanent) == "permanent");
}
