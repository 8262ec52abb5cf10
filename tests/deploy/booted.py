"""A root folder's systemd as process 1 of namespaces of its own: units with their whole sandbox, without a virtual
machine. Needs root and a cgroup2 mount."""

import contextlib
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "deploy" / "demo"))
from plant import wait_until  # noqa: E402

# systemd in a container wants what a container's manager makes: cgroups, /run, /dev. Credentials reach the services
# through shared mounts.
PREPARE = """
set -e
mount --make-rprivate /
mount --bind "$1" "$1"
cd "$1"
mount -t proc proc proc
mount -t sysfs sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs tmpfs run
mount -t tmpfs tmpfs dev
for node in null zero full random urandom tty; do touch dev/$node; mount --bind /dev/$node dev/$node; done
mkdir dev/shm dev/pts old
ln -s pts/ptmx dev/ptmx
pivot_root . old
mount --make-rshared /
mount --make-rprivate /old
umount -l /old
exec env -i container=lxc PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=multi-user.target
"""


class Booted:
    def __init__(self, root, leader, cgroup):
        self.root, self.leader, self.cgroup = root, leader, cgroup
        self.first = None

    def run(self, *command):
        """What it says; whether it fails is seen by what it does."""
        clean = ["env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8"]
        return subprocess.run(["nsenter", "-t", self.first, "-a", *clean, *map(str, command)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout.strip()

    def property(self, unit, name):
        return self.run("systemctl", "show", "--property", name, "--value", unit)

    def is_active(self, *units):
        return all(line == "active" for line in self.run("systemctl", "is-active", *units).splitlines())

    def wait_up(self):
        def child():
            assert self.leader.poll() is None, "systemd ended"
            found = subprocess.run(["pgrep", "-P", str(self.leader.pid)], capture_output=True, text=True).stdout.split()
            return found and found[0]
        self.first = wait_until(child, 10, "there is a process 1")
        wait_until(lambda: self.run("systemctl", "is-system-running") in ("running", "degraded"), 60, "systemd is up")


def cgroup2():
    """Where it is mounted here, alone or beside version 1."""
    for folder in (pathlib.Path("/sys/fs/cgroup"), pathlib.Path("/sys/fs/cgroup/unified")):
        if (folder / "cgroup.controllers").exists():
            return folder
    return None


@contextlib.contextmanager
def booted(root, log):
    cgroup = cgroup2() / f"millrace-{root.parent.name}"
    cgroup.mkdir()
    # The shell enters the group before its namespace is made, so that the group is systemd's root.
    leader = subprocess.Popen(
        ["sh", "-c", f"echo $$ >{cgroup}/cgroup.procs && exec unshare --mount --pid --net --uts --ipc --cgroup --fork --kill-child "
         "sh -c \"$1\" - \"$2\"", "-", PREPARE, root], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    machine = Booted(root, leader, cgroup)
    try:
        machine.wait_up()
        yield machine
    finally:
        leader.kill()
        leader.wait()
        # Its processes die with process 1; empty groups go from the leaves up.
        with contextlib.suppress(OSError):
            wait_until(lambda: not any(path.read_text() for path in cgroup.rglob("cgroup.procs")), 10, "its processes are gone")
            for folder in sorted((path for path in cgroup.rglob("*") if path.is_dir()), reverse=True):
                folder.rmdir()
            cgroup.rmdir()
