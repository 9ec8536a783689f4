"""SegmentEngine from Python: an embedded store for recordings of browser sessions (rrweb).

    from segment_engine import Store

    with Store("/var/lib/replay") as store:
        store.append("shop", "s-1842", body, batch_id="s-1842-7")   # on the disk when it returns
        for chunk in store.playback("shop", "s-1842", offset=90_000):
            send(chunk.ndjson)                                       # from the keyframe before, in order of time

This one file and the shared library (`Scripts/build-c`) are all that is needed; Python 3.9 or newer, the standard
library alone. The library is looked for in the argument `library`, then in the environment's SEGMENT_ENGINE_LIBRARY,
then beside this file, then where the system looks.

All calls may be made from any thread at once, and let other threads run meanwhile. What iterates (`events`, `playback`,
`poll`, `sessions`) belongs to one thread at a time. A process that forks uses its stores in the parent only. Times are
milliseconds since 1970, as rrweb has them. What fails raises `SegmentError`.
"""

import ctypes
import json
import math
import os
import sys
import time
import weakref
from ctypes import POINTER, byref, c_char_p, c_double, c_int, c_int64, c_size_t, c_uint32, c_uint64, c_void_p
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

__all__ = [
    "Chunk", "Cursor", "Erasure", "Gap", "MaintenanceReport", "Receipt", "SegmentError", "Session", "Store", "version",
]


class SegmentError(Exception):
    """What went wrong: `code` is a stable name such as "batchConflict" or "notFound", the message is for people."""

    def __init__(
        self, code: str, message: str, retryable: bool = False, errno: Optional[int] = None,
        event: Optional[int] = None, offset: Optional[int] = None,
    ):
        super().__init__(f"{message} [{code}]")
        self.code = code
        self.message = message
        #: True where the same call may succeed later without anything else being changed.
        self.retryable = retryable
        #: The operating system's error number, where there was one.
        self.errno = errno
        #: Which event of the batch is at fault, from 0.
        self.event = event
        #: Where in the batch, or in the file the message names, in bytes.
        self.offset = offset


class Cursor(NamedTuple):
    """A place in a session: an event that was seen. As text "epoch-sequence", fit for Last-Event-ID."""

    epoch: int
    sequence: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.sequence}"

    @classmethod
    def parse(cls, text: str, library: Optional[str] = None) -> "Cursor":
        """Reads what `str` writes."""
        engine = _Engine.load(library)
        cursor = _Cursor()
        engine.call("segment_cursor_parse", _text(text), byref(cursor))
        return cls(cursor.epoch, cursor.sequence)


class Receipt(NamedTuple):
    """What `append` stored."""

    first: Cursor
    events: int
    received_ms: float
    rejected: int
    is_duplicate: bool


class Gap(NamedTuple):
    """Why events do not follow on seamlessly: "lost", "startsLater" or "noKeyframe"."""

    reason: str
    message: str
    sequences: Optional[range]


class Chunk(NamedTuple):
    """A run of events: NDJSON byte for byte as it came, each event with a line feed behind it."""

    ndjson: bytes
    events: int
    #: Cursor of the last event; None where there is none.
    last: Optional[Cursor]
    gap: Optional[Gap]
    #: When the session was finished: in the last chunk of a poll, which may hold no events.
    finished_ms: Optional[float]


class Session(NamedTuple):
    """The facts of a session."""

    project: str
    session: str
    visitor: str
    start_ms: Optional[float]
    end_ms: Optional[float]
    first_received_ms: float
    last_received_ms: float
    finished_ms: Optional[float]
    expires_ms: Optional[float]
    active_ms: int
    events: int
    page_views: int
    clicks: int
    inputs: int
    errors: int
    raw_bytes: int
    stored_bytes: int
    next_sequence: int
    keep_rate: float
    rule: Optional[str]
    is_live: bool
    is_pinned: bool
    windows: List[str]
    pages: List[str]
    tags: Dict[str, str]


class MaintenanceReport(NamedTuple):
    """What maintenance did."""

    sessions_gone: int
    bytes_freed: int
    sessions_dropped: int
    packs_read: int
    packs_written: int
    erasures_ended: int
    dictionaries_adopted: int
    dictionaries_removed: int


