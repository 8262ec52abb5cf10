"""Compares what Odoo holds with what the PLC produced, figure by figure."""

from decimal import Decimal

LIQUIDS = {"114": "lq114", "115": "lq115"}


def odoo_code(point):
    """Odoo's equipment code of a dosing point's id ("101" is "silo101")."""
    return LIQUIDS.get(point, f"silo{point}")


def compare(odoo, plc, history, expected_orders):
    """Figures compared, and every difference in words."""
    differences = []
    figures = 0
    produced = {}
    for batch in plc["produced"]:
        if batch["order"] in produced:
            differences.append(f"{batch['order']}: produced twice")
        produced[batch["order"]] = batch
    orders = odoo["orders"]
    archived = {}
    for row in history:
        archived.setdefault(row["mo_id"], []).append(row)

    for name in expected_orders:
        order, batch = orders.get(name), produced.get(name[:16])
        if batch is None:
            differences.append(f"{name}: not produced")
            continue
        if order["state"] != "done":
            differences.append(f"{name}: is {order['state']} in Odoo, not done")
        if order["done_count"] != 1:
            differences.append(f"{name}: marked done {order['done_count']} times")
        held = {code: Decimal(kg) for code, kg in order["consumed"].items()}
        for point, kg in batch["actual"].items():
            figures += 1
            booked = held.get(odoo_code(point), Decimal(0))
            if booked != Decimal(kg):
                differences.append(f"{name} {odoo_code(point)}: PLC {kg} kg, Odoo {booked} kg")
        for code in held.keys() - {odoo_code(point) for point in batch["actual"]}:
            if code.startswith(("silo", "lq")):
                differences.append(f"{name} {code}: Odoo {held[code]} kg, the PLC dosed nothing")
        figures += 1
        if Decimal(order["finished_qty"] or "0") != Decimal(batch["weight"]):
            differences.append(f"{name}: PLC weight {batch['weight']} kg, Odoo {order['finished_qty']} kg")
        rows = archived.get(name, [])
        if len(rows) != 1 or rows[0]["status"] != "completed":
            differences.append(f"{name}: {len(rows)} rows in mo_histories, expected one, completed")
    for violation in plc["violations"]:
        differences.append(f"PLC: {violation['kind']}: {violation['detail']}")
    return figures, differences
