#!/usr/bin/env python3
"""Writes corpus/: what the fuzz targets begin with. Messages come from the schemas in
proto/, everything else stands here. Found crashes are kept as crash-* beside the seeds
and are not touched."""

import json
import pathlib
import struct

here = pathlib.Path(__file__).parent
proto = here.parent.parent / "proto"


def write(target, name, content):
    folder = here / "corpus" / target
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())


def example(schema):
    """A value of this schema with every member that it names."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][-1]
    kind = schema.get("type")
    if kind == "object":
        return {name: example(one) for name, one in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema["items"])] * 2
    if kind == "integer":
        return schema.get("maximum", 7)
    return {"number": 73.745, "boolean": True, "string": "WH/MO/00011"}.get(kind)


def messages():
    for path in sorted((proto / "events").glob("*.schema.json")):
        name = path.name.removesuffix(".schema.json")
        event = example(json.loads(path.read_text()))
        text = json.dumps(event, separators=(",", ":"))
        write("events", name, f"{name}\n{text}")
        topic = f"millrace/v1/PLC01/_cmd/batch-store/{name}"
        if name in ("store.query", "batch.retry_push", "task.run", "plc.write"):
            write("bus", name, f"{topic}\nmillrace/v1/_reply/asker\nid-7\n{text}")
    result = json.loads((proto / "events" / "command.result.schema.json").read_text())
    write("bus", "answer", "millrace/v1/_reply/store-1\n\nid-1\n" + json.dumps(example(result)))
    for name, topic, wish in (("plus", "a/b/c", "a/+/c"), ("all", "a/b", "a/#"), ("parent", "a", "a/#"),
                              ("system", "$SYS/x", "#"), ("empty", "/a//", "+/a/+/+")):
        write("bus", f"filter-{name}", f"{topic}\n{wish}\n\n")


def fins():
    node_answer = b"FINS" + struct.pack(">IIIII", 16, 1, 0, 10, 2)
    read_answer = bytes.fromhex("c0000200010000020007010100000001002a")
    frame = b"FINS" + struct.pack(">III", 8 + len(read_answer), 2, 0) + read_answer
    refusal = b"FINS" + struct.pack(">IIIII", 16, 1, 0x21, 0, 0)
    sizes = bytes([255, 3])
    write("fins_stream", "nodes", sizes + node_answer)
    write("fins_stream", "several", sizes + node_answer + frame + frame)
    write("fins_stream", "refusal", sizes + refusal)
    write("fins_stream", "half", sizes + node_answer + frame[:20])
    write("fins_stream", "too-long", sizes + b"FINS" + struct.pack(">III", 2021, 2, 0))
    write("fins_stream", "foreign", sizes + b"HTTP/1.1 400")
    write("fins_answer", "request-read", bytes.fromhex("800002000200000a002a0101821770 0003d1".replace(" ", "")))
    write("fins_answer", "request-write", bytes.fromhex("800002000200000a002a0102821ba400000100 01".replace(" ", "")))
    write("fins_answer", "talk", bytes(range(256)) * 2)
    write("plc_simulator", "frames", bytes(range(255, 0, -1)) * 2)
    write("plc_simulator", "stream", node_answer + frame)
    write("plc_slot", "numbers", bytes(range(256)) * 2)
    write("plc_slot", "name", bytes(200) + b"WH/MO/00011\\" + bytes([255] * 40))


def plc_map():
    text = (proto / "plc-map" / "feedmill.json").read_text()
    write("plc_map", "feedmill", json.dumps(json.loads(text), separators=(",", ":")))
    swapped = text.replace("high_first", "low_first", 2)
    write("plc_map", "swapped", json.dumps(json.loads(swapped), separators=(",", ":")))
    write("plc_map", "empty", "{}")


def odoo():
    order = {"mo_id": "WH/MO/00011", "state": "confirmed", "schedule_start": "2026-11-22 08:00:00",
             "equipment": {"code": "PLC01", "name": "Line 1"}, "product_name": "[10092] JF SAPOT 1B",
             "quantity": 1000.0, "bom_code": False, "components_consumption": [
                 {"product_tmpl_id": 1, "product_name": "Corn", "to_consume": 600.5, "consumed": 0, "uom": "kg",
                  "equipment": {"code": "silo103", "name": "SILO C"}},
                 {"product_name": "Premix", "to_consume": "12.5", "consumed": 1.5, "uom": "t",
                  "equipment": {"code": "SILO_A", "name": False}},
                 {"product_name": "Salt", "to_consume": 300, "uom": "g", "equipment": False}]}
    answers = {
        "list": {"status": "success", "count": 1, "data": [order]},
        "detail": {"status": "success", "data": {**order, "state": "done"}},
        "updated": {"status": "success", "consumed_items": [{"equipment_code": "silo101", "applied_qty": 1.0}],
                    "errors": [{"equipment_code": "silo102", "message": "no stock"}, "other"]},
        "refused": {"status": "error", "message": "MO WH/MO/00011 not found"},
        "signed_in": {"status": "success", "uid": 2, "session_id": "abc"},
    }
    for name, result in answers.items():
        write("odoo_answer", f"{name}-plain", "200\n" + json.dumps(result))
        write("odoo_answer", f"{name}-rpc", "200\n" + json.dumps({"jsonrpc": "2.0", "id": None, "result": result}))
    for name, error in (("expired", {"code": 100, "message": "Odoo Session Expired"}),
                        ("server", {"code": 200, "message": "Odoo Server Error", "data": {
                            "name": "psycopg2.errors.SerializationFailure", "message": "could not serialize"}})):
        write("odoo_answer", name, "200\n" + json.dumps({"jsonrpc": "2.0", "error": error}))
    write("odoo_answer", "page", "502\n<html><body>Bad Gateway</body></html>")
    write("odoo_answer", "moved", "303 /web/login\n")


def http():
    requests = {
        "status": "GET /api/admin/batch-status HTTP/1.1\r\nHost: a\r\n\r\n",
        "history": "GET /admin/history?limit=10&offset=5&status=completed&mo_id=WH%2FMO%2F1 HTTP/1.1\r\nHost: a\r\n"
                   "Connection: close\r\n\r\n",
        "history-of": "GET /api/admin/history/WH%2FMO%2F00001 HTTP/1.0\r\n\r\n",
        "toggle": "POST /api/admin/scheduler/toggle HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
                  "Content-Length: 17\r\n\r\n{\"enabled\": true}",
        "chunked": "POST /api/admin/manual/retry-push-odoo/WH/MO/1 HTTP/1.1\r\nHost: a\r\n"
                   "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n4\r\nabcd\r\n0\r\nX: y\r\n\r\n",
        "pipelined": "HEAD /health HTTP/1.1\r\nHost: a\r\n\r\nGET http://a/admin/health/ HTTP/1.1\r\nHost: a\r\n"
                     "Cookie: a=1\r\nCookie: b=2\r\n\r\n",
    }
    for name, text in requests.items():
        write("http_request", name, bytes([30]) + text.encode())
    answers = {
        "length": "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nSet-Cookie: session_id=a; Path=/\r\n\r\n{}",
        "chunked": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\n{}\r\n0\r\nA: b\r\n\r\n",
        "until-close": "HTTP/1.0 502 Bad Gateway\r\nServer: nginx\r\n\r\n<html>",
        "continue": "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n",
        "cut": "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n{",
    }
    for name, text in answers.items():
        write("http_answer", name, b"\0" + text.encode())
    urls = {
        "odoo": ["http://localhost:8070", "https://odoo.example/prefix/", "http://[::1]:80"],
        "target": ["/a/b?c=d&e=%20f+g", "http://host:80/x", "/WH%2FMO%2F1?"],
        "mqtt": ["mqtt://localhost:1883", "mqtts://u:p%40w@[fe80::1]:99/"],
        "database": ["postgresql://user:password@host:5432/plc", "postgresql+psycopg2://u@h1:1,h2:2/plc?sslmode=require",
                     "sqlite:///millrace.db", "sqlite:////var/lib/a.db"],
    }
    for kind, texts in urls.items():
        for number, text in enumerate(texts):
            write("urls", f"{kind}-{number}", f"{kind}\n{text}")


def settings():
    files = {
        "plc-gateway": "PLC_IP=192.168.1.2\nPLC_PORT=9600\nPLC_PROTOCOL=tcp\nPLC_TIMEOUT_SEC=2.5\nCLIENT_NODE=1\n"
                       "PLC_NODE=2\nLINES=PLC01\nPLC_MAX_READ_WORDS=269\n",
        "batch-store": "DATABASE_URL='postgresql://user:pass@host:5432/plc'\nSYNC_BATCH_LIMIT=10\n"
                       "BATCH_STUCK_THRESHOLD_MINUTES=15\nZERO_WEIGHT_POLICY=hold\nEXPECTED_BATCH_MAX_KG=1000.5\n",
        "odoo-gateway": "ODOO_URL=http://odoo:8070/x\nODOO_DB=mill\nODOO_USERNAME=u\nODOO_PASSWORD=\"p\\\"w\"\n"
                        "ODOO_TIMEOUT=15s\nODOO_CONCURRENCY=4\n",
        "scheduler": "export ENABLE_AUTO_SYNC=yes # comment\nSYNC_INTERVAL_MINUTES=0.5\nPLC_READ_INTERVAL=200ms\n",
        "admin-gateway": "HTTP_PORT=8000\nHTTP_BIND=::1\nMQTT_URL=mqtts://a:b@broker\nTOPIC_ROOT=a/b\nLOG_LEVEL=debug\n",
        "odoo-simulator": "ODOO_SIM_ORDERS=10\nODOO_SIM_SESSION_SECONDS=60\nODOO_SIM_LINE=PLC01\n",
        "plc-simulator": "PLC_SIM_BATCH_SECONDS=5\nPLC_SIM_FAIL=WH/MO/1, WH/MO/2\nPLC_SIM_CYCLE=10ms\n",
    }
    for service, text in files.items():
        write("settings", service, f"{service}\n{text}")


def columns():
    values = {"id": "b2c7f1aa-0000-7000-8000-000000000001", "batch_no": "7", "mo_id": "WH/MO/00011",
              "consumption": "1000.500", "consumption_silo_a": "73.745", "actual_consumption_lq_fml": "-1e3",
              "status_manufacturing": "true", "status_operation": "f", "last_read_from_plc":
              "2026-11-22 08:00:00.123456+00", "state": "pushed", "stage": "9223372036854775807", "pushed_revision":
              "-1", "hold_reason": "text", "push_attempts": "3", "push_next_try": "2026-11-22T08:00:00.000Z"}
    for name, value in values.items():
        write("columns", name, f"{name}\n{value}")


for make in (messages, fins, plc_map, odoo, http, settings, columns):
    make()
