"""One run: a plant, a schedule of faults, the rest afterwards, the judgement."""

import json
import random
import shutil
import threading
import time
import traceback
from dataclasses import dataclass, field

import invariants
import orders_given as given
import timeline
from evidence import Evidence, Observer, reader_for, seconds_of
from faults import operators
from world import Impossible, PlantError, World, new_folder

MOMENT_PATIENCE = 12  # seconds until a fault comes although its moment did not
FAULT_PATIENCE = 600
REST_PATIENCE = 60  # on a busy machine; the figure that counts is the recovery time


@dataclass
class Result:
    seed: int
    faults: list
    violations: list = field(default_factory=list)
    recovery: float = 0.0
    seconds: float = 0.0
    folder: str = ""
    impossible: str = ""


def run(schedule, table, build=None, keep=False):
    folder = new_folder()
    result = Result(schedule.seed, [action.fault for action in schedule.actions], folder=str(folder))
    (folder / "schedule.json").write_text(json.dumps(schedule.as_json(), indent=1))
    began = time.monotonic()
    world = World(folder, schedule, build)
    evidence = None
    threading.excepthook = lambda died: result.violations.append("driver: " + "".join(traceback.format_exception(
        died.exc_type, died.exc_value, died.exc_traceback)))
    try:
        driver = Driver(world, table)
        try:
            world.start()
            result.recovery = driver.drive()
        finally:
            driver.stop()
            late = world.stop()
        evidence = driver.evidence(late)
        result.violations += invariants.check(evidence)
    except Impossible as why:
        result.impossible = str(why)
    except Exception:  # pylint: disable=broad-except
        result.violations.append("driver: " + traceback.format_exc())
    result.seconds = time.monotonic() - began
    leave(world, result, evidence, keep)
    return result


def leave(world, result, evidence, keep):
    keep = keep or result.violations
    world.unmount(keep)
    world.actions.close()
    if not keep:
        shutil.rmtree(world.folder, ignore_errors=True)
        result.folder = ""
        return
    (world.folder / "timeline.txt").write_text(timeline.merge(world.folder, world.witness.arrivals if hasattr(
        world, "witness") else []))
    (world.folder / "violations.txt").write_text("\n".join([f"seed {result.seed}", *result.violations, ""]))
    if evidence:
        for name in ("odoo", "plc", "tables"):
            (world.folder / f"{name}.json").write_text(json.dumps(getattr(evidence, name), indent=1, default=str))


class Driver:
    def __init__(self, world, table):
        self.world, self.table = world, table
        self.reader = None
        self.observer = Observer()
        self.failures = []
        self.over = threading.Event()
        self.latest, self.plc, self.watching = None, None, None

    def drive(self):
        """Seconds that the plant needed after the last fault, beyond what the mill was busy."""
        schedule = self.world.schedule
        self.start_watching()
        hands = [threading.Thread(target=self.act, args=(action,), daemon=True) for action in schedule.actions]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join(FAULT_PATIENCE)
            if hand.is_alive():
                raise PlantError("a fault did not end")
        if self.failures:
            raise PlantError("; ".join(self.failures))
        healed = time.time()
        self.world.say("all faults over")
        self.world.more_orders(schedule.later_orders)
        recovery = self.settle(healed)
        self.finish()
        return recovery

    def start_watching(self):
        self.reader = reader_for(self.world)
        self.watching = threading.Thread(target=self.watch, daemon=True)
        self.watching.start()

    def act(self, action):
        dice = random.Random(action.seed)
        fault = self.table[action.fault]
        if action.nth:
            self.world.witness.wait_for(action.moment, action.nth, MOMENT_PATIENCE)
        time.sleep(action.delay)
        with self.world.lock_of(fault.resource):
            self.world.say(f"FAULT {action.fault} begins ({action.moment} {action.nth})")
            try:
                for pause in fault.act(self.world, dice):
                    time.sleep(pause)
            except Exception:  # pylint: disable=broad-except
                self.failures.append(f"{action.fault}: {traceback.format_exc()}")
            self.world.say(f"FAULT {action.fault} over")

    def watch(self):
        while not self.over.wait(0.15 if self.world.database == "sqlite" else 0.4):
            self.world.supervise()
            self.look()

    def look(self):
        plc = self.world.plc_ledger()  # first: what is acknowledged there must be in what is read next
        tables = self.reader.rows()
        if tables is None:
            return False
        self.observer.look(plc, tables)
        self.plc, self.latest = plc, tables
        return True

    def snapshot(self, late=()):
        world = self.world
        return Evidence(odoo=self.odoo, plc=self.plc, tables=self.latest, arrivals=list(world.witness.arrivals),
                        observed=self.observer, failing=world.schedule.failing, weightless=world.schedule.weightless,
                        persons_orders=world.persons_orders, plc_lost_memory=world.plc_lost_memory,
                        earlier_orders=world.earlier_orders, held_up=world.held_up,
                        broker_forgot=world.broker_forgot or world.witness.sessions_lost > 0, injected=world.injected,
                        late_stops=list(late), pressed=list(world.pressed))

    def settle(self, healed):
        """Waits for the rest; the recovery time."""
        end = healed + REST_PATIENCE
        self.rested = False
        tidying = operators.Tidying(self.world)
        while not self.rested and time.time() < end:
            self.odoo = self.world.odoo_ledger()
            time.sleep(0.2)
            self.rested = bool(self.latest) and at_rest(self.snapshot())
            if self.latest:
                tidying.go_on(self.latest)
        now = time.time()
        self.world.say("at rest" if self.rested else "not at rest")
        return max(0.0, now - healed - mill_busy(self.world.plc_ledger(), healed, now))

    def finish(self):
        """The last look, when nothing changes any more."""
        time.sleep(0.3)  # the last events are on their way to the witness
        self.stop()
        end = time.time() + 30
        while not self.look() and time.time() < end:
            time.sleep(0.2)
        self.odoo = self.world.odoo_ledger()

    def stop(self):
        """Looks no more."""
        self.over.set()
        if self.watching:
            self.watching.join(20)

    def evidence(self, late):
        evidence = self.snapshot(late)
        evidence.at_rest = self.rested
        return evidence


def at_rest(evidence):
    """Nothing is left to do but for people."""
    tables = evidence.tables
    for row in tables["mo_batch"]:
        if not invariants.needs_person(evidence, row["mo_id"]) or not invariants.told_to_people(evidence, row["mo_id"]):
            return False
    for name in invariants.ours(evidence):
        past = invariants.places(evidence, name)[1]
        if not invariants.needs_person(evidence, name) and not any(given.is_final(row) for row in past):
            return False
    if not evidence.plc_lost_memory and len(evidence.plc["produced"]) < len(
            [batch for batch in evidence.plc["taken"] if not batch["lost"]]):
        return False  # the mill runs what an operator does not want any more
    unread = [batch for batch in evidence.plc["produced"] if batch["status"] == "finished" and not batch["acknowledged_at"]]
    return not tables["outbox"] and (evidence.plc_lost_memory or not unread and not tables["pending_acknowledge"])


def mill_busy(plc, since, until):
    """Seconds between the two in which the mill ran a batch: no software makes it faster."""
    busy = 0.0
    for batch in plc["produced"]:
        begin, end = seconds_of(batch["started_at"]), seconds_of(batch["ended_at"])
        busy += max(0.0, min(end, until) - max(begin, since))
    return busy
