#include "services/admin-gateway/compression.hpp"

#include <new>
#include <zlib.h>

namespace millrace::admin {

std::string gzipped(std::string_view text) {
  constexpr int window_bits = 15;
  constexpr int as_gzip = 16;
  constexpr int memory_level = 8;
  z_stream stream{};
  // Quick rather than small: most answers go over a cable.
  if (deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window_bits + as_gzip,
                   memory_level, Z_DEFAULT_STRATEGY)
      != Z_OK)
    throw std::bad_alloc{};
  std::string out;
  out.resize(deflateBound(&stream, text.size()));
  stream.next_in
    = reinterpret_cast<Bytef*>(const_cast<char*>(text.data())); // only read
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH); // has room for all of it
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

} // namespace millrace::admin
