"""Requests to the admin API that are nearly right: made from proto/openapi.json by a seed."""

import dataclasses
import json
import random
import urllib.parse

ODD_TEXT = ["", " ", "0", "-1", "1e9", "99999999999999999999", "true", "null", "None", "NaN", "x" * 65, "x" * 501,
            "x" * 5000, "WH/MO/00001", "WH/MO/00001-001", "../../etc/passwd", "..%2f..", "a\x00b", "a\r\nX-Injected: 1",
            "\x7f", "\u00e9\u4e16\U0001f600", "' OR 1=1 --", "%", "%s%n", "<script>alert(1)</script>", "=cmd|' /C'!A0",
            "${jndi:ldap://x}", "2026-11-22", "2026-02-30", "9999-12-31T23:59:60Z", "0000-00-00", "PLC01", "PLC77", "\ufeff"]
ODD_BYTES = [b"%", b"%zz", b"%00", b"%2e%2e%2f", b"%252e", b"%c0%af", b"%ff", b"..", b"//", b"/./", b";", b"?", b"#",
             b"\xff", b"\xc3\xa9", b"\\", b"\t", b"*", b"%0d%0aX-Injected:%201", b"a" * 9000]
ODD_JSON = [None, True, False, 0, -1, 1.5, 1e308, 2 ** 70, "", "x" * 2000, "\u0000", [], {}, [[]], {"": {}}, "on"]
ODD_METHODS = [b"HEAD", b"OPTIONS", b"PATCH", b"TRACE", b"CONNECT", b"get", b"PROPFIND", b"G\x00T", b"", b"GET GET",
               b"M" * 4000, b"PRI"]
ODD_HEADERS = [
    b"Host: a\r\nHost: b", b"Accept: application/problem+json", b"Accept: */*;q=0.1", b"Accept: ,;=,", b"Accept-Encoding: gzip",
    b"Accept-Encoding: *;q=0, gzip;q=x", b"If-None-Match: *", b"If-None-Match: \"\xff", b"Idempotency-Key: one",
    b"Idempotency-Key: " + b"k" * 300, b"X-User: " + b"u" * 65, b"X-User: \xff\xfe", b"X-User: ann", b"X-Request-Id: a b",
    b"X-Request-Id: " + b"r" * 500, b"Cookie: millrace_session=x; millrace_session=y", b"Cookie: ;;;==",
    b"Authorization: Bearer mr_x", b"Authorization: Basic " + b"A" * 3000, b"Authorization:", b"Origin: null",
    b"Origin: https://elsewhere.example", b"Last-Event-ID: \x01", b"Last-Event-ID: gone", b"Range: bytes=0-1", b"Expect: 100-continue",
    b"Expect: nonsense", b"Content-Encoding: gzip", b"Content-Type: text/plain", b"Content-Type: ;", b"X-CSRF-Token: x",
    b"Upgrade: websocket\r\nConnection: Upgrade", b"X-Forwarded-For: 127.0.0.1", b" folded: x", b"no colon", b": no name",
    b"X-Long: " + b"h" * 9000, b"\r\n".join(b"X-%d: 1" % i for i in range(300)), b"X-Nul: a\x00b", b"TE: trailers"]


@dataclasses.dataclass
class Request:
    operation: object
    method: bytes
    target: bytes
    headers: list
    body: bytes
    version: bytes = b"HTTP/1.1"
    # Sent, then nothing more comes: the server may close without a word.
    cut: bool = False
    length: bytes = None

    def wire(self):
        lines = [b"%s %s %s" % (self.method, self.target, self.version), b"Host: 127.0.0.1", b"Connection: close", *self.headers]
        length = b"%d" % len(self.body) if self.length is None else self.length
        if self.body or self.length is not None:
            lines.append(b"Content-Length: " + length)
        return b"\r\n".join(lines) + b"\r\n\r\n" + self.body


