"""All logs of a run as one, in the order of time."""

import re
import time
from datetime import datetime, timezone

STAMP = re.compile(r"^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(\.\d+)?(Z| UTC)?")


def moment(line):
    """Seconds since the epoch of a log line, or None."""
    found = STAMP.match(line)
    if not found:
        return None
    day, clock, fraction, zone = found.groups()
    if zone:
        whole = datetime.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc).timestamp()
    else:  # mosquitto writes local time
        whole = time.mktime(time.strptime(f"{day} {clock}", "%Y-%m-%d %H:%M:%S"))
    return whole + float(fraction or 0)


def lines_of(path):
    """(time, line); a line without a time belongs to the one before it."""
    last = 0.0
    for line in path.read_text(errors="replace").splitlines():
        last = moment(line) or last
        yield last, f"{path.stem:<15} {line}"


def merge(folder, arrivals):
    entries = []
    for path in sorted(folder.glob("*.log")):
        entries += list(lines_of(path))
    for each in arrivals:
        text = each.payload[:400].decode(errors="replace")
        entries.append((each.at, f"{'witness':<15} {stamp(each.at)} EVENT {each.name} {text}"))
    entries.sort(key=lambda entry: entry[0])
    return "\n".join(line for _, line in entries) + "\n"


def stamp(at):
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(at)) + f".{int(at % 1 * 1000):03d}Z"
