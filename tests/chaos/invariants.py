"""The eight invariants of issue 3, judged by evidence from the outside. No I/O."""

from collections import defaultdict

import orders_given as given
from evidence import ODOO_CODES, Figures, kg

REQUIRED = ["specversion", "id", "source", "type", "time"]
LIFE = ["batch.staged", "batch.updated", "batch.completed", "batch.cancelled", "batch.archived"]


def check(evidence):
    """Every violation as "invariant N: text"."""
    checks = [one_place, produced_once, booked_right, finished_values_stay, acknowledged_after_commit, events_arrive,
              no_delay_of_others, comes_to_rest]
    return [f"invariant {number}: {text}" for number, each in enumerate(checks, 1)
            for text in sorted(set(each(evidence)))]


# -- what is expected --------------------------------------------------------

def needs_person(evidence, name):
    return name in evidence.persons_orders or (evidence.plc_lost_memory and name in lost_orders(evidence)) \
        or waits_behind_person(evidence, name)


def waits_behind_person(evidence, name):
    """The queue is only fetched when it is empty, and somebody has to empty it."""
    queue = {row["mo_id"] for row in evidence.tables["mo_batch"]}
    return not any(places(evidence, name)) and bool(queue & evidence.persons_orders or evidence.plc_lost_memory and queue)


def lost_orders(evidence):
    """Orders that the PLC had not finished reporting when it lost its memory, and those of the same queue."""
    lost = {batch["order"] for batch in evidence.plc["taken"] if batch["lost"]}
    seen = set()
    rows = evidence.tables["mo_batch"] + evidence.tables["mo_histories"]
    stages = {row["stage"] for row in rows if row["mo_id"][:16] in lost}
    for row in rows:
        # Also what was produced and not yet read when the memory went.
        if row["stage"] in stages or (evidence.plc_lost_memory and row["state"] not in ("archived", "staged")):
            seen.add(row["mo_id"])
    return seen


def expected_status(evidence, name):
    return given.ends_as(evidence, name, "cancelled" if name in evidence.failing else "completed")


def ours(evidence):
    """Orders of this line."""
    return {name: order for name, order in evidence.odoo["orders"].items() if order["line"] == "PLC01"}


def places(evidence, name):
    active = [row for row in evidence.tables["mo_batch"] if row["mo_id"] == name]
    past = [row for row in evidence.tables["mo_histories"] if row["mo_id"] == name]
    past.sort(key=lambda row: str(row.get("archived_at")))
    return active, past


def produced(evidence, name):
    return [batch for batch in evidence.plc["produced"] if batch["order"] == name[:16]]


def told_to_people(evidence, name):
    """What an operator reads about the order."""
    active, past = places(evidence, name)
    texts = [row["message"] for row in evidence.tables["alert"]
             if row["message"] and row["advice"] and (row["mo_id"] == name or (not row["mo_id"] and active))]
    texts += [row["hold_reason"] for row in active if row["hold_reason"] and row["hold_advice"]]
    texts += [row["push_error"] for row in active if row["push_error"]]
    return texts + [row["notes"] for row in past if row["notes"]]


# -- the invariants ------------------------------------------------------------

def one_place(evidence):
    """1. One row in mo_batch or one in mo_histories; in the end in the archive with the right status."""
    yield from evidence.observed.double_placed
    fetched = {row["mo_id"] for row in evidence.tables["mo_batch"] + evidence.tables["mo_histories"]}
    fetched |= {message["data"]["mo_id"] for _, message in told(evidence, "batch.staged")}
    for name in sorted(fetched | set(ours(evidence))):
        active, past = places(evidence, name)
        final = [row for row in past if given.is_final(row)]
        if given.let_come_again(evidence, name):
            final = final[-1:]
        if len(active) + len(final) > 1:
            yield f"{name}: {len(active)} rows in mo_batch, {len(final)} in mo_histories"
        if name in fetched and not active and not past:
            yield f"{name}: was fetched and is nowhere"
        if needs_person(evidence, name):
            continue
        final = final or past[-1:]
        if [row["status"] for row in final] != [expected_status(evidence, name)] and evidence.at_rest:
            yield (f"{name}: ends as {[row['status'] for row in past] or [row['state'] for row in active] or 'nothing'}"
                   f", expected {expected_status(evidence, name)}")
    yield from given.check_archive(evidence, evidence.failing)
    yield from given.check_come_again(evidence)


