"""A whole plant on this machine: broker, database, simulators, services.

Used by the demo and by the end-to-end tests. Everything lives in one folder,
listens on free ports of the loopback address, and is ended by process id.
"""

import json
import os
import pathlib
import random
import secrets
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICES = ["batch-store", "odoo-gateway", "plc-gateway", "scheduler", "admin-gateway"]
SIMULATORS = ["plc-simulator", "odoo-simulator"]
POSTGRES = pathlib.Path("/usr/lib/postgresql/15/bin")


class PlantError(Exception):
    """Something did not start or did not answer; the text says what."""


# Below the ports that the kernel gives to outgoing connections.
PORTS = range(20000, 32000)
RESERVED = []


def free_port():
    """A port of 127.0.0.1 for this process and those that it starts: it holds the same port of 127.0.0.2 as long
    as it lives, and whoever else asks here gets another one."""
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        claim = socket.socket()
        try:
            claim.bind(("127.0.0.2", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        RESERVED.append(claim)
        return port
    raise PlantError("no free port on 127.0.0.1")


def wait_until(condition, seconds, what):
    """The first true value of condition(), asked again and again."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise PlantError(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def http(method, url, body=None, timeout=10):
    """Status and parsed JSON (or text) of one call."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, method=method)
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            status, text = answer.status, answer.read().decode()
    except urllib.error.HTTPError as refused:
        status, text = refused.code, refused.read().decode()
    try:
        return status, json.loads(text)
    except ValueError:
        return status, text


class Process:
    def __init__(self, name, command, folder, environment=None):
        self.name, self.command = name, [str(part) for part in command]
        self.folder, self.environment = folder, environment or {}
        self.log_path = folder / f"{name}.log"
        self.child = None

    def start(self):
        clean = {key: os.environ[key] for key in ("PATH", "HOME", "LANG", "TZ") if key in os.environ}
        with open(self.log_path, "ab") as log:
            self.child = subprocess.Popen(
                self.command, cwd=self.folder, env={**clean, **self.environment},
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        return self

    def running(self):
        return self.child is not None and self.child.poll() is None

    def signal(self, number):
        if self.running():
            self.child.send_signal(number)

    def kill(self):
        """As a power cut would: no chance to tidy up."""
        self.signal(signal.SIGKILL)
        if self.child:
            self.child.wait()

    def stop(self, seconds=15):
        self.signal(signal.SIGTERM)
        if self.child is None:
            return None
        try:
            return self.child.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise PlantError(f"{self.name} did not end within {seconds} s of SIGTERM")

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""


class Plant:
    def __init__(self, folder, build=None, database="sqlite", orders=10, batch_seconds=2.0,
                 line="PLC01", services=None, plc=None, odoo=None, protocol="udp"):
        """`services`, `plc` and `odoo` are further settings by name; `services`
        go to all services."""
        self.folder = pathlib.Path(folder)
        self.bin = ROOT / "build" / (build or os.environ.get("MILLRACE_BUILD", "release")) / "bin"
        self.database, self.line, self.protocol = database, line, protocol
        self.processes = {}
        self.metrics_ports = {}
        self.http_port = free_port()
        self.settings = {
            "SYNC_INTERVAL": "5s", "PLC_READ_INTERVAL": "300ms",
            "PROCESS_COMPLETED_INTERVAL": "1s", "HEALTH_MONITOR_INTERVAL": "5s",
            "LINES": line, "LOG_LEVEL": "info", **(services or {})}
        self.plc_settings = {"PLC_SIM_BATCH_SECONDS": str(batch_seconds), **(plc or {})}
        self.odoo_settings = {"ODOO_SIM_ORDERS": str(orders), **(odoo or {})}
        self.folder.mkdir(parents=True, exist_ok=True)

    # -- parts -------------------------------------------------------------

    def start(self, before_services=None):
        """`before_services` is called with the plant when all but the services
        are there."""
        self.start_broker()
        self.start_database()
        self.start_simulators()
        if before_services:
            before_services(self)
        self.start_services()
        return self

    def start_broker(self):
        self.mqtt_port = free_port()
        subprocess.run([ROOT / "mosquitto" / "make-config.sh", self.folder / "mqtt", str(self.mqtt_port)],
                       check=True, stdout=subprocess.DEVNULL)
        path = self.folder / "mqtt" / "mosquitto.conf"
        self.launch(Process("mosquitto", [shutil.which("mosquitto") or "/usr/sbin/mosquitto", "-c", path], self.folder))
        wait_until(lambda: self.reachable(self.mqtt_port), 10, "mosquitto listens")

    def reachable(self, port):
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return True
        except OSError:
            return False

    def mqtt_password(self, user):
        return (self.folder / "mqtt" / f"{user}.password").read_text().strip()

    def start_database(self):
        if self.database == "sqlite":
            self.database_url = f"sqlite:///{self.folder}/millrace.db"
            return
        self.postgres_port = free_port()
        data = self.folder / "postgres"
        data.mkdir(exist_ok=True)
        self.as_postgres = []
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(data, "postgres", "postgres")
            for parent in [self.folder, *self.folder.parents]:
                if not parent.stat().st_mode & 0o001:
                    parent.chmod(parent.stat().st_mode | 0o011)
            self.as_postgres = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
        if not (data / "PG_VERSION").exists():
            subprocess.run([*self.as_postgres, POSTGRES / "initdb", "-D", data, "-U", "millrace",
                            "--auth=trust", "-E", "UTF8", "--locale=C.UTF-8"],
                           check=True, cwd="/", stdout=subprocess.DEVNULL)
        self.launch(Process("postgres", [
            *self.as_postgres, POSTGRES / "postgres", "-D", data, "-p", self.postgres_port,
            "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={data}"], self.folder))
        ready = [str(POSTGRES / "pg_isready"), "-h", "127.0.0.1", "-p", str(self.postgres_port), "-q"]
        wait_until(lambda: subprocess.run(ready).returncode == 0, 30, "PostgreSQL is ready")
        subprocess.run([POSTGRES / "createdb", "-h", "127.0.0.1", "-p", str(self.postgres_port), "-U", "millrace",
                        "plc"], check=True)
        self.database_url = f"postgresql://millrace@127.0.0.1:{self.postgres_port}/plc"

    def start_simulators(self):
        self.start_plc()
        self.start_odoo()

    def start_plc(self, port=0, http_port=0):
        self.plc_port, self.plc_http = self.start_another_plc("plc-simulator", port, http_port)

    def start_another_plc(self, name, port=0, http_port=0):
        """Its FINS port and the address of its control server."""
        process = self.launch(Process(name, [self.bin / "plc-simulator"], self.folder, {
            "PLC_SIM_PORT": str(port), "PLC_SIM_HTTP_PORT": str(http_port), **self.plc_settings}))
        ready = self.ready_line(process)
        return ready["udp"], f"http://127.0.0.1:{ready['http']}"

    def start_odoo(self, port=0):
        process = self.launch(Process("odoo-simulator", [self.bin / "odoo-simulator"], self.folder, {
            "ODOO_SIM_HTTP_PORT": str(port), **self.odoo_settings}))
        ready = self.ready_line(process)
        self.odoo_port, self.odoo_http = ready["http"], f"http://127.0.0.1:{ready['http']}"

    def ready_line(self, process):
        """Ports from "plc-simulator ready udp=1 tcp=1 http=2", of this start."""
        def last_ready():
            if not process.running():
                raise PlantError(f"{process.name} ended at start: {process.log()[-2000:]}")
            program = pathlib.Path(process.command[0]).name
            lines = [line for line in process.log().splitlines() if line.startswith(f"{program} ready ")]
            return lines[-1] if len(lines) >= process.starts else None
        line = wait_until(last_ready, 15, f"{process.name} is ready")
        return dict(part.split("=", 1) for part in line.split()[2:])

    def service_environment(self, name):
        environment = {
            "MQTT_URL": f"mqtt://127.0.0.1:{self.mqtt_port}", "MQTT_USER": name,
            "MQTT_PASSWORD_FILE": str(self.folder / "mqtt" / f"{name}.password"),
            "ODOO_URL": self.odoo_http, "ODOO_DATABASE": "odoo14", "ODOO_USERNAME": "admin",
            "ODOO_PASSWORD": "admin", "DATABASE_URL": self.database_url, "PLC_IP": "127.0.0.1",
            "PLC_PORT": str(self.plc_port), "PLC_PROTOCOL": self.protocol, "PLC_TIMEOUT": "500ms",
            "HTTP_PORT": str(self.http_port), "HTTP_BIND": "127.0.0.1", "ADMIN_AUTH": "off",
            "METRICS_PORT": str(self.metrics_port(name))}
        return {**environment, **self.settings}

    def start_services(self):
        for name in SERVICES:
            self.start_service(name)
        wait_until(self.all_online, 30, "all services report to be online")

    def all_online(self):
        health = self.try_admin("/api/health")
        return health and all(part["status"] == "online" for part in health["services"].values())

    def start_service(self, name):
        return self.launch(Process(name, [self.bin / name], self.folder, self.service_environment(name)))

    def start_another(self, name):
        """A second process of a service; `name` with -2 in processes."""
        environment = {**self.service_environment(name), "HTTP_PORT": str(free_port()),
                       "METRICS_PORT": str(self.metrics_port(f"{name}-2"))}
        return self.launch(Process(f"{name}-2", [self.bin / name], self.folder, environment))

    def metrics_port(self, name):
        return self.metrics_ports.setdefault(name, free_port())

    def readiness(self, name):
        """What /readyz of a process says: status and first line; 0 when nobody answers."""
        try:
            status, text = http("GET", f"http://127.0.0.1:{self.metrics_port(name)}/readyz", timeout=2)
        except OSError as error:
            return 0, str(error)
        return status, str(text).partition("\n")[0]

    def launch(self, process):
        old = self.processes.get(process.name)
        process.starts = (old.starts if old else 0) + 1
        self.processes[process.name] = process
        process.start()
        return process

    def restart(self, name):
        """Starts it again with the command, environment and ports it had."""
        old = self.processes[name]
        return self.launch(Process(name, old.command, old.folder, old.environment))

    def restart_service(self, name):
        self.processes[name].stop()
        return self.restart(name)

    def stop(self):
        """Services first, then what they use. All are gone afterwards."""
        late = []
        last = [*reversed(SERVICES), *SIMULATORS, "mosquitto", "postgres"]
        others = [name for name in self.processes if name not in last]
        for name in [*others, *(name for name in last if name in self.processes)]:
            try:
                if name == "postgres":
                    self.processes[name].signal(signal.SIGINT)  # fast shutdown
                self.processes[name].stop()
            except PlantError as error:
                late.append(str(error))
        return late

    # -- looking -----------------------------------------------------------

    @property
    def admin_url(self):
        return f"http://127.0.0.1:{self.http_port}"

    def admin(self, path, method="GET", body=None, timeout=70):
        return http(method, self.admin_url + path, body, timeout)

    def try_admin(self, path):
        """`data` of a successful answer, else None."""
        try:
            status, answer = self.admin(path, timeout=6)
        except OSError:
            return None
        return answer["data"] if status == 200 and isinstance(answer, dict) else None

    def queue(self):
        data = self.try_admin("/api/admin/batch-status")
        return data["batches"] if data else None

    def history(self, limit=1000):
        data = self.try_admin(f"/api/admin/history?limit={limit}")
        return data["histories"] if data else None

    def odoo_ledger(self):
        return http("GET", self.odoo_http + "/sim/ledger")[1]

    def plc_ledger(self):
        return http("GET", self.plc_http + "/ledger")[1]

    def odoo_faults(self, **faults):
        return http("POST", self.odoo_http + "/sim/faults", faults)

    def plc_faults(self, **faults):
        return http("POST", self.plc_http + "/faults", faults)

    def order_in_odoo(self, name):
        return self.odoo_ledger()["orders"].get(name)

    def orders(self):
        """Names of this line's orders, as Odoo lists them."""
        return sorted(name for name, order in self.odoo_ledger()["orders"].items() if order["line"] == self.line)

    def logs(self):
        return {name: process.log() for name, process in self.processes.items()}


def new_folder(parent=None):
    base = pathlib.Path(parent or os.environ.get("TMPDIR", "/tmp"))
    folder = base / f"millrace-{secrets.token_hex(4)}"
    folder.mkdir(mode=0o711)
    return folder
