"""Two processes of one service: does one work and the other stand by, whatever happens to them?"""

import re
import signal
import unittest

from plant_case import PlantCase
from plant import SERVICES

SOLE = ["plc-gateway", "odoo-gateway", "scheduler"]


class Instances(PlantCase):
    def active(self, plant, service):
        """Which of a service's two processes says that it works."""
        working = []
        for name in (service, f"{service}-2"):
            said = re.findall(r"service\.(active|inactive)\b", plant.processes[name].log())
            if plant.processes[name].running() and said and said[-1] == "active":
                working.append(name)
        return working

    def wait_active(self, plant, service, name, seconds=15):
        self.wait(lambda: self.active(plant, service) == [name], f"{name} works alone", seconds)

    def other(self, service, name):
        return f"{service}-2" if name == service else service

    def plant_with_two(self, service, **options):
        plant = self.plant(**{"orders": 10, "batch_seconds": 0.3, **options})
        plant.start_another(service)
        self.wait(lambda: "service.standing_by" in plant.processes[f"{service}-2"].log(), "the second stands by")
        return plant

    def end_in_agreement(self, plant, count=10, seconds=90):
        self.wait_archived(plant, count, seconds)
        self.assert_agreement(plant)
        self.assertEqual(plant.queue(), [])

    def test_a_second_plc_gateway_stands_by_and_says_so(self):
        plant = self.plant_with_two("plc-gateway")
        self.assertEqual(self.active(plant, "plc-gateway"), ["plc-gateway"])
        status, text = plant.readiness("plc-gateway-2")
        self.assertEqual(status, 200)
        self.assertRegex(text, "^ready, standing by for [0-9a-f]{8}$")
        self.assertEqual(plant.readiness("plc-gateway"), (200, "ready"))
        self.end_in_agreement(plant)
        self.assertNotIn("plc.reachable", plant.processes["plc-gateway-2"].log())

    def test_two_of_every_service_at_once_from_the_start(self):
        plant = self.plant(orders=10, batch_seconds=0.3, before_services=lambda plant: [
            plant.start_another(name) for name in SERVICES])
        self.end_in_agreement(plant)
        for service in SOLE:
            self.wait(lambda s=service: len(self.active(plant, s)) == 1, f"one {service} works", 10)
        status, text = min(plant.readiness("batch-store"), plant.readiness("batch-store-2"),
                           key=lambda answer: answer[1] == "ready")
        self.assertEqual((status, text), (503, "standing by: another batch-store works on this database"))
        for service in SERVICES:
            for name in (service, f"{service}-2"):
                self.assertLessEqual(plant.processes[name].log().count("bus.connected"), 1,
                                     f"{name} was not thrown off the broker")

    def test_the_owner_ends_and_is_killed(self):
        for service in SOLE:
            with self.subTest(service):
                plant = self.plant_with_two(service)
                self.wait(lambda p=plant: p.history(), "progress")
                self.assertEqual(plant.processes[service].stop(), 0)
                self.wait_active(plant, service, f"{service}-2", 5)
                plant.restart(service)
                plant.processes[f"{service}-2"].kill()
                self.wait_active(plant, service, service)
                self.end_in_agreement(plant)

    def test_the_owner_is_frozen_and_thawed_again_and_again(self):
        plant = self.plant_with_two("plc-gateway")
        for _ in range(4):
            owner = self.active(plant, "plc-gateway")[0]
            plant.processes[owner].signal(signal.SIGSTOP)
            other = self.other("plc-gateway", owner)
            self.wait(lambda n=other: n in self.active(plant, "plc-gateway"), "the other takes over", 10)
            plant.processes[owner].signal(signal.SIGCONT)
            self.wait_active(plant, "plc-gateway", other)
        self.end_in_agreement(plant)

    def test_both_are_frozen_in_turn_while_queues_are_written(self):
        plant = self.plant_with_two("plc-gateway", services={"SYNC_BATCH_LIMIT": "2"}, orders=20)
        names = ["plc-gateway", "plc-gateway-2"]
        for turn in range(30):
            name = names[turn % 2]
            plant.processes[name].signal(signal.SIGSTOP)
            self.pause(0.1 * (turn % 12))
            plant.processes[name].signal(signal.SIGCONT)
            self.pause(0.05 * (turn % 5))
        self.end_in_agreement(plant, 20, 120)

    def test_the_broker_is_killed_under_two_of_everything(self):
        plant = self.plant(orders=10, batch_seconds=0.3, before_services=lambda plant: [
            plant.start_another(name) for name in SERVICES])
        for number in range(3):
            self.wait(lambda n=number: len(plant.history() or []) >= 2 * n, "progress", 60)
            plant.processes["mosquitto"].kill()
            plant.restart("mosquitto")
        self.end_in_agreement(plant)

    @staticmethod
    def pause(seconds):
        """A fault that lasts; nothing is concluded from the time."""
        import time
        time.sleep(seconds)


if __name__ == "__main__":
    unittest.main()
