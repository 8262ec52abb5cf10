"""Do rules, dashboards, runbook and code speak of the same metrics and alerts?"""

import json
import re
import shutil
import subprocess
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OBSERVED = ROOT / "deploy" / "observability"
RUNBOOK = (ROOT / "docs" / "operations.md").read_text()
DASHBOARDS = sorted((OBSERVED / "grafana" / "dashboards").glob("*.json"))
METRIC = re.compile(r"\b(?:millrace|process)_[a-z0-9_]+")
# The name and then, in C++, its help text.
MADE = re.compile(r'"((?:millrace|process)_[a-z0-9_]+)",\s*"')
HISTOGRAM = re.compile(r'metrics::observe\(\s*"(\w+)"')


def sources():
    for folder in ("common", "services"):
        for file in sorted((ROOT / folder).rglob("*.cpp")):
            yield file, file.read_text()


def metrics_of_the_code():
    return {name for _, text in sources() for name in MADE.findall(text)}


def series_of_the_code():
    """A histogram is scraped under three names."""
    names = metrics_of_the_code()
    for _, text in sources():
        for name in HISTOGRAM.findall(text):
            names |= {name + end for end in ("_bucket", "_sum", "_count")}
    return names


def kinds_raised():
    """The third word of a trouble: alerts_.raise({line, kind, order, ...})."""
    kinds = set()
    for file, text in sources():
        constants = dict(re.findall(r'constexpr [\w: *]*?(\w+)\s*=\s*"(\w+)";', text))
        for kind in re.findall(r"alerts_\.raise\(\s*\{[^,]+,\s*([^,]+),", text):
            kind = kind.strip()
            if kind.startswith('"'):
                kinds.add(kind.strip('"'))
            elif kind == "kind":  # of a task, note_outcome
                prefix, = re.findall(r'kind = "(\w+_)" \+ task_text', text)
                names, = re.findall(r"enum class task_kind \{([^}]*)\}",
                                    (ROOT / "common/events/vocabulary.hpp").read_text())
                kinds |= {prefix + name.strip() for name in names.split(",")}
            else:
                assert kind in constants, f"{file}: which kind of alert is {kind}?"
                kinds.add(constants[kind])
    return kinds


def rules():
    """Name, expression and runbook of each rule; the file is written by hand in one shape."""
    text = (OBSERVED / "alerts.yaml").read_text()
    for block in re.split(r"\n      - alert: ", text)[1:]:
        expression = re.search(r"expr: >-\n((?: {10}.*\n)+)", block).group(1)
        yield block.split("\n")[0], " ".join(expression.split()), block


def sections(title):
    part = RUNBOOK.split(f"\n## {title}\n")[1].split("\n## ")[0]
    return part, set(re.findall(r"^### (\w+)$", part, re.M)) | set(re.findall(r'<a id="(\w+)">', part))


