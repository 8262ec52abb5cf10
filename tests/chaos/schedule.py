"""What one run does: drawn from its seed alone, so that the seed repeats it."""

import random
from dataclasses import asdict, dataclass, field

# What the witness sees when an order takes a step: how often it may have happened when a fault comes.
MOMENTS = [("start", 0), ("mo.fetched", 1), ("batch.staged", 1), ("plc.written", 1), ("plc.read", 9),
           ("batch.updated", 9), ("odoo.pushed", 9), ("batch.completed", 4), ("plc.acknowledged", 4),
           ("batch.archived", 4), ("task.finished", 40)]


@dataclass(frozen=True)
class Action:
    fault: str
    moment: str
    nth: int
    delay: float  # seconds after the moment
    seed: int


@dataclass
class Schedule:
    seed: int
    database: str = "sqlite"
    protocol: str = "udp"
    orders: int = 4
    later_orders: int = 2  # after the last fault: does it still work?
    batch_seconds: float = 0.4
    max_words: int = 999
    failing: list = field(default_factory=list)
    weightless: list = field(default_factory=list)
    fake_clock: bool = False
    time_zone: str = ""
    small_disk: bool = False
    actions: list = field(default_factory=list)

    def as_json(self):
        return asdict(self)


def order_name(number):
    """As odoo-simulator names its sample orders."""
    return f"WH/MO/{number:05d}"


def make(seed, table, only=None, database=None):
    """`table`: faults by name. The first fault goes round the table with the seed; half of all runs
    that allow it have one or two more at the same time."""
    dice = random.Random(seed)
    names = sorted(table) if not only else sorted(name for name in table if name == only or name.startswith(only + " "))
    if not names:
        raise ValueError(f"no fault is called {only}")
    first = names[seed % len(names)]
    plan = Schedule(seed, orders=dice.randint(3, 6), batch_seconds=dice.choice([0.15, 0.3, 0.6]),
                    max_words=dice.choice([999, 999, 269]))
    plan.database = table[first].database or database or dice.choice(["sqlite", "sqlite", "postgres"])
    plan.protocol = table[first].protocol or dice.choice(["udp", "udp", "tcp"])
    if dice.random() < 0.2:
        plan.failing = [order_name(dice.randint(1, plan.orders))]
    if dice.random() < 0.2:
        plan.weightless = [name for name in [order_name(dice.randint(1, plan.orders))] if name not in plan.failing]
    if table[first].alone:
        plan.later_orders = 0  # whoever waits for a person keeps the queue from being empty
    chosen = [first]
    if not table[first].alone and dice.random() < 0.5:
        fitting = [name for name in sorted(table) if fits(table[name], plan)]
        chosen += dice.sample(fitting, dice.randint(1, 2))
    for name in chosen:
        spec = table[name]
        plan.fake_clock = plan.fake_clock or spec.fake_clock
        plan.time_zone = plan.time_zone or spec.time_zone
        plan.small_disk = plan.small_disk or spec.small_disk
        moment, most = dice.choice([each for each in MOMENTS if each[0] in spec.moments] if spec.moments else MOMENTS)
        plan.actions.append(Action(name, moment, dice.randint(1, most) if most else 0,
                                   round(dice.choice([0.0, dice.uniform(0, 0.4)]), 3), dice.randrange(1 << 30)))
    return plan


def fits(spec, plan):
    return (not spec.alone and not spec.small_disk and not spec.fake_clock
            and spec.database in (None, plan.database) and spec.protocol in (None, plan.protocol))
