"""Many sessions are recorded at once and some of them watched, on a real server, for minutes: nothing may be lost, nothing
come twice, and memory must not grow.

    soak.py SERVER RECORDINGS [--seconds 300] [--sessions 200] [--viewers 50] [--speed 10] [--seed 1]

SERVER is the replay-server executable, RECORDINGS a folder of recordings with their batches, as Samples/recordings. Needs the
Python package zstandard. Each session sends the batches of recordings in the times they were recorded in, so much faster, and
is finished after a minute or so; another takes its place. Viewers follow sessions that go on, break off every now and then, and
go on behind the last event they had.
"""

import argparse
import asyncio
import contextlib
import gzip
import hashlib
import json
import os
import pathlib
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import zstandard

INGEST, VIEWER = "ingest-token-of-the-soak", "viewer-token-of-the-soak"


class Batch:
    """A batch as it is sent, and what its events are known by."""

    def __init__(self, lines, wait, window):
        self.raw = b"".join(line + b"\n" for line in lines)
        self.packed = gzip.compress(self.raw, 6)
        self.events = [digest(line) for line in lines]
        self.wait, self.window = wait, window


def digest(event):
    return hashlib.blake2b(event, digest_size=8).digest()


def load(folder):
    """Recordings as lists of batches."""
    recordings = []
    for listing in sorted(pathlib.Path(folder).rglob("*.batches.json")):
        facts = json.loads(listing.read_text())
        lines = {}
        for window in facts["windows"]:
            packed = (listing.parent / (window["file"] + ".zst")).read_bytes()
            text = zstandard.ZstdDecompressor().decompressobj().decompress(packed)
            lines[window["window"]] = text.splitlines()
        batches, last = [], None
        for batch in facts["batches"]:
            own = lines[batch["window"]][batch["first_line"]:batch["first_line"] + batch["lines"]]
            wait = 0 if last is None else (batch["receive_ms"] - last) / 1000
            last = batch["receive_ms"]
            batches.append(Batch(own, wait, batch["window"]))
        recordings.append(batches)
    return recordings


class Connection:
    """HTTP/1.1 over one connection, as little of it as is needed here."""

    def __init__(self, port):
        self.port, self.reader, self.writer = port, None, None

    async def open(self):
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=1 << 24)

    def close(self):
        if self.writer:
            self.writer.close()
        self.reader = self.writer = None

    async def ask(self, method, path, token, headers=(), body=b""):
        if not self.writer:
            await self.open()
        head = [f"{method} {path} HTTP/1.1", "Host: localhost", f"Authorization: Bearer {token}",
                f"Content-Length: {len(body)}", *headers]
        self.writer.write("\r\n".join(head).encode() + b"\r\n\r\n" + body)
        status = int((await self.reader.readline()).split()[1])
        fields = {}
        while (line := await self.reader.readline()) not in (b"\r\n", b""):
            name, _, value = line.decode().partition(":")
            fields[name.lower()] = value.strip()
        return status, fields

    async def body(self, fields):
        """The pieces of a body as they come."""
        if "content-length" in fields:
            left = int(fields["content-length"])
            while left > 0:
                piece = await self.reader.read(min(left, 1 << 16))
                if not piece:
                    raise ConnectionError("cut off")
                left -= len(piece)
                yield piece
            return
        while True:
            line = await self.reader.readline()
            if not line:
                raise ConnectionError("cut off")
            size = int(line, 16)
            piece = await self.reader.readexactly(size + 2)
            if size == 0:
                return
            yield piece[:-2]

    async def whole(self, method, path, token, headers=(), body=b""):
        status, fields = await self.ask(method, path, token, headers, body)
        if status == 204:
            return status, b""
        return status, b"".join([piece async for piece in self.body(fields)])


class Session:
    """What was sent of a session and acknowledged."""

    def __init__(self, name):
        self.name, self.events, self.hash, self.is_finished, self.sent = name, [], hashlib.sha256(), False, 0
        self.changed = asyncio.Event()

    @property
    def path(self):
        return f"/v1/projects/soak/sessions/{self.name}"


