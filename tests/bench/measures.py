"""What tests/bench/run can measure. Each measure returns rows: what, figure, unit, limit (or None) and what the limit is of."""

import datetime
import json
import os
import pathlib
import socket
import sqlite3
import statistics
import subprocess
import time
import types

import history as archive
import listeners as audience
from history import in_postgres
from plant import POSTGRES, ROOT, SERVICES, Plant, PlantError, Process, http, wait_until

TICKS = os.sysconf("SC_CLK_TCK")


def row(what, figure, unit, limit=None, of=""):
    return {"what": what, "figure": figure, "unit": unit, "limit": limit, "of": of}


def share(values, part):
    """The value below which this part of all lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]


def seconds_between(begin, end):
    stamps = [datetime.datetime.fromisoformat(text.replace("Z", "+00:00")) for text in (begin, end)]
    return (stamps[1] - stamps[0]).total_seconds()


def resident(process):
    """MiB of physical memory."""
    status = pathlib.Path(f"/proc/{process.child.pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS")) / 1024


def processor(process):
    """Seconds used so far."""
    fields = pathlib.Path(f"/proc/{process.child.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def time_to_ready(plant, name):
    """Seconds from the start of the process to /readyz 200."""
    began = time.monotonic()
    plant.start_service(name)
    wait_until(lambda: plant.readiness(name)[0] == 200, 30, f"{name} is ready")
    return time.monotonic() - began


def footprint(folder, chosen):
    defaults = dict.fromkeys(("SYNC_INTERVAL", "PLC_READ_INTERVAL", "PROCESS_COMPLETED_INTERVAL",
                              "HEALTH_MONITOR_INTERVAL"), "")
    plant = Plant(folder, build=chosen.build, orders=0, services=defaults)
    rows = []
    try:
        plant.start_broker()
        plant.start_database()
        plant.start_simulators()
        for name in SERVICES:
            rows.append(row(f"start to ready, {name}", time_to_ready(plant, name) * 1000, "ms", 300, "goal"))
        wait_until(plant.all_online, 30, "all services are online")
        before, began = sum(processor(plant.processes[name]) for name in SERVICES), time.monotonic()
        time.sleep(20)  # what is measured is time at rest
        used = sum(processor(plant.processes[name]) for name in SERVICES) - before
        rows.append(row("processor at rest, all services", 100 * used / (time.monotonic() - began), "% of a core", 0.5, "goal"))
        for name in SERVICES:
            rows.append(row(f"memory at rest, {name}", resident(plant.processes[name]), "MiB"))
        rows.append(row("memory at rest, all services", sum(resident(plant.processes[name]) for name in SERVICES),
                        "MiB", 100, "goal"))
        for name in SERVICES:
            rows.append(row(f"size, {name}", (plant.bin / name).stat().st_size / 2**20, "MiB"))
    finally:
        plant.stop()
    return rows


def way_of_orders(folder, chosen, database, batch_seconds, **services):
    """What many orders cost: seconds for all, reaction of each (from the PLC's end of a batch to its row in
    mo_histories), commits of all, and the commits a second of the same database alone."""
    plant = Plant(folder, build=chosen.build, orders=chosen.batches, batch_seconds=batch_seconds, database=database,
                  services={"LOG_LEVEL": "warn", **services}, plc={"PLC_SIM_READY": "true", "PLC_SIM_PARALLEL": "10"},
                  odoo={"ODOO_SIM_FOREIGN": "0"})
    try:
        began = time.monotonic()
        plant.start()
        wait_until(lambda: archived_count(plant) >= chosen.batches, 60 + chosen.batches, "all are archived")
        spent = time.monotonic() - began
        ended = {batch["order"]: batch["ended_at"] for batch in plant.plc_ledger()["produced"]}
        reactions = [seconds_between(ended[batch["mo_id"]], batch["archived_at"]) for batch in archived(plant)]
        commits = flushes(plant) if database == "postgres" else None
        alone = commits_alone(plant)
    finally:
        plant.stop()
    return types.SimpleNamespace(seconds=spent, reactions=reactions, commits=commits, commits_alone=alone)


def flushes(plant):
    """How often PostgreSQL has flushed its log so far: once for each commit that wrote something."""
    time.sleep(1.5)  # PostgreSQL's own figures come late
    return float(in_postgres(plant, "select wal_sync from pg_stat_wal"))


def history_page(plant, offset, limit):
    return plant.try_admin(f"/api/admin/history?limit={limit}&offset={offset}") or {"histories": [], "total": 0}


def archived_count(plant):
    return history_page(plant, 0, 1)["total"]


def archived(plant):
    """All archived batches, page by page."""
    return [batch for offset in range(0, archived_count(plant), 1000)
            for batch in history_page(plant, offset, 1000)["histories"]]


def commits_alone(plant):
    """Commits a second of the plant's database when nobody else works with it."""
    return sqlite_commits(plant.folder) if plant.database == "sqlite" else postgres_commits(plant)


