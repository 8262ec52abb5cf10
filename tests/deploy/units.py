"""systemd units as systemd reads them, as far as Millrace uses it."""

import pathlib
import shlex

SERVICES = ["batch-store", "odoo-gateway", "plc-gateway", "scheduler", "admin-gateway", "notifier"]
FOLDER = "lib/systemd/system"


def parse(text):
    """[(section, name, value)] in order."""
    found, section = [], ""
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line.strip("[]")
        elif line and not line.startswith(("#", ";")):
            name, _, value = line.partition("=")
            found.append((section, name.strip(), value.strip()))
    return found


class Unit:
    """A service with the drop-in that all of them have."""

    def __init__(self, root, service):
        self.name = f"millrace-{service}.service"
        folder = pathlib.Path(root) / FOLDER
        drop_ins = sorted((folder / "millrace-.service.d").glob("*.conf"))
        self.entries = [entry for path in [folder / self.name, *drop_ins] for entry in parse(path.read_text())]

    def all(self, name, section="Service"):
        return [self.expanded(value) for where, key, value in self.entries if (where, key) == (section, name)]

    def one(self, name, section="Service"):
        values = self.all(name, section)
        assert len(values) == 1, f"{self.name}: {name} is {values}"
        return values[0]

    def expanded(self, value):
        return value.replace("%d", f"/run/credentials/{self.name}").replace("%S", "/var/lib")

    def environment(self):
        return dict(each.split("=", 1) for value in self.all("Environment") for each in shlex.split(value))

    def credentials(self):
        """File in the credentials' folder and where it comes from."""
        return dict(value.split(":", 1) for value in self.all("LoadCredential"))
