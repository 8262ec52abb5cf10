"""How a fault is written down.

A fault is a generator: it does harm, yields the seconds for which the harm lasts, and heals. What
is random comes from the dice that it is given."""

from dataclasses import dataclass
from typing import Callable, Optional

TABLE = {}


@dataclass(frozen=True)
class Fault:
    name: str
    act: Callable  # act(world, dice) -> generator
    resource: str  # two faults of one resource never overlap
    database: Optional[str] = None  # only with this one
    protocol: Optional[str] = None
    alone: bool = False  # no other fault in the same run
    moments: tuple = ()  # only at these; empty: any
    fake_clock: bool = False
    time_zone: str = ""
    small_disk: bool = False


def fault(name, resource, **options):
    """Registers the decorated generator function; extra arguments of it come with `of`:
    @fault("kill", "process", of=["a", "b"]) registers "kill a" and "kill b"."""
    def register(act):
        for each in options.pop("of", [None]):
            if each is None:
                TABLE[name] = Fault(name, act, resource, **options)
            else:
                TABLE[f"{name} {each}"] = Fault(f"{name} {each}", bound(act, each), resource.format(each), **options)
        return act
    return register


def bound(act, argument):
    return lambda world, dice: act(world, dice, argument)
