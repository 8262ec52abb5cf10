#!/usr/bin/env python3
"""The dashboard in Debian's Chromium: the page on a stage, and a shift's stories
on a real plant. Pictures are left in build/browser/pictures.

Tells "Ran N tests" and "FAILED (failures=N)" as unittest does."""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = ROOT / "build" / "browser"
BUILD = os.environ.get("MILLRACE_BUILD", "release")
PACKAGES = ["package.json", "package-lock.json", ".npmrc"]
WEB = ROOT / "build" / BUILD / "services" / "admin-gateway" / "web"
SECONDS = 900


def with_authorities():
    """Node has its own list of authorities; a company's proxy may have one that only the system knows."""
    system = "/etc/ssl/certs/ca-certificates.crt"
    return {"NODE_EXTRA_CA_CERTS": system, **os.environ} if os.path.exists(system) else None


def install():
    """npm's packages and the tests beside them; nothing in the source tree."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    stamp = FOLDER / "installed"
    wanted = "".join((HERE / name).read_text() for name in PACKAGES)
    if not stamp.exists() or stamp.read_text() != wanted:
        for name in PACKAGES:
            shutil.copy(HERE / name, FOLDER)
        subprocess.run(["npm", "ci", "--loglevel=error"], cwd=FOLDER, env=with_authorities(), check=True)
        stamp.write_text(wanted)
    for file in HERE.glob("*.mjs"):
        shutil.copy(file, FOLDER)


def run(name):
    environment = {**os.environ, "PICTURES": str(FOLDER / "pictures"), "MILLRACE_ROOT": str(ROOT),
                   "DIST": os.environ.get("DIST", str(WEB / "dist")),
                   "PYTHON": sys.executable}
    lines = []
    with subprocess.Popen(["timeout", str(SECONDS), "node", "--test", "--test-reporter=tap", name], cwd=FOLDER,
                          env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as child:
        for line in child.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    counts = {key: int(number) for key, number in re.findall(r"^# (tests|fail|cancelled) (\d+)$", "".join(lines), re.M)}
    failed = counts.get("fail", 0) + counts.get("cancelled", 0) if counts else 1
    return counts.get("tests", 0), failed, child.returncode


def main():
    begin = time.monotonic()
    install()
    ran = failed = code = 0
    for name in sys.argv[1:] or sorted(path.name for path in HERE.glob("*_test.mjs")):
        more = run(name)
        ran, failed, code = ran + more[0], failed + more[1], code or more[2]
    print(f"\nRan {ran} tests in {time.monotonic() - begin:.1f}s\n")
    print(f"FAILED (failures={max(failed, 1)})" if code or failed else "OK")
    return 1 if code or failed else 0


if __name__ == "__main__":
    sys.exit(main())
