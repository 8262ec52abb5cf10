"""fault | runs | violations | time to recovery"""

from collections import defaultdict
from statistics import median


def table(results):
    by_fault = defaultdict(list)
    for result in results:
        for name in dict.fromkeys(result.faults):
            by_fault[name].append(result)
    width = max([len(name) for name in by_fault] + [5])
    lines = [f"{'fault':<{width}} | runs | violations | recovery s: median, worst"]
    lines.append("-" * len(lines[0]))
    for name in sorted(by_fault):
        runs = by_fault[name]
        times = [run.recovery for run in runs if not run.impossible and not run.violations]
        shown = f"{median(times):6.1f}, {max(times):6.1f}" if times else "     -,      -"
        note = "  (not possible here)" if all(run.impossible for run in runs) else ""
        bad = sum(1 for run in runs if run.violations)
        lines.append(f"{name:<{width}} | {len(runs):4} | {bad:10} | {shown}{note}")
    bad = sum(1 for result in results if result.violations)
    lines.append(f"{len(results)} runs, {bad} with violations")
    return "\n".join(lines)
