"""A million archived batches over three years, and what reading them costs (tests/bench/run history)."""

import concurrent.futures
import contextlib
import datetime
import functools
import http.client
import json
import sqlite3
import statistics
import subprocess
import time

from plant import POSTGRES, SERVICES, Plant, http as call, wait_until

YEARS = 3
LINES = 10
ROUNDS = 15
LONGEST = 3  # seconds for one question's rounds, of which there are three at least

# How each database makes texts and times of the number n of a row.
DIALECTS = {
    "sqlite": {"series": "with recursive series(n) as (select 0 union all select n + 1 from series where n < {last})",
               "padded": "printf('%0{width}d', {number})",
               "time": "strftime('%Y-%m-%dT%H:%M:%fZ', {seconds}, 'unixepoch')"},
    "postgres": {"series": "with series(n) as (select generate_series(0, {last}))",
                 "padded": "lpad(cast({number} as text), {width}, '0')", "time": "to_timestamp({seconds})"}}


def padded(kind, number, width):
    return DIALECTS[kind]["padded"].format(number=number, width=width)


def at(kind, seconds):
    return DIALECTS[kind]["time"].format(seconds=seconds)


def batch_columns(kind, count, columns):
    """What stands in each column of mo_histories of row n."""
    step = YEARS * 365 * 86400 / count
    ended = f"({time.time() - YEARS * 365 * 86400:.0f} + n * {step:.6f})"
    status = "case n % 97 when 3 then 'failed' when 5 then 'cancelled' else 'completed' end"
    made = "n % 97 not in (3, 5)" if kind == "postgres" else "case when n % 97 in (3, 5) then 0 else 1 end"
    no = "false" if kind == "postgres" else "0"
    cells = {column: "0" for column in columns if column.startswith(("consumption", "actual_consumption"))}
    for column in [name for name in cells if name.startswith("consumption_")][:5]:
        cells[column], cells["actual_" + column] = "20 + n % 7", "20.125 + n % 7"
    identity = f"'00000000-0000-4000-8000-' || {padded(kind, 'n', 12)}"
    return {**cells, "id": f"cast({identity} as uuid)" if kind == "postgres" else identity,
            "batch_no": "1 + (n / 10) % 10", "mo_id": f"'WH/MO/' || {padded(kind, 'n', 8)}", "consumption": "100 + n % 50",
            "equipment_id_batch": f"'PLC' || {padded(kind, f'1 + n % {LINES}', 2)}",
            "finished_goods": f"'[FG-' || {padded(kind, 'n % 40', 3)} || '] Layer feed number ' || n % 40",
            "status_manufacturing": made, "status_operation": no, "actual_weight_quantity_finished_goods": "99.5 + n % 50",
            "last_read_from_plc": at(kind, ended), "state": "'pushed'", "bom_code": "'BOM/' || n % 40", "stage": "n / 10",
            "revision": "3", "pushed_revision": "3", "finished_at": at(kind, ended), "push_attempts": "1",
            "accepted": no, "status": status, "notes": "''", "archived_at": at(kind, f"({ended} + 2 + n % 13)"),
            "open_in_odoo": no, "booking_open": no}


def story_columns(kind, batch, word):
    """An entry of batch_journal about the batch of row n."""
    return {"entry_key": f"{batch['mo_id']} || '/{word}'", "batch_id": f"cast({batch['id']} as text)", "mo_id": batch["mo_id"],
            "line": batch["equipment_id_batch"], "happened_at": batch["archived_at"], "kind": f"'{word}'",
            "message": f"'It was {word}, says the bench: ' || n",
            "data": """'{"weight":100.5,"actual":{"silo_a":20.125,"silo_b":20.125}}'""", "times": "1",
            "last_at": batch["archived_at"]}


def filling(kind, count, columns):
    def insert(table, cells):
        names = ", ".join(cells)
        return (f"insert into {table} ({names}) {DIALECTS[kind]['series'].format(last=count - 1)} "
                f"select {', '.join(cells.values())} from series")
    batch = batch_columns(kind, count, columns)
    return [insert("mo_histories", {name: cell for name, cell in batch.items() if name in columns}),
            *(insert("batch_journal", story_columns(kind, batch, word)) for word in ("staged", "finished", "archived"))]


