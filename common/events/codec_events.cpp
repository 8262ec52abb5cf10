#include "common/events/codec_json.hpp"

namespace millrace::events {

MILLRACE_EVENTS(MILLRACE_INSTANTIATE)

} // namespace millrace::events
