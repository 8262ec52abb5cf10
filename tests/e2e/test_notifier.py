"""Do people hear of an alert, once, from a real plant, and does an operator's acknowledgement end the reminders?"""

import base64
import email
import http.server
import json
import pathlib
import shutil
import socketserver
import ssl
import subprocess
import threading
import unittest

from plant_case import PlantCase, new_folder
from plant import free_port  # noqa: E402

KIND = "task_failing_sync_mo"


class Sink:
    """A server of ours on a thread."""

    def __init__(self, case, server):
        self.server, self.got = server, []
        server.got = self.got
        self.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        case.addCleanup(server.server_close)
        case.addCleanup(server.shutdown)


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), json.loads(body)))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class MailServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Mailbox(socketserver.StreamRequestHandler):
    """As mail servers are today: nothing without STARTTLS and a login."""

    secure = known = False

    def handle(self):
        self.say("220 sink")
        while line := self.rfile.readline().decode().strip():
            word = line.split()[0].upper()
            answer = getattr(self, f"on_{word.lower()}", lambda _: "250 ok")(line)
            self.say(answer)
            if word == "STARTTLS":
                self.encrypt()
            elif word == "QUIT":
                return

    def finish(self):
        super().finish()
        self.connection.close()

    def on_ehlo(self, _):
        return "250-sink\r\n250 AUTH PLAIN" if self.secure else "250-sink\r\n250 STARTTLS"

    def on_starttls(self, _):
        return "220 go on"

    def encrypt(self):
        how = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        how.load_cert_chain(self.server.certificate)
        self.connection = how.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", buffering=0)
        self.secure = True

    def on_auth(self, line):
        word = line.split()[2] if len(line.split()) > 2 else self.ask("334 ")
        self.known = base64.b64decode(word) == b"\0mill\0p4ss"
        return "235 welcome" if self.known else "535 no"

    def ask(self, text):
        self.say(text)
        return self.rfile.readline().decode().strip()

    def on_mail(self, _):
        return "250 ok" if self.secure and self.known else "530 log in first"

    def on_data(self, _):
        self.say("354 go on")
        text = b""
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            text += line
        self.server.got.append(email.message_from_bytes(text))
        return "250 taken"

    def on_quit(self, _):
        return "221 bye"

    def say(self, text):
        self.wfile.write(text.encode() + b"\r\n")


class Notifier(PlantCase):
    def begin(self, mail_port):
        folder = pathlib.Path(new_folder())
        self.addCleanup(shutil.rmtree, folder)
        self.certificate = folder / "mail.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                        "-subj", "/CN=sink", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", self.certificate,
                        "-out", folder / "crt.pem"], check=True, capture_output=True)
        with self.certificate.open("a") as both:
            both.write((folder / "crt.pem").read_text())
        self.web = Sink(self, http.server.ThreadingHTTPServer(("127.0.0.1", 0), Hook))
        address = f"http://127.0.0.1:{self.web.port}"
        plant = self.plant(orders=0, services={
            "SYNC_INTERVAL": "300ms", "NOTIFY_GROUP": "200ms", "NOTIFY_REPEAT": "1s", "no_proxy": "127.0.0.1",
            "NOTIFY_WEBHOOK_URL": f"{address}/hook", "NOTIFY_WEBHOOK_TOKEN": "s3cret",
            "NOTIFY_SLACK_URL": f"{address}/slack", "NOTIFY_SMTP_URL": f"smtp://127.0.0.1:{mail_port}",
            "NOTIFY_CA_FILE": str(self.certificate),
            "NOTIFY_SMTP_USER": "mill", "NOTIFY_SMTP_PASSWORD": "p4ss", "NOTIFY_MAIL_FROM": "mill@plant.example", "NOTIFY_MAIL_TO": "ann@plant.example",
            "ADMIN_URL": "https://mill.example"})
        plant.start_service("notifier")
        self.wait(lambda: plant.readiness("notifier")[0] == 200, "notifier is ready")
        return plant

    def notes(self, part, path="/hook"):
        return [one for where, _, one in list(self.web.got) if where == path and one["data"][part]]

    def alert(self, plant):
        found = [one for one in plant.try_admin("/api/alerts")["alerts"] if one["kind"] == KIND]
        return found[0] if found else None

    def test_the_way_of_an_alert(self):
        mail_port = free_port()
        plant = self.begin(mail_port)
        plant.processes["odoo-simulator"].kill()
        raised = self.wait(lambda: self.notes("raised"), "the webhook hears of it, whatever the mail server does")[0]
        self.assertEqual(raised["data"]["raised"][0]["kind"], KIND)
        self.assertEqual(raised["data"]["raised"][0]["severity"], "critical")
        self.assertEqual({headers.get("Authorization") for path, headers, _ in list(self.web.got) if path == "/hook"}, {"Bearer s3cret"})
        self.wait(lambda: [one for path, _, one in list(self.web.got) if path == "/slack" and KIND in one["text"]], "Slack, too")
        self.wait(lambda: self.notes("reminded"), "nobody has acknowledged it")
        server = MailServer(("127.0.0.1", mail_port), Mailbox)
        server.certificate = self.certificate
        mail = Sink(self, server)
        letter = self.wait(lambda: mail.got, "the mail server is back")[0]
        self.assertIn(KIND, letter["Subject"])
        self.assertIn("https://mill.example/#/stuck", base64.b64decode(letter.get_payload()).decode())

        known = self.alert(plant)
        status, answer = plant.admin(f"/api/alerts/{known['alert_id']}/acknowledge?notes=on%20my%20way", "POST")
        self.assertEqual((status, answer["status"]), (200, "success"), answer)
        self.assertEqual(self.alert(plant)["acknowledge_notes"], "on my way")
        self.wait(lambda: self.state(plant)["unacknowledged"] == 0, "notifier has heard of it")
        self.assertEqual(plant.admin("/api/alerts/none/acknowledge", "POST")[0], 404)
        told = len(self.notes("raised")), len(self.notes("reminded"))

        plant.processes["notifier"].kill()
        plant.restart("notifier")
        self.wait(lambda: plant.readiness("notifier")[0] == 200, "notifier is ready again")
        plant.start_odoo(plant.odoo_port)
        over = self.wait(lambda: self.notes("cleared"), "it is over")[0]
        self.assertEqual(over["data"]["cleared"][0]["alert_id"], known["alert_id"])
        self.assertEqual((len(self.notes("raised")), len(self.notes("reminded"))), told, "nothing is told twice")
        self.wait(lambda: self.state(plant)["told"] == [], "nothing is left to tell")
        self.assertIn("over", self.state(plant)["text"])

    def state(self, plant):
        """What stands on the broker for everybody."""
        said = subprocess.run(["mosquitto_sub", "-p", str(plant.mqtt_port), "-u", "watcher", "-P", plant.mqtt_password("watcher"),
                               "-t", "millrace/v1/_state/notifier", "-C", "1", "-W", "5"], capture_output=True, text=True)
        return json.loads(said.stdout)["data"]


if __name__ == "__main__":
    unittest.main()
