#!/usr/bin/python3
"""deploy/kubernetes: the parts name each other rightly, and give each program what it takes."""

import pathlib
import re
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import described  # noqa: E402
from described import DEPLOY, SERVICES, SIMULATORS, yaml  # noqa: E402

FOLDER = DEPLOY / "kubernetes"
WORKLOADS = ("Deployment", "StatefulSet", "CronJob")
NAME = "app.kubernetes.io/name"


class Overlay:
    """An overlay and the base that it names: all objects, its images and the ConfigMap `plant`."""

    def __init__(self, name):
        self.folder = FOLDER / "overlays" / name
        self.objects = []
        self.file = self.read(self.folder)
        self.images = {one["name"]: one["newTag"] for one in self.file["images"]}
        generated, = self.file["configMapGenerator"]
        assert generated["name"] == "plant"
        self.plant = {}
        for path in generated["envs"]:
            self.plant.update(described.env_file(self.folder / path))

    def read(self, folder):
        file = yaml.safe_load((folder / "kustomization.yaml").read_text())
        for resource in file["resources"]:
            path = folder / resource
            if path.is_dir():
                self.read(path)
            else:
                self.objects += list(yaml.safe_load_all(path.read_text()))
        return file

    def of(self, *kinds):
        return [one for one in self.objects if one["kind"] in kinds]

    def pods(self):
        """(name, labels, pod spec) of each workload."""
        for each in self.of(*WORKLOADS):
            spec = each["spec"].get("jobTemplate", each)["spec"]["template"]
            yield each["metadata"]["name"], spec["metadata"]["labels"], spec["spec"]

    def names(self):
        return {labels[NAME] for _, labels, _ in self.pods()}


def secret_keys():
    """File in the folder of secrets by (Secret, key), as create-secrets.sh makes them."""
    text = (FOLDER / "create-secrets.sh").read_text()
    services = re.search(r"for service in (.*); do", text)[1].split()
    made = {}
    for name, keys in re.findall(r'^ +secret (\S+) (.*=.*)$', text, re.M):
        for service in services if "$service" in name + keys else [""]:
            for key in keys.replace('"', "").split():
                key, _, file = key.replace("$service", service).partition("=")
                made[name.strip('"').replace("$service", service), key] = file
    return made


def chosen(selector):
    """Values of app.kubernetes.io/name that a selector takes."""
    found = [selector["matchLabels"][NAME]] if "matchLabels" in selector else []
    for expression in selector.get("matchExpressions", []):
        assert expression["key"] == NAME and expression["operator"] == "In"
        found += expression["values"]
    return found


