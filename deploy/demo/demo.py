#!/usr/bin/env python3
"""Ten orders from Odoo into the PLC, produced, booked and archived: watched."""

import argparse
import json
import shutil
import signal
import sys
import time

from ledgers import compare
from plant import Plant, PlantError, new_folder

STATES = {"staged": "waits for the PLC", "written": "in the PLC", "running": "running",
          "completed": "finished, being booked", "failed": "failed", "completed_history": "booked, done, archived"}


def options():
    parser = argparse.ArgumentParser(prog="deploy/demo.sh", description=__doc__)
    parser.add_argument("--batches", type=int, default=10, metavar="N", help="orders in Odoo (default 10)")
    parser.add_argument("--batch-seconds", type=float, default=3.0, metavar="S",
                        help="how long the simulated mill takes per batch (default 3)")
    parser.add_argument("--postgres", action="store_true", help="a private PostgreSQL cluster instead of SQLite")
    parser.add_argument("--tcp", action="store_true", help="FINS over TCP instead of UDP")
    parser.add_argument("--keep", action="store_true", help="leave everything running afterwards, until Ctrl-C")
    parser.add_argument("--json", action="store_true", help="print only the summary, as JSON")
    chosen = parser.parse_args()
    if not 1 <= chosen.batches <= 10000:
        parser.error(f"--batches {chosen.batches}: expected 1..10000")
    if not 0.05 <= chosen.batch_seconds <= 3600:
        parser.error(f"--batch-seconds {chosen.batch_seconds}: expected 0.05..3600")
    return chosen


class View:
    """The live table. Redraws in a terminal, else prints what changed."""

    def __init__(self, quiet):
        self.quiet, self.live = quiet, sys.stdout.isatty() and not quiet
        self.drawn, self.seen = 0, {}

    def say(self, text):
        if not self.quiet:
            print(text, flush=True)

    def show(self, rows):
        if self.live:
            self.redraw(rows)
        elif not self.quiet:
            for row in rows:
                if self.seen.get(row["order"]) != row["state"]:
                    self.seen[row["order"]] = row["state"]
                    print(f"  {row['order']:<16} {row['state']:<24} {row['done']:>9.2f} of {row['planned']:>9.2f} kg",
                          flush=True)

    def redraw(self, rows):
        height = max(shutil.get_terminal_size().lines - 6, 5)
        lines = [f"  {'order':<16} {'state':<24} {'planned kg':>11} {'done kg':>11}  progress"]
        for row in rows[-height:]:
            share = min(row["done"] / row["planned"], 1) if row["planned"] else 0
            bar = "█" * round(20 * share) + "·" * (20 - round(20 * share))
            lines.append(f"  {row['order']:<16} {row['state']:<24} {row['planned']:>11.2f} {row['done']:>11.2f}  {bar}")
        sys.stdout.write(f"\x1b[{self.drawn}F\x1b[J" if self.drawn else "")
        print("\n".join(lines), flush=True)
        self.drawn = len(lines)


def table(plant, orders):
    """One row per order of our line: where it is, planned and dosed kg."""
    queue = {batch["mo_id"]: batch for batch in plant.queue() or []}
    history = {row["mo_id"]: row for row in plant.history() or []}
    rows = []
    for name in orders:
        if name in queue:
            batch = queue[name]
            rows.append({"order": name, "state": STATES.get(batch["state"], batch["state"]),
                         "planned": batch["planned"], "done": batch["actual"]})
        elif name in history:
            past = history[name]
            done = sum(kg for key, kg in past.items() if key.startswith("actual_consumption_"))
            planned = sum(kg for key, kg in past.items() if key.startswith("consumption_"))
            state = STATES["completed_history"] if past["status"] == "completed" else past["status"]
            rows.append({"order": name, "state": state, "planned": planned, "done": done})
        else:
            rows.append({"order": name, "state": "confirmed in Odoo", "planned": 0.0, "done": 0.0})
    return rows


def watch(plant, view, seconds):
    orders = plant.orders()
    end = time.monotonic() + seconds
    while True:
        view.show(table(plant, orders))
        history = plant.history() or []
        if {row["mo_id"] for row in history} >= set(orders):
            view.show(table(plant, orders))
            return orders
        gone = [name for name, process in plant.processes.items() if not process.running()]
        if gone:
            raise PlantError(f"ended by itself: {', '.join(gone)}; see the logs in {plant.folder}")
        if time.monotonic() > end:
            raise PlantError(f"not all orders were through within {seconds:.0f} s; see the logs in {plant.folder}")
        time.sleep(0.2)


def summary(plant, orders, took):
    plc = plant.plc_ledger()
    figures, differences = compare(plant.odoo_ledger(), plc, plant.history(limit=1000), orders)
    return {"orders": len(orders), "figures_compared": figures, "differences": differences,
            "seconds": round(took, 1), "plc_reads": plc["frames"]["reads"], "plc_writes": plc["frames"]["writes"],
            "database": plant.database, "admin_api": plant.admin_url, "folder": str(plant.folder)}


def main():
    chosen = options()
    view = View(chosen.json)
    plant = Plant(new_folder(), database="postgres" if chosen.postgres else "sqlite", orders=chosen.batches,
                  batch_seconds=chosen.batch_seconds, protocol="tcp" if chosen.tcp else "udp")
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    tidy = True
    try:
        view.say(f"starting broker, database, simulators and services in {plant.folder}")
        began = time.monotonic()
        plant.start()
        view.say(f"admin API: {plant.admin_url}/api/admin/batch-status")
        view.say(f"PLC simulator: {plant.plc_http}/ledger   Odoo simulator: {plant.odoo_http}/sim/ledger")
        orders = watch(plant, view, 120 + chosen.batches * (chosen.batch_seconds + 2))
        result = summary(plant, orders, time.monotonic() - began)
        if chosen.json:
            print(json.dumps(result, indent=2), flush=True)
        for difference in result["differences"]:
            view.say(f"  DIFFERENT: {difference}")
        view.say(f"{result['orders']} orders, {result['figures_compared']} figures compared between the PLC and Odoo: "
                 f"{len(result['differences'])} differences ({result['seconds']} s)")
        tidy = not result["differences"]
        if chosen.keep:
            view.say(f"still running; admin API {plant.admin_url}, logs in {plant.folder}. Ctrl-C ends it.")
            signal.pause()
        return 0 if not result["differences"] else 1
    except KeyboardInterrupt:
        view.say("\nstopping")
        return 0 if chosen.keep else 130
    except PlantError as error:
        tidy = False
        print(f"demo: {error}", file=sys.stderr)
        return 1
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for late in plant.stop():
            print(f"demo: {late}", file=sys.stderr)
        if tidy:
            shutil.rmtree(plant.folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(main())
