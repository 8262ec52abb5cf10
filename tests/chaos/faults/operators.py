"""People who press every button, twice, while the tasks run."""

import threading

from faults.table import fault

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
