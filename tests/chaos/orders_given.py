"""What operators ordered, what they were answered, and what became of it. No I/O."""

from collections import defaultdict
from dataclasses import dataclass

NO_PERSON = ("millrace", "odoo")  # who stands in the audit for what followed from a decision
UNCHANGED = ("has status 0 already", "waits to be written to the PLC", "is cancelled already", "set aside already",
             "is solved already", "are accepted already", "comes again with the next fetch")
AGAIN, COMES_AGAIN = "is produced again", "comes again with the next fetch"
CANCELLED_THEN = (": closed: ", ": rejected: ", ": not_found: ", ": cancelled: ", ": partial: ", " was set aside",
                  "its queue was cleared")
CLEARING = ("clear", "withdraw")


@dataclass(frozen=True)
class Press:
    """One press of a button. `user` is another one for each press."""
    user: str
    path: str
    status: int  # HTTP; 0: no answer
    message: str
    wrong: bool = False  # names nothing that exists
    cleared: tuple = ()  # the orders that the answer names as cleared

    @property
    def succeeded(self):
        return self.status == 200

    @property
    def clears(self):
        return "clear-mo-batch" in self.path or "reset-task1-start" in self.path

    @property
    def refused(self):
        """It says that nothing was changed. Who cancels hears of Odoo when the row is cancelled already."""
        goes_on = "it is gone on with by itself" in self.message or \
            ("cancel-batch" in self.path and any(text in self.message for text in CANCELLED_THEN))
        return 400 <= self.status < 500 and not goes_on


def entries(evidence, name, *actions):
    return [entry for entry in sorted(evidence.tables["audit"], key=lambda entry: entry["seq"])
            if entry["mo_id"] == name and (not actions or entry["action"] in actions)]


def by_person(entry):
    return entry["user_name"] not in NO_PERSON


def runs_allowed(evidence, name):
    """A batch is produced once, and once more for each order to do so again."""
    return 1 + sum(AGAIN in entry["outcome"] or COMES_AGAIN in entry["outcome"] for entry in entries(evidence, name))


def was_produced_again(evidence, name):
    return any(AGAIN in entry["outcome"] for entry in entries(evidence, name))


def sent_back(evidence):
    """Batches that somebody sent back to an earlier step, so that they may complete again."""
    return {entry["batch_id"] for entry in evidence.tables["audit"] if entry["action"].startswith("reset")}


def accepted(evidence, name):
    """A person said that what stood in the PLC is true, although the ledger knows better: then it is booked."""
    return bool(entries(evidence, name, "accept"))


def cancelled_by_person(evidence, name):
    return any(by_person(entry) for entry in entries(evidence, name, "cancel"))


def ends_as(evidence, name, undecided):
    """The archive's status after the last decision; `undecided`: without any."""
    status = undecided
    for entry in entries(evidence, name):
        if entry["action"] == "cancel":
            status = "cancelled" if by_person(entry) else "completed"
        elif entry["action"] == "set_aside":
            status = "failed"
        elif entry["action"] == "booked":
            status = "completed"
        elif entry["action"] in CLEARING:
            status = undecided if "may be fetched again" in entry["outcome"] else "cleared"
        elif COMES_AGAIN in entry["outcome"]:
            status = "cleared" if produced_before_it_came(evidence, name) else undecided
    return status


def produced_before_it_came(evidence, name):
    """It was let come again, and before the next fetch the PLC reported that it had it all the same."""
    rows = [row for row in evidence.tables["mo_histories"] + evidence.tables["mo_batch"] if row["mo_id"] == name]
    return len(rows) == 1 and bool(rows[0].get("status") == "cleared" and rows[0]["open_in_odoo"]
                                   and rows[0]["booking_open"] and rows[0]["status_manufacturing"])


def is_final(row):
    """A cleared row that may come again is followed by another."""
    return row["status"] != "cleared" or row["open_in_odoo"]


def check_answers(evidence):
    """Whoever was told of a success finds it in the audit, and whoever was refused does not."""
    by_user = defaultdict(list)
    for entry in evidence.tables["audit"]:
        by_user[entry["user_name"]].append(entry)
    users = {press.user for press in evidence.pressed}
    for press in evidence.pressed:
        done = by_user[press.user]
        text = f"{press.path} ({press.user}): {press.status} {press.message}"
        if press.wrong and press.succeeded:
            yield f"a wrong request succeeded: {text}"
        if press.refused and done:
            yield f"refused, but done: {text}; {done[0]['outcome']}"
        if press.succeeded and not press.wrong and not press.clears and not done and not is_unchanged(evidence, press):
            yield f"no audit entry: {text}"
        others = {entry["mo_id"] for entry in done} - set(press.cleared)
        if press.clears and press.succeeded and others:
            yield f"cleared more than it says: {', '.join(sorted(others))}: {text}"
        if "cancel-batch" in press.path and press.message.startswith("WH/") and others - {press.message[:11].rstrip(":")}:
            yield f"cancelled another one: {', '.join(sorted(others))}: {text}"
        if len({entry["batch_id"] for entry in done}) < len(done) or len(done) > 1 and not press.clears:
            yield f"one press, done twice: {text}"
    for user, done in by_user.items():
        if user not in users and user not in NO_PERSON:
            yield f"nobody pressed it: {user} {done[0]['action']} {done[0]['mo_id']}"


