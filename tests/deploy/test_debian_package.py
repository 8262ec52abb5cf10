#!/usr/bin/env python3
"""Is the .deb of build/release what docs/installation.md says? Built and looked into, not installed: for that,
package_test.py."""

import os
import pathlib
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from units import FOLDER, SERVICES, Unit, parse  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / os.environ.get("MILLRACE_BUILD", "release")
CONFFILES = ["/etc/millrace/millrace.env.example", "/etc/millrace/mosquitto/acl", "/etc/millrace/mosquitto/millrace.conf"]


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, **options).stdout


def setting_names(text):
    """NAME of each NAME=value line."""
    return set(re.findall(r"^([A-Z][A-Z0-9_]*)=", text, re.M))


class DebianPackage(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="millrace-deb-"))
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        run("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", cls.folder, "-D", "CPACK_DEBIAN_COMPRESSION_TYPE=none", cwd=cls.folder)
        cls.package, = cls.folder.glob("millrace_*.deb")
        cls.tree, cls.control = cls.folder / "tree", cls.folder / "control"
        run("dpkg-deb", "-x", cls.package, cls.tree)
        run("dpkg-deb", "-e", cls.package, cls.control)
        cls.listed = {line.split()[5]: line.split()[:2] for line in run("dpkg-deb", "-c", cls.package).splitlines()}
        cls.units = {service: Unit(cls.tree, service) for service in SERVICES}

    def field(self, name):
        return run("dpkg-deb", "-f", self.package, name).strip()

    def test_all_belongs_to_root_and_nobody_else_may_write(self):
        for path, (mode, owner) in self.listed.items():
            with self.subTest(path):
                self.assertEqual(owner, "root/root")
                if not mode.startswith("l"):
                    self.assertEqual((mode[5], mode[8]), ("-", "-"))
                    self.assertNotIn("s", mode)

    def test_files_and_modes(self):
        expected = {"./etc/millrace/millrace.env.example": "-rw-r-----", "./etc/millrace/mosquitto/acl": "-rw-r--r--",
                    "./etc/millrace/mosquitto/millrace.conf": "-rw-r--r--", "./usr/share/millrace/plc-map/feedmill.json": "-rw-r--r--",
                    "./usr/lib/sysusers.d/millrace.conf": "-rw-r--r--", "./usr/lib/tmpfiles.d/millrace.conf": "-rw-r--r--",
                    "./usr/lib/millrace/setup-broker": "-rwxr-xr-x", "./usr/bin/millrace-backup": "-rwxr-xr-x",
                    "./usr/share/doc/millrace/installation.md": "-rw-r--r--", "./usr/share/doc/millrace/copyright": "-rw-r--r--",
                    "./usr/share/man/man7/millrace.7.gz": "-rw-r--r--", f"./{FOLDER}/millrace.target": "-rw-r--r--"}
        for service in SERVICES:
            expected[f"./usr/bin/millrace-{service}"] = "-rwxr-xr-x"
            expected[f"./usr/share/man/man8/millrace-{service}.8.gz"] = "-rw-r--r--"
        self.assertEqual({path: self.listed.get(path, [None])[0] for path in expected}, expected)

    def test_only_what_is_known_is_in_etc_and_var(self):
        files = {f"/{path.relative_to(self.tree)}" for path in self.tree.rglob("*") if not path.is_dir()}
        self.assertEqual(sorted(path for path in files if path.startswith(("/etc/", "/var/"))), CONFFILES)
        self.assertEqual((self.control / "conffiles").read_text().split(), CONFFILES)
        self.assertEqual({path.split("/")[1] for path in files}, {"etc", "lib", "usr"})

    def test_dependencies_are_those_of_the_programs(self):
        depends = {part.split()[0] for part in self.field("Depends").split(", ")}
        self.assertTrue({"systemd", "libc6", "libcaf-core0.17", "libpaho-mqttpp3-1", "libsoci-core4.0", "libpq5", "libssl3",
                         "libsodium23", "libcurl4"} <= depends, depends)
        self.assertFalse([name for name in depends if name.endswith("-dev")])
        self.assertIn("mosquitto", self.field("Recommends"))

    def test_programs_are_stripped_and_know_no_folder_of_the_build(self):
        for service in SERVICES:
            program = self.tree / "usr/bin" / f"millrace-{service}"
            self.assertNotIn(".symtab", run("readelf", "-SW", program))
            self.assertNotIn("RUNPATH", run("readelf", "-dW", program))
        for path in self.tree.rglob("*"):
            if path.is_file() and not path.is_symlink():
                self.assertNotIn(str(ROOT).encode() + b"/", path.read_bytes(), path)

    def test_units_name_programs_files_and_users_that_there_are(self):
        user = (self.tree / "usr/lib/sysusers.d/millrace.conf").read_text().split()[1]
        broker_users = re.findall(r"^user (.+)$", (self.tree / "etc/millrace/mosquitto/acl").read_text(), re.M)
        for service, unit in self.units.items():
            with self.subTest(service):
                program = self.tree / unit.one("ExecStart").lstrip("/")
                self.assertTrue(program.stat().st_mode & stat.S_IXOTH)
                self.assertEqual((unit.one("User"), unit.one("Group")), (user, user))
                self.assertIn(unit.environment()["MQTT_USER"], broker_users)
                self.assertEqual(unit.credentials(), {"mqtt.password": f"/etc/millrace/secrets/{service}.password"})
                self.assertEqual(unit.environment()["MQTT_PASSWORD_FILE"], f"/run/credentials/{unit.name}/mqtt.password")
                self.assertEqual(unit.one("PartOf", "Unit"), "millrace.target")
                self.assertEqual(unit.one("WantedBy", "Install"), "millrace.target")
                self.assertEqual(unit.all("Requires", "Unit") + unit.all("BindsTo", "Unit"), [])
                self.assertEqual((unit.one("Restart"), unit.one("RestartPreventExitStatus")), ("always", "78"))

    def test_settings_in_units_and_the_example_are_settings(self):
        known = {"ENV_FILE", "MQTT_PASSWORD_FILE"}
        for service in SERVICES:
            known |= set(re.findall(r"\b[A-Z][A-Z0-9_]+\b", run(self.tree / "usr/bin" / f"millrace-{service}", "--help")))
        for unit in self.units.values():
            self.assertEqual(set(unit.environment()) - known, set())
        named = setting_names((self.tree / "etc/millrace/millrace.env.example").read_text())
        self.assertTrue({"PLC_IP", "ODOO_URL", "DATABASE_URL", "LINES"} <= named)
        self.assertEqual(named - known, set())

    def check_config(self, service, env_file):
        environment = {"ENV_FILE": str(env_file), "ODOO_PASSWORD": "x"}
        return subprocess.run([self.tree / "usr/bin" / f"millrace-{service}", "--check-config"], env=environment,
                              capture_output=True, text=True)

    def test_the_example_is_right_and_a_wrong_setting_ends_for_good(self):
        example = self.tree / "etc/millrace/millrace.env.example"
        wrong = self.folder / "wrong.env"
        wrong.write_text(example.read_text() + "LOG_LEVEL=loud\n")
        for service in SERVICES:
            with self.subTest(service):
                answer = self.check_config(service, example)
                self.assertEqual((answer.returncode, answer.stderr), (0, ""))
                self.assertEqual(self.check_config(service, wrong).returncode, 78)

    def test_systemd_finds_nothing_wrong_with_the_units(self):
        if not shutil.which("systemd-analyze"):
            self.skipTest("no systemd-analyze here")
        for service in SERVICES:
            answer = subprocess.run(
                ["systemd-analyze", f"--root={self.tree}", "security", "--offline=true", "--threshold=20", f"millrace-{service}.service"],
                capture_output=True, text=True, env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning"})
            self.assertEqual((answer.returncode, answer.stderr), (0, ""), answer.stdout[-300:])

    def test_the_brokers_listener_is_for_this_machine_and_asks_for_passwords(self):
        listener = dict(line.split(" ", 1) for line in
                        (self.tree / "etc/millrace/mosquitto/millrace.conf").read_text().splitlines() if line and line[0] != "#")
        self.assertEqual(listener["listener"], "1883 127.0.0.1")
        self.assertEqual(listener["allow_anonymous"], "false")
        self.assertEqual(listener["password_file"], "/etc/millrace/mosquitto/passwords")
        self.assertEqual(listener["acl_file"], "/etc/millrace/mosquitto/acl")
        self.assertFalse({"persistence_location", "log_dest"} & set(listener), "Debian's configuration has them")

    def test_maintainer_scripts_are_plain_sh_and_know_all_units(self):
        for name in ("postinst", "prerm", "postrm"):
            with self.subTest(name):
                script = self.control / name
                self.assertEqual(script.read_text().splitlines()[0], "#!/bin/sh")
                run("sh", "-n", script)
                for service in SERVICES:
                    self.assertIn(f"millrace-{service}.service", script.read_text())
        target = parse((self.tree / FOLDER / "millrace.target").read_text())
        self.assertIn(("Install", "WantedBy", "multi-user.target"), target)


if __name__ == "__main__":
    unittest.main()