def sqlite_commits(folder):
    connection = sqlite3.connect(folder / "alone.db", isolation_level=None)
    connection.execute("pragma journal_mode=wal")
    connection.execute("pragma synchronous=full")
    connection.execute("create table one (id integer primary key, text varchar)")
    count, began = 0, time.monotonic()
    while time.monotonic() - began < 2:
        connection.execute("insert into one (text) values (?)", ("x" * 500,))
        count += 1
    connection.close()
    return count / (time.monotonic() - began)


def postgres_commits(plant):
    for name in reversed(SERVICES):
        plant.processes[name].stop()
    script = plant.folder / "alone.sql"
    script.write_text("insert into alone (text) values (repeat('x', 500));\n")
    where = ["-h", "127.0.0.1", "-p", str(plant.postgres_port), "-U", "millrace"]
    in_postgres(plant, "create table alone (id serial primary key, text varchar)")
    said = subprocess.run([POSTGRES / "pgbench", *where, "-n", "-T", "2", "-f", script, "plc"], check=True,
                          capture_output=True, text=True).stdout
    return float(next(line for line in said.splitlines() if line.startswith("tps")).split()[2])


def throughput(folder, chosen):
    """PostgreSQL first: it counts the commits, which are the same with SQLite."""
    rows, each = [], None
    for database in ("postgres", "sqlite"):
        place = folder / database
        place.mkdir(mode=0o711)
        way = way_of_orders(place, chosen, database, 0.001, PLC_READ_INTERVAL="100ms",
                            SYNC_INTERVAL="1s", PROCESS_COMPLETED_INTERVAL="1s")
        if each is None:
            each = way.commits / chosen.batches
            rows.append(row("commits for each batch", each, ""))
        rows.append(row(f"commits a second alone, {database}", way.commits_alone, "/s"))
        rows.append(row(f"batches a minute, {database}", 60 * chosen.batches / way.seconds, "/min",
                        60 * way.commits_alone / each, "commits alone"))
    return rows


def reaction(folder, chosen):
    rows = []
    for interval, milliseconds in (("2s", 2000), ("100ms", 100)):
        place = folder / interval
        place.mkdir(mode=0o711)
        reactions = way_of_orders(place, chosen, "sqlite", 1.5, PLC_READ_INTERVAL=interval).reactions
        limit = milliseconds + 30
        rows.append(row(f"reaction p50, PLC read every {interval}", 1000 * statistics.median(reactions), "ms", limit,
                        "interval + 30 ms"))
        rows.append(row(f"reaction p99, PLC read every {interval}", 1000 * share(reactions, 0.99), "ms", limit,
                        "interval + 30 ms"))
    return rows


def start_farm(plant, lines, batch_seconds):
    """`lines` PLCs on ports one after the other, and the file of lines that names them."""
    if not (plant.bin / "plc-farm").exists():
        raise PlantError("build it first: cmake --build --preset release --target plc-farm")
    first = next((port for port in range(32768 - 2 * lines, 10000, -lines)
                  if all(is_free(port + i) for i in range(lines))), None)
    if first is None:
        raise PlantError(f"no {lines} free ports one after the other")
    farm = plant.launch(Process("plc-farm", [plant.bin / "plc-farm", first, lines, batch_seconds], plant.folder))
    wait_until(lambda: "plc-farm ready" in farm.log() or not farm.running(), 30, "plc-farm is ready")
    if not farm.running():
        raise PlantError(f"plc-farm ended: {farm.log()}")
    path = plant.folder / "lines.json"
    path.write_text(json.dumps({"lines": [
        {"code": f"PLC{i + 1:05}", "plc_ip": "127.0.0.1", "plc_port": first + i} for i in range(lines)]}))
    plant.settings.update(LINES_FILE=str(path), LINES="", PLC_IP="", PLC_PORT="")
    return farm


