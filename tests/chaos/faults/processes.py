"""Services that die, hang, or are there twice."""

import signal
import time

from faults.table import fault
from world import SERVICES, free_http_port, wait_until

# Longer than PLC and Odoo time-outs; than the MQTT keep-alive's 15 s.
FREEZES = [1.0, 4.0, 17.0]
# Points that every service passes soon after its start, and those of one.
KILL_POINTS = {
    "batch-store": [("store.before_commit", 12), ("store.after_commit", 12), ("store.before_statement", 40),
                    ("outbox.before_publish", 8), ("outbox.after_publish", 8), ("outbox.acknowledged", 8),
                    ("outbox.removed", 5), ("send.before.plc.write", 1), ("send.after.plc.write", 1),
                    ("send.before.odoo.push", 5), ("send.after.odoo.push", 5), ("send.before.plc.acknowledge", 3),
                    ("send.after.plc.acknowledge", 3), ("bus.answered", 40), ("bus.arrived", 40)],
    "plc-gateway": [("plc.before.queue.read", 3), ("plc.before.queue.write", 12), ("plc.answered", 16),
                    ("plc.before.acknowledge.read", 2), ("plc.before.acknowledge.write", 2),
                    ("send.before.plc.written", 1), ("send.after.plc.written", 1), ("send.before.plc.read", 5),
                    ("send.after.plc.acknowledged", 2)],
    "odoo-gateway": [(f"odoo.{when}.{route}", most) for when in ("before", "after") for route, most in (
        ("authenticate", 1), ("mo-list-detailed", 2), ("update-with-consumptions", 6), ("mark-done", 3),
        ("mo-detail", 3))] + [("send.before.odoo.pushed", 5), ("send.before.mo.fetched", 1)],
    "scheduler": [("scheduler.before_run", 20), ("scheduler.after_run", 20)],
}


@fault("kill -9", "{}", of=SERVICES)
def kill(world, dice, service):
    world.kill(service)
    yield dice.choice([0.05, 0.5, 3.0])
    world.revive(service)


@fault("SIGTERM", "{}", of=SERVICES)
def term(world, dice, service):
    world.end(service)
    yield dice.choice([0.05, 0.5, 3.0])
    world.revive(service)


@fault("SIGSTOP", "{}", of=SERVICES)
def freeze(world, dice, service):
    world.processes[service].signal(signal.SIGSTOP)
    world.say(f"SIGSTOP {service}")
    yield dice.choice(FREEZES)
    world.say(f"SIGCONT {service}")
    world.processes[service].signal(signal.SIGCONT)


@fault("restart loop", "{}", of=SERVICES)
def restart_loop(world, dice, service):
    for _ in range(dice.randint(3, 8)):
        world.kill(service)
        world.revive(service)
        time.sleep(dice.uniform(0.05, 0.8))
    yield 0


@fault("two instances", "{}", of=SERVICES)
def twin(world, dice, service):
    """The second one has its own client id; which of them dies is open."""
    second = world.twin(service, {"MQTT_CLIENT_ID": f"millrace-{service}-2", "HTTP_PORT": str(free_http_port())})
    world.say(f"second {service}")
    yield dice.choice([1.0, 4.0])
    if dice.random() < 0.5:
        world.kill(service)
        time.sleep(dice.uniform(0, 2))
        world.revive(service)
        time.sleep(dice.uniform(0, 1))
    second.kill()
    world.say(f"second {service} killed")


@fault("two instances, one client id", "{}", of=SERVICES)
def same_id(world, dice, service):
    second = world.twin(service, {"HTTP_PORT": str(free_http_port())})
    world.say(f"second {service} with the same client id")
    yield dice.choice([1.0, 4.0])
    second.kill()
    world.say(f"second {service} killed")


@fault("kill point", "{}", of=sorted(KILL_POINTS), moments=("start", "mo.fetched", "plc.read"))
def kill_point(world, dice, service):
    point, most = dice.choice(KILL_POINTS[service])
    world.end(service)
    if not world.has_kill_points():
        world.say("no kill points in this build")
        world.revive(service)
        yield 0
        return
    die_at(world, service, f"{point}:{dice.randint(1, most)}")
    yield dice.choice([0.0, 1.0])
    world.revive(service)


def die_at(world, service, where, seconds=6):
    """Starts the service with this kill point and waits until it struck (or kills it)."""
    world.say(f"start {service} with FAULT={where}")
    environment = world.processes[service].environment
    process = world.restart_with(service, {**environment, "FAULT": where})
    world.down.add(service)
    end = time.monotonic() + seconds
    wait_until(lambda: not process.running() or time.monotonic() > end, seconds + 10, "kill point")
    struck = not process.running()
    process.kill()
    process.environment = environment
    world.say(f"{service} {'died at' if struck else 'did not come to'} {where}")
    return struck
