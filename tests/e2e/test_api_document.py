"""Does the API do what proto/openapi.json says, and nothing else? Driven from the document."""

import datetime
import json
import re
import unittest
import urllib.parse

import jsonschema

from api_document import Document, METHODS, call
from plant_case import PlantCase

ONE = "WH/MO/00001"
ROLES = ["nobody", "viewer", "operator", "admin"]
# Whatever they hold, the request is served.
NEVER_WRONG = ("If-None-Match", "Last-Event-ID")
# Paths that older scripts know without /api.
OLD = ("/api/admin/", "/api/health")
# Of the calls that want one.
BODIES = {"scheduler_toggle": {"enabled": True}}


def references(thing):
    if isinstance(thing, dict):
        if isinstance(thing.get("$ref"), str):
            yield thing["$ref"]
        for part in thing.values():
            yield from references(part)
    elif isinstance(thing, list):
        for part in thing:
            yield from references(part)


class TheDocument(unittest.TestCase):
    def setUp(self):
        self.document = Document()

    def test_each_reference_leads_somewhere_and_each_component_is_used(self):
        used = set(references(self.document.root))
        for reference in used:
            self.document.resolver.resolve(reference)
        there = {f"#/components/{kind}/{name}" for kind, some in self.document.root["components"].items()
                 for name in some if kind != "securitySchemes"}
        self.assertEqual(there - used, set())

    def test_each_schema_is_a_schema(self):
        components = self.document.root["components"]
        schemas = dict(components["schemas"])
        schemas.update((name, one["schema"]) for name, one in components["parameters"].items())
        for name, schema in schemas.items():
            with self.subTest(name):
                jsonschema.Draft202012Validator.check_schema(schema)

    def test_each_operation_says_what_it_has_to(self):
        operations = list(self.document.operations())
        names = [one.name for one in operations]
        self.assertEqual(len(names), len(set(names)))
        tags = {tag["name"] for tag in self.document.root["tags"]}
        for one in operations:
            with self.subTest(one.name):
                self.assertIn(one.method, METHODS)
                self.assertTrue(set(one.spec["tags"]) <= tags)
                self.assertIn(one.spec["x-role"], ROLES)
                self.assertTrue(one.spec["summary"])
                in_path = {p["name"] for p in one.parameters if p["in"] == "path" and p["required"]}
                self.assertEqual(in_path, {part[1:-1] for part in one.path.split("/") if part.startswith("{")})
                self.assertTrue(all(p["description"] for p in one.parameters))
                self.assert_refusals(one)
                self.assert_security(one)

    def assert_refusals(self, one):
        answers = set(one.spec["responses"])
        self.assertTrue({"200", "405", "default"} <= answers)
        self.assertTrue({"401", "403"} <= answers or one.spec["x-role"] == "nobody")
        checked = "requestBody" in one.spec or any(p["name"] not in NEVER_WRONG for p in one.parameters)
        self.assertEqual("400" in answers, checked)

    def assert_security(self, one):
        by_cookie = {"session": []} if one.method == "get" else {"session": [], "csrf": []}
        expected = [] if one.spec["x-role"] == "nobody" else [by_cookie, {"bearer": []}]
        self.assertEqual(one.spec["security"], expected)


