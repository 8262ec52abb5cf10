#!/usr/bin/python3
"""Can each invariant fail? Ledgers made by hand: one good plant, and what breaks it."""

import copy
import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import invariants  # noqa: E402
import leaks  # noqa: E402
import run  # noqa: E402
from evidence import POINTS, Evidence, Observer  # noqa: E402
from witness import Arrival  # noqa: E402

NAME, BATCH = "WH/MO/00001", "11111111-1111-1111-1111-111111111111"


def row(**changes):
    made = {f"actual_consumption_{tag}": 0 for tag in POINTS.values()}
    made.update(id=BATCH, mo_id=NAME, stage=7, state="archived", status="completed", notes="", status_manufacturing=1,
                status_operation=0, batch_no=1, open_in_odoo=0, booking_open=0, actual_weight_quantity_finished_goods=99.5, hold_reason=None, hold_advice=None,
                push_error=None)
    made["actual_consumption_silo_a"], made["actual_consumption_lq_fml"] = 60.25, 39.5
    return {**made, **changes}


def event(name, number, **data):
    data = {"batch_id": BATCH, "mo_id": NAME, **data}
    message = {"specversion": "1.0", "id": f"id-{number}", "source": "/PLC01/batch-store", "type": f"millrace.{name}.v1",
               "time": "2026-11-22T10:00:00.000Z", "data": data}
    return Arrival(float(number), f"millrace/v1/PLC01/_event/{name}", json.dumps(message).encode())


FIGURES = {"consumption_kg": {**{tag: 0 for tag in POINTS.values()}, "silo_a": 60.25, "lq_fml": 39.5}, "weight_kg": 99.5}


def life():
    return [event("batch.staged", 1), event("batch.updated", 2, state="running", revision=1, **FIGURES),
            event("batch.updated", 3, state="completed", revision=2, **FIGURES),
            event("batch.completed", 4, revision=2, **FIGURES), event("batch.archived", 5, status="completed")]


def good():
    order = {"state": "done", "line": "PLC01", "quantity": "100.00", "to_consume": {"silo101": "60.00", "lq115": "40.00"},
             "consumed": {"silo101": "60.25", "lq115": "39.50"}, "finished_qty": "99.50", "done_count": 1,
             "cancel_count": 0, "calls": []}
    taken = {"order": NAME, "lost": False, "quantity": "100.00", "recipe": {"101": "60.00", "115": "40.00"}}
    made = {"order": NAME, "slot": 1, "status": "finished", "actual": {"101": "60.25", "115": "39.50"}, "weight": "99.50",
            "acknowledged_at": "2026-11-22T10:00:03.000Z", "started_at": "2026-11-22T10:00:00.000Z",
            "ended_at": "2026-11-22T10:00:02.000Z"}
    tables = {"mo_batch": [], "mo_histories": [row()], "alert": [], "outbox": [], "pending_acknowledge": [], "audit": []}
    return Evidence(odoo={"orders": {NAME: order}}, plc={"taken": [taken], "produced": [made], "violations": []},
                    tables=tables, arrivals=life(), observed=Observer())


