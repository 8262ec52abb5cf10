"""What deploy/ says, as the tests read it: the Dockerfile's targets, the Compose file, and the settings that each
service declares."""

import json
import pathlib
import re

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
SERVICES = ("scheduler", "odoo-gateway", "plc-gateway", "batch-store", "admin-gateway")
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


class Declared:
    """The settings of a program, from its source: names with aliases, which are secrets, which are required."""

    def __init__(self, program):
        text = (ROOT / "services" / program / "settings.cpp").read_text()
        if program in SERVICES:
            text += (ROOT / "common" / "service" / "common_settings.cpp").read_text()
        self.names, self.required = {"ENV_FILE"}, []
        last = []
        pattern = (r'\.(?:text|number|flag|choice)\(\s*\{([^}]*)\}|\.(secret)\(\s*\{([^}]*)\}'
                   r'|\.duration\(\s*"(\w+)",\s*"(\w*)"|declare_interval\(\s*binder,\s*"(\w+)"|(require_last)\(\)')
        for plain, secret, hidden, span, bare, interval, require in re.findall(pattern, text):
            if require:
                self.required.append(last)
                continue
            last = re.findall(r'"(\w+)"', plain or hidden) or [name for name in (span, bare, interval) if name]
            if interval:
                last.append(interval + "_MINUTES")
            if secret:
                last += [name + "_FILE" for name in last]
            self.names.update(last)