class Kubernetes(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.secrets = described.Secrets()
        cls.addClassCleanup(cls.secrets.temporary.cleanup)
        cls.overlays = {name: Overlay(name) for name in ("demo", "production")}
        cls.targets = described.targets()
        cls.keys = secret_keys()

    def every_pod(self):
        for overlay_name, overlay in self.overlays.items():
            for name, labels, pod in overlay.pods():
                yield f"{overlay_name} {name}", overlay, labels, pod

    def test_every_file_is_used(self):
        used = set()
        for path in FOLDER.rglob("kustomization.yaml"):
            used.update((path.parent / one).resolve()
                        for one in yaml.safe_load(path.read_text())["resources"])
        there = {path.resolve() for path in FOLDER.rglob("*.yaml") if path.name != "kustomization.yaml"}
        self.assertEqual(there, {path for path in used if path.is_file()})

    def test_all_services_run(self):
        self.assertEqual(self.overlays["production"].names(), {*SERVICES, "mosquitto", "backup"})
        self.assertEqual(self.overlays["demo"].names(), {*SERVICES, *SIMULATORS, "mosquitto"})

    def test_images_are_targets_with_a_version(self):
        for where, overlay, _, pod in self.every_pod():
            with self.subTest(where):
                container, = pod["containers"]
                self.assertIn(container["image"], overlay.images)
                self.assertIn(container["image"].removeprefix("millrace/"), self.targets)
                self.assertNotEqual(overlay.images[container["image"]], "latest")

    def test_no_rights(self):
        for where, overlay, _, pod in self.every_pod():
            with self.subTest(where):
                self.assertTrue(pod["securityContext"]["runAsNonRoot"])
                self.assertEqual(pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
                self.assertFalse(pod["automountServiceAccountToken"])
                container, = pod["containers"]
                user = self.targets[container["image"].removeprefix("millrace/")].user
                self.assertEqual(f"{pod['securityContext']['runAsUser']}:{pod['securityContext']['runAsGroup']}", user)
                self.assertEqual(container["securityContext"],
                                 {"allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                                  "capabilities": {"drop": ["ALL"]}})
                self.assertIn("memory", container["resources"]["limits"])
                accounts = {one["metadata"]["name"]: one for one in overlay.of("ServiceAccount")}
                self.assertFalse(accounts[pod["serviceAccountName"]]["automountServiceAccountToken"])
        for overlay in self.overlays.values():
            self.assertEqual(overlay.of("Role", "RoleBinding", "ClusterRole", "ClusterRoleBinding"), [])

    def test_users_file_keeps_its_mode(self):
        for where, _, labels, pod in self.every_pod():
            if labels[NAME] == "admin-gateway":
                self.assertEqual(pod["securityContext"]["fsGroupChangePolicy"], "OnRootMismatch", where)

    def test_probes_are_those_of_the_image(self):
        for where, _, labels, pod in self.every_pod():
            container, = pod["containers"]
            ports = {one["name"]: one["containerPort"] for one in container.get("ports", [])}
            image = self.targets[labels[NAME]]
            with self.subTest(where):
                self.assertLessEqual(set(ports.values()), image.ports)
                probes = {key: value for key, value in container.items() if key.endswith("Probe")}
                if labels[NAME] == "backup":
                    continue
                self.assertEqual(self.asked(probes["readinessProbe"], ports), image.health)
                if labels[NAME] in SERVICES:
                    port = image.env["METRICS_PORT"]
                    for kind in ("startupProbe", "livenessProbe"):
                        self.assertEqual(self.asked(probes[kind], ports), ["healthcheck", port, "/healthz"])

    @staticmethod
    def asked(probe, ports):
        if "exec" in probe:
            return probe["exec"]["command"]
        return ["healthcheck", str(ports[probe["httpGet"]["port"]]), probe["httpGet"]["path"]]

    def test_selectors(self):
        for name, overlay in self.overlays.items():
            for each in overlay.of("Deployment", "StatefulSet"):
                labels = each["spec"]["template"]["metadata"]["labels"]
                self.assertEqual(each["spec"]["selector"]["matchLabels"], labels, name)
            for service in overlay.of("Service"):
                with self.subTest(overlay=name, service=service["metadata"]["name"]):
                    pods = [pod for _, labels, pod in overlay.pods() if labels == service["spec"]["selector"]]
                    self.assertEqual(len(pods), 1)
                    there = {port["name"] for port in pods[0]["containers"][0]["ports"]}
                    self.assertLessEqual({port["targetPort"] for port in service["spec"]["ports"]}, there)
            for budget in overlay.of("PodDisruptionBudget"):
                one, = [each for each in overlay.of("Deployment")
                        if each["spec"]["selector"] == budget["spec"]["selector"]]
                self.assertGreater(one["spec"]["replicas"], budget["spec"]["minAvailable"], "else no node is drained")
            for each in overlay.of("StatefulSet"):
                self.assertIn(each["spec"]["serviceName"], {one["metadata"]["name"] for one in overlay.of("Service")})

    def test_doors(self):
        for name, overlay in self.overlays.items():
            named = {port.get("name") for _, _, pod in overlay.pods() for port in pod["containers"][0].get("ports", [])}
            policies = overlay.of("NetworkPolicy")
            self.assertTrue(any(one["spec"]["podSelector"] == {} and one["spec"]["policyTypes"] == ["Ingress", "Egress"]
                                and "egress" not in one["spec"] and "ingress" not in one["spec"] for one in policies))
            for policy in policies:
                with self.subTest(overlay=name, policy=policy["metadata"]["name"]):
                    spec = policy["spec"]
                    peers = [peer for rule in spec.get("ingress", []) + spec.get("egress", [])
                             for peer in rule.get("from", []) + rule.get("to", [])]
                    selectors = [peer["podSelector"] for peer in peers if "podSelector" in peer] + [spec["podSelector"]]
                    for selector in selectors:
                        self.assertLessEqual(set(chosen(selector)), overlay.names())
                    ports = [port["port"] for rule in spec.get("ingress", []) + spec.get("egress", [])
                             for port in rule.get("ports", [])]
                    self.assertLessEqual({port for port in ports if isinstance(port, str)}, named)

    def test_volumes_and_secrets(self):
        for where, overlay, _, pod in self.every_pod():
            with self.subTest(where):
                workload, = [one for one in overlay.of(*WORKLOADS) if where.endswith(" " + one["metadata"]["name"])]
                claims = {one["metadata"]["name"] for one in workload["spec"].get("volumeClaimTemplates", [])}
                volumes = {one["name"] for one in pod.get("volumes", [])} | claims
                mounts = {one["name"] for one in pod["containers"][0].get("volumeMounts", [])}
                self.assertEqual(volumes, mounts)
                for volume in pod.get("volumes", []):
                    if "secret" in volume:
                        self.assertIn(volume["secret"]["secretName"], {secret for secret, _ in self.keys})
                    elif "configMap" in volume:
                        self.assertEqual(volume["configMap"], {"name": "plant-files", "optional": True})
                    else:
                        self.assertIn(volume["persistentVolumeClaim"]["claimName"],
                                      {one["metadata"]["name"] for one in overlay.of("PersistentVolumeClaim")})

    def test_no_secret_in_the_text(self):
        for overlay in self.overlays.values():
            self.assertEqual(overlay.of("Secret"), [])
            self.assertEqual(described.hidden(overlay.plant), [])
        for where, _, _, pod in self.every_pod():
            self.assertEqual(described.hidden({one["name"]: one for one in pod["containers"][0].get("env", [])}), [],
                             where)

    def test_secrets_are_made(self):
        self.assertLessEqual(set(self.keys.values()), self.secrets.names())
        self.assertNotIn("ca.key", self.keys.values())

    def test_settings_of_the_plant_exist(self):
        for name, overlay in self.overlays.items():
            known = set().union(*(described.settings_of(one) for one in overlay.names() & {*SERVICES, *SIMULATORS}))
            self.assertLessEqual(set(overlay.plant), known, name)

    def test_settings_are_right(self):
        for where, overlay, labels, pod in self.every_pod():
            program = labels[NAME]
            if program in SERVICES + SIMULATORS:
                with self.subTest(where):
                    own = {one["name"]: one["value"] for one in pod["containers"][0].get("env", [])}
                    self.assertLessEqual(set(own), described.settings_of(program))
                    given = self.with_secrets({**self.targets[program].env, **overlay.plant, **own}, pod)
                    known = {name: value for name, value in given.items() if name in described.settings_of(program)}
                    self.assertNotIn("/run/secrets", str(known), "a secret's path that is mounted nowhere")
                    self.assertEqual(described.complaints(program, given, self.secrets.folder), "")

    def with_secrets(self, environment, pod):
        """Paths of mounted Secrets become those of the files that they are made from."""
        secrets = {one["name"]: one["secret"]["secretName"] for one in pod.get("volumes", []) if "secret" in one}
        paths = {}
        for mount in pod["containers"][0].get("volumeMounts", []):
            for (secret, key), file in self.keys.items():
                if secret == secrets.get(mount["name"]):
                    paths[f"{mount['mountPath']}/{key}"] = str(self.secrets.folder / file)
        return {name: paths.get(value, value) for name, value in environment.items()}


if __name__ == "__main__":
    unittest.main()
