#!/usr/bin/python3
"""The scripts that make certificates, passwords and backups for the containers."""

import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
# pylint: disable=wrong-import-position
import described  # noqa: E402
from described import DEPLOY  # noqa: E402

SERVERS = ("mosquitto", "admin-gateway", "postgres")


def script(*command, folder=None, **environment):
    return subprocess.run([str(part) for part in command], cwd=folder, env={**os.environ, **environment},
                          capture_output=True, text=True, check=False)


class Authority(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.temporary.cleanup)
        cls.folder = pathlib.Path(cls.temporary.name) / "ca"
        cls.first = cls.make("millrace.plant.lan", "192.168.1.9")

    @classmethod
    def make(cls, *names, **environment):
        return script(DEPLOY / "make-ca.sh", cls.folder, *names, **environment)

    def openssl(self, *arguments):
        return script("openssl", *arguments, folder=self.folder)

    def content(self):
        return {path.name: path.read_bytes() for path in self.folder.iterdir()}

    def test_1_servers_are_who_they_say(self):
        self.assertEqual(self.first.returncode, 0, self.first.stderr)
        for server in SERVERS:
            for host in (server, "millrace.plant.lan"):
                done = self.openssl("verify", "-CAfile", "ca.crt", "-purpose", "sslserver", "-verify_hostname", host,
                                    f"{server}.crt")
                self.assertEqual(done.returncode, 0, done.stderr)
        for wrong in (["-verify_hostname", "evil.lan"], ["-verify_ip", "192.168.1.8"], ["-purpose", "sslclient"]):
            self.assertNotEqual(self.openssl("verify", "-CAfile", "ca.crt", *wrong, "mosquitto.crt").returncode, 0)
        self.assertEqual(self.openssl("verify", "-CAfile", "ca.crt", "-verify_ip", "192.168.1.9",
                                      "mosquitto.crt").returncode, 0)

    def test_2_each_user_of_the_acl_has_a_certificate(self):
        certificates = [f"client-{user}.crt" for user in described.acl_users()]
        done = self.openssl("verify", "-CAfile", "ca.crt", "-purpose", "sslclient", *certificates)
        self.assertEqual(done.returncode, 0, done.stderr)
        subject = self.openssl("x509", "-in", "client-watcher.crt", "-noout", "-subject", "-nameopt", "multiline")
        self.assertRegex(subject.stdout, r"commonName += watcher\n")

    def test_3_only_the_owner_reads_keys(self):
        for path in self.folder.glob("*.key"):
            self.assertEqual(path.stat().st_mode & 0o077, 0, path)

    def test_4_again_changes_nothing(self):
        before = self.content()
        self.assertEqual(self.make().stdout, "")
        self.assertEqual(self.content(), before)

    def test_5_what_ends_soon_is_made_anew_by_the_same_authority(self):
        before = self.content()
        self.make("millrace.plant.lan", "192.168.1.9", RENEW_DAYS="9999")
        after = self.content()
        self.assertEqual({name for name in after if after[name] != before[name]},
                         {name for name in before if not name.startswith("ca.")})
        self.assertEqual(self.openssl("verify", "-CAfile", "ca.crt", *(f"{one}.crt" for one in SERVERS)).returncode, 0)

    def test_6_a_further_name_is_for_the_servers(self):
        before = self.content()
        self.make("millrace.plant.lan", "192.168.1.9", "mill2.plant.lan")
        after = self.content()
        self.assertEqual({name.rsplit(".", 1)[0] for name in after if after[name] != before[name]}, set(SERVERS))

    def test_7_without_the_key_nothing_is_broken(self):
        key = self.folder / "ca.key"
        kept = key.read_bytes()
        key.unlink()
        before = self.content()
        done = self.make("another.name")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("ca.key", done.stderr)
        self.assertEqual(self.content(), before)
        key.write_bytes(kept)

    def test_8_names_are_checked(self):
        for name in ("a b", "-x", "a,DNS:evil", "a\nb", ""):
            done = self.make(name)
            self.assertEqual(done.returncode, 2, name)


class Backups(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = pathlib.Path(self.temporary.name)
        with sqlite3.connect(self.folder / "plc.db") as database:
            database.execute("create table mo_batch (id)")
            database.execute("create table mo_histories (id)")
        (self.folder / "database.url").write_text(f"sqlite:///{self.folder}/plc.db\n")
        self.backups = self.folder / "backups"
        self.backups.mkdir()
        # As in the image.
        self.programs = self.folder / "millrace"
        self.programs.mkdir()
        for name in ("backup.sh", "database.sh", "container/backup-loop.sh"):
            shutil.copy(DEPLOY / name, self.programs)

    def loop(self, *arguments, **environment):
        given = {"DATABASE_URL_FILE": str(self.folder / "database.url"), **environment}
        return script(self.programs / "backup-loop.sh", *arguments, folder=self.backups, **given)

    def old(self, number):
        path = self.backups / f"millrace-2026010{number}T000000Z.db"
        path.touch()
        os.utime(path, (1_700_000_000, 1_700_000_000))
        return path.name

    def test_the_newest_are_kept(self):
        old = [self.old(number) for number in range(1, 5)]
        (self.backups / "by-hand.db").touch()
        done = self.loop("--once", BACKUP_KEEP="2")
        self.assertEqual(done.returncode, 0, done.stderr)
        names = sorted(path.name for path in self.backups.iterdir())
        self.assertEqual(names[0], "by-hand.db")
        self.assertEqual(names[1], old[-1])
        self.assertEqual(len(names), 3, names)

    def test_nothing_is_deleted_when_the_backup_fails(self):
        old = [self.old(number) for number in range(1, 5)]
        (self.folder / "plc.db").unlink()
        self.assertNotEqual(self.loop("--once", BACKUP_KEEP="1").returncode, 0)
        self.assertEqual(sorted(path.name for path in self.backups.iterdir()), old)

    def test_health(self):
        self.assertNotEqual(self.loop("--healthy").returncode, 0, "none yet")
        self.old(1)
        self.assertNotEqual(self.loop("--healthy").returncode, 0, "too old")
        self.loop("--once")
        self.assertEqual(self.loop("--healthy").returncode, 0)

    def test_wrong_settings_are_named(self):
        for name, value in {"BACKUP_KEEP": "0", "BACKUP_INTERVAL": "1h"}.items():
            done = self.loop("--once", **{name: value})
            self.assertEqual(done.returncode, 1)
            self.assertIn(f'{name}="{value}"', done.stderr)
        both = self.loop("--once", DATABASE_URL="sqlite:///x")
        self.assertIn("DATABASE_URL and DATABASE_URL_FILE are both set", both.stderr)
        self.assertNotEqual(both.returncode, 0)


if __name__ == "__main__":
    unittest.main()
