#include "common/events/codec_json.hpp"

namespace millrace::events {

MILLRACE_COMMANDS(MILLRACE_INSTANTIATE)

} // namespace millrace::events
