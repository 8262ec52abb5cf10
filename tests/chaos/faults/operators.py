"""People who press every button, twice, while the tasks run."""

import itertools
import json
import threading
import time
import urllib.error
import urllib.parse
import urllib.request

from evidence import reader_for
from faults.messages import Meddler
from faults.plc import DOSES, spoil
from faults.table import fault
from orders_given import Press

HARMLESS = ["manual/trigger-plc-sync", "manual/trigger-process-completed", "trigger-sync", "manual/trigger-sync"]


def press(world, path, body=None):
    try:
        status, answer = world.admin(f"/api/admin/{path}", "POST", body, timeout=15)
    except OSError as gone:
        status, answer = 0, str(gone)
    world.say(f"operator: {path} -> {status} {str(answer)[:200]}")
    return status


def press_twice(world, path, body=None):
    hands = [threading.Thread(target=press, args=(world, path, body)) for _ in range(2)]
    for hand in hands:
        hand.start()
    return hands


@fault("operator triggers tasks", "operator")
def triggers(world, dice):
    hands = []
    for _ in range(dice.randint(3, 8)):
        hands += press_twice(world, dice.choice(HARMLESS))
        yield dice.uniform(0, 0.5)
    for hand in hands:
        hand.join()


@fault("operator switches the scheduler off", "operator")
def toggles(world, dice):
    for hand in press_twice(world, "scheduler/toggle", {"enabled": False}):
        hand.join()
    yield dice.choice([0.5, 4.0])
    while press(world, "scheduler/toggle", {"enabled": True}) != 200:
        yield 0.5


@fault("operator retries pushes", "operator")
def retries(world, dice):
    hands = []
    for _ in range(dice.randint(2, 6)):
        for name in world.orders():
            hands += press_twice(world, f"manual/retry-push-odoo/{name}")
        yield dice.uniform(0, 0.6)
    for hand in hands:
        hand.join()


# -- decisions ---------------------------------------------------------------

NUMBER = itertools.count(1)
PATIENCE = 20  # seconds; the API answers within 15
WRONG = ["manual/reset-batch/WH/MO/99999?push_to_plc=true", "manual/reset-batch/WH/MO/00001?push_to_plc=perhaps",
         "manual/cancel-batch/0", "manual/cancel-batch/eleven", "manual/cancel-batch/", "manual/set-aside/%00",
         "manual/accept-value/" + "X" * 65, "manual/mark-solved/WH/MO/99999", "clear-mo-batch?line=PLC77",
         "reset-task1-start?line=", "manual/set-aside/WH/MO/00001?notes=" + "x" * 501]
BODIES = [None, b"", b"{}", b"[", b"\x00\xff"]  # what a decision never reads


def decide(world, path, body=None, wrong=False):
    user = f"operator-{next(NUMBER)}"
    request = urllib.request.Request(f"{world.admin_url}/api/admin/{path}", data=body, method="POST",
                                     headers={"X-User": user})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            status, text = answer.status, answer.read()
    except urllib.error.HTTPError as refused:
        status, text = refused.code, refused.read()
    except OSError as gone:
        status, text = 0, json.dumps({"message": str(gone)})
    cleared = ()
    try:
        said = json.loads(text)
        message, lines = said["message"], (said.get("data") or {}).get("lines") or []
        cleared = tuple(name for line in lines for name in line.get("cleared", []))
    except (ValueError, KeyError, TypeError):
        message = f"no answer as FACTS 6 has it: {text[:100]}"
        world.held_up.append(f"{path}: {status} {message}")
    world.say(f"{user}: {path} -> {status} {message[:300]}")
    world.pressed.append(Press(user, path, status, message, wrong, cleared))


def decide_twice(world, dice, path, wrong=False):
    hands = [threading.Thread(target=decide, args=(world, path, dice.choice(BODIES), wrong)) for _ in range(2)]
    for hand in hands:
        hand.start()
    return hands


def known_rows(world):
    tables = reader_for(world).rows()
    return (tables["mo_batch"], tables["mo_histories"]) if tables else ([], [])


def some_order(world, dice):
    """Of the queue, mostly; else any."""
    queue = known_rows(world)[0]
    if queue and dice.random() < 0.8:
        return dice.choice(queue)["mo_id"]
    return dice.choice(world.orders())


def held_order(world, dice):
    held = [row["mo_id"] for row in known_rows(world)[0] if row["hold_reason"]]
    return dice.choice(held) if held else some_order(world, dice)


def unsolved_order(world, dice):
    waiting = [row["mo_id"] for row in known_rows(world)[1] if row["booking_open"]]
    return dice.choice(waiting) if waiting else some_order(world, dice)


