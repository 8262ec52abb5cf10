"""The event stream with many listeners: how soon each of them has an event, and what that costs."""

import collections
import selectors
import socket
import statistics
import time


class Listener:
    """One connection to /api/events that keeps when each event came."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.sendall(b"GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\n\r\n")
        self.socket.setblocking(False)
        self.rest = b""

    def read(self):
        """Ids of the events that have come whole. ConnectionError when the server has ended it."""
        chunk = self.socket.recv(1 << 18)
        if not chunk:
            raise ConnectionError("the stream has ended")
        *lines, self.rest = (self.rest + chunk).split(b"\n")
        return [line[3:].strip() for line in lines if line.startswith(b"id:")]


def gather(listeners, seconds):
    """Per event id, when each listener had it."""
    came = collections.defaultdict(list)
    with selectors.DefaultSelector() as ready:
        for each in listeners:
            ready.register(each.socket, selectors.EVENT_READ, each)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            for key, _ in ready.select(0.2):
                for event in key.data.read():
                    came[event].append(time.monotonic())
    return came


def spreads(came, listeners):
    """Seconds from the first to the last listener, of the events that all of them had."""
    return [max(times) - min(times) for times in came.values() if len(times) == listeners]


def measured(plant, count, seconds, row, used):
    """Rows of `count` listeners; `used` tells the seconds of processor that admin-gateway has used."""
    alone = used()
    time.sleep(seconds)  # the same time without listeners
    alone = used() - alone
    listeners = [Listener(plant.http_port) for _ in range(count)]
    try:
        gather(listeners, 2)  # what is kept for late ones
        before = used()
        came = gather(listeners, seconds)
        cost = used() - before
        for event, times in gather(listeners, 1).items():
            if event in came:  # has begun in time
                came[event] += times
    finally:
        for each in listeners:
            each.socket.close()
    whole = spreads(came, count)
    if not whole:
        return [row(f"events that all {count} listeners had", 0, "")]
    return [row(f"events to {count} listeners", len(whole) / seconds, "/s"),
            row(f"first to last of {count} listeners, p50", 1000 * statistics.median(whole), "ms"),
            row(f"first to last of {count} listeners, worst", 1000 * max(whole), "ms"),
            row("events that some listener did not have", len(came) - len(whole), ""),
            row(f"admin-gateway with {count} listeners", 100 * cost / seconds, "% of a core", 100 * alone / seconds,
                "without listeners")]
