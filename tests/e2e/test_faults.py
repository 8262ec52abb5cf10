"""Does the plant come through what goes wrong outside, without loss or repeat?"""

import unittest
import urllib.parse

from plant_case import PlantCase, http


class Faults(PlantCase):
    def failed_to_push(self, plant):
        data = plant.try_admin("/api/admin/failed-to-push")
        return data["batches"] if data else []

    def test_odoo_down_and_back(self):
        plant = self.plant(batch_seconds=2)
        self.wait_state(plant, "WH/MO/00001", "running")
        plant.odoo_faults(offline=True)
        stuck = self.wait(lambda: [b for b in self.failed_to_push(plant) if b["attempts"] > 0], "a failed push")
        self.assertIn(stuck[0]["error_class"], ("unreachable", "time_out"))
        self.assertTrue(stuck[0]["reason"])
        plant.odoo_faults(offline=False)
        self.wait_archived(plant, 2)
        self.assert_agreement(plant)

    def test_odoo_commits_and_never_answers(self):
        plant = self.plant(services={"ODOO_TIMEOUT": "1s"}, before_services=lambda plant: plant.odoo_faults(
            hang_after_commit=True, route="mark-done", count=1))
        self.wait_archived(plant, 2)
        self.assert_agreement(plant)

    def test_partial_success_is_a_failure_with_its_reason(self):
        refused = []

        def refuse_one_silo(plant):
            recipe = plant.order_in_odoo("WH/MO/00001")["to_consume"]
            refused.append(next(code for code in sorted(recipe) if code.startswith("silo")))
            plant.odoo_faults(partial=refused)
        plant = self.plant(orders=1, before_services=refuse_one_silo)
        stuck = self.wait(lambda: [b for b in self.failed_to_push(plant) if b["error_class"] == "partial"], "partial")
        self.assertIn(refused[0], stuck[0]["reason"])
        plant.odoo_faults(partial=[])
        self.wait_archived(plant, 1)
        self.assert_agreement(plant)

    def test_an_order_unknown_to_odoo_stays_visible_and_holds_back_no_other(self):
        plant = self.plant(orders=2, batch_seconds=2)
        self.wait_state(plant, "WH/MO/00001", "running")
        self.delete(plant, "WH/MO/00001")
        self.wait_archived(plant, 1)
        self.assertEqual(plant.history()[0]["mo_id"], "WH/MO/00002")
        stuck = self.wait(lambda: [b for b in self.failed_to_push(plant) if b["error_class"] == "not_found"], "stuck")
        self.assertEqual(stuck[0]["mo_id"], "WH/MO/00001")
        status, answer = plant.admin("/api/admin/manual/retry-push-odoo/WH/MO/00001", "POST")
        self.assertNotEqual(status, 200)
        self.assertIn("not_found", answer["message"])

    def delete(self, plant, name):
        status, answer = http("POST", f"{plant.odoo_http}/sim/orders/{urllib.parse.quote(name, safe='')}/state",
                              {"state": "delete"})
        self.assertEqual(status, 200, answer)

    def test_handshake_not_ready(self):
        # The previous batches were never read: flag 0, a name in the slot.
        plant = self.plant(before_services=lambda plant: http(
            "POST", plant.plc_http + "/words", {"address": 7001, "words": [22344, 12109]}))
        self.wait(lambda: "D7076" in plant.processes["batch-store"].log(), "the write is deferred, with its reason")
        self.assertEqual(plant.plc_ledger()["frames"]["writes"], 0)
        http("POST", plant.plc_http + "/words", {"address": 7076, "words": [1]})
        self.wait_archived(plant, 2)
        self.assert_agreement(plant)

    def test_plc_unreachable_and_back(self):
        plant = self.plant(batch_seconds=2)
        self.wait_state(plant, "WH/MO/00001", "running")
        plant.plc_faults(unreachable=True)
        self.wait(lambda: "task.failed" in plant.processes["batch-store"].log(), "task 2 fails")
        plant.plc_faults(unreachable=False)
        self.wait_archived(plant, 2)
        self.assert_agreement(plant)

    def test_frames_lost_duplicated_and_late(self):
        plant = self.plant(orders=3, services={"PLC_TIMEOUT": "100ms"})
        plant.plc_faults(drop_request=0.1, drop_answer=0.1, duplicate=0.1, seed=7)
        self.wait_archived(plant, 3, 90)
        self.assert_agreement(plant)

    def test_a_finished_row_is_not_overwritten(self):
        plant = self.plant(orders=1, services={
            "PROCESS_COMPLETED_INTERVAL": "24h", "RUN_PROCESS_WHEN_BATCH_COMPLETES": "false"})
        before = self.wait_state(plant, "WH/MO/00001", "completed")
        http("POST", plant.plc_http + "/words", {"address": 6074, "words": [0, 12345]})
        # The slot is reported once more because it changed.
        plant.admin("/api/admin/manual/trigger-plc-sync", "POST")
        plant.restart_service("plc-gateway")
        plant.admin("/api/admin/manual/trigger-plc-sync", "POST")
        after = self.wait_state(plant, "WH/MO/00001", "completed")
        self.assertEqual(after["actual_finished_goods"], before["actual_finished_goods"])
        plant.admin("/api/admin/manual/trigger-process-completed", "POST")
        self.wait_archived(plant, 1)
        self.assertEqual(plant.history()[0]["actual_weight_quantity_finished_goods"], before["actual_finished_goods"])

    def test_a_failed_batch_is_cancelled_in_odoo(self):
        plant = self.plant(orders=2, plc={"PLC_SIM_FAIL": "WH/MO/00001"})
        rows = {row["mo_id"]: row for row in self.wait_archived(plant, 2)}
        self.assertEqual(rows["WH/MO/00001"]["status"], "cancelled")
        self.assertEqual(plant.order_in_odoo("WH/MO/00001")["state"], "cancel")
        self.assertEqual(rows["WH/MO/00002"]["status"], "completed")
        self.assert_agreement(plant, ["WH/MO/00002"])

    def test_weight_zero_is_booked_without_marking_done(self):
        plant = self.plant(orders=1, plc={"PLC_SIM_ZERO_WEIGHT": "WH/MO/00001"})
        row = self.wait_archived(plant, 1)[0]
        self.assertIn("weight 0", row["notes"])
        order = plant.order_in_odoo("WH/MO/00001")
        self.assertEqual((order["done_count"], order["state"]), (0, "confirmed"))
        self.assertTrue(order["consumed"])
        # It stays open in Odoo and must not be produced again.
        plant.admin("/api/admin/trigger-sync", "POST")
        self.assertEqual(plant.queue(), [])


if __name__ == "__main__":
    unittest.main()