class Erasure(NamedTuple):
    """What was erased, for those who must prove it; names stand in it as keyed hashes."""

    id: str
    kind: str
    name_hash: str
    time_ms: float
    sessions: int
    segments: int
    records: int
    packs: int
    journals: int
    bytes: int
    is_complete: bool
    limits: List[str]


class Store:
    """A store that is open. Use it with `with`, or close it."""

    def __init__(
        self, path: Union[str, "os.PathLike[str]"], mode: str = "read-write", *, library: Optional[str] = None,
        **options: Any,
    ):
        """Opens the store at `path`, a folder.

        `mode`: "read-write" (the one process that ingests; the store is made where there is none), "read-only", or
        "maintenance" (reading, tags, finish, flush, maintenance and erasure beside the one that writes).
        `options`: reader_threads, journal_bytes, journal_seconds, buffered_sync_ms, recent_hours, event_bytes,
        batch_bytes, bytes_in_flight, maintenance_bytes_per_second, as segment_engine.h has them; maintains_itself and
        trains_dictionaries, True unless they are given.
        """
        self._engine = _Engine.load(library)
        given = _OpenOptions(struct_size=ctypes.sizeof(_OpenOptions))
        if not options.pop("maintains_itself", True):
            given.flags |= 1
        if not options.pop("trains_dictionaries", True):
            given.flags |= 2
        allowed = {name for name, _ in _OpenOptions._fields_} - {"struct_size", "flags"}
        for name, value in options.items():
            if name not in allowed:
                raise TypeError(f"Store has no option {name}")
            setattr(given, name, value)
        handle = c_void_p()
        self._engine.call(
            "segment_store_open", os.fspath(path).encode("utf-8"), _choice(mode, _MODES, "mode"), byref(given),
            byref(handle))
        self._handle = handle
        # When nobody has the store any longer, nobody is in a call on it.
        self._finalizer = weakref.finalize(self, _free, self._engine.library.segment_store_free, handle, os.getpid())

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Commits what is under way and gives the locks back. Calls end with code "closed" from then on."""
        self._engine.call("segment_store_close", self._handle)

    # Ingest

    def append(
        self, project: str, session: str, events: Union[bytes, bytearray, memoryview, str, list], *, window: str = "",
        batch_id: Optional[str] = None, visitor: Optional[str] = None, durability: str = "synced",
        skip_invalid: bool = False, imported: bool = False,
    ) -> Receipt:
        """Stores a batch: NDJSON or a JSON array, kept byte for byte; or a list of objects, written as JSON here.

        `durability`: "synced" (on the disk when it returns) or "buffered". The same batch sent again with the same
        `batch_id` is not stored again: the first receipt comes back, with `is_duplicate`.
        """
        if isinstance(events, list):
            events = json.dumps(events, ensure_ascii=False, separators=(",", ":"))
        body = events.encode("utf-8") if isinstance(events, str) else bytes(events)
        batch = _Batch(
            struct_size=ctypes.sizeof(_Batch), project=_text(project), session=_text(session),
            events=ctypes.cast(c_char_p(body), c_void_p), length=len(body), window=_text(window),
            batch_id=_text(batch_id), visitor=_text(visitor),
            durability=_choice(durability, ("synced", "buffered"), "durability"),
            flags=(1 if skip_invalid else 0) | (2 if imported else 0))
        receipt = _Receipt(struct_size=ctypes.sizeof(_Receipt))
        self._engine.call("segment_store_append", self._handle, byref(batch), byref(receipt))
        return Receipt(
            receipt.first.value, receipt.events, receipt.received_ms, receipt.rejected, bool(receipt.is_duplicate))

    def finish(self, project: str, session: str) -> None:
        """Says that a session is over. Batches that come later are still taken."""
        self._engine.call("segment_store_finish", self._handle, _text(project), _text(session))

    def set_tags(self, project: str, session: str, tags: Dict[str, Optional[str]]) -> None:
        """Sets tags, all in one step; None removes one."""
        self._engine.call(
            "segment_store_set_tags", self._handle, _text(project), _text(session), _tags(tags), len(tags))

    # Reading

    def events(
        self, project: str, session: str, *, start_ms: float = 0, end_ms: float = 0, window: Optional[str] = None,
        order: str = "arrival",
    ) -> "Chunks":
        """A session's events, or those from `start_ms` on and before `end_ms`; in order of "arrival" or "time"."""
        given = _Range(
            struct_size=ctypes.sizeof(_Range), from_ms=start_ms, to_ms=end_ms, window=_text(window),
            order=_choice(order, ("arrival", "time"), "order"))
        return Chunks(self, "segment_store_events", _text(project), _text(session), byref(given))

    def playback(
        self, project: str, session: str, *, at_ms: Optional[float] = None, offset: Optional[float] = None,
        window: Optional[str] = None,
    ) -> "Chunks":
        """A session's events for a player: from the keyframe before a moment on, in order of time.

        `at_ms` is an absolute time, `offset` counts milliseconds from the session's start; give one, or neither.
        """
        if at_ms is not None and offset is not None:
            raise TypeError("give at_ms or offset, not both")
        base, place = (1, at_ms) if at_ms is not None else (2, offset) if offset is not None else (0, 0.0)
        return Chunks(
            self, "segment_store_playback", _text(project), _text(session), base, c_double(place), _text(window))

    def poll(
        self, project: str, session: str, after: Optional[Cursor] = None, *, from_keyframe: bool = False,
    ) -> "Chunks":
        """What came after a cursor and is there now, each event once, in order of arrival."""
        cursor = None if after is None else byref(_Cursor(after.epoch, after.sequence))
        return Chunks(self, "segment_store_poll", _text(project), _text(session), cursor, int(from_keyframe))

    def tail(
        self, project: str, session: str, after: Optional[Cursor] = None, *, from_keyframe: bool = False,
        interval: float = 0.5,
    ) -> Iterator[Chunk]:
        """Follows a session while it is recorded, until it is finished; polls every `interval` seconds."""
        while True:
            for chunk in self.poll(project, session, after, from_keyframe=from_keyframe):
                if chunk.last is not None:
                    # From here on everything counts, not what follows the next keyframe.
                    after, from_keyframe = chunk.last, False
                yield chunk
                if chunk.finished_ms is not None:
                    return
            time.sleep(interval)

    def sessions(
        self, project: Optional[str] = None, *, start_ms: float = 0, end_ms: float = 0,
        tags: Optional[Dict[str, Optional[str]]] = None, url: Optional[str] = None, has_errors: bool = False,
        is_pinned: bool = False, limit: int = 0, after: Optional[str] = None,
    ) -> "Sessions":
        """Lists sessions, newest first; all, or with a limit as many, after which `position` says where to go on."""
        query = _Query(
            struct_size=ctypes.sizeof(_Query), project=_text(project), from_ms=start_ms, to_ms=end_ms,
            tags=_tags(tags or {}), tag_count=len(tags or {}), url=_text(url),
            flags=(1 if has_errors else 0) | (2 if is_pinned else 0), limit=limit, after=_text(after))
        return Sessions(self, "segment_store_sessions", byref(query))

    def session(self, project: str, session: str) -> Session:
        """The facts of one session."""
        return next(Sessions(self, "segment_store_session", _text(project), _text(session)))

    # Looking after

    def flush(self) -> None:
        """Moves everything that is in journals into packs."""
        self._engine.call("segment_store_flush", self._handle)

    def maintain(self, *jobs: str) -> MaintenanceReport:
        """Does the maintenance that is due; of it "expiry", "erasure", "budget", "flush", "dictionaries", "promotion",
        "merge", or with none given all."""
        bits = sum(1 << _choice(job, _JOBS, "job") for job in set(jobs))
        report = _Report(struct_size=ctypes.sizeof(_Report))
        self._engine.call("segment_store_maintain", self._handle, bits, byref(report))
        return MaintenanceReport(*(getattr(report, name) for name in MaintenanceReport._fields))

    def erase(
        self, project: Optional[str] = None, session: Optional[str] = None, *, visitor: Optional[str] = None,
        tag: Optional[Tuple[str, str]] = None,
    ) -> Erasure:
        """Erases a session; all of a visitor, or with a tag, in one project or in all; or a project. Physically."""
        if sum(choice is not None for choice in (session, visitor, tag)) > 1:
            raise TypeError("give one of session, visitor and tag")
        if visitor is not None:
            name, arguments = "visitor", (_text(visitor), _text(project))
        elif tag is not None:
            name, arguments = "tag", (_text(tag[0]), _text(tag[1]), _text(project))
        elif session is not None:
            name, arguments = "session", (_text(project), _text(session))
        else:
            name, arguments = "project", (_text(project),)
        receipt = POINTER(_Erasure)()
        self._engine.call(f"segment_store_erase_{name}", self._handle, *arguments, byref(receipt))
        try:
            facts = receipt.contents
            return Erasure(
                facts.id.decode(), facts.kind.decode(), facts.name_hash.decode(), facts.time_ms, facts.sessions,
                facts.segments, facts.records, facts.packs, facts.journals, facts.bytes, bool(facts.is_complete),
                _texts(facts.limits, facts.limit_count))
        finally:
            self._engine.library.segment_erasure_free(receipt)


