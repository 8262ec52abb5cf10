"""Two thousand nearly right requests: each gets a proper answer or refusal, and the plant goes on working."""

import concurrent.futures
import contextlib
import gzip
import json
import os
import socket
import unittest

from api_document import Document
from api_mutations import Mutations
from plant_case import PlantCase, http

SEED = int(os.environ.get("API_FUZZ_SEED", "20261122"))
REQUESTS = int(os.environ.get("API_FUZZ_REQUESTS", "2000"))
AT_ONCE = 8
# Declared: away (503), a method or encoding that HTTP has and we do not (501).
MAY_FAIL = (501, 503)
NO_BODY = (204, 304)


def exchange(port, request):
    """All bytes of the answer; of one that does not end, its header."""
    with socket.create_connection(("127.0.0.1", port), timeout=15) as peer:
        answer = b""
        with contextlib.suppress(ConnectionResetError, BrokenPipeError):  # refused before all of it was sent
            peer.sendall(request.wire())
            if request.cut:
                peer.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while part := peer.recv(65536):
                answer += part
                if is_open_stream(answer):
                    break
        return answer


def is_open_stream(answer):
    """Whether the header is there, of a stream that does not end."""
    head, gap, rest = answer.partition(b"\r\n\r\n")
    if head.startswith(b"HTTP/1.1 100 "):
        head, gap, rest = rest.partition(b"\r\n\r\n")
    return bool(gap) and b"text/event-stream" in head


class Answered:
    """An answer taken apart by a reader that forgives nothing. What is sent piece by piece ends when its reader
    seems to be gone."""

    def __init__(self, wire, may_end_early):
        head, gap, self.body = wire.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100 "):
            head, gap, self.body = self.body.partition(b"\r\n\r\n")
        assert gap, "the header ends"
        first, *lines = head.decode("latin-1").split("\r\n")
        version, status, *_ = first.split(" ", 2)
        assert version in ("HTTP/1.1", "HTTP/1.0"), first
        self.status, self.headers = int(status), {}
        for line in lines:
            name, colon, value = line.partition(": ")
            assert colon and name.lower() not in self.headers, line
            self.headers[name.lower()] = value
        if self.headers.get("transfer-encoding") == "chunked":
            self.body = b"" if may_end_early or self.kind == "text/event-stream" else joined(self.body)
        elif self.body:
            assert int(self.headers["content-length"]) == len(self.body), "content-length"
        if self.headers.get("content-encoding") == "gzip" and self.body:
            self.body = gzip.decompress(self.body)

    @property
    def kind(self):
        return self.headers.get("content-type", "").split(";")[0]


def joined(chunks):
    body = b""
    while True:
        size, _, chunks = chunks.partition(b"\r\n")
        if int(size, 16) == 0:
            return body
        body, chunks = body + chunks[:int(size, 16)], chunks[int(size, 16) + 2:]


class Fuzz(PlantCase):
    def test_no_request_breaks_anything(self):
        print(f"API_FUZZ_SEED={SEED} API_FUZZ_REQUESTS={REQUESTS}", flush=True)
        self.document = Document()
        plant = self.plant(orders=0, services={"LOG_LEVEL": "warn"})
        mutations = Mutations(self.document, SEED)
        requests = [mutations.request() for _ in range(REQUESTS)]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            answers = list(pool.map(lambda one: exchange(plant.http_port, one), requests))
        wrong = [text for one, answer in zip(requests, answers) if (text := self.complaint(one, answer))]
        self.assertEqual(wrong[:10], [], f"{len(wrong)} of {REQUESTS}, seed {SEED}")
        self.assert_spread(answers)
        self.assert_works(plant)

    def complaint(self, request, wire):
        try:
            if wire:
                self.check(request, Answered(wire, request.cut))
            else:
                assert request.cut, "no answer"
        except (AssertionError, KeyError, ValueError) as error:
            return f"{type(error).__name__} {error}: {request.wire()[:600]!r} -> {wire[:600]!r}"
        return None

    def check(self, request, answer):
        assert "x-injected" not in answer.headers, "a header of the client's making"
        declared = [int(status) for status in request.operation.spec["responses"] if status != "default"]
        assert answer.status < 500 or answer.status in (*MAY_FAIL, *[s for s in declared if s == 502]), answer.status
        # Of a request that could not be read, nobody knows that it was a HEAD.
        unread = answer.status in (414, 431) or b"malformed request" in answer.body
        if answer.status in NO_BODY or request.method == b"HEAD" and not unread:
            assert answer.body == b"", "no body"
        elif answer.status >= 400:
            schema = {"application/json": "Error", "application/problem+json": "Problem"}[answer.kind]
            self.check_schema(schema, answer)
        elif answer.kind == "application/json" and b'"openapi"' not in answer.body[:20]:
            self.check_schema("Success", answer)

    def check_schema(self, schema, answer):
        errors = self.document.errors({"$ref": f"#/components/schemas/{schema}"}, json.loads(answer.body))
        assert errors == [], errors

    def assert_spread(self, answers):
        """The requests were not all refused at the door."""
        seen = [int(one.split(b" ", 2)[1]) for one in answers if one]
        print({status: seen.count(status) for status in sorted(set(seen))}, flush=True)
        for status, share in ((200, 0.1), (400, 0.1), (404, 0.02), (405, 0.01)):
            self.assertGreater(seen.count(status), share * REQUESTS, status)

    def assert_works(self, plant):
        for name, process in plant.processes.items():
            self.assertTrue(process.running(), f"{name} still runs")
            self.assertEqual(process.starts, 1, name)
        self.assertEqual(plant.admin("/api/health")[0], 200)
        self.assertEqual(plant.admin("/api/admin/scheduler/toggle", "POST", {"enabled": True})[0], 200)
        http("POST", plant.odoo_http + "/sim/orders", {"count": 1})
        rows = self.wait_archived(plant, 1)
        self.assertEqual([row["status"] for row in rows], ["completed"])
        self.assert_agreement(plant, [rows[0]["mo_id"]])


if __name__ == "__main__":
    unittest.main()
