"""The real plant with a proxy in every wire and hands on every process."""

import pathlib
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy" / "demo"))
# pylint: disable=wrong-import-position
from plant import POSTGRES, SERVICES, Plant, PlantError, Process, http, new_folder, wait_until  # noqa: E402,F401
from plant import free_port as free_http_port  # noqa: E402,F401
from proxies import TcpProxy, UdpProxy  # noqa: E402
from witness import Witness  # noqa: E402

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
DISK_MB = {"sqlite": 16, "postgres": 256}

SETTINGS = {"ODOO_TIMEOUT": "2s", "ODOO_CONNECT_TIMEOUT": "1s", "BATCH_STUCK_THRESHOLD": "6s", "LOG_LEVEL": "debug", "ASAN_OPTIONS": "detect_leaks=0"}


class World(Plant):
    def __init__(self, folder, schedule, build=None):
        services = {**SETTINGS}
        if schedule.time_zone:
            services["TZ"] = schedule.time_zone
        super().__init__(folder, build=build, database=schedule.database, orders=schedule.orders,
                         batch_seconds=schedule.batch_seconds, protocol=schedule.protocol, services=services,
                         plc={"PLC_SIM_FAIL": ",".join(schedule.failing),
                              "PLC_SIM_ZERO_WEIGHT": ",".join(schedule.weightless),
                              "PLC_SIM_MAX_WORDS": str(schedule.max_words)})
        self.schedule, self.dice = schedule, random.Random(schedule.seed)
        self.began = time.time()
        self.actions = open(self.folder / "actions.log", "a", encoding="utf-8", buffering=1)
        self.persons_orders = set()  # orders whose end needs a person
        self.injected = set()  # payloads that are ours, not the product's
        self.broker_forgot = False  # queued messages died with the broker
        self.clock_jumped = False
        self.plc_lost_memory = False
        self.earlier_orders = {}  # by cut name: how an order was before a person changed it
        self.late_stops = []
        self.own_environment = {}  # by service
        self.locks = {}
        self.mounted = None
        self.closing = []
        self.down = set()  # services that a fault holds down
        self.crashes = []
        self.pressed = []  # operators' decisions
        self.held_up = []  # what waited for something that it does not need

    def say(self, text):
        now = time.time()
        stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)) + f".{int(now % 1 * 1000):03d}Z"
        self.actions.write(f"{stamp} ACTION chaos {text}\n")

    def lock_of(self, resource):
        return self.locks.setdefault(resource, threading.Lock())

    # -- parts, each behind its proxy ----------------------------------------

    def start_broker(self):
        super().start_broker()
        self.broker_wire = TcpProxy(self.mqtt_port, self.schedule.seed)
        self.witness = Witness(self.mqtt_port, self.mqtt_password("watcher"))

    def start_database(self):
        if self.schedule.small_disk:
            self.mount_small_disk()
        super().start_database()
        if self.database == "postgres":
            self.database_wire = TcpProxy(self.postgres_port, self.schedule.seed)
            self.database_url = f"postgresql://millrace@127.0.0.1:{self.database_wire.port}/plc"
        elif self.schedule.small_disk:
            self.database_url = f"sqlite:///{self.database_file}"

    @property
    def database_file(self):
        return self.folder / ("disk" if self.mounted else ".") / "millrace.db"

    def mount_small_disk(self):
        disk = self.folder / ("postgres" if self.database == "postgres" else "disk")
        disk.mkdir(exist_ok=True)
        made = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB[self.database]}m", "chaos", disk],
                              stderr=subprocess.DEVNULL, check=False)
        if made.returncode != 0:
            raise Impossible("mounting a small disk is not allowed here")
        self.mounted = disk

    def start_plc(self, port=0, http_port=0):
        super().start_plc(port, http_port)
        self.plc_udp = UdpProxy(self.plc_port, self.schedule.seed)
        self.plc_tcp = TcpProxy(self.plc_port, self.schedule.seed)

    def start_odoo(self, port=0):
        super().start_odoo(port)
        self.odoo_wire = TcpProxy(self.odoo_port, self.schedule.seed)

    def service_environment(self, name):
        environment = {
            **super().service_environment(name), "MQTT_URL": f"mqtt://127.0.0.1:{self.broker_wire.port}",
            "ODOO_URL": f"http://127.0.0.1:{self.odoo_wire.port}",
            "PLC_PORT": str(self.plc_tcp.port if self.protocol == "tcp" else self.plc_udp.port)}
        if self.schedule.fake_clock:
            self.set_clock("+0")
            environment.update({"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(self.folder / "clock"),
                                "FAKETIME_NO_CACHE": "1", "DONT_FAKE_MONOTONIC": "1",
                                "FAKETIME_DONT_FAKE_MONOTONIC": "1"})
        return {**environment, **self.own_environment.get(name, {})}

    def set_clock(self, offset):
        """As libfaketime reads it: "+3600", "-7200"."""
        fresh = self.folder / "clock.new"
        fresh.write_text(offset + "\n")
        fresh.rename(self.folder / "clock")

    # -- hands ---------------------------------------------------------------

    def kill(self, name):
        self.say(f"kill -9 {name}")
        self.down.add(name)
        self.processes[name].kill()

    def end(self, name):
        self.say(f"SIGTERM {name}")
        self.down.add(name)
        try:
            self.note_end(name, self.processes[name].stop())
        except PlantError as error:
            self.late_stops.append(str(error))

    def note_end(self, name, code):
        """0 is right after SIGTERM, and -15 when it came before main()."""
        if name in SERVICES and code not in (0, -signal.SIGTERM, -signal.SIGKILL, None):
            self.late_stops.append(f"{name} ended with {code} after SIGTERM")

    def revive(self, name):
        return self.restart_with(name, self.processes[name].environment)

    def restart_with(self, name, environment):
        self.say(f"start {name}")
        old = self.processes[name]
        process = self.launch(Process(name, old.command, old.folder, environment))
        self.down.discard(name)
        return process

    def supervise(self):
        """As systemd would: what ended by itself is started again. Debian's mosquitto 2.0.11 sometimes
        crashes when it reloads its passwords."""
        for name in [*SERVICES, "mosquitto"]:
            process = self.processes.get(name)
            if process is None or process.running() or name in self.down:
                continue
            code = process.child.returncode
            self.say(f"{name} ended by itself with {code}")
            if name == "mosquitto":
                self.broker_forgot = True
            elif code < 0:
                self.crashes.append(f"{name} was ended by {signal.Signals(-code).name}")
            self.revive(name)

    def has_kill_points(self):
        return b"kill_point struck" in (self.bin / "batch-store").read_bytes()

    def twin(self, name, environment):
        """A second process of the service."""
        old = self.processes[name]
        return self.launch(Process(f"{name}-twin", old.command, old.folder, {**old.environment, **environment}))

    def more_orders(self, count):
        if count:
            http("POST", self.odoo_http + "/sim/orders", {"count": count})

    def as_person(self, path, body):
        """What somebody does in Odoo itself."""
        return http("POST", self.odoo_http + path, body)

    def as_plc(self, path, body):
        return http("POST", self.plc_http + path, body)

    def peek(self, address, count):
        return http("GET", f"{self.plc_http}/words?address={address}&count={count}")[1]["words"]

    def poke(self, address, words):
        status, answer = http("POST", self.plc_http + "/words", {"address": address, "words": words})
        if status != 200:
            raise PlantError(f"poke {address}: {answer}")

    def psql(self, sql, wait=True):
        command = ["psql", "-h", "127.0.0.1", "-p", str(self.postgres_port), "-U", "millrace", "-d", "plc", "-qAt",
                   "-v", "ON_ERROR_STOP=1", "-c", sql]
        if not wait:
            return subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                    stderr=subprocess.DEVNULL)
        return subprocess.run(command, capture_output=True, text=True, timeout=30, check=False).stdout

    def revive_postgres(self):
        self.say("start postgres")
        wait_until(lambda: self.restart("postgres").running(), 10, "postgres starts")
        ready = [str(POSTGRES / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.postgres_port), "-q"]
        wait_until(lambda: subprocess.run(ready, check=False).returncode == 0, 60, "PostgreSQL is ready again")

    # -- the end -------------------------------------------------------------

    def stop(self):
        twins = [name for name in self.processes if name.endswith("-twin")]
        for name in twins:
            self.processes[name].kill()
        late = super().stop()
        for name in SERVICES:
            if name in self.processes and name not in self.down:
                self.note_end(name, self.processes[name].child.returncode)
        for each in self.closing:
            each()
        for wire in ("broker_wire", "database_wire", "plc_udp", "plc_tcp", "odoo_wire"):
            if hasattr(self, wire):
                getattr(self, wire).close()
        if hasattr(self, "witness"):
            self.witness.stop()
        return late + self.late_stops + self.crashes

    def unmount(self, keep):
        """After the database was read; `keep`: what was on the small disk stays in the folder."""
        if not self.mounted:
            return
        if keep:
            copy = self.folder / "disk-copy"
            shutil.copytree(self.mounted, copy, ignore=shutil.ignore_patterns("filler", "*.pid"), dirs_exist_ok=True)
        subprocess.run(["umount", "-l", self.mounted], check=False)
        self.mounted = None


class Impossible(Exception):
    """This machine does not allow this fault."""