def is_free(port):
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(type=kind) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                return False
    return True


def messages(plant):
    """Messages that the broker has taken and given so far, as all services count them."""
    count = 0
    for name in SERVICES:
        text = http("GET", f"http://127.0.0.1:{plant.metrics_port(name)}/metrics")[1]
        count += sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                     if line.startswith(("millrace_bus_published_total", "millrace_bus_received_total")))
    return count


def scale(folder, chosen):
    """Lines that are polled every second; every batch changes once in ten cycles, so 10 % change in each."""
    plant = Plant(folder, build=chosen.build, orders=0, database="postgres", odoo={"ODOO_SIM_FOREIGN": "0"},
                  services={"LOG_LEVEL": "warn", "PLC_READ_INTERVAL": "1s", "SYNC_INTERVAL": "60s",
                            "PROCESS_COMPLETED_INTERVAL": "60s", "HEALTH_MONITOR_INTERVAL": "60s"})
    lines, seconds = chosen.lines, 30
    try:
        plant.start_broker()
        plant.start_database()
        plant.start_simulators()
        start_farm(plant, lines, 100)
        for i in range(lines):
            http("POST", plant.odoo_http + "/sim/orders", {"count": 2, "line": f"PLC{i + 1:05}"})
        began = time.monotonic()
        plant.start_services()
        rows = [row(f"start of {lines} lines to all online", time.monotonic() - began, "s")]
        wait_until(lambda: running_lines(plant) == lines, 60 + lines / 2, f"{lines} lines are running")
        rows.append(row(f"start of {lines} lines to all running", time.monotonic() - began, "s"))
        watched = [*SERVICES, "mosquitto"]
        used = {name: processor(plant.processes[name]) for name in watched}
        passed, began = messages(plant), time.monotonic()
        time.sleep(seconds)  # what is measured is time at work
        spent = time.monotonic() - began
        for name in watched:
            share_of_core = 100 * (processor(plant.processes[name]) - used[name]) / spent
            limit, of = (50, "goal") if name == "plc-gateway" else (None, "")
            rows.append(row(f"processor with {lines} lines, {name}", share_of_core, "% of a core", limit, of))
            rows.append(row(f"memory with {lines} lines, {name}", resident(plant.processes[name]), "MiB"))
        rows.append(row(f"messages with {lines} lines", (messages(plant) - passed) / spent, "/s"))
    finally:
        plant.stop()
    return rows


def running_lines(plant):
    return int(in_postgres(plant, "select count(distinct equipment_id_batch) from mo_batch where state <> 'staged' "
                                  "and revision > 0"))


def api(_, chosen):
    program = ROOT / "build" / chosen.build / "bin" / "http-bench"
    if not program.exists():
        print(f"api: build it first: cmake --build --preset {chosen.build} --target http-bench")
        return []
    said = subprocess.run([program, "16"], check=True, capture_output=True, text=True).stdout.splitlines()
    bare, status = (float(line.split(": ")[1].split()[0]) for line in said[:2])
    return [row("batch-status at 16 connections", status, "/s", bare, "bare hello world")]


def history(folder, chosen):
    return archive.history(folder, chosen, row)


def listeners(folder, chosen):
    plant = Plant(folder, build=chosen.build, orders=100, batch_seconds=2.0)
    try:
        plant.start()
        wait_until(plant.all_online, 30, "all services are online")
        return audience.measured(plant, 500, 20, row, lambda: processor(plant.processes["admin-gateway"]))
    finally:
        plant.stop()


ALL = {"footprint": footprint, "reaction": reaction, "throughput": throughput, "scale": scale, "history": history, "api": api,
       "listeners": listeners}
