"""Does each of the four tasks do its work, on its own and by hand?"""

import unittest

from plant_case import PlantCase

NEVER = "24h"
BY_HAND = {"ENABLE_AUTO_SYNC": "false"}


class TheFourTasks(PlantCase):
    def trigger(self, plant, path):
        status, answer = plant.admin(f"/api/admin/{path}", "POST")
        self.assertEqual((status, answer["status"]), (200, "success"), answer)
        return answer["message"]

    def test_nothing_starts_by_itself_when_auto_sync_is_off(self):
        plant = self.plant(services=BY_HAND)
        self.trigger(plant, "manual/trigger-plc-sync")
        self.assertEqual(plant.queue(), [])
        self.assertEqual(plant.order_in_odoo("WH/MO/00001")["state"], "confirmed")

    def test_task_1_fetches_only_into_an_empty_queue(self):
        plant = self.plant(services=BY_HAND, batch_seconds=60)
        self.trigger(plant, "trigger-sync")
        self.assertEqual([b["batch_no"] for b in plant.queue()], [1, 2])
        self.assertIn("2 batches", self.trigger(plant, "manual/trigger-sync"))
        self.assertEqual(len(plant.queue()), 2)

    def test_task_2_reads_the_plc_and_pushes_while_the_batch_runs(self):
        plant = self.plant(orders=1, batch_seconds=60, services={"SYNC_INTERVAL": NEVER})
        batch = self.wait_state(plant, "WH/MO/00001", "running")
        self.assertFalse(batch["status_manufacturing"])
        self.wait(lambda: plant.order_in_odoo("WH/MO/00001")["consumed"], "consumption reaches Odoo during the run")
        self.assertEqual(plant.order_in_odoo("WH/MO/00001")["done_count"], 0)

    def test_task_3_books_and_archives(self):
        plant = self.plant(orders=1, services={
            "PROCESS_COMPLETED_INTERVAL": NEVER, "RUN_PROCESS_WHEN_BATCH_COMPLETES": "false"})
        self.wait_state(plant, "WH/MO/00001", "completed")
        self.assertEqual(plant.order_in_odoo("WH/MO/00001")["done_count"], 0)
        self.trigger(plant, "manual/trigger-process-completed")
        self.wait_archived(plant, 1)
        self.assert_agreement(plant)

    def test_task_4_raises_an_alert_for_a_stuck_batch(self):
        plant = self.plant(orders=1, batch_seconds=600, services={
            "BATCH_STUCK_THRESHOLD": "1s", "HEALTH_MONITOR_INTERVAL": "500ms"})
        plant.plc_faults(unreachable=True)
        self.wait(lambda: "kind=batch_stuck" in plant.processes["batch-store"].log()
                  or "kind=plc_write_waiting" in plant.processes["batch-store"].log(), "an alert")

    def test_scheduler_status_and_toggle(self):
        plant = self.plant(orders=1, batch_seconds=60)
        status = self.wait(lambda: plant.try_admin("/api/admin/scheduler/status"), "scheduler status")
        self.assertEqual(len(status["tasks"]), 4)
        code, answer = plant.admin("/api/admin/scheduler/toggle", "POST", {"enabled": False})
        self.assertEqual((code, answer["status"]), (200, "success"))
        self.wait(lambda: plant.try_admin("/api/admin/scheduler/status")["enabled"] is False, "switched off")


if __name__ == "__main__":
    unittest.main()