class Invariants(unittest.TestCase):
    def setUp(self):
        self.evidence = good()
        self.order = self.evidence.odoo["orders"][NAME]
        self.made = self.evidence.plc["produced"][0]
        self.tables = self.evidence.tables

    def broken(self, number, text=""):
        found = invariants.check(self.evidence)
        self.assertTrue([each for each in found if each.startswith(f"invariant {number}:") and text in each],
                        f"invariant {number} ({text}) not among {found}")

    def test_a_good_plant(self):
        self.assertEqual(invariants.check(self.evidence), [])
        self.assertTrue(run.at_rest(self.evidence))

    # 1

    def test_1_in_both_places(self):
        self.tables["mo_batch"] = [row(state="completed")]
        self.broken(1, "1 rows in mo_batch, 1 in mo_histories")

    def test_1_archived_twice(self):
        self.tables["mo_histories"].append(row(id="22222222-2222-2222-2222-222222222222"))
        self.broken(1, "2 in mo_histories")

    def test_1_lost(self):
        self.tables["mo_histories"] = []
        self.broken(1, "is nowhere")

    def test_1_wrong_status(self):
        self.evidence.failing = [NAME]
        self.broken(1, "expected cancelled")

    def test_1_seen_in_both_places_meanwhile(self):
        self.evidence.observed.look(self.evidence.plc, {**self.tables, "mo_batch": [row(state="completed")]})
        self.broken(1, "in mo_batch and in mo_histories")

    # 2

    def test_2_produced_twice(self):
        self.evidence.plc["produced"].append(copy.deepcopy(self.made))
        self.broken(2, "produced 2 times")

    def test_2_taken_twice(self):
        self.evidence.plc["taken"].append(copy.deepcopy(self.evidence.plc["taken"][0]))
        self.broken(2, "taken 2 times")

    def test_2_taken_again_after_the_first_was_lost_is_right(self):
        self.evidence.plc["taken"].insert(0, {**self.evidence.plc["taken"][0], "lost": True})
        self.assertEqual(invariants.check(self.evidence), [])

    def test_2_other_recipe(self):
        self.evidence.plc["taken"][0]["recipe"]["101"] = "60.01"
        self.broken(2, "Odoo ordered")

    def test_2_archived_without_being_produced(self):
        self.evidence.plc["produced"] = []
        self.broken(2, "never produced")

    def test_2_a_rule_of_the_plc_was_broken(self):
        self.evidence.plc["violations"] = [{"kind": "overwritten_unacknowledged", "detail": "slot 1"}]
        self.broken(2, "overwritten_unacknowledged")

    # 3

    def test_3_other_figures(self):
        self.order["consumed"]["lq115"] = "39.49"
        self.broken(3, "115=39.490")

    def test_3_a_dose_too_many(self):
        self.order["consumed"]["silo102"] = "1.00"
        self.broken(3, "102=1.000")

    def test_3_other_weight(self):
        self.order["finished_qty"] = "100.00"
        self.broken(3, "weight=100.000")

    def test_3_done_twice(self):
        self.order["done_count"] = 2
        self.broken(3, "marked done 2 times")

    def test_3_not_done(self):
        self.order.update(state="confirmed", done_count=0)
        self.broken(3, "is confirmed in Odoo")

    def test_3_a_failed_batch_must_be_cancelled(self):
        self.evidence.failing = [NAME]
        self.order.update(state="confirmed", done_count=0)
        self.broken(3, "cancelled here")

    def test_3_cancelled_without_reason(self):
        self.order.update(cancel_count=1)
        self.broken(3, "cancelled in Odoo by us")

    def test_3_weightless_is_booked_and_left_open(self):
        self.evidence.weightless = [NAME]
        self.order.update(state="confirmed", done_count=0, finished_qty=None)
        self.assertEqual(invariants.check(self.evidence), [])
        self.order["consumed"].pop("lq115")
        self.broken(3, "Odoo 101=60.250 weight=0.000")

    def test_3_enlarged_by_a_person_after_we_booked_it(self):
        self.order["calls"] = [{"route": "person", "outcome": "enlarge"}]
        self.assertEqual(invariants.check(self.evidence), [])
        self.order["finished_qty"] = "100.00"
        self.broken(3, "weight=100.000")

    # 4

    def test_4_a_finished_row_changed(self):
        self.evidence.observed.look(self.evidence.plc, self.tables)
        changed = {**self.tables, "mo_histories": [row(actual_consumption_silo_a=60.3)]}
        self.evidence.observed.look({**self.evidence.plc, "produced": []}, changed)
        self.broken(4, "became")

    def test_4_completed_twice_with_other_figures(self):
        other = {**FIGURES, "weight_kg": 98.0}
        self.evidence.arrivals.append(event("batch.completed", 9, revision=3, **other))
        self.broken(4, "weight=98.000")

    def test_4_the_archive_holds_other_figures(self):
        self.tables["mo_histories"] = [row(actual_weight_quantity_finished_goods=99.4)]
        self.broken(4, "database")

    # 5

    def test_5_acknowledged_before_it_was_stored(self):
        running = [row(status_manufacturing=0, state="running")]
        self.evidence.observed.look(self.evidence.plc, {**self.tables, "mo_batch": running, "mo_histories": []})
        self.broken(5, "not stored")

    def test_5_stored_before_it_was_acknowledged(self):
        self.evidence.observed.look(self.evidence.plc, self.tables)
        self.assertEqual(invariants.check(self.evidence), [])

    def test_5_never_acknowledged(self):
        self.made["acknowledged_at"] = None
        self.broken(5, "never acknowledged")
        self.assertFalse(run.at_rest(self.evidence))

    # 6

    def test_6_an_event_is_missing(self):
        for gone in ("batch.staged", "batch.completed", "batch.archived"):
            self.evidence.arrivals = [each for each in life() if each.name != gone]
            self.broken(6, f"no {gone}")

    def test_6_not_promised_when_the_broker_forgot(self):
        self.evidence.broker_forgot = True
        self.evidence.arrivals = []
        self.assertEqual(invariants.check(self.evidence), [])

    def test_6_out_of_order(self):
        self.evidence.arrivals[0], self.evidence.arrivals[4] = self.evidence.arrivals[4], self.evidence.arrivals[0]
        self.broken(6, "out of order")

    def test_6_revisions_out_of_order(self):
        arrivals = self.evidence.arrivals
        arrivals[1:3] = [event("batch.updated", 2, state="running", revision=2, **FIGURES),
                         event("batch.updated", 3, state="running", revision=1, **FIGURES)]
        self.broken(6, "revisions out of order [2, 1]")

    def test_6_a_repeat_is_right(self):
        self.evidence.arrivals += life()
        self.assertEqual(invariants.check(self.evidence), [])

    def test_6_another_id_for_the_same_fact(self):
        self.evidence.arrivals.append(event("batch.archived", 77, status="completed"))
        self.broken(6, "two ids")

    def test_6_one_id_with_two_contents(self):
        self.evidence.arrivals.append(event("batch.archived", 5, status="failed"))
        self.broken(6, "one id, two contents")

    def test_6_no_cloud_event(self):
        message = self.evidence.arrivals[0].message()
        del message["source"]
        self.evidence.arrivals.append(Arrival(9.0, "millrace/v1/PLC01/_event/batch.staged", json.dumps(message).encode()))
        self.broken(6, "source")

    def test_6_the_outbox_is_stuck(self):
        self.tables["outbox"] = [{"seq": 1}]
        self.broken(6, "outbox")

    # 7

    def test_7_waits_for_a_person_and_nobody_is_told(self):
        self.held(hold_reason=None)
        self.broken(7, "nobody is told")

    def test_7_told(self):
        self.held(hold_reason="deleted in Odoo", hold_advice="set it aside")
        self.assertEqual(invariants.check(self.evidence), [])
        self.assertTrue(run.at_rest(self.evidence))

    def test_7_another_waits_with_it(self):
        self.held(hold_reason="deleted in Odoo", hold_advice="set it aside")
        self.evidence.odoo["orders"]["WH/MO/00002"] = {**self.order, "state": "confirmed", "done_count": 0}
        self.tables["mo_batch"].append(row(id="2", mo_id="WH/MO/00002", state="completed"))
        self.assertFalse(run.at_rest(self.evidence))
        self.evidence.at_rest = False
        self.broken(8, "WH/MO/00002 completed")

    def held(self, **changes):
        self.evidence.persons_orders = {NAME}
        self.order.update(state="deleted", done_count=0)
        self.tables["mo_batch"] = [row(state="completed", **changes)]
        self.tables["mo_histories"] = []

    # 8

    def test_8_no_rest(self):
        self.evidence.at_rest = False
        self.tables["mo_batch"], self.tables["mo_histories"] = [row(state="running")], []
        self.broken(8, "WH/MO/00001 running")

    def test_8_a_process_that_does_not_end(self):
        self.evidence.late_stops = ["scheduler did not end within 15 s of SIGTERM"]
        self.broken(8, "did not end")


class Leaks(unittest.TestCase):
    def test_steady_growth_is_a_leak(self):
        self.assertTrue(leaks.growth([(20000 + 200 * n, 30) for n in range(80)]))
        self.assertTrue(leaks.growth([(20000, 30 + n // 8) for n in range(80)]))

    def test_noise_warming_up_and_one_step_are_none(self):
        self.assertEqual(leaks.growth([(20000 + 900 * (n % 3), 30 + n % 4) for n in range(80)]), [])
        self.assertEqual(leaks.growth([(9000 + min(n, 15) * 1000, 30) for n in range(80)]), [])
        self.assertEqual(leaks.growth([(20000 if n < 50 else 29000, 30) for n in range(80)]), [])

    def test_too_few_rounds_say_nothing(self):
        self.assertEqual(leaks.growth([(20000 + 9000 * n, 30) for n in range(10)]), [])


if __name__ == "__main__":
    unittest.main()
