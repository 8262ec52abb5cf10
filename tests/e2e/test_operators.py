"""Do the operators' actions do what they say, at each step, twice, beside the tasks?"""

import unittest
import urllib.parse

from plant_case import PlantCase, http

ONE, TWO = "WH/MO/00001", "WH/MO/00002"


class Operators(PlantCase):
    def act(self, plant, path, api="/api"):
        return plant.admin(f"{api}/admin/{path}", "POST")

    def done(self, plant, path, api="/api"):
        status, answer = self.act(plant, path, api)
        self.assertEqual((status, answer["status"]), (200, "success"), answer)
        return answer

    def refused(self, plant, path, expected=409):
        status, answer = self.act(plant, path)
        self.assertEqual((status, answer["status"]), (expected, "error"), answer)
        return answer["message"]

    def past(self, plant, order):
        status, answer = plant.admin(f"/api/admin/history/{urllib.parse.quote(order, safe='')}")
        return answer["data"] if status == 200 else None

    def open_bookings(self, plant):
        data = plant.try_admin("/api/admin/failed-to-push")
        return {batch["mo_id"]: batch for batch in data["batches"]} if data else {}

    def test_wrong_parameters_name_field_and_value(self):
        plant = self.plant(orders=0)
        self.wait(lambda: plant.queue() is not None, "the API answers")
        for path, word in (("manual/cancel-batch/eleven", "eleven"), ("manual/cancel-batch/11", "11"),
                           ("manual/reset-batch/WH/MO/1?push_to_plc=maybe", "maybe"),
                           ("clear-mo-batch?line=PLC77", "PLC77"), (f"manual/set-aside/{ONE}?notes={'x' * 501}", "xxx")):
            self.assertIn(word, self.refused(plant, path, 400))
        self.assertIn("batch_no 4", self.refused(plant, "manual/cancel-batch/4", 404))
        for action in ("reset-batch", "set-aside", "accept-value", "mark-solved"):
            self.assertIn(ONE, self.refused(plant, f"manual/{action}/{ONE}", 404))
        self.assertEqual(self.done(plant, "clear-mo-batch")["data"]["deleted_count"], 0)

    def test_a_running_batch_is_cancelled_and_what_the_plc_makes_is_told(self):
        plant = self.plant(batch_seconds=3)
        self.wait_state(plant, ONE, "running")
        answer = self.done(plant, "manual/cancel-batch/1?notes=silo%20empty", api="")
        self.assertIn("archived", answer["message"])
        self.refused(plant, "manual/cancel-batch/1", 404)
        row = self.past(plant, ONE)
        self.assertEqual(row["status"], "cancelled")
        self.assertIn("silo empty", row["notes"])
        self.assertEqual([one["action"] for one in row["audit"]], ["cancel"])
        self.assertEqual(plant.order_in_odoo(ONE)["state"], "cancel")
        self.wait(lambda: ONE in self.open_bookings(plant), "the PLC has produced it all the same")
        self.wait_archived(plant, 2)
        self.done(plant, f"manual/mark-solved/{ONE}?notes=booked")
        self.done(plant, f"manual/mark-solved/{ONE}")
        self.assertEqual(self.open_bookings(plant), {})
        self.assert_agreement(plant, [TWO])

    def test_odoo_away_while_cancelling(self):
        plant = self.plant(orders=1, batch_seconds=30, services={"ODOO_TIMEOUT": "1s"})
        self.wait_state(plant, ONE, "running")
        plant.odoo_faults(offline=True)
        self.assertIn("as soon as", self.done(plant, "manual/cancel-batch/1")["message"])
        self.assertIn("as soon as", self.done(plant, "manual/cancel-batch/1")["message"])
        self.wait_state(plant, ONE, "cancelled")
        plant.odoo_faults(offline=False)
        self.wait(lambda: self.past(plant, ONE), "archived when Odoo is back")
        self.assertEqual(plant.order_in_odoo(ONE)["state"], "cancel")

    def test_set_aside_then_retried(self):
        def refuse(plant):
            recipe = plant.order_in_odoo(ONE)["to_consume"]
            plant.odoo_faults(partial=[next(code for code in sorted(recipe) if code.startswith("silo"))])
        plant = self.plant(orders=1, before_services=refuse)
        self.wait(lambda: [b for b in self.open_bookings(plant).values()
                           if b["state"] == "completed" and b["error_class"] == "partial"], "refused by Odoo")
        self.done(plant, f"manual/set-aside/{urllib.parse.quote(ONE, safe='')}?notes=later")
        self.done(plant, f"manual/set-aside/{ONE}")
        self.assertEqual(plant.queue(), [])
        self.assertEqual(self.past(plant, ONE)["status"], "failed")
        waiting = self.open_bookings(plant)[ONE]
        self.assertIn("mark-solved", waiting["advice"])
        self.refused(plant, f"manual/retry-push-odoo/{ONE}")
        plant.odoo_faults(partial=[])
        self.done(plant, f"manual/retry-push-odoo/{ONE}")
        self.assertEqual(self.open_bookings(plant), {})
        self.assert_agreement(plant)

    def test_reset_reads_again_and_produces_nothing(self):
        plant = self.plant(orders=1, services={
            "PROCESS_COMPLETED_INTERVAL": "24h", "RUN_PROCESS_WHEN_BATCH_COMPLETES": "false"})
        self.wait_state(plant, ONE, "completed")
        self.done(plant, f"manual/reset-batch/{ONE}?push_to_plc=false")
        self.wait_state(plant, ONE, "completed")
        plant.admin("/api/admin/manual/trigger-process-completed", "POST")
        self.wait_archived(plant, 1)
        self.assert_agreement(plant)

    def test_a_waiting_batch_given_again_is_produced_once(self):
        plant = self.plant(orders=2, batch_seconds=1, plc={"PLC_SIM_PARALLEL": "1"})
        self.wait(lambda: [b for b in plant.queue() or [] if b["state"] in ("written", "staged")], "a batch waits")
        for _ in range(3):
            self.act(plant, f"manual/reset-batch/{TWO}?push_to_plc=true")
        self.wait_archived(plant, 2)
        self.assert_agreement(plant)

    def test_a_finished_batch_is_produced_again_once(self):
        plant = self.plant(orders=1, services={
            "PROCESS_COMPLETED_INTERVAL": "24h", "RUN_PROCESS_WHEN_BATCH_COMPLETES": "false"})
        self.wait_state(plant, ONE, "completed")
        for _ in range(2):
            self.done(plant, f"manual/reset-batch/{ONE}?push_to_plc=true")
        self.wait_state(plant, ONE, "completed")
        self.assertEqual(plant.queue()[0]["batch_no"], 2)
        self.refused(plant, f"manual/reset-batch/{ONE}?push_to_plc=true")
        plant.admin("/api/admin/manual/trigger-process-completed", "POST")
        row = self.wait_archived(plant, 1)[0]
        made = plant.plc_ledger()["produced"]
        self.assertEqual([batch["order"] for batch in made], [ONE, ONE])
        order = plant.order_in_odoo(ONE)
        self.assertEqual((order["state"], order["done_count"]), ("done", 1))
        self.assertEqual(row["status"], "completed")

    def test_clear_and_reset_task1_before_the_plc_has_taken_the_queue(self):
        for path in ("clear-mo-batch", "reset-task1-start"):
            with self.subTest(path):
                plant = self.plant(orders=2, plc={"PLC_SIM_TAKE_DELAY": "2s"})
                self.wait_state(plant, ONE, "written")
                answer = self.done(plant, path)
                self.assertEqual(answer["data"]["deleted_count"], 2)
                self.act(plant, path)
                if path == "reset-task1-start":
                    self.wait(lambda: [r for r in plant.history() or [] if r["status"] == "completed"][1:],
                              "both came again and were produced")
                    made = [batch["order"] for batch in plant.plc_ledger()["produced"]]
                    self.assertEqual(sorted(made), [ONE, TWO])
                    self.assertEqual(plant.plc_ledger()["violations"], [])
                else:
                    self.wait(lambda: len(self.open_bookings(plant)) == 2, "the PLC produced them all the same")
                    self.assertEqual(plant.queue(), [])
                    for order in (ONE, TWO):
                        self.done(plant, f"manual/retry-push-odoo/{order}")
                        self.assertEqual(self.past(plant, order)["status"], "completed")
                    self.assert_agreement(plant)

    def test_reset_task1_with_the_plc_unreachable_changes_nothing(self):
        plant = self.plant(orders=1, batch_seconds=2, services={"PLC_TIMEOUT": "200ms"})
        self.wait_state(plant, ONE, "running")
        plant.plc_faults(unreachable=True)
        self.assertIn("nothing was changed", self.refused(plant, "reset-task1-start"))
        plant.plc_faults(unreachable=False)
        self.wait_archived(plant, 1)
        self.assert_agreement(plant)

    def test_an_implausible_weight_is_accepted(self):
        plant = self.plant(orders=1, batch_seconds=2, services={
            "PROCESS_COMPLETED_INTERVAL": "24h", "RUN_PROCESS_WHEN_BATCH_COMPLETES": "false"})
        self.wait_state(plant, ONE, "running")
        self.refused(plant, f"manual/accept-value/{ONE}")
        # Silo 113 shows 6,060.00 kg; the simulator writes it anew until it is through.
        end = self.wait(lambda: [b for b in plant.plc_ledger()["produced"]], "produced")
        self.assertTrue(end)
        http("POST", plant.plc_http + "/words", {"address": 6064, "words": [9, 16176]})
        self.done(plant, f"manual/reset-batch/{ONE}")
        self.wait(lambda: [b for b in plant.queue() or [] if b["hold_reason"]], "held")
        self.assertIn("accept-value", self.open_bookings(plant)[ONE]["advice"])
        self.done(plant, f"manual/accept-value/{ONE}")
        self.done(plant, f"manual/accept-value/{ONE}")
        self.wait_state(plant, ONE, "completed")
        self.assertGreater(plant.queue()[0]["actual"], 6060)


if __name__ == "__main__":
    unittest.main()
