"""Do orders go from Odoo into the PLC and back, on each database and transport?"""

import re
import unittest
from decimal import Decimal

from plant_case import PlantCase, http


class TheWayOfAnOrder(PlantCase):
    def test_ten_orders_on_sqlite_over_udp(self):
        plant = self.plant(orders=10, batch_seconds=0.3)
        self.wait_archived(plant, 10, 90)
        self.assert_agreement(plant)
        self.assertEqual(plant.queue(), [])

    def test_three_orders_on_postgresql_over_tcp(self):
        plant = self.plant(orders=3, database="postgres", protocol="tcp")
        self.wait_archived(plant, 3)
        self.assert_agreement(plant)

    def test_a_small_plc_that_takes_269_words(self):
        plant = self.plant(plc={"PLC_SIM_MAX_WORDS": "269"})
        self.wait_archived(plant, 2)
        self.assert_agreement(plant)

    def test_two_queues_follow_each_other_without_waiting_for_the_clock(self):
        plant = self.plant(orders=12, batch_seconds=0.1, services={"SYNC_INTERVAL": "10m"})
        self.wait_archived(plant, 12, 60)
        self.assert_agreement(plant)

    def test_orders_that_look_the_same_in_the_plc_are_not_confused(self):
        # The PLC holds 16 characters.
        names = ["WH/MO/90003-00001", "WH/MO/90003-0000", "WH/MO/90003-00002"]

        def orders_alike(plant):
            status, answer = http("POST", plant.odoo_http + "/sim/orders", {"orders": [{
                "mo_id": name, "product_name": "FEED", "quantity": 500, "equipment": {"code": "PLC01", "name": "Line"},
                "components_consumption": [{"product_name": "MAIZE", "to_consume": 500,
                                            "equipment": {"code": "silo101", "name": "SILO A"}}],
            } for name in names]})
            self.assertEqual(status, 200, answer)
        plant = self.plant(orders=0, before_services=orders_alike)
        self.wait_archived(plant, 3)
        made = plant.plc_ledger()["produced"]
        self.assertEqual([batch["order"] for batch in made], [names[1]] * 3)
        booked = sorted(Decimal(plant.order_in_odoo(name)["finished_qty"]) for name in names)
        self.assertEqual(booked, sorted(Decimal(batch["weight"]) for batch in made))
        self.assertEqual({plant.order_in_odoo(name)["done_count"] for name in names}, {1})

    def test_one_frame_per_cycle_and_fourteen_to_write_ten(self):
        plant = self.plant(orders=10, batch_seconds=30)
        self.wait_state(plant, "WH/MO/00001", "running")
        written = re.search(r"plc\.queue_written .*frames=(\d+)", plant.processes["batch-store"].log())
        # This plant is new: at the first commissioning the marker goes ahead by itself.
        self.assertLessEqual(int(written[1]), 14 + 1)
        cycle = [r for r in plant.plc_ledger()["frames"]["requests"] if r["address"] == 6000 and r["command"] == "0101"]
        self.assertTrue(cycle)
        self.assertEqual({r["count"] for r in cycle}, {977})

    def test_admin_answers_in_the_old_shapes(self):
        plant = self.plant(orders=1, batch_seconds=1)
        self.wait_state(plant, "WH/MO/00001", "running")
        status, answer = plant.admin("/admin/batch-status")
        self.assertEqual((status, answer["status"]), (200, "success"))
        self.assertEqual(answer["data"]["total_batches"], 1)
        self.assertEqual(answer["data"]["batches"][0]["equipment"], "PLC01")
        self.wait_archived(plant, 1)
        for path in ("/api/admin/history/WH/MO/00001", "/api/admin/history/WH%2FMO%2F00001"):
            status, answer = plant.admin(path)
            self.assertEqual((status, answer["data"]["status"]), (200, "completed"))
        status, answer = plant.admin("/api/admin/history/WH/MO/99999")
        self.assertEqual((status, answer["status"]), (404, "error"))
        self.assertIn("WH/MO/99999", answer["message"])


if __name__ == "__main__":
    unittest.main()