def produced_once(evidence):
    """2. Each batch once, with the recipe that Odoo ordered."""
    orders = {name[:16]: order for name, order in ours(evidence).items()}
    taken = defaultdict(list)
    for batch in evidence.plc["taken"]:
        if not batch["lost"]:
            taken[batch["order"]].append(batch)
        order = orders.get(batch["order"])
        if order is None:
            yield f"{batch['order']}: the PLC took an order that Odoo does not have for this line"
            continue
        got = Figures.of(batch["recipe"], batch["quantity"])
        versions = [recipe(order), recipe(evidence.earlier_orders.get(batch["order"], order))]
        if got not in versions:
            yield f"{batch['order']}: the PLC got {got}; Odoo ordered {versions[0]}"
    for name, batches in taken.items():
        if len(batches) > given.runs_allowed(evidence, name):
            yield f"{name}: taken {len(batches)} times"
    for name in orders:
        made = produced(evidence, name)
        if len(made) > given.runs_allowed(evidence, name):
            yield f"{name}: produced {len(made)} times"
    for violation in evidence.plc["violations"]:
        if violation["kind"] == "taken_twice" and given.runs_allowed(evidence, violation["detail"].split(" ")[0]) > 1:
            continue  # its runs are counted above
        yield f"PLC: {violation['kind']}: {violation['detail']}"
    for row in evidence.tables["mo_histories"]:
        if row["status"] == "completed" and not produced(evidence, row["mo_id"]) \
                and not needs_person(evidence, row["mo_id"]):
            yield f"{row['mo_id']}: archived as completed, never produced"


def booked_right(evidence):
    """3. Odoo holds the PLC's final figures; done once; cancelled where the batch failed."""
    for name, order in ours(evidence).items():
        by_person = any(call["route"] == "person" and call["outcome"] != "enlarge" for call in order["calls"])
        if order["done_count"] > 1:
            yield f"{name}: marked done {order['done_count']} times"
        if order["cancel_count"] and name not in evidence.failing and not given.cancelled_by_person(evidence, name):
            yield f"{name}: cancelled in Odoo by us"
        made = produced(evidence, name)
        if order["done_count"] and not by_person:
            if not made:
                yield f"{name}: done in Odoo, never produced"
            elif Figures.of_odoo(order, "finished_qty") not in bookable(evidence, name):
                yield f"{name}: PLC {bookable(evidence, name)[0]}, Odoo {Figures.of_odoo(order, 'finished_qty')}"
        elif evidence.at_rest and not needs_person(evidence, name):
            yield from open_in_odoo(evidence, name, order, made)


def bookable(evidence, name):
    """Figures of the run that counts; also of an earlier one when people are told that Odoo closed the order with it."""
    runs = produced(evidence, name)
    early = any(row["kind"] == "closed_early" and row["mo_id"] == name for row in evidence.tables["alert"])
    stored = [Figures.of_row(row) for row in places(evidence, name)[1][-1:] if given.accepted(evidence, name)]
    return stored or [Figures.of_plc(run) for run in [given.last_run(evidence, name, runs)] + (runs if early else [])]


def open_in_odoo(evidence, name, order, made):
    status = expected_status(evidence, name)
    if status in ("failed", "cleared"):
        return  # a person's work
    if status == "cancelled":
        if order["state"] != "cancel":
            yield f"{name}: cancelled here (by the PLC or a person), in Odoo it is {order['state']}"
    elif name in evidence.weightless:
        booked = Figures.of_odoo(order, "finished_qty")
        final = made and Figures.of_plc(given.last_run(evidence, name, made))
        if made and booked.doses != final.doses:
            yield f"{name}: PLC {final}, Odoo {booked}"
    else:
        yield f"{name}: is {order['state']} in Odoo, not done"


def recipe(order):
    """As figures: the weight is the ordered quantity."""
    return Figures.of({point: order["to_consume"].get(code) for point, code in ODOO_CODES.items()}, order["quantity"])


def finished_values_stay(evidence):
    """4. Values of a finished row never change."""
    yield from evidence.observed.changed
    final = {}
    for _, message in told(evidence, "batch.completed"):
        data = message["data"]
        figures, run = Figures.of_event(data), (data["batch_id"], data.get("batch_no", 1))
        if final.setdefault(run, figures) != figures:
            yield f"{data['mo_id']}: completed with {final[run]} and with {figures}"
    for row in evidence.tables["mo_batch"] + evidence.tables["mo_histories"]:
        run = (row["id"], row["batch_no"])
        if row["status_manufacturing"] and run in final and final[run] != Figures.of_row(row):
            yield f"{row['mo_id']}: completed with {final[run]}, holds {Figures.of_row(row)}"
        made = given.last_run(evidence, row["mo_id"], produced(evidence, row["mo_id"]))
        if row["status_manufacturing"] and made and Figures.of_row(row) != Figures.of_plc(made) \
                and not needs_person(evidence, row["mo_id"]) and not given.accepted(evidence, row["mo_id"]):
            yield f"{row['mo_id']}: PLC {Figures.of_plc(made)}, database {Figures.of_row(row)}"


def acknowledged_after_commit(evidence):
    """5. status_read_data became 1 only after the final values were committed; and it did become 1."""
    yield from evidence.observed.acknowledged_unstored
    if not evidence.at_rest or evidence.plc_lost_memory:
        return
    for batch in evidence.plc["produced"]:
        if batch["status"] == "finished" and not batch["acknowledged_at"]:
            yield f"{batch['order']}: finished, its slot was never acknowledged"


