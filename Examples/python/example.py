"""A small replay server: browsers post their rrweb batches, a player fetches a session's events.

    python3 example.py FOLDER [--port 8017]     serves until it is interrupted
    python3 example.py FOLDER --check           posts a batch to itself, plays it back, and ends

    POST /PROJECT/SESSION?batch=ID              a batch of events, NDJSON or a JSON array
    GET  /PROJECT/SESSION?offset=MS             NDJSON from the keyframe before that moment on
"""

import argparse
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from segment_engine import SegmentError, Store

STATUS = {"notFound": 404, "sessionErased": 410, "sessionExpired": 410, "batchConflict": 409, "batchTooLarge": 413}
LARGEST = 32 << 20


class Handler(BaseHTTPRequestHandler):
    store: Store

    def names(self):
        url = urlsplit(self.path)
        project, _, session = url.path.strip("/").partition("/")
        return unquote(project), unquote(session), {name: values[-1] for name, values in parse_qs(url.query).items()}

    def answer(self, status, body):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, error):
        self.answer(STATUS.get(error.code, 503 if error.retryable else 400), f"{error}\n".encode())

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal() or int(length) > LARGEST:
            self.close_connection = True
            return self.answer(411 if not length.isdecimal() else 413, b"say how long the batch is, at most 32 MiB\n")
        project, session, query = self.names()
        try:
            receipt = self.store.append(project, session, self.rfile.read(int(length)), batch_id=query.get("batch"))
        except SegmentError as error:
            return self.refuse(error)
        self.answer(200, f"{receipt.events} events\n".encode())

    def do_GET(self):
        project, session, query = self.names()
        try:
            chunks = self.store.playback(project, session, offset=float(query.get("offset", 0)))
            self.answer(200, b"".join(chunk.ndjson for chunk in chunks))
        except ValueError:
            self.answer(400, b"offset must be a number of milliseconds\n")
        except SegmentError as error:
            self.refuse(error)

    def log_message(self, *arguments):
        pass


def check(address):
    """Does what a browser and a player do."""
    batch = b"".join(b'{"type":%d,"data":{},"timestamp":%d}\n' % (kind, 1795456700000 + kind) for kind in (2, 3, 3))
    for _ in range(2):  # The second time as a client that did not see the answer.
        with urllib.request.urlopen(f"{address}/shop/s-1?batch=1", data=batch) as response:
            assert response.read() == b"3 events\n"
    with urllib.request.urlopen(f"{address}/shop/s-1?offset=1") as response:
        assert response.read() == batch
    print("played back 3 events byte for byte")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--port", type=int, default=8017)
    parser.add_argument("--check", action="store_true")
    options = parser.parse_args()
    with Store(options.folder) as store:
        Handler.store = store
        with ThreadingHTTPServer(("127.0.0.1", 0 if options.check else options.port), Handler) as server:
            address = f"http://127.0.0.1:{server.server_port}"
            if options.check:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                check(address)
                server.shutdown()
            else:
                print(f"listening at {address}")
                try:
                    server.serve_forever()
                except KeyboardInterrupt:
                    pass


if __name__ == "__main__":
    main()
