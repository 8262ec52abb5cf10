"""Who may do what at a real admin-gateway, from its first start on?"""

import http.client
import json
import os
import pathlib
import re
import socket
import stat
import unittest

from plant_case import PlantCase

TABLE = pathlib.Path(__file__).resolve().parents[2] / "docs" / "security.md"
ROLES = ["viewer", "operator", "admin"]


def documented():
    """Rows (method, path, words by role) of docs/security.md."""
    for line in TABLE.read_text().splitlines():
        found = re.match(r"\| (GET|POST|PUT|DELETE) (\S+) \|(.*)\|$", line)
        if found:
            words = [word.strip() for word in found[3].split("|")]
            yield found[1], found[2], dict(zip(["nobody", "guest", *ROLES, "token"], words))


class Browser:
    """Keeps the cookie and the CSRF token."""

    def __init__(self, port):
        self.port, self.headers = port, {}

    def call(self, method, path, body=None, headers=None):
        """Status and parsed body; only the status of the event stream."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            data = None if body is None else json.dumps(body)
            link.request(method, path, data, {**self.headers, **(headers or {})})
            answer = link.getresponse()
            if answer.getheader("Content-Type", "").startswith("text/event-stream"):
                return answer.status, None
            text = answer.read()
            self.learn(answer, text)
            try:
                return answer.status, json.loads(text)
            except ValueError:
                return answer.status, text
        finally:
            link.close()

    def learn(self, answer, text):
        cookie = answer.getheader("Set-Cookie")
        if cookie and answer.status == 200:
            self.cookie_line = cookie
            self.headers["Cookie"] = cookie.split(";")[0]
            self.headers["X-CSRF-Token"] = json.loads(text)["data"].get("csrf", "")

    def log_in(self, user):
        return self.call("POST", "/api/session", {"user": user, "password": password(user)})


def password(user):
    return f"{user}'s secret word"


def raw_answer(port, text):
    """All that comes for these bytes: status, headers by name in lower case, body."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as link:
        link.sendall(text.encode("latin1"))
        answer = http.client.HTTPResponse(link)
        answer.begin()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()