def expressions_of(dashboard):
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for variable in dashboard["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]


class Metrics(unittest.TestCase):
    def test_the_code_has_some(self):
        self.assertGreater(len(metrics_of_the_code()), 50)
        self.assertIn("millrace_plc_frames_total", metrics_of_the_code())
        self.assertIn("process_open_fds", metrics_of_the_code())

    def test_names_follow_the_conventions(self):
        for file, text in sources():
            for call, name in re.findall(r'metrics::(count|gauge|observe)\(\s*"(\w+)"', text):
                with self.subTest(f"{file.name}: {name}"):
                    self.assertEqual(call == "count", name.endswith("_total"))
                    if call == "observe":
                        self.assertTrue(name.endswith("_seconds"))
                    self.assertNotRegex(name, r"_(ms|us|millis|minutes|kb|percent)(_|$)")
                    self.assertTrue(name.startswith("millrace_"))

    def test_no_label_takes_the_scrapers_names(self):
        for file, text in sources():
            for name in re.findall(r'\{\{?"(job|instance)",', text):
                if "metrics::" in text:
                    self.fail(f"{file}: the label {name} is Prometheus's own")

    def test_the_table_names_all_and_no_others(self):
        table = RUNBOOK.split("\n## Metrics\n")[1]
        told = set(re.findall(r"^\| `(\w+)` \|", table, re.M))
        self.assertEqual(told ^ metrics_of_the_code(), set())


class Rules(unittest.TestCase):
    def test_metrics_exist(self):
        for name, expression, _ in rules():
            with self.subTest(name):
                used = set(METRIC.findall(expression))
                self.assertTrue(used or "up{" in expression)
                self.assertEqual(used - series_of_the_code(), set())

    def test_each_says_what_is_wrong_and_where_to_read(self):
        for name, _, block in rules():
            with self.subTest(name):
                for needed in ("summary: ", "description: ", "runbook_url: "):
                    self.assertIn(needed, block)
                own_severity = re.search(r"severity: (critical|warning)", block)
                self.assertTrue(own_severity or "kind, severity)" in block)
                link = re.search(r"runbook_url: 'docs/operations.md#([^']*)'", block).group(1)
                self.assertIn(link, (name.lower(), "{{ $labels.kind }}"))

    def test_each_has_a_section_and_each_section_a_rule(self):
        part, told = sections("Alert rules")
        self.assertEqual(told ^ {name for name, _, _ in rules()}, set())
        self.check_sections(part)

    def test_each_kind_has_a_section_and_each_section_a_kind(self):
        self.assertIn("batch_held", kinds_raised())
        self.assertIn("unknown_order", kinds_raised())
        self.assertIn("task_failing_plc_read", kinds_raised())
        part, told = sections("Alerts of the plant")
        self.assertEqual(told ^ kinds_raised(), set())
        self.check_sections(part)

    def check_sections(self, part):
        for section in part.split("\n### ")[1:]:
            with self.subTest(section.split("\n")[0]):
                for needed in ("Means", "Meanwhile", "Look at", "Do", "Over when"):
                    self.assertIn(f"- **{needed}**: ", section)

    def test_links_of_the_runbook_lead_somewhere(self):
        anchors = {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")
                   for title in re.findall(r"^#+ (.*)$", RUNBOOK, re.M)}
        anchors |= set(re.findall(r'<a id="(\w+)">', RUNBOOK))
        for link in re.findall(r"\]\(#([^)]*)\)", RUNBOOK):
            self.assertIn(link, anchors)
        for file in re.findall(r"\]\(([\w-]+\.md)", RUNBOOK):
            self.assertTrue((ROOT / "docs" / file).exists(), file)

    def test_each_is_tried(self):
        fire = re.findall(r"- alertname: (\w+)\n.*\n        exp_alerts:", (OBSERVED / "alerts_test.yaml").read_text())
        self.assertEqual(set(fire), {name for name, _, _ in rules()})

    def test_notes_that_stay_are_looked_at_when_they_are_new(self):
        told = set(re.findall(r"`(\w+)`", RUNBOOK.split("\n## Notes that stay\n")[1].split(" tell of ")[0]))
        self.assertLessEqual(told, kinds_raised())
        new, waiting = (set(re.search(r'kind([=!])~"([^"]*)"', expression).group(2).split("|"))
                        for wanted in ("MillraceNewAlert", "MillraceNeedsPerson")
                        for name, expression, _ in rules() if name == wanted)
        self.assertEqual(new, told)
        self.assertEqual(waiting, told | {"batch_stuck", "push_failing"})  # these have rules of their own

    @unittest.skipUnless(shutil.which("promtool"), "no promtool (Debian: prometheus): the rules are not tried out")
    def test_promtool(self):
        for arguments in (("check", "config", "prometheus.yaml"), ("test", "rules", "alerts_test.yaml")):
            ran = subprocess.run(["promtool", *arguments], cwd=OBSERVED, text=True, capture_output=True)
            self.assertEqual(ran.returncode, 0, ran.stdout + ran.stderr)


class Dashboards(unittest.TestCase):
    def test_metrics_exist(self):
        self.assertGreaterEqual(len(DASHBOARDS), 5)
        for file in DASHBOARDS:
            for title, expression in expressions_of(json.loads(file.read_text())):
                with self.subTest(f"{file.name}: {title}"):
                    used = set(METRIC.findall(expression))
                    self.assertTrue(used)
                    self.assertEqual(used - series_of_the_code(), set())

    def test_the_data_source_is_a_choice(self):
        for file in DASHBOARDS:
            board = json.loads(file.read_text())
            with self.subTest(file.name):
                self.assertEqual(board["uid"], file.stem)
                self.assertIn("datasource", [each["type"] for each in board["templating"]["list"]])
                self.assertEqual(set(re.findall(r'"uid": "([^"]*)"', json.dumps(board["panels"]))), {"${datasource}"})
                self.assertEqual(len({panel["id"] for panel in board["panels"]}), len(board["panels"]))

    def test_compose_mounts_them(self):
        compose = (ROOT / "deploy" / "compose.yaml").read_text()
        mounted = re.findall(r"- (\./observability[\w./-]*):(/[\w./-]*):ro", compose)
        self.assertTrue(mounted)
        for here, _ in mounted:
            self.assertTrue((ROOT / "deploy" / here).exists(), here)
        provider = (OBSERVED / "grafana/provisioning/dashboards/millrace.yaml").read_text()
        self.assertIn(re.search(r"path: (\S+)", provider).group(1), [there for _, there in mounted])


if __name__ == "__main__":
    unittest.main()