class AgainstPlant(PlantCase):
    def setUp(self):
        self.document = Document()

    def assert_described(self, operation, answer):
        """Status, content type, headers and body are as the document says."""
        self.assertIn(str(answer.status), operation.spec["responses"], f"{operation.name}: {answer}")
        said = self.document.response(operation, answer.status)
        for header in said.get("headers", {}):
            if header != "Link":
                self.assertIn(header.lower(), answer.headers, f"{operation.name}: {answer}")
        if "content" in said:
            self.assertIn(answer.content_type, said["content"], f"{operation.name}: {answer}")
            self.assert_content(operation, answer, said["content"][answer.content_type]["schema"])
        else:
            self.assertEqual(answer.body, b"", operation.name)

    def assert_content(self, operation, answer, schema):
        if answer.content_type.endswith("json"):
            self.assertEqual(self.document.errors(schema, answer.json()), [], f"{operation.name} {answer.status}")
        else:
            answer.body.decode()

    def ask(self, plant, operation, names=None, query=None, headers=None, body=None):
        given = {"mo_id": ONE, "batch_no": 4, "line": "PLC01", "user": "nobody", "id": "none", "alert_id": "none",
                 **(names or {})}
        headers = dict(headers or {})
        if body is None and "requestBody" in operation.spec:
            body = json.dumps(BODIES[operation.name])
        if body is not None:
            headers["Content-Type"] = "application/json"
        return call(plant.http_port, operation.method.upper(), operation.target(given, query), headers,
                    body, most=64 if operation.name == "events" else None)

    def operations(self, method):
        return [one for one in self.document.operations() if one.method == method]


class Answers(AgainstPlant):
    def walk(self, plant):
        """Every GET; the names of those that answered 200."""
        good = set()
        for one in self.operations("get"):
            with self.subTest(one.name):
                answer = self.ask(plant, one)
                self.assert_described(one, answer)
                good |= {one.name} if answer.status == 200 else set()
        return good

    def test_every_get_while_a_batch_is_stuck_and_after_it_is_through(self):
        def refuse(plant):
            recipe = plant.order_in_odoo("WH/MO/00002")["to_consume"]
            plant.odoo_faults(partial=[next(code for code in sorted(recipe) if code.startswith("silo"))])
        plant = self.plant(orders=3, before_services=refuse, plc={"PLC_SIM_FAIL": ONE})
        self.wait(lambda: [b for b in (plant.try_admin("/api/admin/failed-to-push") or {"batches": []})["batches"]
                           if b["error_class"] == "partial"], "refused by Odoo")
        self.wait(lambda: [row for row in plant.history() or [] if row["mo_id"] == ONE], "the failed one is archived")
        everything = {one.name for one in self.operations("get")}
        self.assertEqual(everything - self.walk(plant), set())
        plant.admin("/api/admin/manual/set-aside/WH/MO/00002?notes=later", "POST")
        plant.odoo_faults(partial=[])
        self.wait(lambda: plant.queue() == [], "the queue is empty")
        self.assertEqual(everything - self.walk(plant), set())

    def test_every_post_that_has_nothing_to_do(self):
        plant = self.plant(orders=0)
        for one in self.operations("post"):
            if one.spec["tags"] == ["Access"]:
                continue
            with self.subTest(one.name):
                self.assert_described(one, self.ask(plant, one))