def fill(plant, count):
    """Into the tables that batch-store has made; their indexes are made anew by its next start, as after an upgrade."""
    if plant.database == "sqlite":
        connection = sqlite3.connect(plant.folder / "millrace.db", isolation_level=None)
        connection.execute("pragma synchronous=off")

        def ask(statement):
            return connection.execute(statement).fetchall()
        drops = ask("select 'drop ' || type || ' ' || name from sqlite_master where tbl_name in ('mo_histories', "
                    "'batch_journal') and sql is not null and type in ('index', 'trigger') order by type desc")
        columns = [one[0] for one in ask("select name from pragma_table_info('mo_histories')")]
        for (drop,) in drops:
            ask(drop)
        ask("begin")
        for statement in filling("sqlite", count, columns):
            ask(statement)
        ask("update schema_version set version = 1")
        ask("commit")
        connection.close()
        return
    drops = in_postgres(plant, "select 'drop trigger ' || tgname || ' on mo_histories' from pg_trigger where tgrelid = "
                               "'mo_histories'::regclass and not tgisinternal union all select 'drop index ' || indexname from "
                               "pg_indexes where tablename in ('mo_histories', 'batch_journal') and indexname not like "
                               "'%_pkey' and indexname not like '%_key'")
    columns = in_postgres(plant, "select column_name from information_schema.columns where table_name = 'mo_histories'")
    for statement in [*drops.splitlines(), *filling("postgres", count, columns.splitlines()),
                      "update schema_version set version = 1", "vacuum analyze"]:
        in_postgres(plant, statement)


def in_postgres(plant, statement):
    psql = POSTGRES / "psql" if (POSTGRES / "psql").exists() else "psql"
    return subprocess.run([psql, "-h", "127.0.0.1", "-p", str(plant.postgres_port), "-U", "millrace", "-qtA", "-c",
                           statement, "plc"], check=True, capture_output=True, text=True).stdout.strip()


def ready_after(plant, name, seconds):
    began = time.monotonic()
    plant.start_service(name)
    wait_until(lambda: plant.readiness(name)[0] == 200, seconds, f"{name} is ready")
    return time.monotonic() - began


def ago(days):
    return (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=days)).strftime("%Y-%m-%d")


def questions(count):
    """What is asked, and in how many ms it is to be answered (None: no goal)."""
    page = "/api/admin/history?limit=50"
    deep = count // 2
    return {
        "first page": (page, 20), f"page at {deep}": (f"{page}&offset={deep}", 20),
        f"oldest first, at {deep}": (f"{page}&offset={deep}&order=asc", 20),
        "status=completed": (f"{page}&status=completed", 20), "status=failed": (f"{page}&status=failed", 20),
        "status of none": (f"{page}&status=cleared", 20), "line": (f"{page}&line=PLC01", 20),
        f"line, at {deep // LINES}": (f"{page}&line=PLC01&offset={deep // LINES}", 20),
        "line and status": (f"{page}&line=PLC01&status=failed", 20),
        "a month": (f"{page}&from={ago(400)}&to={ago(370)}", 20),
        "two years, status, far": (f"{page}&from={ago(800)}&to={ago(70)}&status=completed&offset={deep // 3}", 20),
        "order": (f"{page}&mo_id=WH/MO/{deep:08}", 20),
        "search, one order": (f"{page}&search=mo/{deep:08}", 20), "search, a product": (f"{page}&search=fg-017", 20),
        "search, nothing": (f"{page}&search=zzzzz", 20), "history of an order": (f"/api/admin/history/WH%2FMO%2F{deep:08}", 20),
        "life of an order": (f"/api/batches/WH%2FMO%2F{deep:08}", 20), "line's page": ("/api/lines/PLC01", 20),
        "batch-status": ("/api/admin/batch-status", 20), "trends, 30 days": ("/api/trends", None),
        "trends, 365 days": (f"/api/trends?from={ago(364)}", None),
        "trends, 365 days, line": (f"/api/trends?from={ago(364)}&line=PLC01", None)}


