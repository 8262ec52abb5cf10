#!/usr/bin/python3
"""deploy/Dockerfile: each image has its program, what that needs, and no more rights than none."""

import functools
import pathlib
import re
import subprocess
import sys
import sysconfig
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import described  # noqa: E402
from described import DEPLOY, ROOT, SERVICES, SIMULATORS  # noqa: E402

# In every Debian.
ALWAYS = {"libc6", "libgcc-s1"}


@functools.cache
def needed(program):
    """Names of the libraries that a program is linked with."""
    listed = subprocess.run(["readelf", "-d", described.program(program)], check=True, capture_output=True, text=True)
    return set(re.findall(r"\(NEEDED\).*\[(.*)\]", listed.stdout))


def owners_of(libraries):
    """Debian packages that bring each of these files."""
    folders = [f"{top}/lib/{sysconfig.get_config_var('MULTIARCH')}" for top in ("", "/usr")]
    paths = [f"{folder}/{library}" for folder in folders for library in libraries]
    # Each is in one of the two folders, so this ends with 1.
    listed = subprocess.run(["dpkg-query", "-S", *paths], check=False, capture_output=True, text=True).stdout
    owners = {library: set() for library in libraries}
    for line in listed.splitlines():
        package, _, path = line.partition(": ")
        owners[path.rsplit("/", 1)[-1]].add(package.split(":")[0])
    return owners


class Images(unittest.TestCase):
    def setUp(self):
        self.targets = described.targets()
        self.images = {name: one for name, one in self.targets.items() if name not in ("build", "runtime", "service")}

    def test_each_program_has_an_image(self):
        for name in SERVICES + SIMULATORS:
            with self.subTest(name):
                image = self.images[name]
                self.assertEqual(image.entrypoint, [name])
                self.assertIn(f"--from=build /src/build/release/bin/{name} /usr/local/bin/", image.copies)

    def test_users_without_rights(self):
        for name, image in self.images.items():
            with self.subTest(name):
                self.assertRegex(image.user, r"^[1-9]\d{3,}:[1-9]\d{3,}$", "numbers, so that Kubernetes can see it")

    def test_labels(self):
        wanted = {f"org.opencontainers.image.{name}"
                  for name in ("title", "description", "version", "revision", "licenses", "vendor")}
        for name, image in self.images.items():
            with self.subTest(name):
                self.assertLessEqual(wanted, set(image.labels))
        titles = [image.labels["org.opencontainers.image.title"] for image in self.images.values()]
        self.assertEqual(len(titles), len(set(titles)))

    def test_no_compiler(self):
        for name, image in self.images.items():
            with self.subTest(name):
                installed = " ".join(image.runs)
                self.assertNotRegex(installed, r"install-packages\.sh (build|run|test)\b")
                self.assertNotIn("apt-get install", installed, "packages stand in debian-packages.txt")

    def test_health(self):
        for name in SERVICES:
            self.assertEqual(self.images[name].health, ["healthcheck", self.images[name].env["METRICS_PORT"], "/readyz"])
        plc, odoo = (self.images[name] for name in SIMULATORS)
        self.assertEqual(plc.health, ["healthcheck", plc.env["PLC_SIM_HTTP_PORT"], "/health"])
        self.assertEqual(odoo.health, ["healthcheck", odoo.env["ODOO_SIM_HTTP_PORT"], "/sim/health"])
        self.assertEqual(self.images["mosquitto"].health, ["healthcheck", "8883"])
        for name, image in self.images.items():
            if image.health and image.health[0] == "healthcheck":
                self.assertIn(int(image.health[1]), image.ports, name)

    def test_settings_are_known(self):
        for name in SERVICES + SIMULATORS:
            with self.subTest(name):
                self.assertLessEqual(set(self.images[name].env), described.settings_of(name))

    def test_all_libraries_are_installed(self):
        owners = owners_of({library for name in SERVICES + SIMULATORS for library in needed(name)})
        for name in SERVICES + SIMULATORS:
            groups = re.findall(r"install-packages\.sh ([\w-]+)", " ".join(self.images[name].runs))
            there = described.packages(*groups) | ALWAYS
            for library in sorted(needed(name)):
                with self.subTest(program=name, library=library):
                    self.assertTrue(owners[library] & there, owners[library])

    def test_what_is_copied_reaches_the_builder(self):
        rules = (ROOT / ".dockerignore").read_text().splitlines()
        kept = {rule[1:] for rule in rules if rule.startswith("!")}
        for image in self.targets.values():
            for copy in image.copies:
                parts = [part for part in copy.split() if not part.startswith("--")]
                for source in parts[:-1] if "--from=" not in copy else []:
                    with self.subTest(source):
                        self.assertTrue((ROOT / source).exists())
                        self.assertIn(source.split("/")[0], kept)

    def test_secrets_stay_outside(self):
        rules = set((ROOT / ".dockerignore").read_text().splitlines())
        self.assertLessEqual({"*", "deploy/secrets", "**/.env", "**/*.password", "**/*.key"}, rules)

    def test_the_broker_speaks_tls_only(self):
        made = subprocess.run([DEPLOY / "container" / "broker-config.sh", ROOT / "mosquitto" / "mosquitto.conf",
                               ROOT / "mosquitto" / "tls-listener.conf"], check=True, capture_output=True, text=True)
        lines = [line for line in made.stdout.splitlines() if line and not line.startswith("#")]
        self.assertEqual([line for line in lines if line.startswith("listener")], ["listener 8883 0.0.0.0"])
        self.assertIn("allow_anonymous false", lines)
        self.assertIn("certfile /mosquitto/secrets/mosquitto.crt", lines)


if __name__ == "__main__":
    unittest.main()
