"""A test that owns a whole plant: real broker, database and processes."""

import os
import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy" / "demo"))
# pylint: disable=wrong-import-position
from ledgers import compare  # noqa: E402
from plant import Plant, http, new_folder, wait_until  # noqa: E402,F401

BUILD = os.environ.get("MILLRACE_BUILD", "release")


class PlantCase(unittest.TestCase):
    """Leaves the folder with all logs behind when a test fails."""

    def plant(self, start=True, **options):
        options = {"orders": 2, "batch_seconds": 0.5, "build": BUILD, **options}
        plant = Plant(new_folder(), **options)
        self.addCleanup(self.tidy, plant)
        return plant.start() if start else plant

    def tidy(self, plant):
        late = plant.stop()
        outcome = self._outcome
        failed = any(error for _, error in getattr(outcome, "errors", [])) or not outcome.success
        if failed:
            sys.stderr.write(f"\n{self.id()}: logs in {plant.folder}\n")
        else:
            shutil.rmtree(plant.folder, ignore_errors=True)
        self.assertEqual(late, [], "every process ends by itself after SIGTERM")

    def wait(self, condition, what, seconds=30):
        return wait_until(condition, seconds, what)

    def wait_archived(self, plant, count, seconds=60):
        def rows():
            history = plant.history() or []
            return history if len(history) >= count else None
        return self.wait(rows, f"{count} rows in mo_histories", seconds)

    def wait_state(self, plant, order, state, seconds=30):
        def found():
            for batch in plant.queue() or []:
                if batch["mo_id"] == order and batch["state"] == state:
                    return batch
            return None
        return self.wait(found, f"{order} is {state}", seconds)

    def assert_agreement(self, plant, orders=None):
        """Odoo, PLC and history hold the same figures; nothing was made twice."""
        expected = orders if orders is not None else plant.orders()
        figures, differences = compare(plant.odoo_ledger(), plant.plc_ledger(), plant.history(), expected)
        self.assertEqual(differences, [])
        self.assertGreaterEqual(figures, 2 * len(expected), "the comparison compared something")