class Soak:
    def __init__(self, options, recordings, port):
        self.options, self.recordings, self.port = options, recordings, port
        self.random = random.Random(options.seed)
        self.end = time.monotonic() + options.seconds
        self.all, self.running = [], []
        self.posts = self.bytes = self.seen = self.broken = self.duplicates = self.refused = 0
        self.problems = []

    def problem(self, text):
        self.problems.append(text)
        print(f"problem: {text}", flush=True)

    async def record(self, number):
        """One after the other, as long as the soak lasts."""
        connection = Connection(self.port)
        await asyncio.sleep(self.random.random() * 5)
        count = 0
        while time.monotonic() < self.end:
            session = Session(f"s-{number}-{count}")
            count += 1
            self.all.append(session)
            lifetime = time.monotonic() + self.random.uniform(30, 90)
            ordinal = 0
            while time.monotonic() < min(lifetime, self.end):
                for batch in self.random.choice(self.recordings):
                    await asyncio.sleep(min(batch.wait, 60) / self.options.speed)
                    await self.post(connection, session, batch, ordinal)
                    if ordinal == 0:
                        self.running.append(session)
                    ordinal += 1
                    if time.monotonic() >= self.end:
                        break
            status, _ = await connection.whole("POST", session.path + "/finish", INGEST)
            if status not in (200, 202, 204):
                self.problem(f"finishing {session.name}: {status}")
            session.is_finished = True
            if session in self.running:
                self.running.remove(session)
        connection.close()

    async def post(self, connection, session, batch, ordinal):
        packed = ordinal % 2 == 0
        headers = ["Content-Type: application/x-ndjson", f"Batch-ID: {session.name}-{ordinal}"]
        if packed:
            headers.append("Content-Encoding: gzip")
        path = f"{session.path}/batches?window={batch.window}"
        # Now and then a batch is sent twice, as by a client whose answer was lost.
        for attempt in range(2 if self.random.random() < 0.02 else 1):
            while True:
                status, answer = await connection.whole(
                    "POST", path, INGEST, headers, batch.packed if packed else batch.raw)
                if status != 429:
                    break
                # Too much at once for a moment: the same again, as the recorder does.
                self.refused += 1
                await asyncio.sleep(self.random.uniform(0.05, 0.2))
            if status not in (200, 202):
                self.problem(f"{session.name} batch {ordinal}: {status} {answer[:200]}")
                return
            if attempt == 0:
                session.events += batch.events
                session.hash.update(batch.raw)
                session.sent += len(batch.raw)
                self.posts += 1
                self.bytes += len(batch.raw)
            else:
                self.duplicates += 1

    async def watch(self):
        """Follows one session after the other to its end."""
        while True:
            while not self.running:
                if time.monotonic() >= self.end:
                    return
                await asyncio.sleep(0.2)
            await self.follow(self.random.choice(self.running))
            if time.monotonic() >= self.end:
                return

    async def follow(self, session):
        last, place = None, 0
        while True:
            connection = Connection(self.port)
            until = time.monotonic() + self.random.uniform(2, 30)
            headers = [f"Last-Event-ID: {last}"] if last else []
            try:
                status, fields = await connection.ask("GET", session.path + "/live", VIEWER, headers)
                if status != 200:
                    self.problem(f"following {session.name}: {status}")
                    return
                kind, data, name = "message", b"", None
                rest = b""
                async for piece in connection.body(fields):
                    lines = (rest + piece).split(b"\n")
                    rest = lines.pop()
                    for line in lines:
                        if line.startswith(b"id:"):
                            name = line[3:].strip().decode()
                        elif line.startswith(b"event:"):
                            kind = line[6:].strip().decode()
                        elif line.startswith(b"data:"):
                            data = line[6:] if line[5:6] == b" " else line[5:]
                        elif line == b"" and (data or kind != "message"):
                            if kind == "finished":
                                if place != len(session.events):
                                    self.problem(f"{session.name} ended after {place} of {len(session.events)} events")
                                return
                            if kind != "message":
                                self.problem(f"{session.name}: {kind} {data[:200]}")
                                return
                            if int(name.split("-")[1]) != place:
                                self.problem(f"{session.name}: event {name} came at place {place}")
                                return
                            if not await self.fits(session, place, data):
                                self.problem(f"{session.name}: event {place} is another than was sent")
                                return
                            last, place = name, place + 1
                            self.seen += 1
                            kind, data = "message", b""
                    if time.monotonic() > until and place:
                        break
            except (ConnectionError, asyncio.IncompleteReadError) as error:
                self.problem(f"following {session.name}: {error}")
                return
            finally:
                connection.close()
            self.broken += 1

    async def fits(self, session, place, data):
        """Whether an event is the one that was sent; it may come before its acknowledgement did."""
        for _ in range(2_000):
            if place < len(session.events):
                return session.events[place] == digest(data)
            await asyncio.sleep(0.005)
        return False

    async def compare(self):
        """Every session, whole, as it is stored."""
        gate = asyncio.Semaphore(4)

        async def one(session):
            async with gate:
                connection = Connection(self.port)
                status, fields = await connection.ask("GET", session.path + "/events", VIEWER)
                found, size = hashlib.sha256(), 0
                async for piece in connection.body(fields):
                    found.update(piece)
                    size += len(piece)
                connection.close()
                if session.sent and (status != 200 or found.digest() != session.hash.digest()):
                    self.problem(f"{session.name}: {size} bytes are stored of {session.sent} that were acknowledged")

        await asyncio.gather(*(one(session) for session in self.all))


