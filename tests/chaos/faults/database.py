"""PostgreSQL and SQLite in trouble."""

import signal
import subprocess
import sys

from faults.table import fault
from world import wait_until

POSTGRES, SQLITE = {"database": "postgres"}, {"database": "sqlite"}


def postgres_goes(world, how, dice, pause):
    world.say(f"postgres: {signal.Signals(how).name}")
    process = world.processes["postgres"]
    process.signal(how)
    wait_until(lambda: not process.running(), 60, "postgres is down")
    yield dice.choice(pause)
    world.revive_postgres()


@fault("PostgreSQL restart", "database", **POSTGRES)
def restart(world, dice):
    yield from postgres_goes(world, signal.SIGINT, dice, [0.1, 3.0])


@fault("PostgreSQL crash", "database", **POSTGRES)
def crash(world, dice):
    yield from postgres_goes(world, signal.SIGQUIT, dice, [0.1, 3.0])


@fault("PostgreSQL refuses connections", "database", **POSTGRES)
def refuse(world, dice):
    world.database_wire.refuse()
    world.say("database refuses")
    yield dice.choice([0.5, 5.0])
    world.database_wire.admit()
    world.say("database admits")


@fault("PostgreSQL connections cut", "database", **POSTGRES)
def cut(world, dice):
    for _ in range(dice.randint(1, 5)):
        world.say("database connections reset")
        world.database_wire.cut()
        yield dice.uniform(0.05, 0.6)


@fault("PostgreSQL answers cut", "database", **POSTGRES)
def cut_answers(world, dice):
    """Among them answers to commit: was it done?"""
    world.database_wire.share, world.database_wire.mode = 0.02, "cut_answers"
    world.say("answers of the database are cut")
    yield dice.choice([2.0, 5.0])
    world.database_wire.mode = "pass"
    world.say("database wire passes")


@fault("PostgreSQL frozen", "database", **POSTGRES)
def stall(world, dice):
    world.database_wire.mode = "stall"
    world.say("database wire stalls")
    yield dice.choice([2.0, 8.0])
    if dice.random() < 0.5:
        world.database_wire.cut()
    world.database_wire.mode = "pass"
    world.say("database wire passes")


@fault("PostgreSQL backends terminated", "database", **POSTGRES)
def terminate(world, dice):
    for _ in range(dice.randint(1, 3)):
        world.say("pg_terminate_backend")
        world.psql("select pg_terminate_backend(pid) from pg_stat_activity where usename='millrace'"
                   " and pid <> pg_backend_pid()")
        yield dice.uniform(0.1, 1.0)


@fault("PostgreSQL lock held", "database", **POSTGRES)
def lock(world, dice):
    hold = dice.choice([1.0, 8.0])
    table = dice.choice(["mo_batch", "mo_histories", "outbox", "line_queue"])
    world.say(f"lock table {table}")
    holder = world.psql(f"begin; lock table {table} in access exclusive mode; select pg_sleep({hold}); commit", False)
    yield hold
    holder.wait()


@fault("PostgreSQL serialization failures", "database", **POSTGRES)
def serialization(world, dice):
    world.say("conflicting transactions")
    sql = ("begin isolation level serializable; select count(*) from mo_batch; select count(*) from outbox;"
           " update line_queue set stage = stage; update mo_batch set id = id; select pg_sleep(0.05); commit")
    for _ in range(dice.randint(10, 25)):
        world.psql(sql)
        yield 0.02


@fault("PostgreSQL read-only", "database", **POSTGRES)
def read_only(world, dice):
    world.say("default_transaction_read_only on")
    set_for_all(world, "default_transaction_read_only=on")
    yield dice.choice([1.0, 5.0])
    # Else this very session may not write.
    set_for_all(world, "default_transaction_read_only=off", "set default_transaction_read_only=off; ")
    world.say("default_transaction_read_only off")


def set_for_all(world, what, before=""):
    name, value = what.split("=")
    for statement in (f"alter system set {name}={value}", "select pg_reload_conf()"):
        subprocess.run(["psql", "-h", "127.0.0.1", "-p", str(world.postgres_port), "-U", "millrace", "-d", "plc", "-qAt",
                        *(["-c", before] if before else []), "-c", statement],
                       capture_output=True, check=False, timeout=30)


def disk_full(world, dice):
    """The last bytes go first: what is open may still be written for a moment."""
    filler = world.mounted / "filler"
    world.say("disk full")
    with open(filler, "wb", buffering=0) as out:
        try:
            while out.write(b"\0" * 65536):
                pass
        except OSError:
            pass
    yield dice.choice([2.0, 6.0])
    filler.unlink()
    world.say("disk has room")
    if world.database == "postgres" and not world.processes["postgres"].running():
        world.revive_postgres()  # it ends itself when it cannot write its log


fault("PostgreSQL disk full", "database", small_disk=True, **POSTGRES)(disk_full)
fault("SQLite disk full", "database", small_disk=True, **SQLITE)(disk_full)

HOLDER = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], timeout=20, isolation_level=None)
db.execute("begin " + sys.argv[2])
print("held", flush=True)
time.sleep(float(sys.argv[3]))
db.execute("rollback")
"""


@fault("SQLite locked", "database", **SQLITE)
def locked(world, dice):
    hold, how = dice.choice([0.3, 2.0, 9.0]), dice.choice(["immediate", "exclusive"])
    world.say(f"SQLite: begin {how}")
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, world.database_file, how, str(hold)],
                              stdout=subprocess.PIPE, text=True)
    holder.stdout.readline()
    yield hold
    holder.wait()
    holder.stdout.close()
    world.say("SQLite: lock released")