def version(library: Optional[str] = None) -> str:
    """The version of the library."""
    return _Engine.load(library).library.segment_engine_version().decode()


# What iterates


class _Reader:
    """Something the library opens, moves on and frees."""

    def __init__(self, store: Store, opening: str, *arguments: Any, free: str):
        self._engine = store._engine
        handle = c_void_p()
        self._engine.call(opening, store._handle, *arguments, byref(handle))
        self._handle = handle
        weakref.finalize(self, _free, getattr(self._engine.library, free), handle, os.getpid())


class Chunks(_Reader):
    """Chunks of events, read as they are asked for."""

    def __init__(self, store: Store, opening: str, *arguments: Any):
        super().__init__(store, opening, *arguments, free="segment_events_free")

    def __iter__(self) -> "Chunks":
        return self

    def __next__(self) -> Chunk:
        found = POINTER(_Chunk)()
        self._engine.call("segment_events_next", self._handle, byref(found))
        if not found:
            raise StopIteration
        chunk = found.contents
        gap = None
        if chunk.gap:
            sequences = range(chunk.gap_first, chunk.gap_end) if chunk.gap_end else None
            gap = Gap(_GAPS.get(chunk.gap, "unknown"), (chunk.gap_message or b"").decode(), sequences)
        return Chunk(
            ctypes.string_at(chunk.ndjson, chunk.length), chunk.events, chunk.last.value if chunk.events else None, gap,
            chunk.finished_ms if chunk.is_finished else None)


