"""An MQTT subscriber that is not ours, with a session of its own: what did a consumer see?"""

import json
import threading
import time
from dataclasses import dataclass

from paho.mqtt import client as mqtt
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

ROOT = "millrace/v1"


@dataclass(frozen=True)
class Arrival:
    at: float  # seconds since the epoch, our clock
    topic: str
    payload: bytes

    @property
    def name(self):
        return self.topic.rsplit("/", 1)[-1]

    def message(self):
        """Parsed, or None."""
        try:
            parsed = json.loads(self.payload)
        except ValueError:
            return None
        return parsed if isinstance(parsed, dict) else None


def connect(port, user, password, client_id, session_seconds=0):
    """A client of the broker itself, past the proxies."""
    client = mqtt.Client(client_id=client_id, protocol=mqtt.MQTTv5)
    client.username_pw_set(user, password)
    client.reconnect_delay_set(1, 1)
    session = Properties(PacketTypes.CONNECT)
    session.SessionExpiryInterval = session_seconds
    client.connect("127.0.0.1", port, keepalive=10,
                   clean_start=mqtt.MQTT_CLEAN_START_FIRST_ONLY if session_seconds else True, properties=session)
    return client


class Witness:
    def __init__(self, port, password):
        self.arrivals, self.lock = [], threading.Lock()
        self.sessions_lost = 0
        self.connects = 0
        self.granted = threading.Event()
        self.news = threading.Condition()
        self.client = connect(port, "watcher", password, "chaos-witness", 3600)
        self.client.on_connect = self.on_connect
        self.client.on_subscribe = lambda *_: self.granted.set()
        self.client.on_message = self.on_message
        self.client.loop_start()
        if not self.granted.wait(10):
            raise RuntimeError("the witness could not subscribe")

    def on_connect(self, client, _userdata, flags, _reason, _properties=None):
        self.connects += 1
        if self.connects > 1 and not flags["session present"]:
            self.sessions_lost += 1
        client.subscribe(f"{ROOT}/+/_event/+", qos=1)

    def on_message(self, _client, _userdata, message):
        with self.news:
            self.arrivals.append(Arrival(time.time(), message.topic, bytes(message.payload)))
            self.news.notify_all()

    def count(self, name):
        return sum(1 for each in list(self.arrivals) if each.name == name)

    def wait_for(self, name, number, seconds):
        """Whether the number-th event of this name came in time."""
        with self.news:
            return self.news.wait_for(lambda: self.count(name) >= number, seconds)

    def stop(self):
        self.client.disconnect()
        self.client.loop_stop()
