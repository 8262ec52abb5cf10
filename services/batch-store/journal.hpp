#pragma once

#include "common/events/messages.hpp"
#include "services/batch-store/outbox.hpp"
#include "services/batch-store/repository.hpp"

#include <optional>
#include <string>

// What people read about a batch's life: the one place where its lines are
// worded. Pure; whoever changes a row adds the entry in the same transaction
// (repository::add_journal). Nothing is decided from the journal. How often
// something repeats does not make it grow: equal keys are one entry.

namespace millrace::store {

/// What the event says about a batch. Without key and time, which are the
/// event's; without batch_id where the event names only the order. None: not
/// worth a line, or told by an entry of its own.
std::optional<journal_entry> told_by(const promised_event& what);

// `at` is UTC.
journal_entry was_written(const batch& row, const std::string& at);
journal_entry has_started(const batch& row, const std::string& at);
/// As the row's columns tell it.
journal_entry has_finished(const batch& row);
journal_entry was_acknowledged(const batch& row, int slot,
                               const std::string& at);
/// `row` is held.
journal_entry was_held(const batch& row, const std::string& at);
/// `before` is the hold that ended.
journal_entry was_released(const batch& row, const hold& before,
                           const std::string& at);
/// Odoo took the figures of a revision; they are told while they are the row's.
journal_entry was_pushed(const batch& row, const events::odoo_pushed& answer,
                         const std::string& at);
/// After the failure was noted in the row. One entry for each revision and kind
/// of error, with the newest text.
journal_entry push_failed(const batch& row,
                          const events::odoo_push_failed& answer,
                          const std::string& at);
journal_entry was_decided(const audit_entry& one);
journal_entry was_archived(const archived_batch& past);

} // namespace millrace::store