def told(evidence, name=None):
    """(arrival, message) of the product's own events, first arrival of each id."""
    seen = set()
    for arrival in evidence.arrivals:
        if arrival.payload in evidence.injected or (name and arrival.name != name):
            continue
        message = arrival.message()
        if message and message.get("id") not in seen:
            seen.add(message.get("id"))
            yield arrival, message


def events_arrive(evidence):
    """6. Every promised event, with a stable id, in the order of the batch's life."""
    content, natural, sent_back = {}, {}, given.sent_back(evidence)
    for arrival in evidence.arrivals:
        if arrival.payload in evidence.injected:
            continue
        message = arrival.message()
        missing = [name for name in REQUIRED if not (message or {}).get(name)]
        if missing or message["specversion"] != "1.0":
            yield f"{arrival.topic}: no CloudEvent: {missing or message['specversion']}"
            continue
        if content.setdefault(message["id"], message["data"]) != message["data"]:
            yield f"{arrival.name} {message['id']}: one id, two contents"
        if arrival.name in ("batch.staged", "batch.completed", "batch.archived", "batch.cancelled"):
            key = (arrival.name, message["data"]["batch_id"],
                   message["data"]["batch_id"] in sent_back and message["data"].get("revision"))
            if natural.setdefault(key, message["id"]) != message["id"]:
                yield f"{arrival.name} of {message['data']['mo_id']}: two ids"
    lives = defaultdict(lambda: [[]])
    for arrival, message in told(evidence):
        if arrival.name in LIFE:
            lives[message["data"]["batch_id"]][-1].append((arrival.name, message["data"]))
        elif arrival.name == "batch.decided" and message["data"]["action"].startswith("reset"):
            lives[message["data"]["batch_id"]].append([])  # back to an earlier step
    for life in lives.values():
        for steps in filter(None, life):
            yield from life_in_order(steps)
    yield from given.check_events(evidence, told(evidence, "batch.decided"))
    if not evidence.broker_forgot and evidence.at_rest:
        yield from promised(evidence, lives)


def life_in_order(steps):
    stations = [LIFE.index(name) for name, _ in steps]
    text = f"{steps[0][1]['mo_id']}: " + ", ".join(name for name, _ in steps)
    # The last update may carry the state "completed": it goes with batch.completed.
    ranks = [2 if LIFE[station] == "batch.updated" and data["state"] not in ("staged", "written", "running") else station
             for station, (_, data) in zip(stations, steps)]
    if ranks != sorted(ranks):
        yield f"out of order: {text}"
    revisions = [data["revision"] for name, data in steps if name == "batch.updated"]
    if revisions != sorted(revisions):
        yield f"revisions out of order {revisions}: {text}"


def promised(evidence, lives):
    for row in evidence.tables["mo_histories"]:
        names = [name for steps in lives.get(row["id"], []) for name, _ in steps]
        wanted = ["batch.staged", "batch.archived"]
        booked_later = given.entries(evidence, row["mo_id"], "booked")
        wanted += ["batch.completed"] if row["status"] == "completed" and not booked_later else []
        wanted += ["batch.cancelled"] if row["status"] == "cancelled" else []
        for name in wanted:
            if name not in names:
                yield f"{row['mo_id']}: no {name} reached the subscriber"
    if evidence.tables["outbox"]:
        yield f"{len(evidence.tables['outbox'])} events wait in the outbox"


def no_delay_of_others(evidence):
    """7. Nothing waits for what it does not need; who is waited for is told; who decides is answered truly."""
    yield from evidence.held_up
    yield from given.check_answers(evidence)
    if evidence.at_rest:
        yield from given.check_told(evidence, lambda name: [run for run in produced(evidence, name)
                                                            if run["status"] == "finished"])
    for name in ours(evidence):
        if not needs_person(evidence, name):
            continue
        active, past = places(evidence, name)
        if active and not told_to_people(evidence, name):
            yield f"{name}: waits for a person ({active[0]['state']}) and nobody is told"
        if past and past[0]["status"] == "completed" and not produced(evidence, name) and \
                not told_to_people(evidence, name):
            yield f"{name}: archived as completed, never produced"


def comes_to_rest(evidence):
    """8. By itself, in time; and every process ends when it is told to."""
    if not evidence.at_rest:
        waiting = [f"{row['mo_id']} {row['state']} {row['hold_reason'] or row['push_error'] or ''}".strip()
                   for row in evidence.tables["mo_batch"]]
        open_orders = [name for name, order in ours(evidence).items()
                       if order["state"] == "confirmed" and not needs_person(evidence, name)
                       and not any(places(evidence, name))]
        yield f"did not come to rest; in the queue: {waiting}; not fetched: {open_orders}"
    for text in evidence.late_stops:
        yield text
