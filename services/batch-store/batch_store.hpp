#pragma once

#include "services/batch-store/alert_book.hpp"
#include "services/batch-store/decisions.hpp"
#include "services/batch-store/journal.hpp"
#include "services/batch-store/operator_decisions.hpp"
#include "services/batch-store/views.hpp"

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace millrace::store {

using steady = std::chrono::steady_clock;

/// How batch-store reaches the others. Commands are fire and forget: what was
/// lost is sent again, after a while or when the gateway comes online.
struct outlets {
  std::function<void(const events::mo_fetch&, const service::context&)> fetch;
  std::function<void(const events::plc_write&, const service::context&)> write;
  std::function<void(const events::plc_acknowledge&, const service::context&)>
    acknowledge;
  std::function<void(const events::odoo_push&, const service::context&)> push;
  std::function<void(const events::odoo_cancel&, const service::context&)>
    cancel;
  std::function<void(const events::odoo_check&, const service::context&)> check;
  /// Asks and calls back once, on batch-store's thread.
  std::function<void(const events::plc_read_now&, const service::context&,
                     std::function<void(result<events::command_result>)>)>
    read_now;
  /// The same.
  std::function<void(const events::plc_withdraw&, const service::context&,
                     std::function<void(result<events::command_result>)>)>
    withdraw;
  std::function<void(const events::task_finished&, const service::context&)>
    task_finished;
  std::function<void(const service::reply_to&, events::command_result)> reply;
};

struct store_settings {
  std::vector<std::string> lines{"PLC01"};
  /// Orders per queue, 1..10.
  int batch_limit = 10;
  rules plant;
  std::chrono::milliseconds stuck_after = std::chrono::minutes{15};
  /// A command that was not answered for this long is sent again; gateways
  /// drop what they have in hand already.
  std::chrono::milliseconds repeat_after{5'000};
  /// Whoever waits for the outcome of a push is told so after this.
  std::chrono::milliseconds answer_time_out{60'000};
};

/// The memory and mind: every rule about when a batch does what. Blocking (the
/// database), one thread. Every handler changes rows and outbox in one
/// transaction, then sends commands; throws storage_error with nothing done.
class batch_store {
public:
  batch_store(repository& rows, outbox& out, alert_book& alerts, outlets reach,
              store_settings settings, wall_clock clock, id_source ids,
              std::function<steady::time_point()> now);

  void on_task_run(const events::event<events::task_run>& tick);
  void on_mo_fetched(const events::event<events::mo_fetched>& answer);
  void on_mo_fetch_failed(const events::event<events::mo_fetch_failed>& answer);
  void on_plc_written(const events::event<events::plc_written>& answer);
  void on_plc_write_deferred(
    const events::event<events::plc_write_deferred>& answer);
  void
  on_plc_write_failed(const events::event<events::plc_write_failed>& answer);
  void on_plc_read(const events::event<events::plc_read>& report);
  void
  on_plc_acknowledged(const events::event<events::plc_acknowledged>& answer);
  void on_odoo_pushed(const events::event<events::odoo_pushed>& answer);
  void
  on_odoo_push_failed(const events::event<events::odoo_push_failed>& answer);
  void on_odoo_cancelled(const events::event<events::odoo_cancelled>& answer);
  void on_queue_wanted(const events::queue_wanted& question,
                       const service::reply_to& to);
  void on_plc_looked(const events::event<events::plc_looked>& answer);
  void on_odoo_checked(const events::event<events::odoo_checked>& answer);
  void
  on_odoo_check_failed(const events::event<events::odoo_check_failed>& answer);
  void on_retry_push(const events::retry_push& wish,
                     const service::reply_to& to);
  void on_decide(const events::event<events::batch_decide>& wish,
                 const service::reply_to& to);
  void on_queue_clear(const events::event<events::queue_clear>& wish,
                      const service::reply_to& to);
  void on_acknowledge(const events::event<events::alert_acknowledge>& wish,
                      const service::reply_to& to);
  void on_query(const events::store_query& question,
                const service::reply_to& to);
  /// A gateway has (again) come online: what it was told before may be lost.
  void on_gateway_online(const std::string& name);
  /// Looks after what is overdue; several times a second.
  void on_timer();
  /// The database was away: what was published meanwhile may be missing here.
  void distrust_baselines();
  /// The connection is a new one, and the rows may be others.
  void distrust_database();

private:
  /// One run of a task that waits for somebody.
  struct run {
    std::string tick_id;
    std::string traceparent;
    steady::time_point deadline;
    std::set<std::string> waiting; // batch ids
    int succeeded = 0;
    std::vector<std::string> failures;
  };
  /// Somebody who waits for an errand; told `then` when it takes longer.
  struct waiter {
    service::reply_to to;
    std::optional<steady::time_point> until;
    std::string then;
  };
  /// A push or cancel that is with odoo-gateway.
  struct errand {
    step what = step::none;
    std::int64_t revision = 0;
    steady::time_point repeat_at;
    steady::time_point overdue;
    std::vector<waiter> asked_by;
  };
  struct line_state {
    std::optional<run> sync;
    std::optional<run> read;
    std::optional<run> process;
    int refetches = 0;
    /// The mo.fetch of the running sync, to be sent again.
    events::mo_fetch fetch;
    service::context fetch_about;
    steady::time_point fetch_again{};
    /// The gateway's idea of what we know may be wrong: ask for everything.
    bool want_full_picture = true;
    std::optional<steady::time_point> write_overdue;
    steady::time_point next_write{};
    std::chrono::milliseconds write_pause{0};
    std::optional<steady::time_point> waiting_to_write_since;
    std::string write_problem;
    steady::time_point last_touch{};
    /// Who waits for the queue to be cleared, and whether plc-gateway is asked.
    std::vector<service::reply_to> clear_asked_by;
    bool withdraw_under_way = false;
    /// Slots that the PLC reports and has not finished.
    std::map<int, events::slot_report> running;
    /// About rows that this process has not seen coming.
    struct {
      /// The first look around after the start was taken.
      bool begun = false;
      /// plc-gateway has looked for what is staged or written.
      bool looked = false;
      /// A full picture was taken.
      bool saw_all = false;
      /// Finished in the PLC and unknown here, with their weight: Odoo is to be
      /// asked whether they are booked.
      std::map<std::string, std::string> strangers;
      /// Of the question that Odoo has not answered yet.
      std::string check_id;
      steady::time_point ask_again{};
    } doubts;
    bool read_failed = false;
    /// Ids of the newest plc.read events that were taken.
    std::deque<std::string> reads_seen;
    /// Per task; -1: none ended since this process started.
    int failures_in_a_row[4]{-1, -1, -1, -1};
  };

  // tasks.cpp
  void start_sync(const events::event<events::task_run>& tick);
  void begin_fetch(const std::string& line, const service::context& about);
  past_orders past_of(const std::string& line);
  void clear_settled_rejections(const events::mo_fetched& answer);
  void send_fetch(line_state& state);
  void start_read(const events::event<events::task_run>& tick);
  bool may_still_report(const std::string& line);
  void end_read(const std::string& line, const std::string& tick_id, bool full,
                const result<events::command_result>& answer);
  void start_process(const events::event<events::task_run>& tick);
  void run_health(const events::event<events::task_run>& tick);
  static bool is_running(const std::optional<run>& which,
                         const events::event<events::task_run>& tick);
  void finish(const std::string& line, events::task_kind task,
              std::optional<run>& which, events::task_outcome outcome,
              const std::string& text);
  void finish_now(const events::event<events::task_run>& tick,
                  events::task_outcome outcome, const std::string& text);
  void note_outcome(const std::string& line, events::task_kind task,
                    events::task_outcome outcome, const std::string& text);
  void finish_process_if_answered(const std::string& line);

  // plc_side.cpp
  void reconcile_plc(const std::string& line, const service::context& about);
  /// What is to be written of a queue that was read just now; changes no row.
  void write_what_waits(const std::string& line,
                        const std::vector<batch>& queue,
                        const service::context& about);
  bool may_send_write(const std::string& line);
  void send_write(const std::string& line, const std::vector<batch>& staged,
                  const service::context& about, bool only_look = false);
  /// Inside a transaction.
  void mark_written(const std::string& line, std::int64_t stage,
                    const std::vector<events::slot_name>& batches);
  struct read_followup {
    std::vector<batch> to_push;
    std::vector<pending_acknowledge> to_acknowledge;
  };
  void take_report(batch& row, const events::slot_report& report,
                   const events::event<events::plc_read>& read,
                   read_followup& after);
  /// In the journal.
  void note_read(const batch& before, const batch& row,
                 const read_effect& effect);
  /// An earlier order whose name looks the same still stands in the slot.
  bool is_lookalike(const batch& row, const events::slot_report& report,
                    read_followup& after);
  void take_stranger(const std::vector<batch>& queue, const std::string& line,
                     const events::slot_report& report,
                     const events::event<events::plc_read>& read,
                     read_followup& after);
  /// An earlier run of a batch that is being produced again.
  void take_earlier_run(const batch& row, const events::slot_report& report,
                        const std::string& read_at, read_followup& after);
  /// The PLC was given archived batches after all: they must not come again.
  void note_late_write(const events::plc_written& answer);
  /// Reads everything anew, without waiting for the next tick.
  void read_soon(const std::string& line);
  std::int64_t take_new_stage(const std::string& line);
  void tell_of_read(const batch& row, const read_effect& effect,
                    const service::context& about);
  void mark_queue_written(std::vector<batch>& queue, std::int64_t stage);
  void note_running(const events::plc_read& read);
  void send_acknowledges(const std::vector<pending_acknowledge>& all);
  /// Of its final figures, when they are here.
  std::optional<kilograms> stored_weight(const pending_acknowledge& one);
  void write_again_later(const std::string& line, const std::string& reason);

  // reconcile.cpp
  /// Looks and asks where this process has to; true: write nothing yet.
  bool ask_before_writing(const std::string& line,
                          const std::vector<batch>& queue,
                          const std::vector<batch>& staged,
                          const service::context& about);
  void ask_odoo(const std::string& line, const std::vector<batch>& queue,
                const service::context& about);
  struct check_result {
    std::vector<std::string> asked;    // batch ids
    std::vector<std::string> to_write; // were not verified before
    std::vector<std::string> changed;  // to be looked for before they change
  };
  void take_check(batch& row, const events::checked_order& order,
                  check_result& found);
  void take_recipe(batch& row, const events::order& order);
  /// One for each queue that the batches came with.
  void give_new_stages(const std::string& line,
                       const std::vector<std::string>& ids);
  /// Rows of this process's own making.
  void vouch_for(const std::vector<batch>& fresh);
  void hold_in_doubt(const events::plc_write_failed& answer);
  void look_for_vanished(std::vector<batch>& queue,
                         const events::slot_report& report,
                         const events::plc_read& read);
  void warn_of_unknown_order(const std::string& line,
                             const events::slot_report& report);
  void raise_unknown_order(const std::string& line,
                           const events::slot_report& report);
  /// Odoo offers what the PLC runs already: the database was restored. Only
  /// with such an offer is it sure about a name that fills the PLC's field.
  void warn_of_running_offers(const std::string& line,
                              const std::vector<events::order>& offered);
  /// A restored backup may be older than what was committed, acknowledged and
  /// not booked yet: then nobody but the PLC knows its figures.
  void note_finished_stranger(const std::string& line,
                              const events::slot_report& report);
  /// Whether Odoo waits for the figures of such an order.
  void take_stranger_check(const std::string& line,
                           const events::checked_order& order);
  void clear_known_orders(const events::plc_read& picture);
  bool plc_runs_unknown(const std::string& line, const std::string& mo_id);
  /// People change orders in Odoo at any time.
  void ask_odoo_anew(const std::string& line);
  void forget_archived();
  void put_on_hold(batch& row, hold why);
  void release(batch& row);

  // odoo_side.cpp
  enum class haste { when_due, at_once };
  /// Sends the push or cancel that the row needs; false: none needed or not
  /// due yet.
  bool start_errand(const batch& row, haste when,
                    const service::context& about);
  void end_errand(const std::string& batch_id, bool ok,
                  const std::string& text);
  /// A late answer: about older figures than those that are with odoo-gateway,
  /// or a push's while a cancel is.
  bool is_late(const std::string& batch_id, std::int64_t revision) const;
  void end_cancel(const events::odoo_push_failed& answer);
  /// Odoo had closed the order with our figures before the cancel reached it.
  void cancel_came_too_late(batch& row);
  /// What becomes of an order in Odoo when its batch leaves the queue.
  struct leaving {
    /// Odoo may still list it, so fetches must leave it out.
    bool open_in_odoo = false;
    /// Its figures were not booked.
    bool booking_open = false;
  };
  void archive(batch row, const std::string& status, const std::string& notes,
               leaving how, const service::context& about);
  void archive_cancelled(const batch& row, const service::context& about);
  void archive_zero_weight(const batch& row, const service::context& about);
  /// Archives what is through; true when the row is gone.
  bool archive_if_through(const batch& row, const service::context& about);
  void raise_if_push_needs_person(const batch& row);

  // operator_side.cpp
  struct decided_about {
    std::optional<batch> row;
    std::optional<archived_batch> past;
  };
  /// A person's command counts once, and only while its sender waits: a cancel
  /// by slot number that comes again later would hit another queue's batch.
  bool is_timely(const events::envelope& wish,
                 std::chrono::seconds sender_waits,
                 const service::reply_to& to);
  result<decided_about> find_decided(const events::batch_decide& wish);
  ruling decide(batch& row, const events::batch_decide& wish);
  ruling decide_past(archived_batch& past, const events::batch_decide& wish);
  ruling reset(batch& row, const events::batch_decide& wish);
  ruling give_again(batch& row, const events::batch_decide& wish);
  ruling restore(batch& row, const events::batch_decide& wish);
  ruling produce_again(batch& row, const events::batch_decide& wish);
  ruling set_aside(const batch& row, const events::batch_decide& wish);
  ruling mark_solved(archived_batch& past, const events::batch_decide& wish);
  /// Lets Odoo offer a cleared order again.
  ruling let_come_again(archived_batch& past, const events::batch_decide& wish);
  void cancel(batch row, const events::batch_decide& wish,
              const service::reply_to& to);
  /// Stores the row as decided, with its audit entry.
  void carry_out(const batch& row, const ruling& said,
                 const events::batch_decide& wish);
  void audit(const batch& row, const std::string& action,
             const std::string& user, const std::string& notes,
             const std::string& outcome);
  void audit_retry(const batch& row, const events::retry_push& wish);

  // clearing.cpp
  /// True while the line's queue is being cleared; goes on with it.
  bool continue_clearing(const std::string& line);
  void on_withdrawn(const std::string& line,
                    const result<events::command_result>& answer);
  events::command_result clear_now(const clear_order& order,
                                   const withdraw_proof& proof);
  void end_clearing(const std::string& line,
                    const events::command_result& answer);

  // bookings.cpp
  void raise_open_booking(const batch& row);
  void retry_booking(const archived_batch& past, const events::retry_push& wish,
                     const service::reply_to& to);
  /// Answers about batches that have left the queue.
  void settle_booking(const events::odoo_pushed& answer);
  void fail_booking(const events::odoo_push_failed& answer);
  /// Whose report it is, if of an archived batch. A name that fills the PLC's
  /// field may be another order's, so slot and figures have to agree then.
  std::optional<archived_batch>
  archived_as_reported(const std::string& line,
                       const events::slot_report& report);
  /// The PLC reports an archived batch: one that was cancelled, cleared or set
  /// aside may have been produced since. True when the slot's final figures are
  /// stored, so that it may be acknowledged.
  bool store_late_report(archived_batch& old, const events::slot_report& report,
                         const std::string& read_at);
  void raise_produced_again(const batch& row,
                            const events::slot_report& report);
  void hold_as_unwanted(batch& row, const std::string& now);
  void raise_unwanted(const batch& row, const std::string& status);
  void take_cancelled(batch& row, const events::slot_report& report,
                      const std::string& read_at, read_followup& after);

  service::context about(const batch& row, const events::envelope& cause) const;
  std::string utc_now() const;
  bool serves(const std::string& line) const;

  repository& rows_;
  outbox& out_;
  alert_book& alerts_;
  outlets reach_;
  store_settings settings_;
  wall_clock clock_;
  id_source ids_;
  std::function<steady::time_point()> now_;
  std::map<std::string, line_state> lines_;
  std::map<std::string, errand> errands_;                // by batch id
  std::map<std::string, steady::time_point> not_before_; // by batch id
  /// Batches whose past this process knows: it fetched them, or Odoo agreed.
  std::set<std::string> verified_; // batch ids
  /// Batches that an operator wants to be written although plc-gateway doubts.
  std::set<std::string> doubt_overruled_; // batch ids
  std::optional<steady::time_point> forgot_at_;
  /// Ids of the newest operators' commands.
  std::deque<std::string> wishes_seen_;
  /// Batches about which Odoo was asked lately.
  std::set<std::string> asked_odoo_; // batch ids
};

} // namespace millrace::store
