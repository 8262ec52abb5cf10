"""The PLC and the network to it."""

from evidence import reader_for
from faults.table import fault

UDP, TCP = {"protocol": "udp"}, {"protocol": "tcp"}
READ, WRITE = 6000, 7000
NAME, DOSES, STATUS, OPERATION, HANDSHAKE = 1, 27, 72, 73, 76
HOLDS = [3.0, 6.0]


def datagrams(world, dice, text, holds=tuple(HOLDS), **faults):
    world.say(f"FINS: {text}")
    world.plc_udp.set(**faults)
    yield dice.choice(holds)
    world.plc_udp.set()
    world.say("FINS: well again")


@fault("FINS loss", "plc wire", of=["1 %", "5 %", "30 %"], **UDP)
def loss(world, dice, share):
    yield from datagrams(world, dice, f"loss {share}", loss=float(share[:-2]) / 100)


@fault("FINS duplicates", "plc wire", **UDP)
def duplicates(world, dice):
    yield from datagrams(world, dice, "duplicates", duplicate=0.5)


@fault("FINS reordered", "plc wire", **UDP)
def reordered(world, dice):
    yield from datagrams(world, dice, "reordered", reorder=0.4)


@fault("FINS answers late", "plc wire", **UDP)
def late(world, dice):
    yield from datagrams(world, dice, "late", late=0.4, late_by=dice.choice([0.6, 1.4, 2.8]))


@fault("FINS answers of another SID", "plc wire", **UDP)
def foreign(world, dice):
    yield from datagrams(world, dice, "foreign SIDs", foreign_sid=0.5)


@fault("FINS garbage", "plc wire", **UDP)
def garbage(world, dice):
    yield from datagrams(world, dice, "garbage beside the real datagrams", garbage=0.5)


@fault("FINS everything at once", "plc wire", **UDP)
def everything(world, dice):
    yield from datagrams(world, dice, "everything", loss=0.1, duplicate=0.2, reorder=0.2, late=0.1, late_by=1.2,
                         foreign_sid=0.2, garbage=0.2)


@fault("FINS/TCP", "plc wire", of=["cut", "stalls", "slow", "answers cut", "garbage", "refused"], **TCP)
def stream(world, dice, how):
    wire = world.plc_tcp
    world.say(f"FINS/TCP: {how}")
    if how == "cut":
        for _ in range(dice.randint(1, 8)):
            wire.cut()
            yield dice.uniform(0.05, 0.4)
    elif how == "refused":
        wire.refuse()
        yield dice.choice([1.0, 5.0])
        wire.admit()
    else:
        wire.share, wire.mode = 0.2, {"stalls": "stall", "slow": "slow", "answers cut": "cut_answers",
                                             "garbage": "garbage"}[how]
        yield dice.choice(HOLDS)
        if how == "stalls" and dice.random() < 0.5:
            wire.cut()
        wire.mode = "pass"
    world.say("FINS/TCP: well again")


@fault("PLC unreachable", "plc")
def unreachable(world, dice):
    world.say("PLC unreachable")
    world.plc_faults(unreachable=True)
    yield dice.choice([1.0, 6.0])
    world.plc_faults()
    world.say("PLC reachable")


@fault("PLC away for long", "plc", alone=True, moments=("batch.completed",))
def away(world, _dice):
    """Meanwhile Odoo is told of what is known already (invariant 7)."""
    world.say("PLC unreachable for long")
    known = reader_for(world).rows() or {"mo_batch": []}
    world.plc_faults(unreachable=True)
    yield 12.0
    rows = reader_for(world).rows() or {"mo_batch": []}
    finished = {row["mo_id"] for row in known["mo_batch"] if row["status_manufacturing"]}
    for row in rows["mo_batch"]:
        if row["mo_id"] in finished:
            world.held_up.append(f"{row['mo_id']}: finished before the PLC went away, not archived 12 s later")
    world.plc_faults()
    world.say("PLC reachable")


@fault("PLC answers error codes", "plc")
def end_codes(world, dice):
    code = dice.choice(["2502", "0202", "0401", "1103", "2108", "0105"])
    world.say(f"PLC answers {code}")
    world.plc_faults(end_code=code, end_code_count=dice.randint(1, 20))
    yield 3.0
    world.plc_faults()