def cases(name, schema):
    """Values of a parameter at its limits and whether each is allowed."""
    if schema.get("type") == "integer":
        low, high = schema["minimum"], schema["maximum"]
        return [(low, True), (high, True), (low - 1, False), (high + 1, False), ("", False), ("x", False),
                (f"{low}.5", False), ("9" * 40, False), (f"{low} ", False)]
    if "enum" in schema:
        return [(one, True) for one in schema["enum"]] + [("", False), ("no-such", False)]
    if "anyOf" in schema:  # a moment
        # Trends take a year at most, so it is a day of late.
        day = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1)).strftime("%Y-%m-%d")
        return [(day, True), (f"{day}T09:00:00Z", True), (f"{day}T09:00:00.123Z", True), ("", False),
                ("yesterday", False), ("2026-13-01", False), ("2026-11-22T25:00:00Z", False)]
    if name == "line":
        return [("PLC01", True), ("PLC77", False), ("plc01", False), ("", False)]
    if "maxLength" not in schema:
        return []
    most = schema["maxLength"]
    found = [("x" * most, True), ("x" * (most + 1), False), ("a\nb", False), ("a\x7fb", False)]
    found += [("\u00e9" * 3, "pattern" not in schema), ("\u00e9" * (most // 2 + 1), False)]
    return found + ([("", False)] if schema.get("minLength") else [])


class Parameters(AgainstPlant):
    def test_limits_of_every_parameter(self):
        plant = self.plant(orders=0)
        for one in self.document.operations():
            for parameter in one.parameters:
                if one.spec["tags"] != ["Access"] and one.name != "events":
                    self.try_out(plant, one, parameter)

    def try_out(self, plant, operation, parameter):
        schema = self.document.resolved(parameter["schema"])
        name, where = parameter["name"], parameter["in"]
        for value, allowed in cases(name, {**schema, **parameter["schema"]}):
            if where == "path" and value == "" or where == "header" and str(value) != str(value).strip():
                continue
            with self.subTest(f"{operation.name} {name}={str(value)[:20]!r}"):
                self.try_value(plant, operation, name, where, value, allowed)

    def try_value(self, plant, operation, name, where, value, allowed):
        if where == "header":
            if not str(value).isprintable():
                return  # no header line can say it
            answer = self.ask(plant, operation, headers={name: str(value).encode()})
        else:
            answer = self.ask(plant, operation, **{"names" if where == "path" else "query": {name: value}})
        if allowed:
            self.assertNotEqual(answer.status, 400, answer)
            self.assert_described(operation, answer)
            return
        # A line that is not there is no wrong parameter but a thing not found.
        self.assertEqual(answer.status, 404 if (where, name) == ("path", "line") else 400, answer)
        self.assert_described(operation, answer)
        self.assertIn(name, answer.json()["message"])

    def test_bodies(self):
        plant = self.plant(orders=0)
        toggle = next(one for one in self.document.operations() if one.name == "scheduler_toggle")
        for body in ("", "{", "[]", "null", "{}", '{"enabled": 1}', '{"enabled": "true"}', '{"enabled": null}',
                     '{"enabled": tru', "[" * 5000, '"\\ud800"', "\xff"):
            with self.subTest(body[:20]):
                answer = self.ask(plant, toggle, body=body.encode("latin-1"))
                self.assertEqual(answer.status, 400, answer)
                self.assert_described(toggle, answer)


class Paths(AgainstPlant):
    def test_methods_and_paths_that_are_not_there(self):
        plant = self.plant(orders=0)
        for path, methods in self.document.root["paths"].items():
            target = path.replace("{mo_id}", "WH/MO/00001").replace("{", "").replace("}", "")
            for method in {*METHODS, "patch"} - set(methods):
                with self.subTest(f"{method} {target}"):
                    self.assert_wrong_method(plant, method.upper(), target, {name.upper() for name in methods})
        for path in ("/api", "/api/", "/api/nothing", "/api/admin", "/api/admin/", "/admin/nothing", "/overview",
                     "/api/admin/batch-status/x", "/api//overview", "/api/lines", "/api/plc/PLC01", "/api/plc//memory"):
            with self.subTest(path):
                self.assert_refusal(call(plant.http_port, "GET", path), 404)

    def assert_wrong_method(self, plant, method, target, allowed):
        answer = call(plant.http_port, method, target)
        self.assert_refusal(answer, 405)
        told = {name.strip() for name in answer.headers["allow"].split(",")}
        self.assertEqual(told - {"HEAD", "OPTIONS"}, allowed)

    def assert_refusal(self, answer, status):
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(self.document.errors({"$ref": "#/components/schemas/Error"}, answer.json()), [])

    def test_old_paths_answer_alike(self):
        plant = self.plant(orders=0)
        for one in self.operations("get"):
            if not one.path.startswith(OLD):
                continue
            with self.subTest(one.name):
                target = one.target({"mo_id": ONE})
                new, old = (call(plant.http_port, "GET", path) for path in (target, target[len("/api"):]))
                self.assertEqual(old.status, new.status)
                self.assert_described(one, old)

    def test_an_order_name_comes_raw_or_encoded(self):
        plant = self.plant(orders=1)
        self.wait_archived(plant, 1)
        for name in (ONE, urllib.parse.quote(ONE, safe="")):
            answer = call(plant.http_port, "GET", f"/api/admin/history/{name}")
            self.assertEqual(answer.json()["data"]["mo_id"], ONE)


class Access(AgainstPlant):
    """With a login, as it is when nobody says otherwise."""

    def setUp(self):
        super().setUp()
        self.named = {one.name: one for one in self.document.operations()}
        self.headers = {}

    def done(self, plant, name, body=None, status=200, query=None, **names):
        one = self.named[name]
        answer = self.ask(plant, one, names, query, headers=self.headers, body=body and json.dumps(body))
        self.assert_described(one, answer)
        self.assertEqual(answer.status, status, answer)
        return answer

    def take_session(self, answer):
        self.headers = {"Cookie": answer.headers["set-cookie"].split(";")[0],
                        "X-CSRF-Token": answer.json()["data"]["csrf"]}

    def test_users_sessions_and_tokens(self):
        plant = self.plant(orders=0, services={"ADMIN_AUTH": "on"})
        token = self.wait(lambda: re.search(r"setup[^ ]*?([\w-]{20,})", plant.processes["admin-gateway"].log()), "the link")
        for one in self.document.operations():
            if one.spec["x-role"] != "nobody":
                with self.subTest(one.name):
                    answer = call(plant.http_port, one.method.upper(), one.target(
                        {"mo_id": ONE, "batch_no": 1, "line": "PLC01", "user": "ann", "id": "0" * 12, "alert_id": "none"}))
                    self.assertEqual(answer.status, 401, answer)
                    self.assert_described(one, answer)
        ann = {"user": "ann", "password": "a long password"}
        self.take_session(self.done(plant, "set_up", {**ann, "token": token[1]}))
        self.done(plant, "set_up", {**ann, "token": token[1]}, 409)
        self.done(plant, "add_user", {"user": "bob", "role": "viewer", "password": "another password"})
        self.done(plant, "add_user", {"user": "Bob!", "role": "viewer", "password": "another password"}, 400)
        self.done(plant, "change_user", {"role": "operator"}, user="bob")
        self.assertEqual([one["user"] for one in self.done(plant, "users").json()["data"]["users"]], ["ann", "bob"])
        made = self.done(plant, "add_token", {"label": "night", "role": "viewer", "expires_days": 1}).json()["data"]
        self.assertEqual(len(self.done(plant, "tokens").json()["data"]["tokens"]), 1)
        by_token = call(plant.http_port, "GET", "/api/alerts", {"Authorization": "Bearer " + made["token"]})
        self.assertNotIn(by_token.status, (401, 403))
        self.done(plant, "remove_token", id=made["id"])
        self.done(plant, "remove_token", status=404, id=made["id"])
        self.done(plant, "add_token", {"label": "day", "role": "viewer", "expires_days": 1})
        self.done(plant, "revoke_tokens", status=400)
        self.done(plant, "revoke_tokens", status=404, query={"user": "nobody"})
        self.done(plant, "revoke_tokens", query={"user": "ann"})
        self.assertEqual(self.done(plant, "tokens").json()["data"]["tokens"], [])
        self.take_session(self.done(plant, "change_password", {"old": ann["password"], "new": "a longer password"}))
        self.done(plant, "remove_user", user="bob")
        self.done(plant, "log_out")
        self.done(plant, "users", status=401)
        self.headers = {}
        self.take_session(self.done(plant, "log_in", {**ann, "password": "a longer password"}))
        self.done(plant, "end_sessions", query={"user": "ann"})
        self.done(plant, "users", status=401)
        self.headers = {}
        self.done(plant, "log_in", ann, 401)
        self.take_session(self.done(plant, "log_in", {**ann, "password": "a longer password"}))
        self.assertEqual(self.done(plant, "session").json()["data"]["role"], "admin")


if __name__ == "__main__":
    unittest.main()