class Sessions(_Reader):
    """Sessions, read as they are asked for."""

    def __init__(self, store: Store, opening: str, *arguments: Any):
        super().__init__(store, opening, *arguments, free="segment_sessions_free")

    def __iter__(self) -> "Sessions":
        return self

    def __next__(self) -> Session:
        found = POINTER(_Session)()
        self._engine.call("segment_sessions_next", self._handle, byref(found))
        if not found:
            raise StopIteration
        facts = found.contents
        values = {name: getattr(facts, name) for name in Session._fields}
        for name, value in values.items():
            if isinstance(value, bytes):
                values[name] = value.decode()
            elif isinstance(value, float) and math.isnan(value):
                values[name] = None
        values["is_live"], values["is_pinned"] = bool(facts.is_live), bool(facts.is_pinned)
        values["windows"] = _texts(facts.windows, facts.window_count)
        values["pages"] = _texts(facts.pages, facts.page_count)
        values["tags"] = {facts.tags[i].key.decode(): facts.tags[i].value.decode() for i in range(facts.tag_count)}
        return Session(**values)

    @property
    def position(self) -> Optional[str]:
        """Where a listing with a limit stopped, for `after`; None where there are no more sessions."""
        text = self._engine.library.segment_sessions_position(self._handle)
        return None if text is None else text.decode()


# The library

_MODES = ("read-write", "read-only", "maintenance")
_JOBS = ("expiry", "erasure", "budget", "flush", "dictionaries", "promotion", "merge")
_GAPS = {1: "lost", 2: "startsLater", 3: "noKeyframe"}


class _Cursor(ctypes.Structure):
    _fields_ = [("epoch", c_uint64), ("sequence", c_uint64)]

    @property
    def value(self) -> Cursor:
        return Cursor(self.epoch, self.sequence)


class _OpenOptions(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("flags", c_uint32), ("reader_threads", c_uint32), ("journal_bytes", c_uint64),
        ("journal_seconds", c_double), ("buffered_sync_ms", c_double), ("recent_hours", c_double),
        ("event_bytes", c_uint64), ("batch_bytes", c_uint64), ("bytes_in_flight", c_uint64),
        ("maintenance_bytes_per_second", c_uint64)]