class Security(PlantCase):
    def secured(self, **settings):
        return self.plant(orders=0, services={"ADMIN_AUTH": "on", **settings})

    def setup_token(self, plant):
        links = re.findall(r"#/setup\?token=([0-9a-f]{64})", plant.processes["admin-gateway"].log())
        return links[-1]

    def set_up(self, plant):
        root = Browser(plant.http_port)
        wish = {"token": self.setup_token(plant), "user": "root", "password": password("root")}
        self.assertEqual(root.call("POST", "/api/setup", wish)[0], 200)
        return root

    def with_roles(self, plant):
        """A browser and a token's headers for each role."""
        root = self.set_up(plant)
        browsers, tokens = {}, {}
        for role in ROLES:
            wish = {"user": role, "role": role, "password": password(role)}
            self.assertEqual(root.call("POST", "/api/users", wish)[0], 200)
            browsers[role] = Browser(plant.http_port)
            self.assertEqual(browsers[role].log_in(role)[0], 200)
            status, made = browsers[role].call("POST", "/api/tokens", {"label": "nightly", "role": role})
            self.assertEqual(status, 200)
            tokens[role] = {"Authorization": f"Bearer {made['data']['token']}"}
        return browsers, tokens

    def test_every_route_as_every_role(self):
        plant = self.secured()
        browsers, tokens = self.with_roles(plant)
        rows = list(documented())
        self.assertGreater(len(rows), 40)
        for method, path, words in rows:
            target = path.replace("/plc/{}", "/plc/PLC01").replace("{}", "x")
            with self.subTest(f"{method} {path}"):
                self.assert_word(words["nobody"], Browser(plant.http_port).call(method, target))
                for role in ROLES:
                    self.assert_word(words[role], browsers[role].call(method, target))
                    if (method, path) == ("DELETE", "/api/session"):
                        browsers[role].log_in(role)
                    exception = re.search(rf"{role} (\d+)", words["token"])
                    status = Browser(plant.http_port).call(method, target, headers=tokens[role])
                    self.assert_word(exception[1] if exception else words[role], status)

    def assert_word(self, word, answered):
        status = answered[0]
        self.assertEqual(word, str(status) if status in (401, 403) else "yes", answered)

    def test_from_the_first_start_to_a_restart(self):
        plant = self.secured()
        stranger = Browser(plant.http_port)
        self.assertEqual(stranger.call("GET", "/api/admin/batch-status")[0], 401)
        first_token = self.setup_token(plant)
        plant.restart_service("admin-gateway")
        self.wait(plant.all_online, "it is back")
        self.assertNotEqual(self.setup_token(plant), first_token)
        wish = {"token": first_token, "user": "eve", "password": password("eve")}
        self.assertEqual(stranger.call("POST", "/api/setup", wish)[0], 403)
        root = self.set_up(plant)
        self.assertRegex(root.cookie_line, r"^millrace_session=[0-9a-f]{64}; Path=/; HttpOnly; SameSite=Strict$")
        users = plant.folder / "admin-users.json"
        self.assertEqual(stat.S_IMODE(os.stat(users).st_mode), 0o600)
        self.assertIn("$argon2id$", users.read_text())
        plant.processes["admin-gateway"].kill()
        plant.restart("admin-gateway")
        self.wait(plant.all_online, "it is back")
        self.assertEqual(root.call("GET", "/api/users")[0], 401, "sessions end with the process")
        self.assertEqual(root.log_in("root")[0], 200)
        self.assert_no_secrets(plant, root)

    def assert_no_secrets(self, plant, browser):
        log = plant.processes["admin-gateway"].log()
        for secret in (password("root"), password("eve"), browser.headers["Cookie"].split("=")[1],
                       browser.headers["X-CSRF-Token"], "argon2id"):
            self.assertNotIn(secret, log)
        self.assertEqual(len(re.findall("token=", log)), 2, "one link for each start without users")

    def test_a_page_of_another_site_and_a_locked_out_guesser(self):
        plant = self.secured()
        root = self.set_up(plant)
        act = ("POST", "/api/admin/trigger-sync")
        self.assertEqual(root.call(*act, headers={"Origin": "http://evil.example"})[0], 403)
        self.assertEqual(root.call(*act, headers={"X-CSRF-Token": ""})[0], 403)
        self.assertEqual(root.call(*act, headers={"Origin": f"http://127.0.0.1:{plant.http_port}"})[0], 200)
        guesser = Browser(plant.http_port)
        guess = {"user": "root", "password": "not this one"}
        answers = [guesser.call("POST", "/api/session", guess, {"X-Forwarded-For": f"192.0.2.{n}"})[0]
                   for n in range(7)]
        self.assertEqual(answers, [401] * 5 + [429] * 2)
        self.assertEqual(root.call("GET", "/api/users")[0], 200)
        self.assertEqual(root.call("POST", "/api/session", {"user": "x" * 5000, "password": "y"})[0], 413)

    def test_it_does_not_start_unsafe(self):
        plant = self.secured()
        self.set_up(plant)
        plant.processes["admin-gateway"].stop()
        (plant.folder / "admin-users.json").chmod(0o644)
        self.assert_ends(plant.restart("admin-gateway"), 1, "by others than its owner")
        plant.settings.update(ADMIN_AUTH="off", HTTP_BIND="0.0.0.0")
        self.assert_ends(plant.start_service("admin-gateway"), 78, 'ADMIN_AUTH="off" would let everybody in')

    def assert_ends(self, process, code, why):
        self.wait(lambda: not process.running(), "it ends by itself")
        self.assertEqual(process.child.returncode, code)
        self.assertIn(why, process.log())

    def test_who_takes_all_connections_of_an_address_harms_no_other(self):
        plant = self.secured(HTTP_MAX_CONNECTIONS_PER_ADDRESS="10")
        other = socket.create_connection(("127.0.0.1", plant.http_port), timeout=10, source_address=("127.0.0.2", 0))
        self.addCleanup(other.close)
        self.assert_served(other)
        greedy = [socket.create_connection(("127.0.0.1", plant.http_port), timeout=10) for _ in range(100)]
        for link in greedy:
            self.addCleanup(link.close)
        self.assert_served(greedy[-1])
        self.assertEqual(greedy[0].recv(1), b"", "the oldest had to make place")
        self.assert_served(other)

    def assert_served(self, link):
        link.sendall(b"GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = http.client.HTTPResponse(link)
        answer.begin()
        answer.read()
        self.assertEqual(answer.status, 200)

    def assert_dressed(self, port):
        """What the HTTP server refuses itself has the headers of all the rest."""
        usual = raw_answer(port, "GET /api/health HTTP/1.1\r\nHost: x\r\n\r\n")[1]
        start = "POST /api/session HTTP/1.1\r\nHost: x\r\n"
        for status, text in [
                (400, "no request\r\n\r\n"),
                (400, start + "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
                (413, start + "Content-Length: 999999\r\n\r\n"),
                (414, f"GET /{'a' * 9000} HTTP/1.1\r\nHost: x\r\n\r\n"),
                (431, f"GET / HTTP/1.1\r\nHost: x\r\nA: {'a' * 9000}\r\n\r\n"),
                (501, start + "Transfer-Encoding: gzip, chunked\r\n\r\n"),
                (501, "TRACE / HTTP/1.1\r\nHost: x\r\n\r\n")]:
            with self.subTest(text[:80]):
                said, headers, _ = raw_answer(port, text)
                self.assertEqual(said, status)
                for name in ("content-security-policy", "x-content-type-options", "referrer-policy",
                             "cross-origin-resource-policy"):
                    self.assertEqual(headers[name], usual[name])
                self.assertRegex(headers["x-request-id"], "^[0-9a-f]{32}$")
                self.assertEqual(headers["cache-control"], "no-store")

    def assert_paths_of_the_page(self, port):
        def ask(method, path):
            return raw_answer(port, f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        for path in ("/", "/icon.svg", "/docs/"):
            status, headers, _ = ask("OPTIONS", path)
            self.assertEqual((status, headers.get("allow")), (204, "GET, HEAD, OPTIONS"), path)
            self.assertEqual(ask("DELETE", path)[0], 405, path)
        for path, style in (("/docs", "docs.css"), ("/docs/", "../docs.css"), ("/api/docs/", "../docs.css")):
            self.assertIn(f'href="{style}"'.encode(), ask("GET", path)[2])
        for path in ("/../admin-users.json", "/%2e%2e/admin-users.json", "/%252e%252e%252fadmin-users.json",
                     "/..\\admin-users.json", "//admin-users.json", "/admin-users.json"):
            self.assertEqual(ask("GET", path)[0], 404, path)
        self.assertEqual(ask("GET", "/icon.svg%00.css")[0], 400)

    def test_off_is_for_this_machine_only(self):
        plant = self.plant(orders=0)
        self.assert_dressed(plant.http_port)
        self.assert_paths_of_the_page(plant.http_port)
        browser = Browser(plant.http_port)
        see = ("GET", "/api/admin/batch-status")
        self.assertEqual(browser.call(*see)[0], 200)
        self.assertEqual(browser.call(*see, headers={"Host": f"localhost:{plant.http_port}"})[0], 200)
        self.assertEqual(browser.call(*see, headers={"Host": "rebound.example"})[0], 403)
        self.assertEqual(browser.call(*see, headers={"Origin": "http://evil.example"})[0], 403)
        act = ("POST", "/api/admin/trigger-sync")
        self.assertEqual(browser.call(*act, headers={"Referer": "http://evil.example/127.0.0.1"})[0], 403)


if __name__ == "__main__":
    unittest.main()