def milliseconds(plant, path):
    """Until the whole answer is here."""
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", plant.http_port, timeout=60)) as connection:
        began = time.monotonic()
        connection.request("GET", path)
        answer = connection.getresponse()
        text = answer.read()
        spent = 1000 * (time.monotonic() - began)
        if answer.status not in (200, 503):  # 503: batch-store was given up
            raise AssertionError(f"{path}: {answer.status} {text[:200]}")
        return spent


def rounds(measured):
    """What some rounds cost."""
    spent, end = [], time.monotonic() + LONGEST
    while len(spent) < 3 or (len(spent) < ROUNDS and time.monotonic() < end):
        spent.append(measured())
    return spent


def first_lines_of_export(plant):
    with contextlib.closing(http.client.HTTPConnection("127.0.0.1", plant.http_port, timeout=60)) as connection:
        began = time.monotonic()
        connection.request("GET", "/api/history.csv")
        connection.getresponse().read(10_000)
        return 1000 * (time.monotonic() - began)


def beside(plant, path):
    """How long the queue's page (batch-store's only worker) takes while `path` is asked for again and again."""
    spent = []
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        for _ in range(3):
            slow = pool.submit(milliseconds, plant, path)
            time.sleep(0.05)  # it is under way
            while not slow.done():
                spent.append(milliseconds(plant, "/api/lines/PLC01"))
            slow.result()
    return spent or [0]


def tick(plant):
    began = time.monotonic()
    call("POST", plant.admin_url + "/api/admin/manual/trigger-plc-sync", {}, 60)
    return 1000 * (time.monotonic() - began)


def measure(plant, chosen, row):
    def rows_of(what, spent, goal=None):
        return [row(f"{what}, p50", statistics.median(spent), "ms", goal, "goal" if goal else ""),
                row(f"{what}, worst", max(spent), "ms", goal, "goal" if goal else "")]
    rows = []
    for what, (path, goal) in questions(chosen.history).items():
        rows += rows_of(f"{plant.database}: {what}", rounds(functools.partial(milliseconds, plant, path)), goal)
    rows += rows_of(f"{plant.database}: export to its first rows", rounds(lambda: first_lines_of_export(plant)))
    rows += rows_of(f"{plant.database}: PLC read tick", rounds(lambda: tick(plant)))
    for what, path in (("trends of a year", f"/api/trends?from={ago(364)}"), ("searches", "/api/admin/history?search=zzzzz")):
        rows += rows_of(f"{plant.database}: line's page beside {what}", beside(plant, path), 50)
    return rows


def of_database(folder, chosen, database, row):
    plant = Plant(folder, build=chosen.build, orders=0, database=database,
                  services={"SYNC_INTERVAL": "60s", "PLC_READ_INTERVAL": "60s", "PROCESS_COMPLETED_INTERVAL": "60s",
                            "HEALTH_MONITOR_INTERVAL": "60s", "LOG_LEVEL": "warn"})
    try:
        plant.start_broker()
        plant.start_database()
        plant.start_simulators()
        ready_after(plant, "batch-store", 30)
        plant.processes["batch-store"].stop()
        fill(plant, chosen.history)
        rows = [row(f"{database}: migration of {chosen.history} batches", ready_after(plant, "batch-store", 600), "s")]
        plant.processes["batch-store"].stop()
        if database == "postgres":
            in_postgres(plant, "vacuum analyze")
        rows.append(row(f"{database}: start to ready, batch-store", 1000 * ready_after(plant, "batch-store", 60), "ms", 300,
                        "goal"))
        for name in SERVICES[1:]:
            plant.start_service(name)
        wait_until(plant.all_online, 30, "all services are online")
        return rows + measure(plant, chosen, row)
    finally:
        plant.stop()


def history(folder, chosen, row):
    rows = []
    for database in chosen.databases:
        place = folder / database
        place.mkdir(mode=0o711)
        rows += of_database(place, chosen, database, row)
    return rows