class _Batch(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("project", c_char_p), ("session", c_char_p), ("events", c_void_p),
        ("length", c_size_t), ("window", c_char_p), ("batch_id", c_char_p), ("visitor", c_char_p),
        ("durability", c_int), ("flags", c_uint32)]


class _Receipt(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("first", _Cursor), ("events", c_uint64), ("received_ms", c_double),
        ("rejected", c_uint64), ("is_duplicate", c_uint32)]


class _Tag(ctypes.Structure):
    _fields_ = [("key", c_char_p), ("value", c_char_p)]


class _Range(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("from_ms", c_double), ("to_ms", c_double), ("window", c_char_p), ("order", c_int)]


class _Chunk(ctypes.Structure):
    _fields_ = [
        ("ndjson", c_void_p), ("length", c_size_t), ("events", c_uint64), ("last", _Cursor), ("gap", c_int),
        ("is_finished", c_uint32), ("gap_message", c_char_p), ("gap_first", c_uint64), ("gap_end", c_uint64),
        ("finished_ms", c_double)]


class _Query(ctypes.Structure):
    _fields_ = [
        ("struct_size", c_size_t), ("project", c_char_p), ("from_ms", c_double), ("to_ms", c_double),
        ("tags", POINTER(_Tag)), ("tag_count", c_size_t), ("url", c_char_p), ("flags", c_uint32), ("limit", c_uint32),
        ("after", c_char_p)]


class _Session(ctypes.Structure):
    _fields_ = [
        ("project", c_char_p), ("session", c_char_p), ("visitor", c_char_p), ("start_ms", c_double),
        ("end_ms", c_double), ("first_received_ms", c_double), ("last_received_ms", c_double),
        ("finished_ms", c_double), ("expires_ms", c_double), ("active_ms", c_uint64), ("events", c_uint64),
        ("page_views", c_uint64), ("clicks", c_uint64), ("inputs", c_uint64), ("errors", c_uint64),
        ("raw_bytes", c_uint64), ("stored_bytes", c_uint64), ("next_sequence", c_uint64), ("keep_rate", c_double),
        ("rule", c_char_p), ("is_live", c_uint32), ("is_pinned", c_uint32), ("windows", POINTER(c_char_p)),
        ("window_count", c_size_t), ("pages", POINTER(c_char_p)), ("page_count", c_size_t), ("tags", POINTER(_Tag)),
        ("tag_count", c_size_t)]


class _Report(ctypes.Structure):
    _fields_ = [("struct_size", c_size_t)] + [(name, c_uint64) for name in MaintenanceReport._fields]


class _Erasure(ctypes.Structure):
    _fields_ = [
        ("id", c_char_p), ("kind", c_char_p), ("name_hash", c_char_p), ("time_ms", c_double), ("sessions", c_uint64),
        ("segments", c_uint64), ("records", c_uint64), ("packs", c_uint64), ("journals", c_uint64),
        ("bytes", c_uint64), ("is_complete", c_uint32), ("limits", POINTER(c_char_p)), ("limit_count", c_size_t)]


