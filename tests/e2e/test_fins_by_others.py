"""Do people who did not write our codec understand our frames, and we theirs?"""

import socket
import struct
import subprocess
import threading
import unittest

from plant_case import PlantCase


class Recorder(threading.Thread):
    """A wire between plc-gateway and the PLC that remembers every datagram."""

    def __init__(self, plc_port):
        super().__init__(daemon=True)
        self.plc = ("127.0.0.1", plc_port)
        self.wire = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.wire.bind(("127.0.0.1", 0))
        self.wire.settimeout(0.2)
        self.port = self.wire.getsockname()[1]
        self.frames, self.client, self.ended = [], None, False

    def run(self):
        while not self.ended:
            try:
                frame, sender = self.wire.recvfrom(4096)
            except socket.timeout:
                continue
            from_plc = sender == self.plc
            self.frames.append((from_plc, frame))
            if not from_plc:
                self.client = sender
            self.wire.sendto(frame, self.client if from_plc else self.plc)
        self.wire.close()


def capture_file(frames):
    """The frames as a pcap of Ethernet, IPv4 and UDP with FINS's port."""
    out = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
    for number, (from_plc, frame) in enumerate(frames):
        ports = (9600, 50000) if from_plc else (50000, 9600)
        udp = struct.pack(">HHHH", *ports, 8 + len(frame), 0) + frame
        addresses = (b"\x0a\0\0\x02", b"\x0a\0\0\x01") if from_plc else (b"\x0a\0\0\x01", b"\x0a\0\0\x02")
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(udp), number & 0xFFFF, 0, 64, 17, 0) + b"".join(addresses)
        packet = b"\2\0\0\0\0\1" + b"\2\0\0\0\0\2" + b"\x08\0" + ip + udp
        out += struct.pack("<IIII", number, 0, len(packet), len(packet)) + packet
    return out


class FinsByOthers(PlantCase):
    def test_wireshark_decodes_every_frame_of_a_run(self):
        recorders = []

        def tap(plant):
            recorders.append(Recorder(int(plant.plc_port)))
            self.addCleanup(lambda: setattr(recorders[0], "ended", True))
            recorders[0].start()
            plant.plc_port = str(recorders[0].port)
        plant = self.plant(orders=2, before_services=tap)
        self.wait_archived(plant, 2)
        frames = list(recorders[0].frames)
        self.assertGreater(len(frames), 40)
        path = plant.folder / "fins.pcap"
        path.write_bytes(capture_file(frames))
        self.assertEqual(self.tshark(path, "omron"), len(frames))
        self.assertEqual(self.tshark(path, "_ws.malformed || _ws.expert.severity == error"), 0)
        self.assertEqual(self.tshark(path, "omron.command == 0x0102 && omron.icf.dtb == 0"),
                         sum(not from_plc and frame[10:12] == b"\1\2" for from_plc, frame in frames))

    def tshark(self, path, display_filter):
        """How many frames the filter lets through."""
        shown = subprocess.run(["tshark", "-r", path, "-Y", display_filter, "-T", "fields", "-e", "frame.number"],
                               check=True, capture_output=True, text=True)
        return len(shown.stdout.split())

    def test_a_client_with_hand_written_frames_talks_to_the_simulated_plc(self):
        plant = self.plant(orders=0, batch_seconds=1)
        # Read D6000, 2 words, node 2 from node 10, SID 2A (RELIABILITY A.3).
        ask = bytes.fromhex("80000200020000 0A002A 0101 82 1770 00 0002".replace(" ", ""))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
            client.settimeout(5)
            client.sendto(ask, ("127.0.0.1", int(plant.plc_port)))
            answer = client.recvfrom(4096)[0]
        self.assertEqual(answer.hex(), "c0000200" "0a0000" "02002a" "0101" "0000" "00000000")


if __name__ == "__main__":
    unittest.main()
