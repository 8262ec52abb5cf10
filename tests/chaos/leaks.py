"""Does a process grow? Judged by the trend of many rounds, not by one sample."""

import os
from statistics import median

WARM_UP = 0.25  # share of the rounds that are not judged: caches and pools fill
GROWTH_KB, GROWTH_SHARE, GROWTH_FILES = 4096, 0.15, 3


def usage(pid):
    """Resident kilobytes and open descriptors, or None when the process is gone."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            resident = next(int(line.split()[1]) for line in status if line.startswith("VmRSS:"))
        return resident, len(os.listdir(f"/proc/{pid}/fd"))
    except (OSError, StopIteration):
        return None


def growth(samples):
    """Words when the last quarter of (kilobytes, descriptors) is well above what came before it."""
    judged = samples[int(len(samples) * WARM_UP):]
    if len(judged) < 12:
        return []
    quarter = len(judged) // 4
    found = []
    for at, name, unit in ((0, "memory", "kB"), (1, "descriptors", "")):
        parts = [median(sample[at] for sample in judged[begin:begin + quarter])
                 for begin in (0, quarter, 2 * quarter, len(judged) - quarter)]
        limit = max(GROWTH_KB, parts[0] * GROWTH_SHARE) if at == 0 else GROWTH_FILES
        # A step that stays is a cache; growth goes on from quarter to quarter.
        steady = all(later >= earlier for earlier, later in zip(parts, parts[1:])) and parts[3] > parts[2] > parts[1]
        if steady and parts[3] - parts[0] > limit:
            found.append(f"{name} grew: {', '.join(f'{part:.0f}' for part in parts)} {unit}".strip())
    return found
