#!/usr/bin/python3
"""Can each rule about operators' decisions fail? One good plant, one decision, and what breaks it."""

import copy
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import invariants  # noqa: E402
import run  # noqa: E402
from orders_given import Press  # noqa: E402
from test_invariants import BATCH, FIGURES, NAME, event, good, life, row  # noqa: E402


class OrdersGiven(unittest.TestCase):
    def setUp(self):
        self.evidence = good()
        self.order = self.evidence.odoo["orders"][NAME]
        self.made = self.evidence.plc["produced"][0]
        self.tables = self.evidence.tables

    def pressed(self, path, message, status=200, user="operator-1", wrong=False, cleared=()):
        self.evidence.pressed.append(Press(user, path, status, message, wrong, cleared))

    def audited(self, action, outcome, user="operator-1", after=None):
        """The entry and its event; `after`: events come before it, else at the end."""
        self.tables["audit"].append({"seq": len(self.tables["audit"]) + 1, "mo_id": NAME, "batch_id": BATCH,
                                     "action": action, "user_name": user, "outcome": outcome})
        said = event("batch.decided", 50 + len(self.tables["audit"]), action=action, user=user, outcome=outcome)
        at = len(self.evidence.arrivals) if after is None else after
        self.evidence.arrivals.insert(at, said)

    def right(self):
        self.assertEqual(invariants.check(self.evidence), [])

    def broken(self, number, text):
        found = invariants.check(self.evidence)
        self.assertTrue([each for each in found if each.startswith(f"invariant {number}:") and text in each],
                        f"invariant {number} ({text}) not among {found}")

    def alert(self, kind):
        self.tables["alert"].append({"kind": kind, "mo_id": NAME, "message": "look", "advice": "book it"})

    # -- produced again --------------------------------------------------------

    def produced_again(self):
        self.pressed(f"manual/reset-batch/{NAME}?push_to_plc=true", f"{NAME} is produced again, in slot 2")
        self.audited("reset_and_write", f"{NAME} is produced again, in slot 2; the earlier run had 99.5 kg", after=4)
        self.evidence.plc["taken"].append(copy.deepcopy(self.evidence.plc["taken"][0]))
        self.evidence.plc["produced"].append({**copy.deepcopy(self.made), "slot": 2, "weight": "98.00"})
        self.tables["mo_histories"] = [row(batch_no=2, actual_weight_quantity_finished_goods=98.0)]
        self.order["finished_qty"] = "98.00"
        again = {**FIGURES, "weight_kg": 98.0, "batch_no": 2}
        self.evidence.arrivals[5:5] = [event("batch.updated", 20, state="running", revision=4, **again),
                                       event("batch.completed", 21, revision=5, **again)]

    def test_once_more_for_each_order_to_do_so(self):
        self.produced_again()
        self.right()

    def test_the_plc_complains_of_a_run_that_nobody_ordered(self):
        self.evidence.plc["violations"] = [{"kind": "taken_twice", "detail": f"{NAME} in slot 2"}]
        self.broken(2, "taken_twice")
        self.produced_again()
        self.right()

    def test_a_third_run_is_one_too_many(self):
        self.produced_again()
        self.evidence.plc["produced"].append(copy.deepcopy(self.made))
        self.broken(2, "produced 3 times")

    def test_the_last_run_is_booked(self):
        self.produced_again()
        self.order["finished_qty"] = "99.50"
        self.broken(3, "weight=98.000, Odoo")

    def test_an_earlier_run_is_booked_and_people_are_told(self):
        self.produced_again()
        self.order["finished_qty"] = "99.50"
        self.alert("closed_early")
        self.right()

    def test_back_to_an_earlier_step_without_an_order(self):
        self.produced_again()
        self.evidence.arrivals = [each for each in self.evidence.arrivals if each.name != "batch.decided"]
        self.broken(6, "out of order")
        self.broken(6, "no batch.decided for reset_and_write")

    # -- cancelled -------------------------------------------------------------

    def cancelled(self):
        self.pressed("manual/cancel-batch/1", f"{NAME} is cancelled in Odoo and archived")
        self.audited("cancel", f"{NAME} is cancelled")
        self.order.update(state="cancel", done_count=0, cancel_count=1)
        self.evidence.plc["produced"], self.evidence.plc["taken"] = [], []
        self.tables["mo_histories"] = [row(status="cancelled", status_manufacturing=0)]
        self.evidence.arrivals = [life()[0], self.evidence.arrivals[-1], event("batch.cancelled", 30),
                                  event("batch.archived", 31, status="cancelled")]

    def test_cancelled_in_both_places(self):
        self.cancelled()
        self.right()

    def test_cancelled_here_only(self):
        self.cancelled()
        self.order.update(state="confirmed")
        self.broken(3, "cancelled here")

    def test_completed_although_it_was_cancelled(self):
        self.cancelled()
        self.tables["mo_histories"] = [row()]
        self.broken(1, "expected cancelled")

    def test_odoo_had_closed_it_before(self):
        self.audited("cancel", f"{NAME} is cancelled", after=3)
        self.pressed("manual/cancel-batch/1", f"{NAME}: closed: it is done", 409)
        self.audited("cancel", f"{NAME} is not cancelled: Odoo had closed the order before", "millrace", after=4)
        self.right()

    def test_cancelled_and_nobody_ordered_it(self):
        self.cancelled()
        self.tables["audit"], self.evidence.pressed = [], []
        self.broken(1, "cancelled, nobody ordered it")
        self.broken(3, "cancelled in Odoo by us")
        self.broken(6, "without an audit entry")

    def cancelled_and_produced(self, **changes):
        made = good().plc
        self.cancelled()
        self.evidence.plc.update(made)
        self.tables["mo_histories"] = [row(**{"status": "cancelled", "booking_open": 1, **changes})]

    def test_cancelled_and_produced_all_the_same(self):
        self.cancelled_and_produced()
        self.broken(7, "its booking is open (cancelled) and nobody is told")
        self.alert("produced_unwanted")
        self.right()

    def test_cancelled_and_its_figures_are_dropped(self):
        self.cancelled_and_produced(status_manufacturing=0, booking_open=0)
        self.broken(7, "its figures wait for nobody")

    def test_what_a_person_accepted_is_booked(self):
        self.pressed(f"manual/accept-value/{NAME}", f"{NAME}: its amounts are used")
        self.audited("accept", f"{NAME}: its amounts are used", after=2)
        self.tables["mo_histories"] = [row(actual_weight_quantity_finished_goods=6060)]
        accepted = {**FIGURES, "weight_kg": 6060}
        self.evidence.arrivals[4] = event("batch.completed", 4, revision=2, **accepted)
        self.broken(3, "weight=6060.000, Odoo")
        self.order["finished_qty"] = "6060.00"
        self.right()

    # -- set aside and cleared ---------------------------------------------------

    def left(self, status, action, outcome, **changes):
        self.audited(action, outcome)
        self.pressed("clear-mo-batch" if action == "clear" else f"manual/set-aside/{NAME}", outcome,
                     cleared=(NAME,))
        self.order.update(state="confirmed", done_count=0)
        self.tables["mo_histories"] = [row(status=status, booking_open=1, open_in_odoo=1, **changes)]
        self.evidence.arrivals = life()[:4] + [self.evidence.arrivals[-1], event("batch.archived", 31, status=status)]
        self.alert("booking_open")

    def test_set_aside(self):
        self.left("failed", "set_aside", f"{NAME} is set aside: held")
        self.right()
        self.tables["alert"] = []
        self.broken(7, "its booking is open (failed)")

    def test_set_aside_and_nobody_ordered_it(self):
        self.left("failed", "set_aside", f"{NAME} is set aside: held")
        self.tables["audit"] = []
        self.broken(1, "set aside, nobody ordered it")

    def test_cleared_when_begun(self):
        self.left("cleared", "clear", "cleared, its booking is open")
        self.right()
        self.assertTrue(run.at_rest(self.evidence))
        self.tables["audit"] = []
        self.broken(1, "cleared, nobody ordered it")

    def test_cleared_for_good_and_come_again(self):
        self.left("cleared", "clear", "cleared, its booking is open")
        self.tables["mo_batch"] = [row(id="2", state="written")]
        del self.tables["mo_batch"][0]["status"]
        self.broken(1, "came again although it was cleared for good")

    def test_cleared_untouched_and_come_again(self):
        untouched = row(id="0", status="cleared", status_manufacturing=0)
        self.tables["mo_histories"].insert(0, untouched)
        self.tables["audit"] = [{"seq": 1, "mo_id": NAME, "batch_id": "0", "action": "clear", "user_name": "operator-1",
                                 "outcome": "cleared, may be fetched again"}]
        self.pressed("clear-mo-batch", "PLC01: 1 batches cleared", cleared=(NAME,))
        self.evidence.arrivals = [event("batch.staged", 40, batch_id="0"),
                                  event("batch.decided", 41, batch_id="0", action="clear", user="operator-1",
                                        outcome="cleared, may be fetched again"),
                                  event("batch.archived", 42, batch_id="0", status="cleared"), *life()]
        self.right()
        self.tables["mo_histories"].pop()
        self.assertFalse(run.at_rest(self.evidence))
        self.broken(1, "ends as ['cleared'], expected completed")

    def test_let_come_again_and_produced_before_it_came(self):
        self.left("cleared", "clear", "cleared")
        self.audited("reset", f"{NAME} comes again with the next fetch", user="operator-2")
        self.pressed(f"manual/reset-batch/{NAME}", f"{NAME} comes again with the next fetch", user="operator-2")
        self.right()
        self.tables["mo_histories"][0].update(booking_open=0, status_manufacturing=0, open_in_odoo=0)
        self.broken(1, "ends as ['cleared'], expected completed")

    def test_booked_by_hand_while_its_booking_is_open(self):
        self.tables["mo_histories"] = [row(booking_open=1)]
        self.broken(1, "completed with an open booking")

    # -- answers -------------------------------------------------------------------

    def test_told_of_a_success_that_was_none(self):
        self.pressed(f"manual/reset-batch/{NAME}", f"{NAME} has status 0 again")
        self.broken(7, "no audit entry")

    def test_it_was_so_already(self):
        self.pressed(f"manual/reset-batch/{NAME}", f"{NAME} has status 0 already (written)")
        self.right()

    def test_refused_and_done_all_the_same(self):
        self.pressed(f"manual/accept-value/{NAME}", f"{NAME} is not held", 409)
        self.audited("accept", "its amounts are used")
        self.broken(7, "refused, but done")

    def test_no_answer_and_done(self):
        self.pressed(f"manual/accept-value/{NAME}", "timed out", 0)
        self.audited("accept", "its amounts are used")
        self.right()

    def test_one_press_done_twice(self):
        self.pressed(f"manual/accept-value/{NAME}", f"{NAME}: its amounts are used")
        self.audited("accept", "its amounts are used")
        self.audited("accept", "its amounts are used")
        self.broken(7, "one press, done twice")

    def test_a_command_that_is_carried_out_again_on_the_next_queue(self):
        self.left("cleared", "clear", "cleared, its booking is open")
        self.evidence.pressed = []
        self.pressed("clear-mo-batch", "PLC01: 0 batches cleared")
        self.broken(7, f"cleared more than it says: {NAME}")
        self.evidence.pressed = []
        self.pressed("manual/cancel-batch/1", "WH/MO/00007 is cancelled already and archived")
        self.broken(7, f"cancelled another one: {NAME}")

    def test_a_decision_that_nobody_made(self):
        self.audited("accept", "its amounts are used", user="operator-9")
        self.broken(7, "nobody pressed it")

    def test_a_wrong_request_that_succeeds(self):
        self.pressed("manual/cancel-batch/0", "cancelled", wrong=True)
        self.broken(7, "a wrong request succeeded")

    # -- the rest --------------------------------------------------------------------

    def test_no_rest_while_the_mill_runs_what_was_cancelled(self):
        self.cancelled()
        self.evidence.plc["taken"] = good().plc["taken"]
        self.assertFalse(run.at_rest(self.evidence))


if __name__ == "__main__":
    unittest.main()
