"""A Debian in a folder, and what systemd would do with Millrace's units in it."""

import pathlib
import shlex
import shutil
import signal
import socket
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1] / "deploy" / "demo")]
from plant import http, wait_until  # noqa: E402
from units import SERVICES, Unit  # noqa: E402

ORDERS = 2
SIMULATORS = {"plc-simulator": {"PLC_SIM_PORT": "9600", "PLC_SIM_HTTP_PORT": "8090", "PLC_SIM_BATCH_SECONDS": "0.5"},
              "odoo-simulator": {"ODOO_SIM_HTTP_PORT": "8070", "ODOO_SIM_ORDERS": str(ORDERS)}}
ADMIN = "http://127.0.0.1:8000"
# setpriv's form of CapabilityBoundingSet= and NoNewPrivileges=.
AS_MILLRACE = ["setpriv", "--reuid=millrace", "--regid=millrace", "--clear-groups", "--bounding-set=-all", "--no-new-privs"]


def say(text):
    print(text, flush=True)


class Debian:
    """A root folder with a Debian in it."""

    def __init__(self, folder):
        self.root = folder

    def make(self, base, mirror):
        if base:
            say(f"copying {base}")
            subprocess.run(["cp", "-a", "--reflink=auto", base, self.root], check=True)
        else:
            say("debootstrap (some minutes)")
            subprocess.run(["debootstrap", "--variant=minbase", "bookworm", self.root, mirror], check=True, stdout=subprocess.DEVNULL)
        # Nothing starts by itself: there is no systemd here.
        self.write("usr/sbin/policy-rc.d", "#!/bin/sh\nexit 101\n", 0o755)
        shutil.copy("/etc/resolv.conf", self.root / "etc/resolv.conf")
        subprocess.run(["mount", "-t", "proc", "proc", self.root / "proc"], check=True)

    def path(self, name):
        return self.root / str(name).lstrip("/")

    def write(self, name, text, mode=0o644):
        self.path(name).write_text(text)
        self.path(name).chmod(mode)

    def run(self, *command, ok=True):
        """Its output and errors."""
        done = subprocess.run(["chroot", self.root, "env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8",
                               "DEBIAN_FRONTEND=noninteractive", *map(str, command)], text=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        if ok and done.returncode:
            raise AssertionError(f"{shlex.join(map(str, command))}: {done.returncode}\n{done.stdout[-3000:]}")
        return done.stdout

    def mode(self, name):
        """"0640 root millrace", or None."""
        path = self.path(name)
        if not path.exists():
            return None
        return self.run("stat", "-c", "%04a %U %G", f"/{name}").strip()

    def modes(self, names):
        return {name: self.mode(name) for name in names}

    def contents(self, folder):
        return {str(path.relative_to(self.root)): path.read_bytes() for path in sorted(self.path(folder).rglob("*")) if path.is_file()}


class Machine:
    """What systemd would do with the units, and the plant around."""

    def __init__(self, debian):
        self.debian = debian
        self.running = {}

    def launch(self, name, command, environment=None, folder="/", umask=0o022):
        log = open(self.debian.root / "tmp" / f"{name}.log", "ab")
        self.running[name] = subprocess.Popen(
            ["chroot", self.debian.root, "env", "-i", f"--chdir={folder}", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
             *(f"{key}={value}" for key, value in (environment or {}).items()), *command],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, umask=umask)

    def log(self, name):
        return (self.debian.root / "tmp" / f"{name}.log").read_text(errors="replace")

    def start_plant(self):
        self.start_broker()
        for name, environment in SIMULATORS.items():
            self.launch(name, [f"/tmp/{name}"], environment)
            wait_until(lambda name=name: f"{name} ready" in self.log(name), 15, f"{name} is ready")

    def start_broker(self):
        self.debian.run("install", "-d", "-o", "mosquitto", "/run/mosquitto")
        self.launch("mosquitto", ["/usr/sbin/mosquitto", "-c", "/etc/mosquitto/mosquitto.conf"])

        def listens():
            check_alive(self, "mosquitto")
            with socket.socket() as probe:
                return probe.connect_ex(("127.0.0.1", 1883)) == 0
        wait_until(listens, 10, "mosquitto listens")

    def start_service(self, service):
        unit = Unit(self.debian.root, service)
        folder = self.prepare(unit)
        environment = unit.environment()
        for value in unit.all("EnvironmentFile"):
            path = self.debian.path(value.lstrip("-"))
            if path.exists():
                environment.update(line.split("=", 1) for line in shlex.split(path.read_text(), comments=True))
        self.launch(service, [*AS_MILLRACE, unit.one("ExecStart")], environment, folder, int(unit.one("UMask"), 8))

    def prepare(self, unit):
        """Its credentials and folders; the working folder."""
        secrets = f"/run/credentials/{unit.name}"
        self.debian.run("install", "-d", "-m", "0500", "-o", "millrace", secrets)
        for name, source in unit.credentials().items():
            self.debian.run("install", "-m", "0400", "-o", "millrace", source, f"{secrets}/{name}")
        for state in unit.all("StateDirectory"):
            self.debian.run("install", "-d", "-m", unit.one("StateDirectoryMode"), "-o", "millrace", "-g", "millrace",
                            f"/var/lib/{state}")
        return (unit.all("WorkingDirectory") or ["/"])[0]

    def start_services(self):
        for service in SERVICES:
            self.start_service(service)
        wait_until(self.all_online, 30, "all services report to be online")

    def all_online(self):
        for service in SERVICES:
            check_alive(self, service)
        health = admin("/api/health")
        return health and all(part["status"] == "online" for part in health["services"].values())

    def stop(self, *names):
        ends = {}
        for name in names:
            self.running[name].send_signal(signal.SIGTERM)
        for name in names:
            ends[name] = self.running.pop(name).wait(15)
        return ends


def check_alive(machine, name):
    code = machine.running[name].poll()
    if code is not None:
        raise AssertionError(f"{name} ended with {code}: {machine.log(name)[-2000:]}")


def admin(path):
    try:
        status, answer = http("GET", ADMIN + path)
    except OSError:
        return None
    return answer["data"] if status == 200 else None


def history():
    found = admin("/api/admin/history?limit=100")
    return found["histories"] if found else []


def ledgers():
    return http("GET", "http://127.0.0.1:8070/sim/ledger")[1], http("GET", "http://127.0.0.1:8090/ledger")[1]
