"""Odoo in trouble, and people who work in it."""

import time
import urllib.parse

from evidence import reader_for, seconds_of
from faults.table import fault

# Long enough to see whether the rest waits for it, on a busy machine as well.
LONG, PATIENCE = 14.0, 9.0

ROUTES = ["mo-list-detailed", "update-with-consumptions", "mark-done", "mo-detail", "authenticate"]


def for_a_while(world, dice, text, faults, holds):
    world.say(f"Odoo: {text} {faults}")
    world.odoo_faults(**faults, seed=dice.randrange(1 << 30))
    yield dice.choice(holds)
    world.odoo_faults()
    world.say("Odoo: well again")


@fault("Odoo refuses connections", "odoo")
def refuse(world, dice):
    world.odoo_wire.refuse()
    world.say("Odoo refuses")
    yield dice.choice([1.0, 6.0])
    world.odoo_wire.admit()
    world.say("Odoo admits")


@fault("Odoo connections reset", "odoo")
def cut(world, dice):
    for _ in range(dice.randint(3, 10)):
        world.odoo_wire.cut()
        yield dice.uniform(0.02, 0.3)


@fault("Odoo answers cut by the network", "odoo")
def cut_answers(world, dice):
    world.odoo_wire.share, world.odoo_wire.mode = 0.5, "cut_answers"
    world.say("answers of Odoo are cut")
    yield dice.choice([2.0, 5.0])
    world.odoo_wire.mode = "pass"
    world.say("Odoo wire passes")


@fault("Odoo wire stalls", "odoo")
def stall(world, dice):
    world.odoo_wire.mode = "stall"
    world.say("Odoo wire stalls")
    yield dice.choice([1.0, 5.0])
    world.odoo_wire.mode = "pass"
    world.say("Odoo wire passes")


@fault("Odoo answers", "odoo", of=["500", "502", "503", "404"])
def status(world, dice, code):
    yield from for_a_while(world, dice, "an HTML page", {"refuse_status": int(code), "probability": 0.8}, [1.0, 5.0])


@fault("Odoo slow", "odoo")
def slow(world, dice):
    yield from for_a_while(world, dice, "slow", {"slow_ms": dice.choice([500, 3000]), "probability": 0.7}, [2.0, 6.0])


@fault("Odoo commits and hangs", "odoo", of=ROUTES)
def hang(world, dice, route):
    yield from for_a_while(world, dice, "commits, never answers",
                           {"hang_after_commit": True, "route": route, "probability": 0.7}, [2.0, 5.0])


@fault("Odoo cuts its answer", "odoo", of=ROUTES)
def cut_answer(world, dice, route):
    yield from for_a_while(world, dice, "commits, cuts the answer",
                           {"cut_answer": True, "route": route, "probability": 0.7}, [1.0, 4.0])


@fault("Odoo drops its answer", "odoo", of=ROUTES)
def drop_answer(world, dice, route):
    yield from for_a_while(world, dice, "commits, drops the answer",
                           {"drop_answer": True, "route": route, "probability": 0.7}, [1.0, 4.0])


@fault("Odoo sessions expire at each call", "odoo")
def expire(world, dice):
    yield from for_a_while(world, dice, "sessions expire", {"expire_each_call": True, "probability": 0.7}, [2.0, 5.0])


@fault("Odoo partial success", "odoo")
def partial(world, dice):
    codes = sorted({code for order in world.odoo_ledger()["orders"].values() for code in order["to_consume"]
                    if code.startswith(("silo", "lq"))})
    yield from for_a_while(world, dice, "partial", {"partial": dice.sample(codes, 3)}, [2.0, 6.0])


@fault("Odoo leaves the order open", "odoo")
def leaves_open(world, dice):
    yield from for_a_while(world, dice, "mark-done does nothing", {"mark_done_leaves_open": True}, [2.0, 5.0])


@fault("Odoo away for long", "odoo", alone=True, moments=("plc.written", "batch.updated"))
def away(world, dice):
    """Meanwhile the mill goes on: what it has made is read and stored (invariant 7)."""
    yield from for_a_while(world, dice, "away", {"offline": True}, [LONG])
    tables = reader_for(world).rows() or {"mo_batch": [], "mo_histories": []}
    stored = {row["mo_id"][:16] for row in tables["mo_batch"] + tables["mo_histories"]
              if row["status_manufacturing"] or row["status_operation"]}
    for batch in world.plc_ledger()["produced"]:
        if time.time() - seconds_of(batch["ended_at"]) > PATIENCE and batch["order"] not in stored:
            world.held_up.append(f"{batch['order']}: made while Odoo was away, not stored {PATIENCE} s later")


@fault("Odoo: a person changes the quantity", "person")
def enlarge(world, dice):
    """What was fetched is produced; what is fetched later is produced as it is then."""
    name = dice.choice(sorted(world.odoo_ledger()["orders"]))
    world.earlier_orders[name[:16]] = world.odoo_ledger()["orders"][name]
    world.say(f"somebody in Odoo: {name} is enlarged")
    world.as_person(f"/sim/orders/{urllib.parse.quote(name, safe='')}/state", {"state": "enlarge"})
    yield 0


@fault("Odoo: a person, order", "person", of=["done", "cancel", "delete"], alone=True)
def person(world, dice, state):
    name = dice.choice(sorted(world.odoo_ledger()["orders"]))
    world.persons_orders.add(name)
    world.say(f"somebody in Odoo: {name} {state}")
    world.as_person(f"/sim/orders/{urllib.parse.quote(name, safe='')}/state", {"state": state})
    yield 0
