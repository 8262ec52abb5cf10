"""Does an old backup, restored into the running plant, repeat or spoil nothing?"""

import contextlib
import os
import sqlite3
import subprocess
import unittest
from decimal import Decimal

from plant_case import PlantCase, http

from ledgers import odoo_code
from plant import ROOT


class Backup:
    """Run for each database; the classes below choose it."""

    database = None

    def begin(self, **options):
        return self.plant(database=self.database, **{
            "orders": 6, "batch_seconds": 1.0, **options,
            "services": {"SYNC_BATCH_LIMIT": "3", "SYNC_INTERVAL": "1s", **options.get("services", {})}})

    def script(self, plant, name, *arguments):
        return subprocess.run(
            ["bash", ROOT / "deploy" / name, *map(str, arguments)], cwd=plant.folder, text=True, capture_output=True,
            env={"PATH": os.environ["PATH"], "DATABASE_URL": plant.database_url})

    def back_up(self, plant):
        path = plant.folder / "yesterday"
        done = self.script(plant, "backup.sh", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        return path

    def restore(self, plant, backup, meanwhile=None):
        """`meanwhile` is called when no write to the PLC is under way any more."""
        refused = self.script(plant, "restore.sh", backup)
        self.assertNotEqual(refused.returncode, 0, "a restore under a running batch-store")
        self.assertIn("batch-store is running", refused.stderr)
        plant.processes["batch-store"].stop()
        if meanwhile:
            plant.processes["plc-gateway"].kill()
            meanwhile()
            plant.restart("plc-gateway")
        done = self.script(plant, "restore.sh", backup)
        self.assertEqual(done.returncode, 0, done.stderr)
        plant.restart("batch-store")
        self.wait(plant.all_online, "batch-store is back")

    def query(self, plant, statement):
        if self.database == "sqlite":
            with contextlib.closing(sqlite3.connect(f"file:{plant.folder}/millrace.db?mode=ro", uri=True)) as db:
                return [tuple(map(str, row)) for row in db.execute(statement)]
        out = subprocess.run(["psql", "-XAt", "-F", "|", "-d", plant.database_url, "-c", statement],
                             check=True, text=True, capture_output=True).stdout
        return [tuple(line.split("|")) for line in out.splitlines()]

    def alerts(self, plant):
        return set(self.query(plant, "select kind, mo_id from alert"))

    def holds(self, plant):
        data = plant.try_admin("/api/admin/failed-to-push") or {"batches": []}
        held = {mo_id for kind, mo_id in self.alerts(plant) if kind == "batch_held"}
        return {row["mo_id"]: row for row in data["batches"] if row["mo_id"] in held}

    def assert_nothing_twice(self, plant):
        ledger = plant.plc_ledger()
        self.assertEqual(ledger["violations"], [])
        for kind in ("taken", "produced"):
            names = [batch["order"] for batch in ledger[kind]]
            self.assertEqual(sorted(set(names)), sorted(names), f"{kind} twice")

    def assert_nothing_booked_wrong(self, plant):
        """Done orders hold the PLC's figures; the others nothing above them."""
        produced = {batch["order"]: batch for batch in plant.plc_ledger()["produced"]}
        for name, order in plant.odoo_ledger()["orders"].items():
            self.assertLessEqual(order["done_count"], 1)
            actual = {odoo_code(point): Decimal(kg) for point, kg in produced.get(name, {}).get("actual", {}).items()}
            for code, kg in order["consumed"].items():
                if order["state"] == "done":
                    self.assertEqual(Decimal(kg), actual.get(code, 0), f"{name} {code}")
                elif name in produced:
                    self.assertLessEqual(Decimal(kg), actual.get(code, 0), f"{name} {code}")

    def produced(self, plant):
        return {batch["order"] for batch in plant.plc_ledger()["produced"]}

    def test_a_fresh_backup_goes_on_as_if_nothing_had_happened(self):
        plant = self.begin(orders=3, batch_seconds=1.5)
        self.wait_state(plant, "WH/MO/00001", "running")
        self.restore(plant, self.back_up(plant))
        self.wait_archived(plant, 3)
        self.assert_agreement(plant)
        self.assertEqual(self.alerts(plant), set())

    def test_yesterdays_staged_queue_is_not_produced_again(self):
        plant = self.begin(before_services=lambda plant: plant.plc_faults(unreachable=True))
        self.wait_state(plant, "WH/MO/00003", "staged")
        backup = self.back_up(plant)
        plant.plc_faults(unreachable=False)
        self.wait_archived(plant, 3)
        self.wait(lambda: "WH/MO/00006" in self.produced(plant), "the next queue is produced as well")
        self.restore(plant, backup)
        self.wait(lambda: len(self.holds(plant)) == 3, "the three are held")
        for name, row in self.holds(plant).items():
            self.assertIn("the order is done in Odoo", row["reason"])
            self.assertIn(("batch_held", name), self.alerts(plant))
        self.assert_nothing_twice(plant)
        self.assert_nothing_booked_wrong(plant)

    def test_yesterdays_running_queue_under_a_newer_one(self):
        plant = self.begin(batch_seconds=1.5)
        self.wait_state(plant, "WH/MO/00001", "running")
        backup = self.back_up(plant)
        self.wait_archived(plant, 3)
        self.wait_state(plant, "WH/MO/00004", "running")
        self.restore(plant, backup)
        self.wait(lambda: ("unknown_order", "WH/MO/00004") in self.alerts(plant), "the PLC's unknown order is told")
        self.wait(lambda: {"WH/MO/00004", "WH/MO/00005", "WH/MO/00006"} <= self.produced(plant), "the PLC goes on")

        def settled():
            left = {row["mo_id"] for row in plant.queue() or []}
            return left == set(self.holds(plant)) and left | {row["mo_id"] for row in plant.history() or []} == {
                "WH/MO/00001", "WH/MO/00002", "WH/MO/00003"}
        self.wait(settled, "each of yesterday's batches is archived or held")
        self.assertIn("WH/MO/00001", self.holds(plant))
        self.assert_nothing_twice(plant)
        self.assert_nothing_booked_wrong(plant)

    def test_an_order_cancelled_between_backup_and_restore(self):
        plant = self.begin(orders=3, before_services=lambda plant: plant.plc_faults(unreachable=True))
        self.wait_state(plant, "WH/MO/00003", "staged")
        backup = self.back_up(plant)

        def cancel():
            status, answer = http("POST", f"{plant.odoo_http}/sim/orders/WH%2FMO%2F00002/state", {"state": "cancel"})
            self.assertEqual(status, 200, answer)
            plant.plc_faults(unreachable=False)
        self.restore(plant, backup, cancel)
        self.wait_archived(plant, 2)
        self.assertEqual(self.produced(plant), {"WH/MO/00001", "WH/MO/00003"})
        self.assertEqual(set(self.holds(plant)), {"WH/MO/00002"})
        self.assertIn("cancelled in Odoo", self.holds(plant)["WH/MO/00002"]["reason"])
        self.assert_nothing_twice(plant)
        self.assert_nothing_booked_wrong(plant)

    def test_the_plcs_memory_is_cleared_while_it_produces(self):
        plant = self.begin(orders=3, batch_seconds=3)
        self.wait_state(plant, "WH/MO/00001", "running")
        http("POST", plant.plc_http + "/power-cycle", {"memory": "cleared"})
        self.wait(lambda: len(self.holds(plant)) == 3, "all three are held")
        self.assertIn("empty now", self.holds(plant)["WH/MO/00001"]["reason"])
        self.assertIn("holds it nowhere", self.holds(plant)["WH/MO/00002"]["reason"])
        self.assertIn(("batch_held", "WH/MO/00003"), self.alerts(plant))
        self.assertEqual(len(plant.plc_ledger()["taken"]), 3, "nothing is written again by itself")


class Sqlite(Backup, PlantCase):
    database = "sqlite"

    def test_what_is_no_backup_is_refused(self):
        plant = self.begin(orders=1)
        self.wait_archived(plant, 1)
        plant.processes["batch-store"].stop()
        damaged = plant.folder / "damaged"
        damaged.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
        refused = self.script(plant, "restore.sh", damaged)
        self.assertNotEqual(refused.returncode, 0)
        self.assertIn("damaged", refused.stderr)
        plant.restart("batch-store")
        self.wait(plant.all_online, "the database is as it was")
        self.assertEqual(len(plant.history()), 1)


class Postgresql(Backup, PlantCase):
    database = "postgresql"


if __name__ == "__main__":
    unittest.main()
