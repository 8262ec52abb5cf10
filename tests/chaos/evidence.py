"""What the outside shows of a run: ledgers, database, events. Read, not asked of the product."""

import json
import sqlite3
import subprocess
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

POINTS = {str(101 + i): f"silo_{letter}" for i, letter in enumerate("abcdefghijklm")}
POINTS.update({"114": "lq_tetes", "115": "lq_fml"})
ODOO_CODES = {point: (f"lq{point}" if point in ("114", "115") else f"silo{point}") for point in POINTS}


def seconds_of(stamp):
    """Since the epoch, of "2026-11-22T13:29:33.357Z"."""
    return datetime.fromisoformat(stamp.replace("Z", "+00:00")).timestamp()


def kg(value):
    return Decimal(str(value or 0)).quantize(Decimal("0.001"))


@dataclass(frozen=True)
class Figures:
    """Kilograms by dosing point, those above 0, and the weight."""
    doses: tuple
    weight: Decimal

    @staticmethod
    def of(doses, weight):
        return Figures(tuple(sorted((point, kg(mass)) for point, mass in doses.items() if kg(mass))), kg(weight))

    @staticmethod
    def of_row(row):
        return Figures.of({point: row[f"actual_consumption_{tag}"] for point, tag in POINTS.items()},
                          row["actual_weight_quantity_finished_goods"])

    @staticmethod
    def of_event(data):
        return Figures.of({point: data["consumption_kg"].get(tag) for point, tag in POINTS.items()}, data["weight_kg"])

    @staticmethod
    def of_plc(batch):
        return Figures.of(batch["actual"], batch["weight"])

    @staticmethod
    def of_odoo(order, quantity):
        return Figures.of({point: order["consumed"].get(code) for point, code in ODOO_CODES.items()}, order[quantity])

    def __str__(self):
        return " ".join(f"{point}={mass}" for point, mass in self.doses) + f" weight={self.weight}"


TABLES = ["mo_batch", "mo_histories", "alert", "outbox", "pending_acknowledge", "audit"]


class SqliteReader:
    def __init__(self, path):
        self.path = path

    def rows(self):
        """All tables as of one moment, or None when they cannot be read now."""
        try:
            db = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=0.5, isolation_level=None)
        except sqlite3.Error:
            return None
        try:
            db.row_factory = sqlite3.Row
            db.execute("begin")
            return {table: [dict(row) for row in db.execute(f"select * from {table}")] for table in TABLES}
        except sqlite3.Error:
            return None
        finally:
            db.close()


class PostgresReader:
    def __init__(self, port):
        parts = ", ".join(f"'{table}', (select coalesce(json_agg(t), '[]') from {table} t)" for table in TABLES)
        self.command = ["psql", "-h", "127.0.0.1", "-p", str(port), "-U", "millrace", "-d", "plc", "-qAt", "-c",
                        "set lock_timeout='300ms'", "-c", f"select json_build_object({parts})"]

    def rows(self):
        try:
            done = subprocess.run(self.command, capture_output=True, text=True, timeout=5, check=False)
            return json.loads(done.stdout) if done.returncode == 0 else None
        except (subprocess.TimeoutExpired, ValueError):
            return None


def reader_for(world):
    return SqliteReader(world.database_file) if world.database == "sqlite" else PostgresReader(world.postgres_port)


@dataclass
class Evidence:
    """All that the invariants are judged by."""
    odoo: dict
    plc: dict
    tables: dict
    arrivals: list
    observed: "Observer"
    failing: list = field(default_factory=list)  # orders whose batch the PLC lets fail
    weightless: list = field(default_factory=list)
    persons_orders: set = field(default_factory=set)  # orders whose end needs a person
    plc_lost_memory: bool = False
    earlier_orders: dict = field(default_factory=dict)  # by cut name: as they were before a person changed them
    broker_forgot: bool = False
    injected: set = field(default_factory=set)
    held_up: list = field(default_factory=list)
    at_rest: bool = True
    late_stops: list = field(default_factory=list)
    pressed: list = field(default_factory=list)  # what operators ordered: orders_given.Press


class Observer:
    """Looks again and again while the run goes on; remembers what must never have been so."""

    def __init__(self):
        self.finished = {}  # row id -> figures when first seen finished
        self.changed, self.acknowledged_unstored, self.double_placed = [], [], []
        self.both = {}

    def look(self, plc, tables):
        """`plc` was read before `tables`."""
        stored = {}
        for row in tables["mo_batch"] + tables["mo_histories"]:
            if not row["status_manufacturing"]:
                continue
            figures = Figures.of_row(row)
            stored.setdefault(row["mo_id"][:16], set()).add(figures)
            # Produced again, it is in another slot.
            first = self.finished.setdefault((row["id"], row["batch_no"]), (row["mo_id"], figures))[1]
            if first != figures:
                self.changed.append(f"{row['mo_id']}: {first} became {figures}")
        excused = {row["mo_id"][:16] for row in tables["mo_batch"] + tables["mo_histories"]
                   if row["status_operation"] or row["state"] == "failed"}
        # Figures that an operator gave up, booked by hand, or accepted as they stood in the PLC.
        excused |= {entry["mo_id"][:16] for entry in tables["audit"]
                    if entry["action"] in ("reset", "reset_and_write", "mark_solved", "accept")}
        for batch in plc["produced"]:
            if not batch["acknowledged_at"] or batch["order"] in excused:
                continue
            if Figures.of_plc(batch) not in stored.get(batch["order"], set()):
                self.acknowledged_unstored.append(
                    f"{batch['order']}: acknowledged at {batch['acknowledged_at']}, not stored: {Figures.of_plc(batch)}")
        active = {row["mo_id"] for row in tables["mo_batch"]}
        let_come = {entry["mo_id"] for entry in tables["audit"] if "comes again with the next fetch" in entry["outcome"]}
        for row in tables["mo_histories"]:
            if row["mo_id"] in active - let_come and (row["status"] != "cleared" or row["open_in_odoo"]):
                self.double_placed.append(f"{row['mo_id']}: in mo_batch and in mo_histories ({row['status']})")
