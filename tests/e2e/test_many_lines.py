"""Does one set of processes run many lines, and does one line's trouble stay there?"""

import json
import unittest

from plant_case import PlantCase, compare, http

LINES = ["PLC01", "PLC02", "PLC03"]


class ManyLines(PlantCase):
    def lines_from_a_file(self, plant):
        """Three lines with a PLC each, one of them over TCP; two orders for each line."""
        self.plcs = {"PLC01": (plant.plc_port, plant.plc_http)}
        for code in LINES[1:]:
            self.plcs[code] = plant.start_another_plc(f"plc-simulator-{code}")
        path = plant.folder / "lines.json"
        path.write_text(json.dumps({"lines": [
            {"code": code, "plc_ip": "127.0.0.1", "plc_port": int(port),
             "plc_protocol": "tcp" if code == "PLC02" else "udp"} for code, (port, _) in self.plcs.items()]}))
        plant.settings["LINES_FILE"] = str(path)
        for name in ("LINES", "PLC_IP", "PLC_PORT"):
            plant.settings[name] = ""
        for code in LINES:
            status, answer = http("POST", plant.odoo_http + "/sim/orders", {"count": 2, "line": code})
            self.assertEqual(status, 200, answer)

    def differences(self, plant, code):
        ledger = plant.odoo_ledger()
        orders = sorted(name for name, order in ledger["orders"].items() if order["line"] == code)
        self.assertEqual(len(orders), 2)
        produced = http("GET", self.plcs[code][1] + "/ledger")[1]
        rows = [row for row in plant.history() if row["equipment_id_batch"] == code]
        figures, differences = compare(ledger, produced, rows, orders)
        self.assertGreaterEqual(figures, 4)
        return differences

    def archived(self, plant, code):
        return [row for row in plant.history() or [] if row["equipment_id_batch"] == code]

    def test_each_line_makes_its_own_orders_and_no_others(self):
        plant = self.plant(self.lines_from_a_file, orders=0,
                           odoo={"ODOO_SIM_FOREIGN": "0"})
        self.wait_archived(plant, 6)
        for code in LINES:
            self.assertEqual(self.differences(plant, code), [])
        self.assertEqual(sorted(plant.try_admin("/api/health")["lines"]), LINES)

    def test_a_line_without_its_plc_holds_up_no_other(self):
        def one_plc_is_away(plant):
            self.lines_from_a_file(plant)
            plant.processes["plc-simulator-PLC03"].stop()
        plant = self.plant(one_plc_is_away, orders=0,
                           odoo={"ODOO_SIM_FOREIGN": "0"})
        self.wait_archived(plant, 4)
        self.assertEqual(self.archived(plant, "PLC03"), [])
        for code in LINES[:2]:
            self.assertEqual(self.differences(plant, code), [])
        port, control = self.plcs["PLC03"]
        plant.start_another_plc("plc-simulator-PLC03", port, control.rsplit(":", 1)[1])
        self.wait_archived(plant, 6)
        self.assertEqual(self.differences(plant, "PLC03"), [])


if __name__ == "__main__":
    unittest.main()
