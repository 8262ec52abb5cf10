#!/usr/bin/env python3
"""The .deb in a fresh Debian: installs it in a root of its own, runs the programs as their units would, as the user
millrace, against the simulators until the orders are through, upgrades, then has systemd itself run them with their whole
sandbox, removes and purges.

Needs root and a Debian mirror, so it is no part of tests/run.sh. What it starts and mounts is gone with it: it runs in
namespaces of its own.

  package_test.py [--build FOLDER] [--base FOLDER] [--mirror URL] [--folder FOLDER] [--keep]
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(HERE), str(ROOT / "deploy" / "demo")]
from ledgers import compare  # noqa: E402
from plant import wait_until  # noqa: E402
from booted import booted  # noqa: E402
from debian_root import Debian, Machine, ORDERS, SIMULATORS, history, ledgers, say  # noqa: E402
from network import network  # noqa: E402
from units import SERVICES  # noqa: E402

# What a person writes, and a faster clock.
CONFIGURED = {"ODOO_URL": "http://127.0.0.1:8070", "ODOO_USERNAME": "admin", "PLC_IP": "127.0.0.1", "ENABLE_AUTO_SYNC": "true"}
FASTER = {"ADMIN_AUTH": "off", "SYNC_INTERVAL": "5s", "PLC_READ_INTERVAL": "300ms", "PROCESS_COMPLETED_INTERVAL": "1s"}
DATABASE = "var/lib/millrace/store/millrace.db"


def check(right, what):
    if not right:
        raise AssertionError(what)
    say(f"  ok: {what}")


def build_package(build, folder, version=None):
    folder.mkdir()
    more = ["-D", f"CPACK_PACKAGE_VERSION={version}"] if version else []
    subprocess.run(["cpack", "--config", build / "CPackConfig.cmake", "-B", folder, *more], check=True, cwd=folder,
                   stdout=subprocess.DEVNULL)
    package, = folder.glob("millrace_*.deb")
    return package


# -- the steps ---------------------------------------------------------------

def install(debian, package):
    say("install")
    shutil.copy(package, debian.root / "tmp")
    debian.run("apt-get", "update", "-q")
    # sqlite3 for millrace-backup.
    output = debian.run("apt-get", "install", "-y", "-q", f"/tmp/{package.name}", "sqlite3")
    passwords = [path.read_text() for path in debian.path("etc/millrace/secrets").glob("*.password")]
    check(len(passwords) == 6 and len(set(passwords)) == 6 and all(len(text) == 32 for text in passwords),
          "six random passwords for the broker")
    check(not any(text in output for text in passwords), "none of them was printed")
    said = [line for line in output.splitlines() if line.startswith("millrace:")]
    check(len(said) == 1 and "millrace.env" in said[0], f"it says what to do next: {said}")
    check(not debian.path("etc/millrace/millrace.env").exists(), "it invents no configuration")


def look_at_files(debian):
    say("users, files and modes")
    check(debian.run("id", "-nG", "millrace").split() == ["millrace"], "the user millrace is in its own group only")
    check(debian.run("getent", "passwd", "millrace").strip().endswith("nologin"), "and cannot log in")
    expected = {"etc/millrace": "0755 root root", "etc/millrace/secrets": "0700 root root",
                "etc/millrace/secrets/scheduler.password": "0600 root root",
                "etc/millrace/millrace.env.example": "0640 root millrace", "etc/millrace/mosquitto/acl": "0644 root root",
                "etc/millrace/mosquitto/passwords": "0640 root mosquitto", "var/lib/millrace": "0750 millrace millrace",
                "usr/bin/millrace-batch-store": "0755 root root"}
    found = debian.modes(expected)
    check(found == expected, f"modes and owners: {found}")
    check(all(path.suffix == ".password" for path in debian.path("etc/millrace/secrets").iterdir()), "nothing but passwords there")
    check(os.readlink(debian.path("etc/mosquitto/conf.d/millrace.conf")) == "/etc/millrace/mosquitto/millrace.conf",
          "mosquitto includes Millrace's listener")
    units = debian.run("sh", "-c", "cd /etc/systemd/system && ls millrace.target.wants multi-user.target.wants")
    check(all(f"millrace-{service}.service" in units for service in SERVICES) and "millrace.target" in units, "the units are enabled")


def look_at_units(debian):
    say("units")
    names = ["millrace.target", *(f"millrace-{service}.service" for service in SERVICES)]
    check(debian.run("systemd-analyze", "verify", "--man=no", *names) == "", "systemd-analyze verify finds nothing")
    for service in SERVICES:
        say("  " + debian.run("systemd-analyze", "security", "--offline=true", f"millrace-{service}.service").splitlines()[-1])


def configure_again(debian):
    say("configured a second time")
    before = debian.contents("etc/millrace")
    debian.run("dpkg-reconfigure", "millrace")
    check(debian.contents("etc/millrace") == before, "nothing changes in /etc/millrace")


def write_settings(debian):
    text = debian.path("etc/millrace/millrace.env.example").read_text()
    lines = []
    for line in text.splitlines():
        name = line.split("=")[0]
        lines.append(f"{name}={CONFIGURED[name]}" if name in CONFIGURED else line)
    lines += [f"{name}={value}" for name, value in FASTER.items()]
    debian.write("etc/millrace/millrace.env", "\n".join(lines) + "\n", 0o600)
    debian.write("etc/millrace/secrets/odoo-gateway.env", "ODOO_PASSWORD='admin'\n", 0o600)
    debian.run("systemd-tmpfiles", "--create", "millrace.conf")
    check(debian.mode("etc/millrace/millrace.env") == "0640 root millrace", "the settings are the services' to read")


def produce(debian, machine):
    say("the orders' way")
    machine.start_services()
    wait_until(lambda: len(history()) == ORDERS, 60, f"{ORDERS} orders are archived")
    odoo, plc = ledgers()
    orders = sorted(name for name, order in odoo["orders"].items() if order["line"] == "PLC01")
    figures, differences = compare(odoo, plc, history(), orders)
    check(len(orders) == ORDERS and figures >= 2 * ORDERS and not differences,
          f"{len(orders)} orders, {figures} figures compared between PLC and Odoo: differences {differences}")
    owners = set(debian.run("find", "/var/lib/millrace", "-printf", "%u\n").split())
    check(owners == {"millrace"} and debian.path(DATABASE).exists(), f"the database is in /{DATABASE}, of user millrace")
    check(debian.mode(DATABASE) == "0600 millrace millrace", "nobody else reads it")
    debian.run("millrace-backup", "/tmp/backup.db")
    check("2 in the history" in debian.run("sh", "-c", "rm /tmp/backup.db && millrace-backup /tmp/backup.db"),
          "millrace-backup finds the database by itself")
    return history()


def end_services(machine):
    ends = machine.stop(*SERVICES)
    check(set(ends.values()) == {0}, f"all services end by themselves: {ends}")


def refuse_wrong_settings(debian, machine):
    say("a wrong setting")
    before = debian.path("etc/millrace/millrace.env").read_text()
    debian.path("etc/millrace/millrace.env").write_text(before + "PLC_PORT=none\n")
    machine.start_service("plc-gateway")
    code = machine.running.pop("plc-gateway").wait(15)
    check(code == 78 and "PLC_PORT" in machine.log("plc-gateway"), "ends plc-gateway with 78, which systemd does not try again")
    debian.path("etc/millrace/millrace.env").write_text(before)


def upgrade(debian, package):
    say(f"upgrade to {package.name}")
    acl = debian.path("etc/millrace/mosquitto/acl")
    acl.write_text(acl.read_text() + "\n# ours\n")
    before = {**debian.contents("etc/millrace"), **debian.contents("var/lib/millrace")}
    shutil.copy(package, debian.root / "tmp")
    output = debian.run("apt-get", "install", "-y", "-q", f"/tmp/{package.name}")
    check("millrace:" not in output, "says nothing more")
    after = {**debian.contents("etc/millrace"), **debian.contents("var/lib/millrace")}
    check(after == before, "settings, passwords, a changed ACL and the database are as they were")


def go_on(machine, archived):
    say("after the upgrade")
    machine.start_services()
    check(history() == archived, "the history is complete")
    _, plc = ledgers()
    check(len(plc["produced"]) == ORDERS, "nothing is produced a second time")


def run_by_systemd(debian, package, log):
    """The same units with their whole sandbox, from an empty database."""
    say("systemd as process 1")
    debian.run("sh", "-c", "rm -r /var/lib/millrace/*; rm /usr/sbin/policy-rc.d; install -d /opt/simulators; cp /tmp/*-simulator /opt/simulators")
    with booted(debian.root, log) as machine, network(machine.first):
        for name, environment in SIMULATORS.items():
            machine.run("systemd-run", "--quiet", f"--unit={name}", *(f"--property=Environment={key}={value}" for key, value in
                                                                      environment.items()), f"/opt/simulators/{name}")
        units = [f"millrace-{service}.service" for service in SERVICES]
        wait_until(lambda: len(history()) == ORDERS, 60, f"{ORDERS} orders are archived")
        check(machine.is_active(*units), f"all services run in their sandbox, {ORDERS} orders are archived")
        machine.run("systemctl", "kill", "--signal=KILL", "millrace-scheduler")
        wait_until(lambda: machine.property("millrace-scheduler", "NRestarts") == "1" and machine.is_active("millrace-scheduler"), 15,
                   "scheduler is started again")
        check(True, "a service that was killed is started again")
        before = machine.property("millrace-batch-store", "MainPID")
        machine.run("systemctl", "stop", "millrace-odoo-gateway")
        shutil.copy(package, debian.root / "opt")
        said = machine.run("dpkg", "--install", f"/opt/{package.name}")
        check("millrace:" not in said and "failed" not in said, "installed over itself without a word")
        wait_until(lambda: machine.is_active(*units), 15, "all run again")
        check(machine.property("millrace-batch-store", "MainPID") != before and len(history_soon()) == ORDERS,
              "the services were restarted, the history is complete")
        refuse_in_systemd(debian, machine)
        machine.run("systemctl", "stop", "millrace.target")
        machine.run("dpkg", "--install", f"/opt/{package.name}")
        check(not machine.is_active("millrace-batch-store"), "what was stopped stays stopped")


def refuse_in_systemd(debian, machine):
    settings = debian.path("etc/millrace/millrace.env")
    before = settings.read_text()
    settings.write_text(before + "PLC_PORT=none\n")
    machine.run("systemctl", "restart", "millrace-plc-gateway")
    wait_until(lambda: machine.property("millrace-plc-gateway", "ActiveState") == "failed", 10, "plc-gateway fails")
    check(machine.property("millrace-plc-gateway", "ExecMainStatus") == "78"
          and "PLC_PORT" in machine.run("journalctl", "-u", "millrace-plc-gateway", "-n", "5"),
          "a wrong setting: failed, not started again, the journal says which")
    settings.write_text(before)
    machine.run("systemctl", "restart", "millrace.target")
    wait_until(lambda: machine.is_active("millrace-plc-gateway"), 10, "plc-gateway runs")


def history_soon():
    return wait_until(history, 15, "the admin API has a history")


def remove(debian):
    say("remove")
    kept = {**debian.contents("etc/millrace"), **debian.contents("var/lib/millrace")}
    debian.run("apt-get", "remove", "-y", "-q", "millrace")
    check(not list(debian.path("usr/bin").glob("millrace*")) and not debian.path("usr/lib/millrace").exists(), "the programs are gone")
    check({**debian.contents("etc/millrace"), **debian.contents("var/lib/millrace")} == kept, "settings and database are there")


def purge(debian):
    say("purge")
    database = debian.contents("var/lib/millrace")
    output = debian.run("apt-get", "purge", "-y", "-q", "millrace")
    check(not debian.path("etc/millrace").exists() and not os.path.lexists(debian.path("etc/mosquitto/conf.d/millrace.conf")),
          "settings, secrets and the broker's listener are gone")
    check(not [path for path in debian.path("etc/systemd/system").rglob("millrace*")], "no unit is left over")
    check(debian.contents("var/lib/millrace") == database, "the database stays")
    check("/var/lib/millrace" in output, "and purge says where")


def whole_way(chosen, folder):
    first = build_package(chosen.build, folder / "first")
    version = subprocess.run(["dpkg-deb", "-f", first, "Version"], check=True, capture_output=True, text=True).stdout.strip()
    second = build_package(chosen.build, folder / "second", f"{version}+1")
    debian = Debian(folder / "root")
    debian.make(chosen.base, chosen.mirror)
    for name in SIMULATORS:
        shutil.copy(chosen.build / "bin" / name, debian.root / "tmp")
    install(debian, first)
    look_at_files(debian)
    look_at_units(debian)
    configure_again(debian)
    write_settings(debian)
    machine = Machine(debian)
    with network():
        machine.start_plant()
        archived = produce(debian, machine)
        end_services(machine)
        refuse_wrong_settings(debian, machine)
        upgrade(debian, second)
        go_on(machine, archived)
        end_services(machine)
        machine.stop("mosquitto", *SIMULATORS)
    with open(folder / "systemd.log", "wb") as log:
        run_by_systemd(debian, second, log)
    remove(debian)
    purge(debian)


def mirror_of_this_machine():
    found = subprocess.run(["apt-get", "indextargets", "--format", "$(SITE) $(REPO_URI)", "Codename: bookworm"], capture_output=True,
                           text=True).stdout.split()
    return found[1] if len(found) > 1 else None


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", type=pathlib.Path, default=ROOT / "build" / "release", help="a release build")
    parser.add_argument("--base", type=pathlib.Path, help="a Debian 12 root to copy, instead of a new one by debootstrap")
    parser.add_argument("--mirror", default=mirror_of_this_machine(), help="for debootstrap; else the one of this machine")
    parser.add_argument("--folder", type=pathlib.Path, help="where the new root goes (default: a temporary folder)")
    parser.add_argument("--keep", action="store_true", help="leave the folder behind")
    return parser.parse_args()


def main():
    chosen = options()
    if os.geteuid() != 0:
        sys.exit("package_test: has to be root")
    if "MILLRACE_UNSHARED" not in os.environ:
        # Mounts and processes end with it.
        os.environ["MILLRACE_UNSHARED"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", sys.executable, *sys.argv])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="millrace-package-", dir=chosen.folder))
    folder.chmod(0o755)
    began = time.monotonic()
    try:
        whole_way(chosen, folder)
        say(f"all is right ({time.monotonic() - began:.0f} s)")
    finally:
        subprocess.run(["umount", folder / "root" / "proc"], stderr=subprocess.DEVNULL)
        if not chosen.keep:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            say(f"left behind: {folder}")


if __name__ == "__main__":
    main()
