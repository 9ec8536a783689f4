"""What must hold of segment_engine.py. Run by the tests of the package, or by hand:

    SEGMENT_ENGINE_LIBRARY=build/c/lib/libsegment_engine.so python3 -m unittest discover Examples/python
"""

import itertools
import json
import os
import subprocess
import sys
import tempfile
import threading
import unittest

from segment_engine import Cursor, SegmentError, Store, version

START = 1_795_456_700_000


def batch(first, count, keyframe=False):
    """NDJSON of events whose spelling a JSON parser would not keep."""
    lines = []
    for number in range(first, first + count):
        kind = 2 if keyframe and number == first else 3
        data = f'{{"n":{number},"f":1.50,"t":"\\u00e9 é"}}'
        lines.append(f'{{"type":{kind}, "data":{data},"timestamp":{START + number * 10}}}')
    return ("\n".join(lines) + "\n").encode()


class StoreTests(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="segment-python-")
        self.addCleanup(folder.cleanup)
        self.path = os.path.join(folder.name, "store")
        self.store = Store(self.path)
        self.addCleanup(lambda: self.store.close())

    def fails(self, code, call, *arguments, **named):
        with self.assertRaises(SegmentError) as caught:
            call(*arguments, **named)
        self.assertEqual(caught.exception.code, code, str(caught.exception))
        return caught.exception

    def read(self, chunks):
        return b"".join(chunk.ndjson for chunk in chunks)

    def test_what_comes_out_is_what_went_in(self):
        body = batch(0, 50, keyframe=True) + batch(50, 50)
        receipt = self.store.append("shop", "s", body, window="tab", visitor="v")
        self.assertEqual((receipt.events, receipt.first.sequence, receipt.is_duplicate), (100, 0, False))
        self.assertEqual(self.read(self.store.events("shop", "s")), body)
        self.store.flush()
        self.assertEqual(self.read(self.store.events("shop", "s")), body)
        self.store.close()
        with Store(self.path, "read-only") as store:
            self.assertEqual(self.read(store.events("shop", "s")), body)
            self.assertEqual(self.read(store.events("shop", "s", window="tab", order="time")), body)

    def test_text_lists_and_views_are_taken(self):
        event = {"type": 5, "data": {"tag": "é"}, "timestamp": START}
        line = json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        for events in ([event], f"[{line.decode()}]", memoryview(line), bytearray(line)):
            self.store.append("shop", "s", events)
        self.assertEqual(self.read(self.store.events("shop", "s")), line * 4)

    def test_a_range_of_time_and_playback(self):
        self.store.append("shop", "s", batch(0, 10, keyframe=True) + batch(10, 10, keyframe=True))
        times = [json.loads(line)["timestamp"] for line in
                 self.read(self.store.events("shop", "s", start_ms=START + 50, end_ms=START + 80)).splitlines()]
        self.assertEqual(times, [START + 50, START + 60, START + 70])
        self.assertEqual(self.read(self.store.playback("shop", "s", offset=150)), batch(10, 10, keyframe=True))
        self.assertEqual(self.read(self.store.playback("shop", "s", at_ms=START + 150)), batch(10, 10, keyframe=True))
        self.assertEqual(len(self.read(self.store.playback("shop", "s")).splitlines()), 20)
        early = next(self.store.playback("shop", "s", at_ms=START - 10_000))
        self.assertEqual(early.gap.reason if early.gap else None, "startsLater")

    def test_a_batch_that_is_sent_again_is_stored_once(self):
        first = self.store.append("shop", "s", batch(0, 5), batch_id="b-1")
        again = self.store.append("shop", "s", batch(0, 5), batch_id="b-1")
        self.assertTrue(again.is_duplicate)
        self.assertEqual((again.first, again.events), (first.first, 5))
        self.fails("batchConflict", self.store.append, "shop", "s", batch(5, 5), batch_id="b-1")
        self.store.close()
        self.store = Store(self.path)
        self.assertTrue(self.store.append("shop", "s", batch(0, 5), batch_id="b-1").is_duplicate)
        self.assertEqual(self.store.session("shop", "s").events, 5)

    def test_polling_loses_and_repeats_nothing_across_flushes(self):
        seen, cursor = b"", None
        for round in range(12):
            self.store.append("shop", "s", batch(round * 7, 7))
            if round % 3 == 1:
                self.store.flush()
            if round % 2 == 0:
                for chunk in self.store.poll("shop", "s", cursor):
                    self.assertIsNone(chunk.gap)
                    self.assertIsNone(chunk.finished_ms)
                    seen, cursor = seen + chunk.ndjson, Cursor.parse(str(chunk.last))
        self.assertEqual(self.read(self.store.poll("shop", "s", cursor)), batch(77, 7))
        self.store.finish("shop", "s")
        rest = list(self.store.tail("shop", "s", cursor, interval=0.01))
        self.assertIsNotNone(rest[-1].finished_ms)
        self.assertEqual(seen + self.read(rest), batch(0, 84))
        self.fails("invalidArgument", list, self.store.poll("shop", "s", Cursor(cursor.epoch, 1_000)))

    def test_a_tail_ends_when_the_session_is_finished(self):
        self.store.append("shop", "s", batch(0, 1))
        def record():
            for number in range(1, 30):
                self.store.append("shop", "s", batch(number, 1))
            self.store.finish("shop", "s")
        recorder = threading.Thread(target=record)
        recorder.start()
        self.assertEqual(self.read(self.store.tail("shop", "s", interval=0.001)), batch(0, 30))
        recorder.join()

    def test_many_threads_share_a_store(self):
        failures = []
        def record(number):
            try:
                for part in range(20):
                    self.store.append(
                        "shop", f"s-{number}", batch(part * 3, 3), batch_id=str(part), durability="buffered")
                    self.read(self.store.events("shop", f"s-{number}"))
            except Exception as failure:
                failures.append(failure)
        threads = [threading.Thread(target=record, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(failures, [])
        for number in range(8):
            self.assertEqual(self.read(self.store.events("shop", f"s-{number}")), batch(0, 60))

    def test_sessions_are_listed(self):
        for number in range(5):
            self.store.append("shop", f"s-{number}", batch(number * 100, 2), visitor=f"v-{number}", window="w é")
        self.store.append("blog", "s-0", batch(0, 1))
        self.store.set_tags("shop", "s-3", {"plan": "pro", "stage": "é"})
        self.assertEqual([s.session for s in self.store.sessions("shop")], [f"s-{n}" for n in (4, 3, 2, 1, 0)])
        self.assertEqual(len(list(self.store.sessions())), 6)
        listing = self.store.sessions("shop", limit=2)
        names = [s.session for s in listing]
        names += [s.session for s in self.store.sessions("shop", limit=10, after=listing.position)]
        self.assertEqual(names, [f"s-{n}" for n in (4, 3, 2, 1, 0)])
        tagged, = self.store.sessions(tags={"plan": None})
        self.assertEqual((tagged.session, tagged.tags), ("s-3", {"plan": "pro", "stage": "é"}))
        facts = self.store.session("shop", "s-4")
        self.assertEqual((facts.events, facts.visitor, facts.windows, facts.rule), (2, "v-4", ["w é"], None))
        self.assertEqual((facts.start_ms, facts.end_ms, facts.finished_ms), (START + 4000, START + 4010, None))
        self.store.finish("shop", "s-4")
        self.assertIsNotNone(self.store.session("shop", "s-4").finished_ms)
        self.store.set_tags("shop", "s-3", {"plan": None})
        self.assertEqual(self.store.session("shop", "s-3").tags, {"stage": "é"})

    def test_what_is_erased_is_gone(self):
        for session, visitor in (("a", "v-1"), ("b", "v-1"), ("c", "v-2"), ("d", "v-3")):
            self.store.append("shop", session, batch(0, 3), visitor=visitor)
        self.store.flush()
        receipt = self.store.erase("shop", "c")
        self.assertEqual((receipt.kind, receipt.sessions, receipt.is_complete), ("session", 1, True))
        self.assertGreater(receipt.bytes, 0)
        self.assertEqual(self.store.erase(visitor="v-1").sessions, 2)
        self.store.set_tags("shop", "d", {"ticket": "17"})
        self.assertEqual(self.store.erase(tag=("ticket", "17")).kind, "tag")
        self.assertEqual(list(self.store.sessions()), [])
        self.fails("sessionErased", self.store.append, "shop", "c", batch(3, 3))
        self.fails("sessionErased", list, self.store.events("shop", "c"))
        self.fails("sessionErased", list, self.store.poll("shop", "c"))
        self.store.append("blog", "e", batch(0, 3))
        self.assertEqual(self.store.erase("blog").kind, "project")
        self.fails("notFound", self.store.erase, visitor="nobody")

    def test_maintenance_says_what_it_did(self):
        self.store.close()
        self.store = Store(self.path, maintains_itself=False, recent_hours=1e-9)
        self.store.append("shop", "s", batch(0, 100))
        self.store.finish("shop", "s")
        report = self.store.maintain("flush", "promotion")
        self.assertEqual((report.packs_read, report.packs_written), (1, 1))
        self.assertEqual(self.store.maintain().packs_written, 0)
        self.assertEqual(self.read(self.store.events("shop", "s")), batch(0, 100))

    def test_failures_say_what_to_act_on(self):
        self.fails("emptyBatch", self.store.append, "shop", "s", b"")
        self.fails("invalidArgument", self.store.append, "", "s", batch(0, 1))
        self.fails("invalidArgument", self.store.append, "shop", "s" * 257, batch(0, 1))
        bad = self.fails("invalidEvents", self.store.append, "shop", "s", batch(0, 2) + b'{"type":true}\n')
        self.assertEqual(bad.event, 2)
        self.assertIn("[invalidEvents]", str(bad))
        skipped = self.store.append("shop", "s", batch(0, 2) + b'{"type":true}\n', skip_invalid=True)
        self.assertEqual((skipped.events, skipped.rejected), (2, 1))
        self.fails("notFound", self.store.session, "shop", "none")
        self.fails("notFound", list, self.store.events("shop", "none"))
        self.fails("notFound", self.store.finish, "shop", "none")
        self.fails("invalidArgument", Cursor.parse, "seven")
        self.fails("locked", Store, self.path)
        self.fails("notFound", Store, self.path + "-none", "read-only")
        self.fails("invalidArgument", Store, self.path, journal_bytes=1)
        with self.assertRaises(TypeError):
            Store(self.path, colour="red")
        with self.assertRaises(ValueError):
            Store(self.path, "sideways")
        with Store(self.path, "read-only") as reader:
            self.fails("wrongMode", reader.append, "shop", "s", batch(0, 1))
        self.store.close()
        self.store.close()
        self.fails("closed", self.store.append, "shop", "s", batch(0, 1))
        self.fails("closed", list, self.store.events("shop", "s"))

    def test_closing_while_others_are_in_calls(self):
        codes = set()
        begun = threading.Semaphore(0)
        def record(number):
            try:
                for part in itertools.count():
                    self.store.append("shop", f"s-{number}", batch(part, 1))
                    begun.release()
            except SegmentError as failure:
                codes.add(failure.code)
        threads = [threading.Thread(target=record, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(20):
            begun.acquire()
        self.store.close()
        for thread in threads:
            thread.join()
        self.assertEqual(codes, {"closed"})
        with Store(self.path) as store:
            self.assertGreaterEqual(sum(session.events for session in store.sessions()), 20)

    def test_a_store_that_nobody_closed_is_given_back(self):
        self.store.close()
        script = "import sys; from segment_engine import Store\n" \
                 "store = Store(sys.argv[1]); store.append('shop', 's', sys.stdin.buffer.read())"
        subprocess.run(
            [sys.executable, "-c", script, self.path], input=batch(0, 4), check=True, timeout=60,
            cwd=os.path.dirname(os.path.abspath(__file__)))
        self.store = Store(self.path)
        self.assertEqual(self.read(self.store.events("shop", "s")), batch(0, 4))
        other = Store(self.path, "read-only")
        chunks = other.events("shop", "s")
        del other
        self.fails("closed", next, chunks)

    def test_the_version_is_told(self):
        self.assertRegex(version(), r"^\d+\.\d+\.\d+")


if __name__ == "__main__":
    unittest.main()
