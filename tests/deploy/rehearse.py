#!/usr/bin/env python3
"""Runs the Compose file's demo without a container engine: each service alone in its own namespaces, as its own user,
without capabilities, on a read-only root file system that has only the runtime packages. Root only, not part of
tests/run.sh; docs/deployment.md says how the root is made.

    rehearse.py ROOT          ROOT: debootstrap root with the packages of the [image...] groups and the programs
"""

import json
import os
import pathlib
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request

sys.path.insert(0, str(pathlib.Path(__file__).parent))
# pylint: disable=wrong-import-position
import described  # noqa: E402

ORDER = ["mosquitto", "postgres", "plc-simulator", "odoo-simulator", "batch-store", "odoo-gateway", "plc-gateway",
         "scheduler", "admin-gateway", "notifier", "backup"]
NETWORK = "10.88.0."
# PostgreSQL's image is not ours: this machine's server stands for it.
POSTGRES = """d=/var/lib/postgresql/data; b=/usr/lib/postgresql/15/bin
[ -e $d/PG_VERSION ] || { $b/initdb -D $d -U $POSTGRES_USER --auth=scram-sha-256 --pwfile=$POSTGRES_PASSWORD_FILE \
  --locale=C.UTF-8 -E UTF8 $POSTGRES_INITDB_ARGS >/dev/null && echo "host all all all scram-sha-256" >>$d/pg_hba.conf &&
  $b/pg_ctl -D $d -w -o "-c listen_addresses=" start >/dev/null &&
  PGPASSWORD=$(cat $POSTGRES_PASSWORD_FILE) $b/createdb -h /var/run/postgresql -U $POSTGRES_USER $POSTGRES_DB &&
  $b/pg_ctl -D $d -w stop >/dev/null; }
exec $b/postgres -D $d -c listen_addresses='*' "$@" """


def run(*command, **options):
    return subprocess.run([str(part) for part in command], check=True, **options)


