"""What deploy/ says, as the tests read it: the Dockerfile's targets, the Compose file, the settings of each program."""

import functools
import json
import os
import pathlib
import re
import subprocess
import tempfile

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = ("scheduler", "odoo-gateway", "plc-gateway", "batch-store", "admin-gateway", "notifier")
SIMULATORS = ("plc-simulator", "odoo-simulator")


class Target:
    """A stage of the Dockerfile with what it has from the stages below it."""

    def __init__(self, name, base):
        self.name = name
        self.env = dict(base.env) if base else {}
        self.labels = dict(base.labels) if base else {}
        self.ports = set(base.ports) if base else set()
        self.user = base.user if base else "0"
        self.folder = base.folder if base else "/"
        self.health = base.health if base else None
        self.entrypoint = base.entrypoint if base else None
        self.runs = list(base.runs) if base else []
        self.copies = list(base.copies) if base else []

    def take(self, word, rest):
        if word == "ENV":
            self.env.update(pairs(rest))
        elif word == "LABEL":
            self.labels.update(pairs(rest))
        elif word == "EXPOSE":
            self.ports.update(int(port.split("/")[0]) for port in rest.split())
        elif word == "USER":
            self.user = rest
        elif word == "WORKDIR":
            self.folder = rest
        elif word == "HEALTHCHECK":
            self.health = None if rest == "NONE" else json.loads(rest[rest.index("["):])
        elif word == "ENTRYPOINT":
            self.entrypoint = json.loads(rest)
        elif word == "RUN":
            self.runs.append(rest)
        elif word == "COPY":
            self.copies.append(rest)


def pairs(text):
    return {name: value.strip('"') for name, value in re.findall(r'([\w.]+)=("[^"]*"|\S+)', text)}


def instructions(text):
    """(word, rest) of each instruction; comments away, continued lines joined."""
    text = re.sub(r"^#.*\n", "", text, flags=re.M)
    for line in re.sub(r"\\\n\s*", "", text).splitlines():
        if line.strip():
            word, rest = line.split(None, 1)
            yield word, rest.strip()


def targets():
    """All stages of deploy/Dockerfile by name."""
    found, current = {}, None
    for word, rest in instructions((DEPLOY / "Dockerfile").read_text()):
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            current = found[name] = Target(name, found.get(base))
        elif current:
            current.take(word, rest)
    return found


def compose():
    return yaml.safe_load((DEPLOY / "compose.yaml").read_text())


def filled(text, given=None):
    """${NAME:-default} of Compose replaced; every variable there has a default."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda gap: (given or {}).get(gap[1], gap[2]), str(text))


def env_file(path):
    lines = [line.strip() for line in path.read_text().splitlines()]
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def secrets_of(service):
    """Path in the container by the secret's name."""
    given = [{"source": one} if isinstance(one, str) else one for one in service.get("secrets", [])]
    return {one["source"]: str(pathlib.PurePosixPath("/run/secrets") / one.get("target", one["source"]))
            for one in given}


def packages(*groups):
    """Names in these [groups] of debian-packages.txt."""
    found, current = set(), None
    for line in (DEPLOY / "debian-packages.txt").read_text().splitlines():
        if line.startswith("["):
            current = line.strip("[] ")
        elif line and not line.startswith("#") and current in groups:
            found.add(line.split()[0])
    return found


def acl_users():
    return set(re.findall(r"^user (\S+)$", (ROOT / "mosquitto" / "acl").read_text(), re.M))


def program(name):
    return ROOT / "build" / os.environ.get("MILLRACE_BUILD", "release") / "bin" / name


@functools.cache
def settings_of(name):
    """All variables that a program reads, as its --help says."""
    text = subprocess.run([program(name), "--help"], check=True, capture_output=True, text=True).stdout
    named = re.findall(r"^  ([A-Z][A-Z0-9_]+(?:, [A-Z][A-Z0-9_]+)*)  ", text, re.M)
    return {one for each in named for one in each.split(", ")} | set(re.findall(r"or\s+(\w+_FILE)\s+names", text))


def complaints(name, environment, folder):
    """What --check-config says against this environment; empty when it is right."""
    done = subprocess.run([program(name), "--check-config"], env=environment, cwd=folder, capture_output=True,
                          text=True, check=False)
    return "" if done.returncode == 0 else done.stderr


def hidden(environment):
    """Names of variables that would hold a secret itself."""
    return [name for name in environment
            if re.search(r"PASSWORD|SECRET|TOKEN|DATABASE_URL", name) and not name.endswith("_FILE")]


class Secrets:
    """A folder made by make-secrets.sh."""

    def __init__(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.temporary.name)
        subprocess.run([DEPLOY / "make-secrets.sh", self.folder], check=True, capture_output=True)
        (self.folder / "odoo.password").write_text("anything")

    def names(self):
        return {one.name for one in self.folder.iterdir()}
