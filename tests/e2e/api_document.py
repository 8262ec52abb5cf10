"""proto/openapi.json as the tests of the API read it, and a client that hides nothing."""

import dataclasses
import http.client
import json
import pathlib
import re
import urllib.parse

import jsonschema

ROOT = pathlib.Path(__file__).resolve().parents[2]
METHODS = ("get", "post", "put", "delete")


@dataclasses.dataclass
class Operation:
    path: str
    method: str
    spec: dict
    parameters: list  # resolved

    @property
    def name(self):
        return self.spec["operationId"]

    def target(self, names, query=None):
        """The path with `names` filled in, percent-encoded, and the query."""
        path = re.sub(r"\{(\w+)\}", lambda gap: urllib.parse.quote(str(names[gap[1]]), safe=""), self.path)
        return path + ("?" + urllib.parse.urlencode(query) if query else "")


class Document:
    def __init__(self):
        self.root = json.loads((ROOT / "proto" / "openapi.json").read_text())
        self.resolver = jsonschema.RefResolver.from_schema(self.root)

    def resolved(self, thing):
        while "$ref" in thing and thing["$ref"].startswith("#/components/"):
            thing = self.resolver.resolve(thing["$ref"])[1]
        return thing

    def operations(self):
        for path, methods in self.root["paths"].items():
            for method, spec in methods.items():
                yield Operation(path, method, spec, [self.resolved(one) for one in spec.get("parameters", [])])

    def response(self, operation, status):
        """What the document says of this status; None: nothing, not even by default."""
        answers = operation.spec["responses"]
        found = answers.get(str(status), answers.get("default"))
        return found and self.resolved(found)

    def errors(self, schema, value):
        """Where the value does not fit the schema, and members that the schema does not know."""
        check = jsonschema.Draft202012Validator(schema, resolver=self.resolver)
        wrong = [f"{one.json_path}: {one.message}" for one in check.iter_errors(value)]
        return wrong + self.unknown_members([schema], value, "$")

    def unknown_members(self, schemas, value, where):
        """Schemas stay open for programs, so that answers may grow; a test wants to hear of it."""
        parts = list(self.applied(schemas, value))
        if isinstance(value, list):
            items = [part["items"] for part in parts if "items" in part]
            return [text for i, one in enumerate(value) for text in self.unknown_members(items, one, f"{where}[{i}]")]
        if not isinstance(value, dict) or not any("properties" in part for part in parts):
            return []
        found = []
        for name, member in value.items():
            known = [sub for part in parts for sub in self.schemas_of(part, name)]
            found += self.unknown_members(known, member, f"{where}.{name}") if known else [f"{where}.{name}: unknown"]
        return found

    def applied(self, schemas, value):
        """All subschemas that say something about this very value."""
        for schema in schemas:
            yield schema
            inner = list(schema.get("allOf", []))
            inner += [one for one in schema.get("anyOf", [])
                      if jsonschema.Draft202012Validator(one, resolver=self.resolver).is_valid(value)]
            if "$ref" in schema:
                inner.append(self.resolver.resolve(schema["$ref"])[1])
            yield from self.applied(inner, value)

    @staticmethod
    def schemas_of(schema, name):
        if name in schema.get("properties", {}):
            yield schema["properties"][name]
        for pattern, sub in schema.get("patternProperties", {}).items():
            if re.search(pattern, name):
                yield sub
        if isinstance(schema.get("additionalProperties"), dict):
            yield schema["additionalProperties"]


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict  # names in lower case
    body: bytes

    @property
    def content_type(self):
        return self.headers.get("content-type", "").split(";")[0]

    def json(self):
        return json.loads(self.body)

    def __str__(self):
        return f"{self.status} {self.headers} {self.body[:600]!r}"


def call(port, method, target, headers=None, body=None, timeout=20, most=None):
    """One request as it is. `most`: read so many bytes only, of an answer that does not end."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        answer = connection.getresponse()
        text = answer.read1(most) if most else answer.read()
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, text)
    finally:
        connection.close()
