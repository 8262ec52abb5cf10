#include "common/fins/frame.hpp"

#include <doctest/doctest.h>
#include <rapidcheck.h>

namespace fins = millrace::fins;
using fins::octets;

namespace {

/// The worked frame of RELIABILITY A.3: D6000 x 977, PLC node 2, client node
/// 10, SID 0x2A.
fins::request worked_read() {
  fins::request asked;
  asked.destination.node = 2;
  asked.source.node = 10;
  asked.sid = 0x2A;
  asked.address = 6000;
  asked.count = 977;
  return asked;
}

fins::request two_words() {
  auto asked = worked_read();
  asked.count = 2;
  return asked;
}

/// The answer to two_words(): 0x1234, 0xABCD.
octets two_words_answer() {
  return {0xC0, 0x00, 0x02, 0x00, 0x0A, 0x00, 0x00, 0x02, 0x00,
          0x2A, 0x01, 0x01, 0x00, 0x00, 0x12, 0x34, 0xAB, 0xCD};
}

} // namespace

TEST_CASE("a read of D6000 x 977 is the worked frame") {
  CHECK(fins::encode(worked_read())
        == octets{0x80, 0x00, 0x02, 0x00, 0x02, 0x00, 0x00, 0x0A, 0x00, 0x2A,
                  0x01, 0x01, 0x82, 0x17, 0x70, 0x00, 0x03, 0xD1});
}

TEST_CASE("a write carries its words big-endian") {
  fins::request asked;
  asked.destination.node = 2;
  asked.source.node = 1;
  asked.sid = 7;
  asked.write = true;
  asked.address = 7074;
  asked.data = {0x4D49, 0x4C4C, 0};
  CHECK(fins::encode(asked) == octets{0x80, 0x00, 0x02, 0x00, 0x02, 0x00,
                                      0x00, 0x01, 0x00, 0x07, 0x01, 0x02,
                                      0x82, 0x1B, 0xA2, 0x00, 0x00, 0x03,
                                      0x4D, 0x49, 0x4C, 0x4C, 0x00, 0x00});
}

TEST_CASE("an answer to a read yields its words") {
  const auto answer = fins::decode_response(two_words(), two_words_answer());
  REQUIRE(answer);
  CHECK(answer->code.ok());
  CHECK(answer->data == fins::words{0x1234, 0xABCD});
}

TEST_CASE("the answer to the whole READ area has 1968 octets") {
  const auto asked = worked_read();
  const fins::words area(977, 0x0102);
  const auto frame = fins::encode_response(asked, {}, area);
  CHECK(frame.size() == 1968);
  REQUIRE(fins::decode_response(asked, frame));
  CHECK(fins::decode_response(asked, frame)->data == area);
}

TEST_CASE("an answer to a write is its end code alone") {
  auto asked = two_words();
  asked.write = true;
  asked.data = {1, 2};
  const octets done{0xC0, 0x00, 0x02, 0x00, 0x0A, 0x00, 0x00,
                    0x02, 0x00, 0x2A, 0x01, 0x02, 0x00, 0x00};
  REQUIRE(fins::decode_response(asked, done));
  auto longer = done;
  longer.push_back(0);
  CHECK_FALSE(fins::decode_response(asked, longer));
}

TEST_CASE("each header field of an answer is checked but GCT") {
  const struct {
    std::size_t at;
    const char* why;
  } cases[] = {
    {0, "ICF is C1, wanted C0"},  {1, "RSV is 01, wanted 00"},
    {3, "DNA is 01, wanted 00"},  {4, "DA1 is 0B, wanted 0A"},
    {5, "DA2 is 01, wanted 00"},  {6, "SNA is 01, wanted 00"},
    {7, "SA1 is 03, wanted 02"},  {8, "SA2 is 01, wanted 00"},
    {9, "SID is 2B, wanted 2A"},  {10, "MRC is 00, wanted 01"},
    {11, "SRC is 00, wanted 01"},
  };
  for (const auto& c : cases) {
    auto frame = two_words_answer();
    frame[c.at] ^= 1;
    const auto answer = fins::decode_response(two_words(), frame);
    REQUIRE_FALSE(answer);
    CHECK(answer.why() == c.why);
  }
  auto other_gct = two_words_answer();
  other_gct[2] = 7;
  CHECK(fins::decode_response(two_words(), other_gct));
}

TEST_CASE("a truncated or too long answer is refused") {
  auto frame = two_words_answer();
  frame.pop_back();
  const auto truncated = fins::decode_response(two_words(), frame);
  REQUIRE_FALSE(truncated);
  CHECK(truncated.why() == "data of 3 octets, wanted 4");
  frame.resize(13);
  const auto headless = fins::decode_response(two_words(), frame);
  REQUIRE_FALSE(headless);
  CHECK(headless.why() == "frame of 13 octets, at least 14 wanted");
}

TEST_CASE("the battery flag leaves an answer good") {
  auto frame = two_words_answer();
  frame[13] = 0x40;
  const auto answer = fins::decode_response(two_words(), frame);
  REQUIRE(answer);
  CHECK(answer->code.ok());
  CHECK(answer->code.non_fatal);
  CHECK_FALSE(answer->code.fatal);
  CHECK(answer->data == fins::words{0x1234, 0xABCD});
}

TEST_CASE("a refusal needs no data") {
  auto frame = two_words_answer();
  frame.resize(14);
  frame[12] = 0x11;
  frame[13] = 0x03;
  const auto answer = fins::decode_response(two_words(), frame);
  REQUIRE(answer);
  CHECK(answer->code.code == 0x1103);
}

TEST_CASE("the PLC's side checks a request") {
  auto frame = fins::encode(two_words());
  CHECK(*fins::decode_request(frame) == two_words());
  frame.push_back(0);
  CHECK(fins::decode_request(frame).why() == "data of 1 octets, wanted 0");
  frame.pop_back();
  frame[11] = 3;
  CHECK(fins::decode_request(frame).why()
        == "command 0103 is neither 0101 nor 0102");
  frame[0] = 0xC0;
  CHECK(fins::decode_request(frame).why() == "ICF C0 is not a request");
  CHECK(fins::decode_request(octets(17)).why()
        == "frame of 17 octets, at least 18 wanted");
}

TEST_CASE("random octets never crash the decoders") {
  CHECK(rc::check([](const octets& noise, bool write) {
    auto asked = two_words();
    asked.write = write;
    (void)fins::decode_request(noise);
    (void)fins::decode_response(asked, noise);
    (void)fins::sid_of(noise);
  }));
}

TEST_CASE("what is encoded decodes to the same") {
  CHECK(rc::check([] {
    fins::request asked;
    asked.destination.node = *rc::gen::arbitrary<std::uint8_t>();
    asked.source.node = *rc::gen::arbitrary<std::uint8_t>();
    asked.sid = *rc::gen::arbitrary<std::uint8_t>();
    asked.address = *rc::gen::arbitrary<std::uint16_t>();
    asked.write = *rc::gen::arbitrary<bool>();
    const auto data = *rc::gen::arbitrary<fins::words>();
    asked.count = static_cast<std::uint16_t>(data.size());
    if (asked.write)
      asked.data = data;
    RC_ASSERT(*fins::decode_request(fins::encode(asked)) == asked);
    const auto reply
      = fins::encode_response(asked, {}, asked.write ? fins::words{} : data);
    RC_ASSERT(fins::decode_response(asked, reply)->data
              == (asked.write ? fins::words{} : data));
  }));
}