class Mutations:
    def __init__(self, document, seed):
        self.document = document
        self.operations = list(document.operations())
        self.random = random.Random(seed)
        self.names = sorted({p["name"] for one in self.operations for p in one.parameters if p["in"] == "query"})

    def request(self):
        request = self.right(self.random.choice(self.operations))
        changes = [self.path, self.query, self.query, self.parameter, self.parameter, self.header, self.header, self.body,
                   self.body, self.method, self.length, self.chunked, self.version, self.cut]
        for change in self.random.choices(changes, k=self.random.randint(0, 3)):
            change(request)
        return request

    def right(self, operation):
        """With parameters as the document has them."""
        names = {"mo_id": "WH/MO/00001", "batch_no": self.random.randint(1, 10), "line": "PLC01", "user": "ann",
                 "id": "0" * 12, "alert_id": "none"}
        target = operation.target(names).encode()
        body, headers = b"", []
        if "requestBody" in operation.spec:
            schema = self.document.resolved(operation.spec["requestBody"]["content"]["application/json"]["schema"])
            body = json.dumps({name: self.sample(member) for name, member in schema["properties"].items()}).encode()
            headers.append(b"Content-Type: application/json")
        return Request(operation, operation.method.upper().encode(), target, headers, body)

    def sample(self, schema):
        schema = {**self.document.resolved(schema), **schema}
        if "enum" in schema:
            return self.random.choice(schema["enum"])
        if schema.get("type") == "boolean":
            return self.random.random() < 0.5
        if schema.get("type") == "integer":
            return self.random.randint(schema["minimum"], schema.get("maximum", 1000))
        return "a" * max(1, schema.get("minLength", 1))

    # -- changes: each makes one thing a little wrong ------------------------

    def path(self, request):
        at = self.random.randint(0, len(request.target))
        request.target = request.target[:at] + self.random.choice(ODD_BYTES) + request.target[at + self.random.randint(0, 2):]

    def query(self, request):
        pairs = [(self.random.choice(self.names), self.random.choice(ODD_TEXT)) for _ in range(self.random.randint(1, 4))]
        text = urllib.parse.urlencode(pairs).encode()
        if self.random.random() < 0.2:
            text = self.random.choice([b"&&&", b"=", b"%", b"limit", b"limit=1&limit=2", b"=" + text, text.replace(b"=", b"==")])
        request.target += (b"&" if b"?" in request.target else b"?") + text

    def parameter(self, request):
        """One of the call's own."""
        own = [p for p in request.operation.parameters if p["in"] == "query"]
        if own:
            pair = {self.random.choice(own)["name"]: self.random.choice(ODD_TEXT)}
            request.target += (b"&" if b"?" in request.target else b"?") + urllib.parse.urlencode(pair).encode()

    def header(self, request):
        request.headers.append(self.random.choice(ODD_HEADERS))

    def body(self, request):
        try:
            value = json.loads(request.body)
            member = self.random.choice(sorted(value))
            value[member] = self.random.choice(ODD_JSON)
            request.body = json.dumps(value).encode()
        except (ValueError, IndexError, TypeError, RecursionError):
            request.body = self.random.choice([b"{", b"[" * 20000, b"\xff\xfe", b"null", b'{"a":1}{', b"x" * 70000, b"{}"])
        if self.random.random() < 0.3:
            at = self.random.randint(0, len(request.body))
            request.body = request.body[:at] + self.random.randbytes(self.random.randint(1, 8)) + request.body[at:]

    def method(self, request):
        others = [b"GET", b"POST", b"PUT", b"DELETE"]
        request.method = self.random.choice(others if self.random.random() < 0.5 else ODD_METHODS)

    def length(self, request):
        request.length = self.random.choice([b"0", b"1", b"-1", b"+1", b"1, 1", b"99999999999999999999", b"x", b"0x10", b"70000"])
        request.cut = True

    def chunked(self, request):
        size = self.random.choice([b"%x" % len(request.body), b"0", b"-1", b"ffffffffffffffff", b"g", b"1;ext=" + b"e" * 500])
        request.headers.append(self.random.choice([b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip, chunked",
                                                   b"Transfer-Encoding: identity"]))
        request.body = size + b"\r\n" + request.body + b"\r\n0\r\n\r\n"
        request.length = self.random.choice([None, b"5"])
        request.cut = True

    def version(self, request):
        request.version = self.random.choice([b"HTTP/1.0", b"HTTP/2.0", b"HTTP/9.9", b"HTTP/1.", b"http/1.1", b"", b"HTTP/1.1 x"])
        request.cut = True

    def cut(self, request):
        request.cut = True
        at = self.random.randint(0, 40)
        request.headers.append(b"X-End: " + b"e" * at)
        request.target = request.target[:at + 1]
