#pragma once

#include "common/events/messages.hpp"
#include "services/batch-store/repository.hpp"

namespace millrace::store {

/// Answers with the `data` of the admin API (FACTS 6).
events::command_result answer_query(repository& rows,
                                    const events::store_query& question);

} // namespace millrace::store
