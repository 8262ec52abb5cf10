#include "common/events/codec_json.hpp"

namespace millrace::events {

MILLRACE_STATES(MILLRACE_INSTANTIATE)

} // namespace millrace::events
