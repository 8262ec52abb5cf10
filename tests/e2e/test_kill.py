"""Does a run of ten orders end right when a process is killed in the middle?"""

import unittest

from plant_case import PlantCase


class Kill(PlantCase):
    def run_with_kills(self, victim, count=3):
        plant = self.plant(orders=10, batch_seconds=0.3)
        for round_number in range(count):
            self.wait(lambda n=round_number: len(plant.history() or []) >= 3 * n, "progress")
            plant.processes[victim].kill()
            plant.restart(victim)
        self.wait_archived(plant, 10, 90)
        self.assert_agreement(plant)
        self.assertEqual(plant.queue(), [])

    def test_batch_store(self):
        self.run_with_kills("batch-store")

    def test_plc_gateway(self):
        self.run_with_kills("plc-gateway")

    def test_odoo_gateway(self):
        self.run_with_kills("odoo-gateway")

    def test_scheduler(self):
        self.run_with_kills("scheduler")

    def test_admin_gateway(self):
        self.run_with_kills("admin-gateway")

    def test_broker_killed_and_restarted(self):
        self.run_with_kills("mosquitto", 2)


if __name__ == "__main__":
    unittest.main()