class Container:
    def __init__(self, name, number, root, folder):
        self.name, self.folder = name, folder / name
        self.address = NETWORK + str(number)
        self.service = described.compose()["services"][name]
        self.image = described.targets().get(name)
        self.root = root if self.image else pathlib.Path("/")
        self.child = None
        self.folder.mkdir()

    def environment(self, plant):
        given = dict(self.image.env) if self.image else {}
        if "env_file" in self.service:
            given.update(plant)
        given.update({name: described.filled(value) for name, value in self.service.get("environment", {}).items()})
        return {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", **given}

    def mounts(self, secrets_folder):
        """(what, where): volumes and secrets."""
        compose = described.compose()
        for volume in self.service.get("volumes", []):
            what, where = volume.split(":")[:2]
            if what.startswith("./secrets"):
                yield secrets_folder, where
            elif what.startswith("./"):
                (self.folder / "plant").mkdir()
                yield self.folder / "plant", where
            else:
                data = self.folder / what
                data.mkdir()
                os.chown(data, *self.owner())
                data.chmod(0o700)
                yield data, where
        for source, where in described.secrets_of(self.service).items():
            yield secrets_folder / pathlib.Path(compose["secrets"][source]["file"]).name, where

    def owner(self):
        user = self.service.get("user") or (self.image and self.image.user) or "0:0"
        if self.name == "postgres":  # the host's user stands for the image's 999
            about = shutil.os.stat("/var/lib/postgresql")
            return about.st_uid, about.st_gid
        return tuple(int(part) for part in user.split(":"))

    def script(self, plant, secrets_folder):
        uid, gid = self.owner()
        where = self.folder / "root"
        where.mkdir()
        mounts = list(self.mounts(secrets_folder))
        lines = [f"mount --rbind {self.root} {where}", *self.mount_points(where, mounts),
                 f"mount -o remount,bind,ro {where}",
                 f"mount -t proc proc {where}/proc", f"mount -t tmpfs tmpfs {where}/run/secrets"]
        for path in self.service.get("tmpfs", []):
            target = path.split(':')[0].replace('/var/run/', '/run/')  # a link, which leads out of here
            lines.append(f"mount -t tmpfs -o mode=1777 tmpfs {where}{target}")
        for what, target in mounts:
            if target.startswith("/run/secrets/"):
                lines.append(f"touch {where}{target}")
            lines.append(f"mount --bind {what} {where}{target}")
        lines.append(f"mount --bind {self.folder.parent}/hosts {where}/etc/hosts")
        added = "".join(f",+{name.lower()}" for name in self.service.get("cap_add", []))
        groups = ",".join(self.service.get("group_add", [])) or None
        given = [f"{name}={value}" for name, value in self.environment(plant).items()]
        command = [*(self.service.get("entrypoint") or (self.image and self.image.entrypoint) or []),
                   *self.service.get("command", [])]
        if self.name == "postgres":
            command = ["bash", "-c", POSTGRES, *command]
        shielded = ["setpriv", f"--reuid={uid}", f"--regid={gid}",
                    f"--groups={groups}" if groups else "--clear-groups", "--no-new-privs",
                    f"--bounding-set=-all{added}", f"--inh-caps=-all{added}", "--", *command]
        chdir = self.image.folder if self.image else "/"
        quoted = " ".join("'" + part.replace("'", "'\\''") + "'" for part in ["env", "-i", *given, *shielded])
        lines.append(f"exec chroot {where} env -C {chdir} {quoted}")
        return "set -e\n" + "\n".join(lines)

    @staticmethod
    def mount_points(where, mounts):
        """An engine makes them, too, before it makes the root read-only."""
        for what, target in mounts:
            if not target.startswith("/run/secrets/"):
                yield f"mkdir -p {where}{pathlib.Path(target).parent}"
                yield f"{'mkdir -p' if what.is_dir() else 'touch'} {where}{target}"
        yield f"mkdir -p {where}/run/secrets"

    def start(self, plant, secrets_folder):
        run("ip", "netns", "add", self.name)
        run("ip", "link", "add", f"v{self.address.split('.')[-1]}", "type", "veth", "peer", "name", "eth0", "netns",
            self.name)
        outer = f"v{self.address.split('.')[-1]}"
        run("ip", "link", "set", outer, "master", "br0", "up")
        inside = ["ip", "-n", self.name]
        run(*inside, "link", "set", "lo", "up")
        run(*inside, "addr", "add", self.address + "/24", "dev", "eth0")
        run(*inside, "link", "set", "eth0", "up")
        with open(self.folder / "log", "wb") as log:
            self.child = subprocess.Popen(
                ["ip", "netns", "exec", self.name, "unshare", "--mount", "--propagation=private", "--pid", "--fork",
                 "--kill-child", "bash", "-c", self.script(plant, secrets_folder)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def healthy(self):
        if not self.image:
            check = ["/usr/lib/postgresql/15/bin/pg_isready", "-q", "-h", "127.0.0.1", "-U", "millrace", "-d", "plc"]
            return subprocess.run(["ip", "netns", "exec", self.name, *check], check=False).returncode == 0, ""
        if not self.image.health:
            return True, ""
        done = subprocess.run(["nsenter", "--target", str(self.inner()), "--mount", "--net", "--pid",
                               "--root", "--wd=" + "/", "setpriv", "--reuid=10001", "--regid=10001", "--clear-groups",
                               "env", "-i", "PATH=/usr/local/bin:/usr/bin:/bin", *self.health_command()],
                              check=False, capture_output=True, text=True)
        return done.returncode == 0, (done.stdout + done.stderr).strip()

    def health_command(self):
        return ["bash", "-c", f'cd {self.image.folder} && exec "$@"', "-", *self.image.health]

    def inner(self):
        """The process that is number 1 in there, by the outside's count."""
        child = self.child.pid
        while True:
            below = pathlib.Path(f"/proc/{child}/task/{child}/children").read_text().split()
            if not below or pathlib.Path(f"/proc/{child}/comm").read_text().strip() not in ("ip", "unshare"):
                return child
            child = int(below[0])

    def wait_healthy(self, seconds=40):
        end, said = time.monotonic() + seconds, None
        while True:
            good, text = self.healthy()
            if text != said and text.startswith(("status", "nobody", "there is no")):
                print(f"  {self.name}: not healthy: {text.splitlines()[0]}")
                said = text
            if good:
                print(f"{self.name}: healthy, {self.about()}")
                return
            if time.monotonic() > end or self.child.poll() is not None:
                raise SystemExit(f"{self.name} is not healthy:\n{(self.folder / 'log').read_text()[-3000:]}")
            time.sleep(0.2)

    def about(self):
        lines = pathlib.Path(f"/proc/{self.inner()}/status").read_text().splitlines()
        words = dict(line.split(":\t", 1) for line in lines if ":\t" in line)
        return (f"uid {words['Uid'].split()[0]}, capabilities {words['CapEff']} of {words['CapBnd']}, "
                f"no_new_privs {words['NoNewPrivs']}, {words.get('VmRSS', '?').strip()}")

    def stop(self):
        began = time.monotonic()
        os.kill(self.inner(), signal.SIGINT if self.name == "postgres" else signal.SIGTERM)
        code = self.child.wait(20)
        print(f"{self.name}: ended after {time.monotonic() - began:.1f} s, code {code}")


def main(root):
    folder = pathlib.Path(tempfile.mkdtemp(prefix="rehearsal-"))
    folder.chmod(0o755)
    secrets_folder = folder / "secrets"
    secrets_folder.mkdir()
    (folder / "netns").mkdir()
    pathlib.Path("/run/netns").mkdir(exist_ok=True)
    run("mount", "-t", "tmpfs", "tmpfs", "/run/netns")
    run("ip", "link", "set", "lo", "up")
    run("ip", "link", "add", "br0", "type", "bridge")
    run("ip", "addr", "add", NETWORK + "1/24", "dev", "br0")
    run("ip", "link", "set", "br0", "up")
    containers = {name: Container(name, 10 + number, root, folder) for number, name in enumerate(["setup", *ORDER])}
    hosts = "127.0.0.1 localhost\n" + "".join(f"{one.address} {one.name}\n" for one in containers.values())
    (folder / "hosts").write_text(hosts)
    run("mount", "--bind", folder / "hosts", "/etc/hosts")
    plant = described.env_file(described.DEPLOY / "demo.env")
    (secrets_folder / "odoo.password").write_text("rehearsal")

    setup = containers.pop("setup")
    setup.start({}, secrets_folder)
    if setup.child.wait(60) != 0:
        raise SystemExit("setup: " + (setup.folder / "log").read_text())
    print("setup:", (setup.folder / "log").read_text().strip().replace("\n", "; "))
    for name, container in containers.items():
        container.start(plant, secrets_folder)
        container.wait_healthy()
    watch(containers, secrets_folder)
    for name in reversed(ORDER):
        containers[name].stop()
    for name in ORDER:
        for line in (folder / name / "log").read_text(errors="replace").splitlines():
            if '"level":"warn' in line or '"level":"error' in line or "Error" in line:
                print(f"  {name}: {line[:300]}")
    print("logs:", folder)


def watch(containers, secrets_folder):
    """Over TLS, with the private CA: until the first queue is archived."""
    trusted = ssl.create_default_context(cafile=secrets_folder / "ca.crt")
    with urllib.request.urlopen("https://admin-gateway:8000/api/health", context=trusted, timeout=5) as answer:
        print("https://admin-gateway:8000/api/health:", json.load(answer)["message"])
    end = time.monotonic() + 120
    while True:
        with urllib.request.urlopen("http://odoo-simulator:8070/sim/ledger", timeout=5) as answer:
            orders = json.load(answer)["orders"].values()
        done = sum(order.get("state") == "done" for order in orders)
        if done >= 2:
            print(f"{done} orders are done in Odoo")
            break
        if time.monotonic() > end:
            raise SystemExit(f"{done} orders done after 120 s")
        time.sleep(1)
    backups = list((containers["backup"].folder / "backups").glob("*.dump"))
    print("backups:", [f"{one.name} {one.stat().st_size} bytes" for one in backups])


if __name__ == "__main__":
    if os.environ.get("REHEARSAL") != "inside":
        os.environ["REHEARSAL"] = "inside"
        os.execvp("unshare", ["unshare", "--net", "--mount", "--propagation=private", "--pid", "--fork",
                              "--kill-child", "--mount-proc", sys.executable, __file__, *sys.argv[1:]])
    main(pathlib.Path(sys.argv[1]).resolve())