def resident(pid):
    with open(f"/proc/{pid}/status") as status:
        return next(int(line.split()[1]) / 1024 for line in status if line.startswith("VmRSS"))


async def sample(pid, soak, memory):
    start = time.monotonic()
    while time.monotonic() < soak.end:
        memory.append((time.monotonic() - start, resident(pid)))
        if len(memory) % 30 == 0:
            print(
                f"{memory[-1][0]:.0f} s: {soak.posts} batches, {soak.bytes / 1e6:.0f} MB, {soak.seen} events watched, "
                f"{soak.broken} reconnections, server {memory[-1][1]:.0f} MiB", flush=True)
        await asyncio.sleep(1)


async def run(options, recordings, port, pid):
    soak = Soak(options, recordings, port)
    memory = []
    await asyncio.gather(
        sample(pid, soak, memory), *(soak.record(number) for number in range(options.sessions)),
        *(soak.watch() for _ in range(options.viewers)))
    print(f"comparing {len(soak.all)} sessions", flush=True)
    await soak.compare()
    part = lambda low, high: [size for at, size in memory if low <= at / options.seconds < high]
    early, late = part(0.4, 0.6), part(0.8, 1.01)
    print(
        f"{options.seconds} s, {options.sessions} sessions at {options.speed}x, {options.viewers} viewers: "
        f"{len(soak.all)} sessions, {soak.posts} batches ({soak.posts / options.seconds:.0f}/s), {soak.bytes / 1e6:.0f} MB, "
        f"{soak.duplicates} sent twice, {soak.refused} asked to come again; {soak.seen} events watched, {soak.broken} reconnections; "
        f"server {sum(early) / len(early):.0f} MiB in the middle, {sum(late) / len(late):.0f} at the end, "
        f"{max(size for _, size in memory):.0f} at most")
    if sum(late) / len(late) > 1.25 * sum(early) / len(early) + 16:
        soak.problem("memory grows")
    return soak.problems


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("server")
    parser.add_argument("recordings")
    for name, value in (("seconds", 300), ("sessions", 200), ("viewers", 50), ("speed", 10), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()
    recordings = load(options.recordings)
    folder = tempfile.mkdtemp(prefix="replay-soak-", dir=os.environ.get("TMPDIR"))
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    environment = {**os.environ, "REPLAY_INGEST_TOKEN": INGEST, "REPLAY_VIEWER_TOKEN": VIEWER}
    server = subprocess.Popen(
        [options.server, f"{folder}/store", "--port", str(port), "--log-level", "warning"], env=environment)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError):
                socket.create_connection(("127.0.0.1", port)).close()
                break
            time.sleep(0.05)
        problems = asyncio.run(run(options, recordings, port, server.pid))
        server.terminate()
        if server.wait(timeout=60) != 0:
            problems.append("the server did not end well")
    finally:
        server.kill()
        shutil.rmtree(folder, ignore_errors=True)
    print("nothing lost, nothing twice" if not problems else f"{len(problems)} problems, seed {options.seed}")
    sys.exit(0 if not problems else 1)


if __name__ == "__main__":
    main()