def path_for(world, dice, button):
    if button == "cancel-batch":
        numbers = [row["batch_no"] for row in known_rows(world)[0]] or [1]
        return f"manual/cancel-batch/{dice.choice(numbers)}?notes=chaos"
    if button in ("clear-mo-batch", "reset-task1-start"):
        return button + dice.choice(["", "?line=PLC01", "?notes=chaos"])
    name = unsolved_order(world, dice) if button == "mark-solved" else some_order(world, dice)
    name = urllib.parse.quote(name, safe="") if dice.random() < 0.5 else name
    again = button == "reset-batch, push_to_plc"
    return f"manual/{button.split(',')[0]}/{name}" + ("?push_to_plc=true" if again else "")


BUTTONS = {"reset": ["reset-batch"], "produce again": ["reset-batch, push_to_plc"], "cancel": ["cancel-batch"],
           "set aside": ["set-aside", "mark-solved"], "accept and solve": ["accept-value", "set-aside", "mark-solved"],
           "clear": ["clear-mo-batch"], "reset task 1": ["reset-task1-start"],
           "everything": ["reset-batch", "reset-batch, push_to_plc", "cancel-batch", "set-aside", "accept-value",
                          "mark-solved", "clear-mo-batch", "reset-task1-start"]}


@fault("operator decides:", "operator", of=sorted(BUTTONS),
       moments=("mo.fetched", "batch.staged", "plc.written", "plc.read", "batch.updated", "odoo.pushed",
                "batch.completed", "plc.acknowledged", "batch.archived"))
def decides(world, dice, kind):
    """Each button twice at the same time, beside the tasks; sometimes while Odoo is away, so that rows wait."""
    hands = []
    bring_orders_if_none(world)
    away = dice.random() < 0.6 and not any(action.fault.startswith("Odoo") for action in world.schedule.actions)
    if away:
        world.say("Odoo is away while he decides")
        world.odoo_faults(offline=True)
    if kind == "accept and solve":
        world.witness.wait_for("batch.updated", world.witness.count("batch.updated") + 1, 4)
        for _ in spoil(world, dice, DOSES + 1, [0x0020, 0xFFFF], "an implausible dose", 0):
            for _ in range(4):
                yield 0.1
                hands += decide_twice(world, dice, f"manual/accept-value/{held_order(world, dice)}")
    for number in range(dice.randint(2, 6)):
        if number == 2 and not away:
            bring_orders_if_none(world)
        hands += decide_twice(world, dice, path_for(world, dice, dice.choice(BUTTONS[kind])))
        if dice.random() < 0.3:
            hands += decide_twice(world, dice, dice.choice(WRONG), wrong=True)
        if dice.random() < 0.3:
            hands += press_twice(world, dice.choice(HARMLESS))
        yield dice.choice([0.0, dice.uniform(0.1, 0.8), dice.uniform(0.1, 0.8)])
    if away:
        world.odoo_faults()
        world.say("Odoo is back")
    for hand in hands:
        hand.join()


def bring_orders_if_none(world):
    if not known_rows(world)[0]:
        bring_orders(world)


def bring_orders(world):
    staged = world.witness.count("batch.staged")
    world.more_orders(3)
    world.witness.wait_for("batch.staged", staged + 1, 6)


@fault("operator's commands come again", "operator", moments=("plc.written", "batch.updated", "batch.completed"))
def commands_again(world, dice):
    """As a broker may deliver them: doubled at once, or once more when the next queue is there."""
    meddler = Meddler(world)
    yield 0.3
    hands = []
    for button in dice.sample(BUTTONS["everything"], 4):
        hands += decide_twice(world, dice, path_for(world, dice, button))
    for hand in hands:
        hand.join()
    decisions = [(topic, payload) for topic, payload in meddler.known()
                 if topic.endswith(("/batch.decide", "/queue.clear", "/batch.retry_push"))]
    if dice.random() < 0.5:
        bring_orders(world)
    yield dice.choice([0.0, dice.uniform(0, 2)])
    dice.shuffle(decisions)
    world.say(f"{len(decisions)} commands of operators come again")
    for topic, payload in decisions:
        meddler.say(topic, payload, ours=False)
    yield 1.0


class Tidying:
    """What waits for a person because of an operator's decision, he sets aside in the end, as he is advised to."""

    PAUSE = 6.0  # seconds; by itself it would have gone on by then

    def __init__(self, world):
        self.world, self.since = world, {}

    def go_on(self, tables):
        decided = {entry["mo_id"] for entry in tables["audit"]}
        now = time.monotonic()
        waiting = {row["mo_id"] for row in tables["mo_batch"]
                   if row["mo_id"] in decided and (row["hold_reason"] or row["push_error"])}
        self.since = {name: self.since.get(name, now) for name in waiting}
        for name, since in self.since.items():
            if now - since > self.PAUSE:
                decide(self.world, f"manual/set-aside/{name}")
                self.since[name] = now
