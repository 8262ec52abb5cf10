#!/usr/bin/env python3
"""Every sentence that the services make for a person has its Indonesian words in
the page's table: the sources are gone through, so that a new one without
a translation is found here and not by the shift."""

import json
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
TABLE = ROOT / "services/admin-gateway/web/src/texts/sentences.id.json"

# What of a service reaches the page. Settings, wiring and what is only logged do not.
SPEAKERS = {
    "services/batch-store": "batch_store bookings clearing decisions journal odoo_side operator_decisions "
                            "operator_side plc_side reconcile reconcile_decisions tasks views",
    "services/plc-gateway": "area_read field_words line_events line_work reachability slot_codec "
                            "step withdraw_job write_job write_look",
    "services/odoo-gateway": "breaker cancelling odoo_answer order_reading push_decision pushing session wiring",
    "services/scheduler": "clock_actor task_rhythm",
    "services/admin-gateway": "answers gateway idempotency overview reports",
    "services/admin-gateway/access": "account_book account_desk accounts admission bodies door login_desk office",
    "common/http": "client",
    "common/service": "port requests",
    "common/domain": "order_name",
}

# Said to nobody, or not as a sentence.
SILENT = {
    "Bearer realm=\"millrace",
    # odoo_answer: what is looked for in Odoo's own words
    "not found", "does not exist", "doesn't exist", "session expired",
    # what is wrong with a file of users: logged at the start
    "is no object", "is no text", "is not as it must be", "role is none of viewer, operator, admin",
    "is neither true nor false", "is no list", "is there twice", "disabled", "it",
    "it is no file of Millrace's users", "nothing can be changed", "bearer", "done", "csrf",
    "public, max-age=31536000, immutable",
    "cannot use the authorities in '", "base URL",
    "method or path cannot be sent: they contain a blank or control character",
}

# Help of a metric, fields of a log line.
NOT_SAID = re.compile(r'metrics::\w+\(\s*(?:"[^"]*"\s*)+,\s*(?:"[^"]*"\s*)+|natural_key\s*=[^;]*;')
LITERALS = re.compile(r'(?:(?<!R)"(?:[^"\\\n]|\\.)*"\s*)+')
PLACE = re.compile(r"\{(\w+)(?:\.\.\.)?\}")


def literals(source):
    """Adjacent ones are one."""
    source = re.sub(r"//[^\n]*|#include[^\n]*", "", source)
    for found in LITERALS.finditer(NOT_SAID.sub("", source)):
        parts = re.findall(r'"((?:[^"\\\n]|\\.)*)"', found.group(0))
        yield "".join(parts).replace('\\"', '"')


def is_said(text):
    """Several words, or a word that stands beside a value."""
    return bool(re.search(r"[A-Za-z]{2,},? +[a-z(]", text) or re.search(r"^[ ;,.:]+ *[a-z]{2,}|[a-z]{2,}[ :]+$", text))


def said_in_sources():
    for folder, names in SPEAKERS.items():
        for name in names.split():
            path = ROOT / folder / f"{name}.cpp"
            for text in literals(path.read_text()):
                short = text.strip(" ;:,.()\"")
                if is_said(text) and short not in SILENT:
                    yield f"{folder}/{name}.cpp", short


class SentencesTest(unittest.TestCase):
    def setUp(self):
        self.table = json.loads(TABLE.read_text())

    def test_every_sentence_of_the_sources_is_in_the_table(self):
        all_english = "\n".join(PLACE.sub("\x00", english) for english in self.table)
        missing = sorted({f"{where}: {text}" for where, text in said_in_sources() if text not in all_english})
        self.assertEqual(missing, [], "add them to " + TABLE.name)

    def test_no_sentence_outlives_its_source(self):
        said = [text for _, text in said_in_sources()]
        # One word is a state or a class; without a letter it divides.
        old = [english for english in self.table
               if " " in PLACE.sub("", english).strip() and not english.startswith(("Connection", "No route", "Network"))
               and not any(text in english for text in said)]
        self.assertEqual(old, [])

    def test_both_languages_have_the_same_places(self):
        differ = {english: indonesian for english, indonesian in self.table.items()
                  if set(PLACE.findall(english)) != set(PLACE.findall(indonesian))}
        self.assertEqual(differ, {})

    def test_a_new_reason_is_found(self):
        source = 'return refused(row.mo_id + " waits for the " "moon" + now);'
        self.assertEqual([text for text in literals(source) if is_said(text)], [" waits for the moon"])


if __name__ == "__main__":
    unittest.main()
