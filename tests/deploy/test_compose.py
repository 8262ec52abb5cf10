#!/usr/bin/python3
"""deploy/compose.yaml: what it gives to each program is what that program takes."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import described  # noqa: E402
from described import DEPLOY, SERVICES, SIMULATORS, filled  # noqa: E402

# It makes the secrets, and ends.
ONCE = {"setup"}


class Compose(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.secrets = described.Secrets()
        cls.addClassCleanup(cls.secrets.temporary.cleanup)
        cls.file = described.compose()
        cls.services = cls.file["services"]
        cls.targets = described.targets()

    def environment(self, name, plant):
        """As the container has it, with the folder of secrets in the place of /run/secrets."""
        service = self.services[name]
        given = {**self.targets[name].env, **described.env_file(DEPLOY / plant)}
        given.update({key: filled(value) for key, value in service.get("environment", {}).items()})
        for source, path in described.secrets_of(service).items():
            file = self.secrets.folder / pathlib.Path(self.file["secrets"][source]["file"]).name
            given = {key: str(file) if value == path else value for key, value in given.items()}
        return given

    def test_all_services_are_there(self):
        self.assertLessEqual(set(SERVICES + SIMULATORS), set(self.services))

    def test_each_image_is_a_target(self):
        for name, service in self.services.items():
            with self.subTest(name):
                if "build" in service:
                    self.assertEqual(service["build"]["target"], name)
                    self.assertIn(name, self.targets)
                    self.assertEqual(filled(service["image"]).rsplit(":", 1)[0], f"millrace/{name}")

    def test_no_rights(self):
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertTrue(service["read_only"])
                self.assertEqual(service["cap_drop"], ["ALL"])
                self.assertEqual(service["security_opt"], ["no-new-privileges:true"])
                self.assertNotIn("privileged", service)
                if name not in ONCE:
                    self.assertNotIn("cap_add", service)
                    self.assertNotEqual(str(service.get("user", "1")).split(":", maxsplit=1)[0], "0")

    def test_limits_and_restart(self):
        for name, service in self.services.items():
            with self.subTest(name):
                if name not in ONCE:
                    self.assertEqual(service["restart"], "unless-stopped")
                    self.assertLessEqual({"cpus", "memory"}, set(service["deploy"]["resources"]["limits"]))

    def test_each_service_tells_its_health(self):
        for name, service in self.services.items():
            with self.subTest(name):
                if name not in ONCE:
                    self.assertTrue("healthcheck" in service or self.targets[name].health)

    def test_who_waits_for_whom(self):
        for name, service in self.services.items():
            with self.subTest(name):
                for other, how in service.get("depends_on", {}).items():
                    self.assertEqual(how, {"condition": "service_healthy"})
                    self.assertNotIn("profiles", self.services[other])

    def test_settings_exist(self):
        for name, service in self.services.items():
            with self.subTest(name):
                if name in SERVICES + SIMULATORS:
                    self.assertLessEqual(set(service.get("environment", {})), described.settings_of(name))

    def test_settings_of_the_plant_exist(self):
        known = set().union(*(described.settings_of(name) for name in SERVICES + SIMULATORS))
        for plant in ("plant.env.example", "demo.env"):
            with self.subTest(plant):
                self.assertLessEqual(set(described.env_file(DEPLOY / plant)), known)

    def test_settings_are_right(self):
        for plant in ("plant.env.example", "demo.env"):
            for name in SERVICES + SIMULATORS:
                with self.subTest(plant=plant, program=name):
                    given = self.environment(name, plant)
                    self.assertNotIn("/run/secrets/mqtt", str(given), "a secret's path that is mounted nowhere")
                    self.assertEqual(described.complaints(name, given, self.secrets.folder), "")

    def test_users_of_the_broker(self):
        for name in SERVICES:
            with self.subTest(name):
                given = self.services[name]["environment"]
                self.assertEqual(given["MQTT_USER"], name)
                self.assertIn(name, described.acl_users())
                mounted = described.secrets_of(self.services[name])
                self.assertEqual(mounted[f"{name}.password"], given["MQTT_PASSWORD_FILE"])

    def test_secrets_are_files_that_are_made(self):
        made = self.secrets.names()
        for name, secret in self.file["secrets"].items():
            with self.subTest(name):
                self.assertIn(pathlib.Path(filled(secret["file"])).name, made)
        for name, service in self.services.items():
            with self.subTest(name):
                given = described.secrets_of(service)
                self.assertLessEqual(set(given), set(self.file["secrets"]))
                self.assertEqual(len(given), len(set(given.values())))
                self.assertNotIn("ca.key", str(given))
                for key, value in service.get("environment", {}).items():
                    if str(value).startswith("/run/secrets/"):
                        self.assertIn(value, given.values(), key)

    def test_no_secret_in_the_text(self):
        for name, service in self.services.items():
            with self.subTest(name):
                self.assertEqual(described.hidden(service.get("environment", {})), [])
        for plant in ("plant.env.example", "demo.env"):
            self.assertEqual(described.hidden(described.env_file(DEPLOY / plant)), [])

    def test_every_user_of_the_acl_has_a_password(self):
        passwords = (self.secrets.folder / "passwords").read_text().splitlines()
        self.assertEqual({line.split(":")[0] for line in passwords}, described.acl_users())
        for user in described.acl_users():
            self.assertGreaterEqual(len((self.secrets.folder / f"{user}.password").read_text()), 32)

    def test_published_ports_are_the_images(self):
        for name, service in self.services.items():
            with self.subTest(name):
                for port in service.get("ports", []):
                    address, _, inside = filled(port).rsplit(":", 2)
                    if name in self.targets:
                        self.assertIn(int(inside), self.targets[name].ports)
                    if name != "admin-gateway":
                        self.assertEqual(address, "127.0.0.1")

    def test_files_of_the_plant(self):
        for name in SERVICES:
            self.assertIn("./plant:/etc/millrace:ro", self.services[name]["volumes"], name)

    def test_networks(self):
        self.assertEqual({name for name, net in self.file["networks"].items() if net.get("internal")},
                         {"bus", "database"})
        on = {network: {name for name, service in self.services.items() if network in service.get("networks", [])}
              for network in self.file["networks"]}
        self.assertEqual(on["database"], {"postgres", "batch-store", "backup"})
        self.assertEqual(on["plant"], {"odoo-gateway", "plc-gateway", *SIMULATORS})

    def test_prometheus_asks_every_service(self):
        scraped = described.yaml.safe_load((DEPLOY / "observability" / "prometheus.yaml").read_text())["scrape_configs"]
        port = self.targets["service"].env["METRICS_PORT"]
        self.assertEqual({each["job_name"]: each["static_configs"][0]["targets"] for each in scraped},
                         {name: [f"{name}:{port}"] for name in SERVICES})


if __name__ == "__main__":
    unittest.main()
