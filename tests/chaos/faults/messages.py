"""Messages that come twice, late, in disorder, from another version or from nowhere."""

import json
import threading

from faults.table import fault
from witness import ROOT, connect

OWNERS = [("/_cmd/batch-store/task.run", "scheduler"), ("/_cmd/batch-store/queue.wanted", "plc-gateway"),
          ("/_cmd/batch-store/", "admin-gateway"), ("/_cmd/scheduler/", "admin-gateway"),
          ("/_cmd/plc-gateway/plc.read_now", "admin-gateway"), ("/_cmd/", "batch-store"), ("/_event/mo.", "odoo-gateway"),
          ("/_event/odoo.", "odoo-gateway"), ("/_event/plc.", "plc-gateway"), ("/_event/", "batch-store")]


class Meddler:
    """Listens as every service and can publish as each."""

    def __init__(self, world):
        self.world, self.heard, self.lock = world, [], threading.Lock()
        self.as_service = {}
        for service in ("batch-store", "plc-gateway", "odoo-gateway", "scheduler", "admin-gateway"):
            client = connect(world.mqtt_port, service, world.mqtt_password(service), f"chaos-meddler-{service}")
            client.on_message = self.on_message
            client.loop_start()
            client.subscribe(f"{ROOT}/+/_cmd/{service}/+", qos=1)
            self.as_service[service] = client
        self.as_service["batch-store"].subscribe(f"{ROOT}/+/_event/+", qos=1)
        world.closing.append(self.close)

    def on_message(self, _client, _userdata, message):
        payload = bytes(message.payload)
        if payload not in self.world.injected:
            with self.lock:
                self.heard.append((message.topic, payload))

    def known(self):
        with self.lock:
            return list(self.heard)

    def say(self, topic, payload, ours=True):
        owner = next(user for part, user in OWNERS if part in topic)
        if ours:
            self.world.injected.add(payload)
        self.as_service[owner].publish(topic, payload, qos=1)

    def close(self):
        for client in self.as_service.values():
            client.disconnect()
            client.loop_stop()


def meddle(world, dice, text, change, seconds):
    world.say(f"messages: {text}")
    meddler = Meddler(world)
    for _ in range(int(seconds / 0.1)):
        yield 0.1
        known = meddler.known()
        for topic, payload in dice.sample(known, min(len(known), 4)):
            for other_topic, other in change(dice, topic, payload, known):
                meddler.say(other_topic, other, ours=other != payload)
    world.say("messages: as they are")


@fault("messages duplicated", "messages")
def duplicated(world, dice):
    yield from meddle(world, dice, "duplicated, old and in disorder",
                      lambda _dice, topic, payload, _known: [(topic, payload)] * 2, 4)


@fault("messages all repeated at once", "messages", moments=("batch.completed", "batch.archived"))
def all_again(world, dice):
    meddler = Meddler(world)
    yield dice.choice([1.0, 3.0])
    known = meddler.known()
    dice.shuffle(known)
    world.say(f"messages: {len(known)} once more, shuffled")
    for topic, payload in known:
        meddler.say(topic, payload, ours=False)
    yield 0.5


def garbled(dice, topic, payload, _known):
    spoilt = bytearray(payload)
    kind = dice.randrange(4)
    if kind == 0:
        spoilt = spoilt[:dice.randrange(len(spoilt))]
    elif kind == 1:
        spoilt = bytearray(dice.randbytes(dice.randint(0, 200)))
    elif kind == 2:  # keeps its JSON form, with values of another kind
        text = json.loads(payload)
        for name in list(text.get("data", {})):
            text["data"][name] = dice.choice([None, [], {}, -1, 1e300, "x" * 300, True])
        spoilt = bytearray(json.dumps(text).encode())
    else:
        spoilt = bytearray(b"[" * 5000)
    return [(topic, bytes(spoilt))]


@fault("messages garbage", "messages")
def garbage(world, dice):
    yield from meddle(world, dice, "garbage", garbled, 4)


def of_another_version(dice, topic, payload, _known):
    text = json.loads(payload)
    choice = dice.randrange(3)
    if choice == 0:
        text["type"] = text["type"].replace(".v1", ".v2")
    elif choice == 1:
        text["specversion"] = "0.3"
    else:
        text["type"] = "millrace.something.else.v1"
    return [(topic, json.dumps(text).encode())]


@fault("messages of another version", "messages")
def version(world, dice):
    yield from meddle(world, dice, "another version", of_another_version, 3)


def inflated(dice, topic, payload, _known):
    text = json.loads(payload)
    text["data"]["stuffing"] = "x" * dice.choice([100_000, 900_000])
    text["type"] = text["type"].replace(".v1", ".v2")
    return [(topic, json.dumps(text).encode())]


@fault("messages huge", "messages")
def huge(world, dice):
    yield from meddle(world, dice, "huge", inflated, 2)
