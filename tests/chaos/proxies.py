"""Wires that can be cut: one TCP and one UDP proxy between a service and what it uses."""

import heapq
import random
import selectors
import socket
import struct
import threading
import time

LOCAL = "127.0.0.1"
RESET_ON_CLOSE = struct.pack("ii", 1, 0)


def reset(connection):
    """Closes with RST, as a crashed peer's kernel or a firewall does."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
        connection.shutdown(socket.SHUT_RD)  # else a thread that reads from it keeps it open
    except OSError:
        pass
    connection.close()


class TcpProxy:
    """Modes: "pass"; "stall" (nothing goes through, connections stay); "slow" (10 ms per 64
    bytes); "garbage" (half of an answer, nonsense, then RST); "cut_answers" (half of an answer, then
    RST). refuse() and admit() close and open the port itself."""

    def __init__(self, target_port, seed=1):
        self.target_port, self.mode = int(target_port), "pass"
        self.dice, self.share = random.Random(seed), 0.2
        self.pairs, self.lock = set(), threading.Lock()
        self.port, self.listener = 0, None
        self.closed = False
        self.admit()

    def admit(self):
        if self.listener:
            return
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOCAL, self.port))
        listener.listen(50)
        self.port, self.listener = listener.getsockname()[1], listener
        threading.Thread(target=self.accept, args=(listener,), daemon=True).start()

    def refuse(self):
        """Connection refused, and what is connected is reset."""
        listener, self.listener = self.listener, None
        if listener:
            try:
                listener.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            listener.close()
        self.cut()

    def cut(self):
        with self.lock:
            pairs, self.pairs = self.pairs, set()
        for pair in pairs:
            for connection in pair:
                reset(connection)

    def close(self):
        self.closed = True
        self.refuse()

    def accept(self, listener):
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(client,), daemon=True).start()

    def serve(self, client):
        while self.mode == "stall" and not self.closed:
            time.sleep(0.05)
        try:
            server = socket.create_connection((LOCAL, self.target_port), timeout=5)
        except OSError:
            return reset(client)
        server.settimeout(None)
        for connection in (client, server):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        pair = (client, server)
        with self.lock:
            self.pairs.add(pair)
        threading.Thread(target=self.pump, args=(server, client, pair, True), daemon=True).start()
        return self.pump(client, server, pair, False)

    def pump(self, source, sink, pair, is_answer):
        try:
            while chunk := source.recv(65536):
                while self.mode == "stall" and not self.closed:
                    time.sleep(0.02)
                self.forward(chunk, sink, pair, is_answer)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            self.drop(pair)
            return
        if is_answer:
            self.drop(pair, reset)

    def forward(self, chunk, sink, pair, is_answer):
        if self.mode == "slow":
            for at in range(0, len(chunk), 64):
                sink.sendall(chunk[at:at + 64])
                time.sleep(0.01)
            return
        hit = is_answer and self.dice.random() < self.share
        if self.mode == "garbage" and hit:
            sink.sendall(chunk[:len(chunk) // 2] + self.dice.randbytes(40))
            self.drop(pair)
            return
        if self.mode == "cut_answers" and hit:
            sink.sendall(chunk[:len(chunk) // 2])
            self.drop(pair)
            return
        sink.sendall(chunk)

    def drop(self, pair, how=reset):
        with self.lock:
            self.pairs.discard(pair)
        for connection in pair:
            how(connection)


class UdpProxy:
    """Loses, repeats, delays, reorders and spoils datagrams both ways. Shares are 0..1."""

    QUIET = {"loss": 0.0, "duplicate": 0.0, "late": 0.0, "late_by": 0.8, "reorder": 0.0, "foreign_sid": 0.0,
             "garbage": 0.0}

    def __init__(self, target_port, seed=1):
        self.target = (LOCAL, int(target_port))
        self.dice, self.faults = random.Random(seed), dict(self.QUIET)
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind((LOCAL, 0))
        self.port = self.front.getsockname()[1]
        self.upstreams, self.waiting, self.number = {}, [], 0
        self.selector = selectors.DefaultSelector()
        self.selector.register(self.front, selectors.EVENT_READ, None)
        self.closed = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def set(self, **faults):
        """What is not named is off."""
        self.faults = {**self.QUIET, **faults}

    def close(self):
        self.closed = True
        self.thread.join(2)
        for each in [self.front, *self.upstreams.values()]:
            each.close()

    def run(self):
        while not self.closed:
            pause = 0.2 if not self.waiting else max(0.0, min(0.2, self.waiting[0][0] - time.monotonic()))
            for key, _ in self.selector.select(pause):
                self.receive(key.fileobj, key.data)
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, send = heapq.heappop(self.waiting)
                send()

    def receive(self, sock, client):
        try:
            data, peer = sock.recvfrom(65536)
        except OSError:  # ICMP: nobody listens there
            return
        if client is None:
            self.pass_on(data, lambda d, up=self.upstream(peer): up.sendto(d, self.target), False)
        else:
            self.pass_on(data, lambda d: self.front.sendto(d, client), True)

    def upstream(self, client):
        if client not in self.upstreams:
            sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
            sock.bind((LOCAL, 0))
            self.upstreams[client] = sock
            self.selector.register(sock, selectors.EVENT_READ, client)
        return self.upstreams[client]

    def pass_on(self, data, send, is_answer):
        faults, happens = self.faults, lambda name: self.dice.random() < self.faults[name]
        if happens("loss"):
            return
        if is_answer and happens("foreign_sid") and len(data) > 9:  # first, as a stale answer would come
            self.later(0, data[:9] + bytes([(data[9] + 77) % 256]) + data[10:], send)
        if happens("garbage"):
            self.later(0, self.garbage(data, is_answer), send)
        wait = faults["late_by"] if happens("late") else 0.0
        if happens("reorder"):
            wait += self.dice.uniform(0.02, 0.3)
        self.later(wait, data, send)
        if happens("duplicate"):
            # A network repeats within milliseconds. A handshake that comes again after the PLC has
            # acted on it is a second handshake: no client can help that over UDP.
            self.later(wait + self.dice.uniform(0, 0.2 if is_answer else 0.01), data, send)

    def garbage(self, data, is_answer):
        """Never what could be taken for true: UDP's checksum keeps single flipped bits away."""
        if is_answer and self.dice.random() < 0.5:
            return data[:self.dice.randrange(1, len(data))]
        return self.dice.randbytes(self.dice.randint(1, 60))

    def later(self, wait, data, send):
        self.number += 1
        heapq.heappush(self.waiting, (time.monotonic() + wait, self.number, lambda: self.deliver(data, send)))

    @staticmethod
    def deliver(data, send):
        try:
            send(data)
        except OSError:
            pass
