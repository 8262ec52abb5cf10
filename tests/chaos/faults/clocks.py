"""The time of day jumps; steady clocks go on."""

from faults.table import fault


def jump(world, dice, offsets):
    world.clock_jumped = True
    for offset in offsets:
        world.say(f"clock {offset} s")
        world.set_clock(offset)
        yield dice.uniform(0.5, 2.5)


@fault("clock jumps forward", "clock", fake_clock=True)
def forward(world, dice):
    yield from jump(world, dice, ["+7200"])


@fault("clock jumps back", "clock", fake_clock=True)
def backward(world, dice):
    yield from jump(world, dice, ["-10800"])


@fault("clock jumps about", "clock", fake_clock=True)
def about(world, dice):
    yield from jump(world, dice, [f"{dice.choice('+-')}{dice.randint(60, 90000)}" for _ in range(5)])


@fault("clock: daylight saving", "clock", fake_clock=True, time_zone="Europe/Berlin")
def daylight(world, dice):
    """03:00 summer time becomes 02:00 (2026-10-25 01:00 UTC), and the other way (2027-03-28)."""
    yield from jump(world, dice, [str_offset(world, at) for at in dice.choice(
        [(1792889997, 1792890001), (1806195597, 1806195601)])])


def str_offset(world, at):
    return f"{at - world.began:+.0f}"