@fault("PLC answers cut", "plc")
def truncated(world, dice):
    world.plc_faults(truncate=0.4, seed=dice.randrange(1000))
    yield dice.choice(HOLDS)
    world.plc_faults()


@fault("PLC power cycle, memory kept", "plc")
def power_kept(world, dice):
    for _ in range(dice.randint(1, 3)):
        world.say("PLC power cycle, memory kept")
        world.as_plc("/power-cycle", {"memory": "kept"})
        yield dice.uniform(0.1, 1.0)


@fault("PLC power cycle, memory cleared", "plc", alone=True)
def power_cleared(world, dice):
    """What the PLC had is not known any more: a person decides about the batches that it had."""
    world.say("PLC power cycle, memory cleared")
    world.plc_lost_memory = True
    world.as_plc("/power-cycle", {"memory": "cleared"})
    yield 0


@fault("PLC takes no queue for a while", "plc")
def no_handshake(world, dice):
    world.say("PLC holds the handshake")
    world.plc_faults(hold_handshake=True)
    yield dice.choice([2.0, 8.0])
    world.plc_faults()
    world.say("PLC takes queues again")


def spoil(world, dice, offset, words, text, hold):
    """Pokes a running slot's report; the PLC's program may correct it before we do."""
    slots = [n for n in range(10) if world.peek(READ + 100 * n + NAME, 1)[0] and not
             world.peek(READ + 100 * n + STATUS, 1)[0]]
    if not slots:
        world.say(f"no running slot to spoil with {text}")
        return
    at = READ + 100 * dice.choice(slots) + offset
    before = world.peek(at, len(words))
    world.say(f"D{at} = {words}: {text}")
    world.poke(at, words)
    yield hold
    if world.peek(at, len(words)) == words:
        world.poke(at, before)
    world.say("corrected")


def spoiled(name, offset, make):
    @fault(f"PLC reports {name}", "plc memory", moments=("plc.read", "batch.updated", "odoo.pushed"))
    def act(world, dice):
        yield from spoil(world, dice, offset, make(dice), name, dice.choice([0.5, 2.0]))
    return act


spoiled("a status that is no boolean", STATUS, lambda dice: [dice.choice([2, 7, 0xFFFF])])
spoiled("an operation flag that is no boolean", OPERATION, lambda dice: [dice.choice([2, 256])])
spoiled("text in numbers", DOSES + 1, lambda dice: [0x5748, 0x2F4D])
spoiled("another line's order", NAME, lambda dice: [0x5858, 0x2F4D, 0x4F2F, 0x3939, 0x3939, 0x3900, 0, 0])
spoiled("an implausible dose", DOSES + 1, lambda dice: [dice.choice([0x0020, 0x7FFF, 0xFFFF]), 0xFFFF])
spoiled("a name of half an order", NAME, lambda dice: [0x5748, 0x2F00])


@fault("PLC memory half written", "plc memory", moments=("start",))
def half_written(world, dice):
    """What a queue of long ago left: rests of slots, all of them read by the PLC."""
    world.say("rests in the WRITE area")
    for slot in dice.sample(range(10), dice.randint(1, 10)):
        begin = dice.randrange(STATUS)
        world.poke(WRITE + 100 * slot + begin, [dice.choice([0, 0x5748, dice.randrange(65536)])
                                                for _ in range(begin, STATUS)])
    for slot in range(10):
        world.poke(WRITE + 100 * slot + HANDSHAKE, [1])
    yield 0


@fault("PLC switched between UDP and TCP", "plc-gateway")
def other_protocol(world, dice):
    world.end("plc-gateway")
    protocol = "tcp" if world.processes["plc-gateway"].environment["PLC_PROTOCOL"] == "udp" else "udp"
    yield dice.choice([0.0, 1.0])
    world.say(f"plc-gateway over {protocol}")
    environment = {**world.processes["plc-gateway"].environment, "PLC_PROTOCOL": protocol,
                   "PLC_PORT": str(world.plc_tcp.port if protocol == "tcp" else world.plc_udp.port)}
    world.restart_with("plc-gateway", environment)
