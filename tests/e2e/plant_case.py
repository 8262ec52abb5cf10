"""A test that owns a whole plant: real broker, database and processes."""

import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy" / "demo"))
# pylint: disable=wrong-import-position
from ledgers import compare  # noqa: E402
from plant import Plant, http, new_folder, wait_until  # noqa: E402,F401


class PlantCase(unittest.TestCase):
    """Leaves the folder with all logs behind when a test fails."""

    def plant(self, before_services=None, **options):
        plant = Plant(new_folder(), **{"orders": 2, "batch_seconds": 0.5, **options})
        self.addCleanup(self.tidy, plant)
        return plant.start(before_services)

    def tidy(self, plant):
        late = plant.stop()
        result = self._outcome.result
        if any(case is self for case, _ in result.errors + result.failures):
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
