"""The broker and the wires to it."""

import signal

from faults.table import fault
from world import SERVICES, wait_until


def back(world):
    world.revive("mosquitto")
    wait_until(lambda: world.reachable(world.mqtt_port), 10, "mosquitto listens")


def database_of(world):
    return world.folder / "mqtt" / "data" / "mosquitto.db"


@fault("broker kill -9", "mosquitto")
def kill(world, dice):
    world.kill("mosquitto")
    world.broker_forgot = True  # what it had acknowledged since its last save
    yield dice.choice([0.05, 2.0])
    back(world)


@fault("broker restart", "mosquitto")
def restart(world, dice):
    world.end("mosquitto")
    yield dice.choice([0.05, 2.0])
    back(world)


@fault("broker restart, persistence lost", "mosquitto")
def forget(world, dice):
    world.kill("mosquitto")
    world.broker_forgot = True
    database_of(world).unlink(missing_ok=True)
    yield dice.choice([0.05, 2.0])
    back(world)


@fault("broker connections cut", "broker wire")
def cut(world, dice):
    for _ in range(dice.randint(1, 4)):
        world.say("broker connections reset")
        world.broker_wire.cut()
        yield dice.uniform(0.1, 0.8)


@fault("broker half-open", "broker wire")
def half_open(world, dice):
    world.say("broker wire stalls")
    world.broker_wire.mode = "stall"
    yield dice.choice([2.0, 6.0, 17.0])
    world.broker_wire.cut()
    world.broker_wire.mode = "pass"
    world.say("broker wire passes")


@fault("broker stalls", "broker wire")
def stall(world, dice):
    """Everything arrives, but late and all at once."""
    world.broker_wire.mode = "stall"
    world.say("broker wire stalls")
    yield dice.choice([2.0, 6.0])
    world.broker_wire.mode = "pass"
    world.say("broker wire passes")


@fault("broker slow", "broker wire")
def slow(world, dice):
    world.broker_wire.mode = "slow"
    world.say("broker wire slow")
    yield dice.choice([3.0, 6.0])
    world.broker_wire.mode = "pass"
    world.say("broker wire passes")


@fault("broker refuses connections", "broker wire")
def refuse(world, dice):
    world.broker_wire.refuse()
    world.say("broker refuses")
    yield dice.choice([1.0, 5.0])
    world.broker_wire.admit()
    world.say("broker admits")


@fault("broker queue full", "mosquitto")
def full(world, dice):
    """Drops what does not fit; services that were cut off miss messages."""
    path = world.folder / "mqtt" / "mosquitto.conf"
    usual = path.read_text()
    tight = [line for line in usual.splitlines() if not line.startswith(("max_queued", "max_inflight"))]
    path.write_text("\n".join([*tight, "max_inflight_messages 2", "max_queued_messages 2", ""]))
    world.broker_forgot = True
    world.end("mosquitto")
    back(world)
    yield 1.0
    world.broker_wire.refuse()
    yield dice.choice([1.0, 4.0])
    world.broker_wire.admit()
    yield 1.0
    path.write_text(usual)
    world.end("mosquitto")
    back(world)


@fault("broker: password changed", "mosquitto", of=SERVICES)
def password(world, dice, service):
    path = world.folder / "mqtt" / "passwords"
    usual = path.read_text()
    lines = usual.splitlines()
    other = next(line.split(":", 1)[1] for line in lines if not line.startswith(service + ":"))
    path.write_text("\n".join(f"{service}:{other}" if line.startswith(service + ":") else line for line in lines) + "\n")
    reload_broker(world, f"{service} is not authorised")
    yield dice.choice([1.0, 4.0])
    path.write_text(usual)
    reload_broker(world, f"{service} is authorised again")


@fault("broker: rights taken away", "mosquitto", of=SERVICES)
def rights(world, dice, service):
    path = world.folder / "mqtt" / "acl"
    usual = path.read_text()
    kept, skip = [], False
    for line in usual.splitlines():
        if line.startswith("user "):
            skip = line == f"user {service}"
        if not skip:
            kept.append(line)
    path.write_text("\n".join(kept) + "\n")
    world.broker_forgot = True  # what was queued for it is refused as well
    reload_broker(world, f"{service} has no rights")
    yield dice.choice([1.0, 4.0])
    path.write_text(usual)
    reload_broker(world, f"{service} has its rights again")


def reload_broker(world, text):
    world.say(text)
    world.processes["mosquitto"].signal(signal.SIGHUP)
    world.broker_wire.cut()