class _Engine:
    """The shared library with the types of its functions."""

    _loaded: Dict[str, "_Engine"] = {}
    _FUNCTIONS = {
        "segment_store_open": [c_char_p, c_int, POINTER(_OpenOptions), POINTER(c_void_p)],
        "segment_store_close": [c_void_p],
        "segment_store_append": [c_void_p, POINTER(_Batch), POINTER(_Receipt)],
        "segment_store_finish": [c_void_p, c_char_p, c_char_p],
        "segment_store_set_tags": [c_void_p, c_char_p, c_char_p, POINTER(_Tag), c_size_t],
        "segment_store_events": [c_void_p, c_char_p, c_char_p, POINTER(_Range), POINTER(c_void_p)],
        "segment_store_playback": [c_void_p, c_char_p, c_char_p, c_int, c_double, c_char_p, POINTER(c_void_p)],
        "segment_store_poll": [c_void_p, c_char_p, c_char_p, POINTER(_Cursor), c_int, POINTER(c_void_p)],
        "segment_events_next": [c_void_p, POINTER(POINTER(_Chunk))],
        "segment_store_sessions": [c_void_p, POINTER(_Query), POINTER(c_void_p)],
        "segment_store_session": [c_void_p, c_char_p, c_char_p, POINTER(c_void_p)],
        "segment_sessions_next": [c_void_p, POINTER(POINTER(_Session))],
        "segment_store_flush": [c_void_p],
        "segment_store_maintain": [c_void_p, c_uint32, POINTER(_Report)],
        "segment_store_erase_session": [c_void_p, c_char_p, c_char_p, POINTER(POINTER(_Erasure))],
        "segment_store_erase_visitor": [c_void_p, c_char_p, c_char_p, POINTER(POINTER(_Erasure))],
        "segment_store_erase_tag": [c_void_p, c_char_p, c_char_p, c_char_p, POINTER(POINTER(_Erasure))],
        "segment_store_erase_project": [c_void_p, c_char_p, POINTER(POINTER(_Erasure))],
        "segment_cursor_parse": [c_char_p, POINTER(_Cursor)],
    }
    _OTHERS = {
        "segment_engine_version": (c_char_p, []),
        "segment_code_name": (c_char_p, [c_int]),
        "segment_error_message": (c_char_p, [c_void_p]),
        "segment_error_is_retryable": (c_int, [c_void_p]),
        "segment_error_errno": (c_int, [c_void_p]),
        "segment_error_event": (c_int64, [c_void_p]),
        "segment_error_offset": (c_int64, [c_void_p]),
        "segment_error_free": (None, [c_void_p]),
        "segment_store_free": (None, [c_void_p]),
        "segment_events_free": (None, [c_void_p]),
        "segment_sessions_free": (None, [c_void_p]),
        "segment_sessions_position": (c_char_p, [c_void_p]),
        "segment_erasure_free": (None, [POINTER(_Erasure)]),
    }

    def __init__(self, path: str):
        self.library = ctypes.CDLL(path)
        for name, arguments in self._FUNCTIONS.items():
            function = getattr(self.library, name)
            function.restype, function.argtypes = c_int, arguments + [POINTER(c_void_p)]
        for name, (result, arguments) in self._OTHERS.items():
            function = getattr(self.library, name)
            function.restype, function.argtypes = result, arguments

    @classmethod
    def load(cls, library: Optional[str]) -> "_Engine":
        path = library or os.environ.get("SEGMENT_ENGINE_LIBRARY")
        if path is None:
            name = "libsegment_engine.dylib" if sys.platform == "darwin" else "libsegment_engine.so"
            beside = os.path.join(os.path.dirname(os.path.abspath(__file__)), name)
            path = beside if os.path.exists(beside) else name
        if path not in cls._loaded:
            cls._loaded[path] = cls(path)
        return cls._loaded[path]

    def call(self, name: str, *arguments: Any) -> None:
        """Calls a function that may fail, and raises what it failed with."""
        error = c_void_p()
        code = getattr(self.library, name)(*arguments, byref(error))
        if code == 0:
            return
        try:
            number = self.library.segment_error_errno(error)
            event, offset = self.library.segment_error_event(error), self.library.segment_error_offset(error)
            raise SegmentError(
                self.library.segment_code_name(code).decode(), self.library.segment_error_message(error).decode(),
                bool(self.library.segment_error_is_retryable(error)), number or None,
                None if event < 0 else event, None if offset < 0 else offset)
        finally:
            self.library.segment_error_free(error)


def _free(function: Any, handle: c_void_p, process: int) -> None:
    # A child of a fork has the handle, but not the threads behind it.
    if os.getpid() == process:
        function(handle)


def _text(text: Optional[str]) -> Optional[bytes]:
    if text is None:
        return None
    encoded = text.encode("utf-8")
    if b"\0" in encoded:
        raise ValueError("text must not hold a NUL")
    return encoded


def _texts(texts: Any, count: int) -> List[str]:
    return [texts[index].decode() for index in range(count)]


def _tags(tags: Dict[str, Optional[str]]) -> Any:
    return (_Tag * len(tags))(*(_Tag(_text(key), _text(value)) for key, value in tags.items()))


def _choice(name: str, names: Tuple[str, ...], what: str) -> int:
    if name not in names:
        raise ValueError(f"{what} is {name!r}; it must be one of {', '.join(names)}")
    return names.index(name)