def is_unchanged(evidence, press):
    """The answer tells that it was so already; of a cancelled one, it tells how the first press went on."""
    if any(word in press.message for word in UNCHANGED):
        return True
    return "cancel-batch" in press.path and cancelled_by_person(evidence, press.message.split(" ")[0].rstrip(":"))


def check_events(evidence, told):
    """Each audit entry has its event, and each event its entry. `told`: (arrival, message) of batch.decided."""
    said = {(data["batch_id"], data["action"], data["user"], data["outcome"])
            for data in (message["data"] for _, message in told)}
    written = {(entry["batch_id"], entry["action"], entry["user_name"], entry["outcome"]): entry["mo_id"]
               for entry in evidence.tables["audit"]}
    if not evidence.broker_forgot and evidence.at_rest:
        for key in written.keys() - said:
            yield f"{written[key]}: no batch.decided for {key[1]} by {key[2]}"
    for key in said - written.keys():
        yield f"batch.decided without an audit entry: {key}"


def check_archive(evidence, failing):
    """Nothing is cleared, set aside or cancelled that nobody ordered to be."""
    of_batch = defaultdict(set)
    for entry in evidence.tables["audit"]:
        of_batch[entry["batch_id"]].add(entry["action"])
    for row in evidence.tables["mo_histories"]:
        done, name = of_batch[row["id"]], row["mo_id"]
        if row["status"] == "cleared" and not done & set(CLEARING):
            yield f"{name}: cleared, nobody ordered it"
        if row["status"] == "failed" and "set_aside" not in done:
            yield f"{name}: set aside, nobody ordered it"
        if row["status"] == "cancelled" and "cancel" not in done and name not in failing:
            yield f"{name}: cancelled, nobody ordered it"
        if row["booking_open"] and row["status"] == "completed":
            yield f"{name}: completed with an open booking"


def let_come_again(evidence, name):
    """By a person, who says that the PLC does not have it."""
    return any(COMES_AGAIN in entry["outcome"] for entry in entries(evidence, name))


def check_come_again(evidence):
    """Only what the PLC provably never touched comes again by itself."""
    rows = defaultdict(list)
    for row in evidence.tables["mo_histories"] + evidence.tables["mo_batch"]:
        rows[row["mo_id"]].append(row)
    for name, each in rows.items():
        if let_come_again(evidence, name):
            continue
        closed = [row for row in each if row.get("status") == "cleared" and row["open_in_odoo"]]
        if closed and len([row for row in each if row.get("status") != "cleared" or row["open_in_odoo"]]) > 1:
            yield f"{name}: came again although it was cleared for good"


def check_told(evidence, made):
    """What the PLC made of an order that left the queue is kept, and somebody is told. `made`: its finished runs."""
    told = {row["mo_id"] for row in evidence.tables["alert"]
            if row["kind"] in ("booking_open", "produced_unwanted", "closed_early", "produced_again")
            and row["message"] and row["advice"]}
    for row in evidence.tables["mo_histories"]:
        name = row["mo_id"]
        if row["booking_open"] and name not in told:
            yield f"{name}: its booking is open ({row['status']}) and nobody is told"
        if row["status"] == "completed" or not is_final(row) or entries(evidence, name, "mark_solved"):
            continue
        kept = [each for each in evidence.tables["mo_histories"] if each["mo_id"] == name
                and each["status_manufacturing"] and each["booking_open"]]
        earlier = any(alert["kind"] == "earlier_run" and alert["mo_id"] == name for alert in evidence.tables["alert"])
        if made(name) and not kept and not earlier:
            yield f"{name}: is {row['status']}, the PLC produced it, and its figures wait for nobody"


def last_run(evidence, name, runs):
    """The run that counts: in the slot that the order was given last."""
    past = sorted(evidence.tables["mo_histories"], key=lambda row: str(row.get("archived_at")))
    rows = [row for row in past + evidence.tables["mo_batch"] if row["mo_id"] == name]
    in_slot = [run for run in runs if rows and run["slot"] == rows[-1]["batch_no"]]
    return (in_slot or runs)[-1] if runs else None
