"""A process hangs for longer than every time-out: does the plant go on by itself when it is back?"""

import os
import pathlib
import signal
import time
import unittest

from plant_case import PlantCase

# Longer than the broker waits for a client (1.5 keep-alives of 10 s) and than DATABASE_TIMEOUT.
LONG = 18
# The longest task interval of the test's plant, and five seconds.
RECOVERY = 10


def children_of(pid):
    """Of a process, all generations."""
    found = []
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rsplit(")", 1)[1].split()
        except OSError:
            continue
        if int(fields[1]) == pid:
            child = int(stat.parent.name)
            found += [child, *children_of(child)]
    return found


class Frozen(PlantCase):
    def freeze(self, plant, name):
        process = plant.processes[name]
        pids = [process.child.pid, *(children_of(process.child.pid) if name == "postgres" else [])]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        return pids

    def thaw(self, pids):
        for pid in reversed(pids):
            try:
                os.kill(pid, signal.SIGCONT)
            except ProcessLookupError:
                pass

    def all_ready(self, plant):
        return all(plant.readiness(name)[0] == 200 for name in (
            "batch-store", "odoo-gateway", "plc-gateway", "scheduler", "admin-gateway"))

    def through_a_freeze(self, victim, unready=(), **options):
        plant = self.plant(**{"orders": 20, "batch_seconds": 0.4, "services": {"SYNC_BATCH_LIMIT": "2"}, **options})
        self.wait(plant.history, "the first is through")
        pids = self.freeze(plant, victim)
        try:
            end = time.monotonic() + LONG
            for name, reason in unready:
                self.wait(lambda n=name, r=reason: plant.readiness(n)[0] == 503 and r in plant.readiness(n)[1],
                          f"{name} says: {reason}", 12)
            time.sleep(max(0, end - time.monotonic()))
        finally:
            self.thaw(pids)
        done = len(plant.history() or [])
        self.wait(lambda: self.all_ready(plant), "all are ready again", RECOVERY)
        self.wait(lambda: len(plant.history() or []) > min(done, 19), "it goes on", RECOVERY + 5)
        self.wait_archived(plant, 20, 120)
        self.assert_agreement(plant)

    def test_batch_store(self):
        self.through_a_freeze("batch-store")

    def test_plc_gateway(self):
        self.through_a_freeze("plc-gateway")

    def test_odoo_gateway(self):
        self.through_a_freeze("odoo-gateway")

    def test_scheduler(self):
        self.through_a_freeze("scheduler")

    def test_admin_gateway(self):
        self.through_a_freeze("admin-gateway")

    def test_broker(self):
        unheard = "nothing comes through the broker"
        self.through_a_freeze("mosquitto", [("batch-store", unheard), ("plc-gateway", unheard)])

    def test_postgresql(self):
        self.through_a_freeze("postgres", [("batch-store", "the database has not answered for")], database="postgres")

    def test_sigterm_while_the_database_is_frozen(self):
        plant = self.plant(database="postgres")
        self.wait(plant.queue, "orders are there")
        pids = self.freeze(plant, "postgres")
        try:
            self.assertEqual(plant.processes["batch-store"].stop(10), 0)
        finally:
            self.thaw(pids)

    def test_sigterm_while_the_database_is_away(self):
        plant = self.plant(database="postgres")
        plant.processes["postgres"].signal(signal.SIGQUIT)
        self.wait(lambda: plant.readiness("batch-store")[0] == 503, "batch-store knows")
        self.assertIn("the database is away", plant.readiness("batch-store")[1])
        self.assertEqual(plant.processes["batch-store"].stop(10), 0)
        # It waits for it at its start, too.
        plant.restart("batch-store")
        self.wait(lambda: plant.readiness("batch-store")[0] == 503, "it waits")
        self.assertEqual(plant.processes["batch-store"].stop(10), 0)

    def test_sigterm_of_a_stand_by(self):
        plant = self.plant()
        second = plant.start_another("batch-store")
        self.wait(lambda: plant.readiness("batch-store-2") ==
                  (503, "standing by: another batch-store works on this database"), "it stands by")
        self.assertEqual(second.stop(10), 0)


if __name__ == "__main__":
    unittest.main()
