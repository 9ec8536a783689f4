#!/usr/bin/env python3
"""An independent reader of SegmentEngine stores: it knows FORMAT.md and nothing else of the engine.

    reader.py list STORE                                             one JSON object a line and session
    reader.py export STORE SESSION [--project P] [--window W]        the events of a session as NDJSON
    reader.py export-all STORE FOLDER                                every session to FOLDER/HASH.ndjson, where HASH is
                                                                     SHA-256 of project NUL session in hexadecimal
    reader.py check STORE                                            verify everything; exit 1 if there are problems

It opens files for reading only, takes no lock, and needs the packages `zstandard` and `lz4`.
"""
import argparse, hashlib, json, math, os, socket, struct, sys, time
import lz4.block
import zstandard

PAGE, DAY, GROUP, RECORD = 4096, 86_400_000.0, 64, 56
MIB = 1 << 20


class FormatError(Exception):
    """Something on disk is not as FORMAT.md says."""


class VersionError(FormatError):
    """A file of a higher version: FORMAT.md, Versions and limits."""


def require(condition, message):
    if not condition:
        raise FormatError(message)


# --- Conventions ------------------------------------------------------------------------------------------------------

def crc_tables():
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (0x82F63B78 if value & 1 else 0)
        table.append(value)
    return table


CRC_TABLE = crc_tables()
# x^5685 + x^1362 + x^426 + 1 is a multiple of the CRC-32C polynomial; so is its square, x^(2*5685) + ..., and so on.
FOLD = (5685, 1362, 426)


def crc_in_python(data):
    """CRC-32C. Long input is first folded, as one large number, to a short one with the same remainder."""
    degree, upper, lower = FOLD
    bits, state = 8 * len(data), 0xFFFFFFFF
    if bits > 2 * degree:
        value, width, state = int.from_bytes(data, "little") ^ state, 1, 0
        while degree * width * 2 < bits:
            width *= 2
        while width:
            end = degree * width
            while bits > end:  # the first `cut` bits, the highest powers, are replaced by lower powers
                cut = min(bits - end, (degree - upper) * width)
                head, value = value & ((1 << cut) - 1), value >> cut
                value ^= head << end - cut ^ head << end - upper * width - cut ^ head << end - lower * width - cut
                bits -= cut
            width //= 2
        data = (value << -bits % 8).to_bytes((bits + 7) // 8, "little")
    table = CRC_TABLE
    for byte in data:
        state = table[(state ^ byte) & 255] ^ state >> 8
    return state ^ 0xFFFFFFFF


try:
    from google_crc32c import value as crc
except ImportError:
    try:
        from crc32c import crc32c as crc
    except ImportError:
        crc = crc_in_python


def placed(identifier, offset, data):
    """FORMAT.md, Conventions: a checksum that names its place."""
    return crc(identifier + struct.pack("<Q", offset) + data)


def siphash(data, key=bytes(range(16)), wide=False):
    """SipHash-2-4: a number of 64 bits, or where it is wide 16 bytes."""
    mask = (1 << 64) - 1
    k0, k1 = struct.unpack("<QQ", key)
    v0, v1 = k0 ^ 0x736F6D6570736575, k1 ^ 0x646F72616E646F6D
    v2, v3 = k0 ^ 0x6C7967656E657261, k1 ^ 0x7465646279746573
    v1 ^= 0xEE if wide else 0

    def rounds(n):
        nonlocal v0, v1, v2, v3
        for _ in range(n):
            v0 = v0 + v1 & mask
            v1 = (v1 << 13 | v1 >> 51) & mask ^ v0
            v0 = (v0 << 32 | v0 >> 32) & mask
            v2 = v2 + v3 & mask
            v3 = (v3 << 16 | v3 >> 48) & mask ^ v2
            v0 = v0 + v3 & mask
            v3 = (v3 << 21 | v3 >> 43) & mask ^ v0
            v2 = v2 + v1 & mask
            v1 = (v1 << 17 | v1 >> 47) & mask ^ v2
            v2 = (v2 << 32 | v2 >> 32) & mask

    padded = data + bytes(7 - len(data) % 8) + bytes([len(data) & 255])
    for (word,) in struct.iter_unpack("<Q", padded):
        v3 ^= word
        rounds(2)
        v0 ^= word
    v2 ^= 0xEE if wide else 0xFF
    rounds(4)
    low = v0 ^ v1 ^ v2 ^ v3
    if not wide:
        return low
    v1 ^= 0xDD
    rounds(4)
    return struct.pack("<QQ", low, v0 ^ v1 ^ v2 ^ v3)


def framed(parts):
    """Each part after its length, as the hashes of names have it."""
    return b"".join(struct.pack("<Q", len(part)) + part for part in (part.encode() for part in parts))


def key_hash(*parts):
    """FORMAT.md, Packs, Key hash."""
    return siphash(framed(parts))


def erased_name(key, target, *parts):
    """FORMAT.md, Erased names."""
    return siphash(bytes([target]) + framed(parts), key, True)


class Cursor:
    """Reads the fields of FORMAT.md's Conventions from bytes, never past `end`."""

    def __init__(self, data, start=0, end=None):
        self.data, self.at, self.end = data, start, len(data) if end is None else end
        require(0 <= start <= self.end <= len(data), "a field is cut off")

    def take(self, n):
        require(n <= self.end - self.at, "a field is cut off")
        self.at += n
        return self.data[self.at - n:self.at]

    def u8(self):
        return self.take(1)[0]

    def unpack(self, form):
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form)))

    def u32(self):
        return self.unpack("I")[0]

    def u64(self):
        return self.unpack("Q")[0]

    def f64(self):
        return self.unpack("d")[0]

    def time(self):
        time = self.f64()
        require(math.isfinite(time), "a time is no number")
        return time

    def day(self):
        day = self.varint()
        require(day < 1 << 32, f"day {day}")
        return day

    def id(self):
        return bytes(self.take(16))

    def varint(self):
        value, data = 0, self.data
        for shift in range(0, 70, 7):
            require(self.at < self.end, "a varint is cut off")
            byte = data[self.at]
            self.at += 1
            value |= (byte & 127) << shift
            if byte < 128:
                require(value < 1 << 64, "a varint is too large")
                return value
        raise FormatError("a varint is too long")

    def amount(self):
        """A number of the catalog that is reckoned with."""
        value = self.varint()
        require(value <= 1 << 48, f"{value} is too large a number")
        return value

    def zigzag(self):
        return unzigzag(self.varint())

    def string(self, least=0, most=1 << 31):
        length = self.varint()
        require(least <= length <= most, f"a string of {length} bytes where {least} to {most} are allowed")
        try:
            return bytes(self.take(length)).decode("utf-8")
        except UnicodeDecodeError:
            raise FormatError("a string is not UTF-8") from None

    def instant(self, base):
        """The time, and whether it was written as an integer."""
        value = self.varint()
        require(value % 2 == 0 or value == 1, f"an instant begins with {value}")
        return (self.f64(), False) if value == 1 else (base + unzigzag(value >> 1), True)

    def optional(self, read):
        flag = self.u8()
        require(flag < 2, f"a byte that must be 0 or 1 is {flag}")
        return read() if flag else None

    def many(self, read):
        count = self.varint()
        require(count <= self.end - self.at, f"{count} entries do not fit")
        return [read() for _ in range(count)]

    def tag(self):
        return self.string(1, 64), self.optional(lambda: self.string(0, 1024))

    def rule(self):
        return self.string(0, 63)

    def project(self):
        return self.string(1, 128)

    def session(self):
        return self.string(1, 256)

    def visitor(self):
        return self.string(0, 256)

    def window(self):
        return self.string(0, 128)

    def done(self, what):
        require(self.at == self.end, f"{what}: {self.end - self.at} bytes too many")


def unzigzag(value):
    return value >> 1 ^ -(value & 1)


class File:
    """A file read by offset, with what the patches for it say over it; every length is checked against its size."""

    def __init__(self, path, patches=()):
        self.path, self.patches = path, patches
        try:
            self.handle = open(path, "rb")
        except OSError as error:
            raise FormatError(f"cannot be opened: {error.strerror}") from None
        self.size = os.fstat(self.handle.fileno()).st_size

    def is_named(self):
        """Whether its name still leads to it."""
        return os.path.samestat(os.fstat(self.handle.fileno()), os.stat(self.path))

    def read(self, offset, length):
        require(0 <= offset and 0 <= length and offset + length <= self.size,
                f"{length} bytes at {offset} do not fit the file's {self.size}")
        data = os.pread(self.handle.fileno(), length, offset)
        require(len(data) == length, f"only {len(data)} of {length} bytes at {offset} could be read")
        for patch in self.patches:
            data = patch.over(data, offset)
        return data


def check_header(data, magic, checksum, version=False):
    """Magic number and checksum at the start of a structure, and the version where there is one."""
    require(data[:4] == magic, f"no magic number {magic.decode()}")
    require(struct.unpack_from("<I", data, 4)[0] == checksum(data[8:]), f"{magic.decode()}: checksum does not fit")
    if version:
        number = struct.unpack_from("<H", data, 8)[0]
        if number != 1:
            raise VersionError(f"is of version {number}, this reader knows 1")


def is_zero(data):
    return data.count(0) == len(data)


# --- Catalog ----------------------------------------------------------------------------------------------------------

class CatalogPage:
    """FORMAT.md, Catalog: a page, or an exception."""

    def __init__(self, data, offset):
        check_header(data, b"SGCT", crc, True)
        self.used, self.frame, self.page, self.pages = struct.unpack_from("<HIII", data, 10)
        self.store = data[24:40]
        self.generation, self.commit, place = struct.unpack_from("<QQQ", data, 40)
        require(max(self.generation, self.commit) <= 1 << 48, "a generation or commit is too large a number")
        require(place == offset and self.used <= 4032 and self.page < self.pages, "page out of place")
        require(self.used == 4032 or self.page == self.pages - 1, "page not full")
        require(is_zero(data[64 + self.used:]), "page not zero after its content")
        self.content = data[64:64 + self.used]
        self.key = (self.frame, self.page, self.pages, self.commit)


class PackFacts:
    """FORMAT.md, Catalog: pack facts."""

    def __init__(self, c):
        self.id = c.id()
        self.bytes, self.footer, self.tier, self.category, self.expiry = (
            c.amount(), c.amount(), c.u8(), c.rule(), c.day())
        require(self.tier in (1, 2), f"a pack of tier {self.tier}")
        self.segments, self.events, self.raw, self.stored, self.packed = (c.amount() for _ in range(5))
        self.first_received, self.last_received = c.time(), c.time()
        self.first_ordinal, self.last_ordinal = c.amount(), c.amount()
        self.dictionaries = c.many(c.id)
        self.erased = tuple(c.varint() for _ in range(6))


class ErasedSegment:
    """FORMAT.md, Packs: what the marker of an erased segment says."""

    def __init__(self, c):
        self.offset, self.bytes, self.events, self.raw, self.stored, self.packed = (c.varint() for _ in range(6))
        self.end = self.offset + self.bytes

    @staticmethod
    def sums(segments):
        """In the order of the facts of a pack."""
        return (len(segments), *(sum(getattr(one, what) for one in segments)
                                 for what in ("events", "raw", "stored", "packed", "bytes")))


class Patch:
    """FORMAT.md, Destruction: what pages of a file will be."""

    def __init__(self, c):
        images = c.many(lambda: (c.varint(), bytes(c.take(c.varint()))))
        self.images = [(offset, len(image), image) for offset, image in images]
        self.zeros = c.many(lambda: (c.varint(), c.varint(), None))
        require(all(offset % PAGE == 0 for offset, _, _ in self.images), "an image begins within a page")
        require(all(offset % PAGE == length % PAGE == 0 for offset, length, _ in self.zeros),
                "zeros are not whole pages")

    def over(self, data, start):
        """Bytes of the file, read from `start` on, as they will be."""
        changed = None
        for offset, length, image in self.zeros + self.images:
            low, high = max(start, offset), min(start + len(data), offset + length)
            if low < high:
                changed = changed or bytearray(data)
                changed[low - start:high - start] = image[low - offset:high - offset] if image else bytes(high - low)
        return data if changed is None else bytes(changed)


class Destruction:
    """FORMAT.md, Destruction: what a `destroy` edit names."""

    def __init__(self, c):
        self.id, self.reason = c.id(), c.u8()
        require(1 <= self.reason <= 3, f"a destruction for reason {self.reason}")
        self.packs = c.many(lambda: (c.id(), Patch(c), tuple(c.varint() for _ in range(6))))
        self.journals = c.many(lambda: (c.id(), self.flag(c), Patch(c), c.amount()))

    @staticmethod
    def flag(c):
        flag = c.u8()
        require(flag < 2, f"a byte that must be 0 or 1 is {flag}")
        return flag == 1


class Receipt:
    """FORMAT.md, Catalog: receipt."""

    def __init__(self, c):
        self.id, self.time, self.target, self.name = c.id(), c.time(), c.u8(), bytes(c.take(16))
        require(1 <= self.target <= 4, f"a receipt for target {self.target}")
        self.sums = tuple(c.amount() for _ in range(6))
        self.done = Destruction.flag(c)


class Catalog:
    """FORMAT.md, Catalog: the frames of the file and the state that their edits lead to."""

    def __init__(self, path):
        self.file, self.problems = File(path), []
        self.journals, self.packs, self.dictionaries, self.uses, self.pins = {}, {}, {}, {}, {}
        self.tags, self.finishes, self.tombstones, self.applied = [], [], {}, 0
        self.trainings, self.gone, self.holds, self.totals, self.snapshots = {}, {}, {}, {}, {}
        self.destructions, self.receipts, self.erasure_applied, self.snapshot_time = {}, {}, 0, 0.0
        self.store = self.policy = None
        try:
            for number, content in enumerate(self.frames(self.pages())):
                self.apply(content, number)
            require(self.store is not None, "no frame 0 with a store")
        except FormatError as error:
            error.file = self.file
            raise

    def pages(self):
        """The valid pages by offset. What is wrong with others is kept for `frames` to judge."""
        found, self.bad = {}, {}
        for offset in range(0, self.file.size - PAGE + 1, PAGE):
            data = self.file.read(offset, PAGE)
            try:
                page = CatalogPage(data, offset)
            except VersionError:
                raise
            except FormatError as error:
                self.bad[offset] = str(error)
                continue
            first = next(iter(found.values()), page)
            if (page.store, page.generation) == (first.store, first.generation):
                found[offset] = page
            else:
                self.bad[offset] = "of another store or generation"
        require(found, "no valid page")
        return found

    def frames(self, found):
        """The contents of the complete frames."""
        frames, start, self.commit, samples = [], 0, None, {}
        for page in found.values():
            samples.setdefault(page.frame, page)
        first = next(iter(found.values()))
        self.id, self.generation = first.store, first.generation
        while True:
            sample = samples.get(len(frames))
            content = self.frame(found, sample, start) if sample else None
            if content is None:
                break
            if frames and sample.commit != self.commit + 1:
                self.problems.append(f"frame {len(frames)}: commit {sample.commit} after {self.commit}")
            frames.append(content)
            start, self.commit = start + 2 * sample.pages * PAGE, sample.commit
        require(not any(page.frame > len(frames) for page in found.values()),
                f"frame {len(frames)} is damaged and valid pages follow it")
        # What follows the last complete frame was never committed.
        self.problems += [f"page at {offset}: {text}" for offset, text in self.bad.items() if offset < start]
        return frames

    def frame(self, found, sample, start):
        """The content of a frame from the one or other copy of its pages, or None."""
        content = b""
        for page in range(sample.pages):
            key = (sample.frame, page, sample.pages, sample.commit)
            offsets = (start + page * PAGE, start + (sample.pages + page) * PAGE)
            copies = [found[offset].content for offset in offsets if offset in found and found[offset].key == key]
            if not copies:
                return None
            if len(copies) == 1 or copies[0] != copies[1]:
                self.problems.append(f"frame {sample.frame}: the two copies of its page {page} are not both valid")
            content += copies[0]
        return content

    def apply(self, content, number):
        c = Cursor(content)
        while c.at < c.end:
            kind, length = c.u8(), c.varint()
            body, where = Cursor(c.take(length)), f"frame {number}: edit {kind}"
            require(1 <= kind <= 34, f"{where} is unknown")
            require((kind == 1) <= (number == 0), f"{where} after frame 0")
            try:
                self.edit(kind, body)
            except KeyError:
                raise FormatError(f"{where}: names what is not there") from None
            body.done(where)

    def edit(self, kind, c):
        if kind == 1:
            self.store = (c.time(), c.id(), c.id())
        elif kind == 2:
            self.add(self.journals, c.id(), {"ordinal": c.amount(), "epoch": c.amount(), "created": c.time(),
                                             "end": None, "damaged": 0})
        elif kind == 3:
            self.journals[c.id()].update({"end": c.amount(), "damaged": c.varint()})
        elif kind == 5:
            facts = PackFacts(c)
            self.add(self.packs, facts.id, facts)
        elif kind in (4, 6, 8, 22):
            del {4: self.journals, 6: self.packs, 8: self.dictionaries, 22: self.gone}[kind][c.id()]
        elif kind == 7:
            self.add(self.dictionaries, c.id(), {
                "sha": c.take(32), "project": c.string(0, 128), "version": c.amount(), "content": c.amount(),
                "bytes": c.amount(), "created": c.time()})
        elif kind == 9:
            self.uses.update({c.string(0, 128): c.optional(c.id)})
        elif kind == 10:
            self.tags.append((c.varint(), (c.project(), c.session()), c.time(), c.many(c.tag)))
        elif kind == 11:
            self.finishes.append((c.varint(), (c.project(), c.session()), c.time()))
        elif kind == 12:
            self.applied = max(self.applied, c.varint())
        elif kind == 13:
            c.time()
        elif kind in (14, 19):
            c.amount()
        elif kind == 15:
            self.pins.update({(c.project(), c.session()): c.time()})
        elif kind == 16:
            self.pins.pop((c.project(), c.session()), None)
        elif kind == 17:
            version, document = c.amount(), bytes(c.take(c.varint()))
            self.policy = (version, document) if document else None
        elif kind == 18:
            self.bury(bytes(c.take(16)), c.u8(), c.time(), c.varint(), c.day())
        elif kind == 20:
            self.trainings.update({c.string(0, 128): (c.time(), c.amount(), c.time())})
        else:
            self.edit_retention(kind, c)

    def edit_retention(self, kind, c):
        if kind == 21:
            self.add(self.gone, c.id(), {"entries": c.amount(), "last": c.day()})
        elif kind == 23:
            key, day = (c.project(), c.session()), c.day()
            self.holds.pop(key, None)
            self.holds.update({key: day} if day else {})
        elif kind == 24:
            destruction = Destruction(c)
            self.add(self.destructions, destruction.id, destruction)
        elif kind == 25:
            self.settle(c.id())
        elif kind == 26:
            self.erasure_applied = max(self.erasure_applied, c.varint())
        elif kind == 27:
            receipt = Receipt(c)
            self.receipts[receipt.id] = receipt
            if len(self.receipts) > 10_000:
                del self.receipts[next(iter(self.receipts))]
        elif kind == 28:
            key = (c.day(), c.rule())
            sums = self.totals.get(key, (0,) * 7)
            self.totals[key] = tuple(a + c.varint() & (1 << 64) - 1 for a in sums)
        elif kind == 29:
            first = c.day()
            self.totals = {key: sums for key, sums in self.totals.items() if key[0] >= first}
        elif kind == 30:
            first = c.day()
            self.tombstones = {name: stone for name, stone in self.tombstones.items() if stone["until"] >= first}
        elif kind == 31:
            self.snapshots.update({c.id(): (c.time(), c.string(0, 4096))})
        elif kind == 32:
            self.snapshots.pop(c.id(), None)
        elif kind == 33:
            self.snapshot_time = c.time()
        elif kind == 34:
            facts = self.packs[c.id()]
            facts.expiry = c.day()

    @staticmethod
    def add(table, name, facts):
        require(name not in table, f"{name.hex()} is added twice")
        table[name] = facts

    def bury(self, name, target, time, commit, until):
        """FORMAT.md, Catalog: a tombstone, and what it takes away."""
        require(1 <= target <= 4, f"a tombstone for target {target}")
        stone = self.tombstones.setdefault(name, {"target": target, "time": time, "commit": commit, "until": until})
        stone["until"] = max(stone["until"], until)
        self.tags = [edit for edit in self.tags if not self.is_erased(edit[1])]
        self.finishes = [edit for edit in self.finishes if not self.is_erased(edit[1])]
        for table in (self.pins, self.holds):
            for key in [key for key in table if self.is_erased(key)]:
                del table[key]

    def tombstone(self, key):
        """The tombstone of a session, if there is one."""
        return self.tombstones.get(erased_name(self.store[2], 1, *key)) if self.tombstones else None

    def is_erased(self, key):
        return self.tombstone(key) is not None

    def settle(self, identifier):
        """A destruction is done: what it took away is added to the facts of its packs."""
        destruction = self.destructions.pop(identifier, None)
        for pack, _, sums in destruction.packs if destruction else ():
            if pack in self.packs:
                self.packs[pack].erased = add(self.packs[pack].erased, sums)

    def erased(self, pack):
        """What is gone from a pack: by its facts, and by the destructions that are not done."""
        sums = self.packs[pack].erased
        for destruction in self.destructions.values():
            for name, _, more in destruction.packs:
                sums = add(sums, more) if name == pack else sums
        return sums

    def pack_patches(self, pack):
        return [patch for destruction in self.destructions.values()
                for name, patch, _ in destruction.packs if name == pack]

    def journal_patches(self, journal):
        return [patch for destruction in self.destructions.values()
                for name, aside, patch, _ in destruction.journals if name == journal and not aside]


def add(a, b):
    return tuple(one + other for one, other in zip(a, b))


def read_catalog(path):
    """FORMAT.md, Reading a store, 1: the catalog, read again where another took its place meanwhile."""
    while True:
        try:
            catalog = Catalog(path)
            file, failure = catalog.file, None
        except FormatError as error:
            file, failure = getattr(error, "file", None), error
        try:
            moved = file is not None and not file.is_named()
        except OSError:
            moved = False
        if not moved and failure:
            raise failure
        if not moved:
            return catalog


# --- Journals ---------------------------------------------------------------------------------------------------------

class Record:
    """FORMAT.md, Journals: a record. `data` holds the journal's bytes from `base` to the end of the group."""

    def __init__(self, journal, data, base, offset):
        at = offset - base
        require(at + RECORD <= len(data) and data[at:at + 4] == b"SGRC", f"no record at {offset}")
        (checksum, place, head, self.stored, self.payload_crc, self.raw_bytes, self.sequence, self.received,
         self.events, self.kind, self.flags) = struct.unpack_from("<IQIIIIQdIBB", data, at + 4)
        require(place == offset and RECORD <= head and at + head + self.stored <= len(data),
                f"record at {offset}: lengths")
        require(checksum == placed(journal, offset, data[at + 8:at + head]), f"record at {offset}: checksum")
        self.offset, self.end = offset, offset + head + self.stored
        self.payload = data[at + head:at + head + self.stored]
        require(crc(self.payload) == self.payload_crc, f"record at {offset}: checksum of the payload")
        require(1 <= self.kind <= 4 and self.flags < 4, f"record at {offset}: kind {self.kind}, flags {self.flags}")
        require(self.raw_bytes <= 128 * MIB, f"record at {offset}: too large")
        c = Cursor(data, at + RECORD, at + head)
        if self.kind == 4:
            self.read_erased(c)
            return
        self.key, self.applied = (c.project(), c.session()), c.varint()
        self.table, self.pages, self.visitor = [], [], ""
        if self.kind == 1:
            self.read_events(c)
        elif self.kind == 2:
            self.tags = [(key, value, self.received) for key, value in c.many(c.tag)]
        c.done(f"record at {offset}")
        require(self.kind == 1 or self.events == self.stored == 0, f"record at {offset}: events where none may be")

    def read_erased(self, c):
        """FORMAT.md, Journals: an erased record names nothing, and is zeros but for the applied commit."""
        where = f"record at {self.offset}: "
        self.key = None
        require((c.string(), c.string()) == ("", ""), where + "erased, and has a name")
        self.applied = c.varint()
        c.done(f"record at {self.offset}")
        require(self.raw_bytes == self.sequence == self.received == self.events == self.flags == 0
                and is_zero(self.payload) and self.end % 8 == 0, where + "erased, and not zero where it should be")

    def read_events(self, c):
        self.window, self.visitor, self.batch, self.raw_crc, self.reference = (
            c.window(), c.visitor(), c.string(0, 128), c.u32(), c.f64())
        require(self.events <= c.end - c.at, "an event table is cut off")
        require(math.isfinite(self.reference), "a reference is no number")
        previous = math.floor(self.reference)
        for _ in range(self.events):
            mark, length = c.u8(), c.varint()
            time, whole = c.instant(previous)
            previous = time if whole else previous
            self.table.append((mark, length, time))
        self.pages = c.many(lambda: (c.varint(), c.string(0, 2048)))

    def plausible(self):
        """The plausible timestamps (FORMAT.md, end of Journals)."""
        for _, _, time in self.table:
            if abs(time - self.reference) <= 7 * DAY and not (self.flags & 2 and abs(time - self.received) > 7 * DAY):
                yield time

    def raw(self):
        """The NDJSON."""
        data = self.payload
        if self.flags & 1:
            try:
                data = lz4.block.decompress(data, uncompressed_size=self.raw_bytes)
            except Exception as error:
                raise FormatError(f"record at {self.offset}: {error}") from None
        require(len(data) == self.raw_bytes and crc(data) == self.raw_crc, f"record at {self.offset}: raw payload")
        return data

    def windows(self):
        return [(self.window, self.events)]

    def tally(self, kind):
        return sum(1 for mark, _, _ in self.table if mark & 0x7F == kind | 0x40)


class Journal:
    """FORMAT.md, Journals: the records of a journal that can be read, and what is wrong with it."""

    def __init__(self, store, identifier, facts):
        self.id, self.problems, self.records = identifier, [], []
        self.name = f"journals/{identifier.hex()}.journal"
        durable = store.durable(identifier)  # first, for a journal in use grows
        self.file = File(os.path.join(store.path, self.name), store.catalog.journal_patches(identifier))
        header = self.file.read(0, PAGE)
        check_header(header, b"SGJL", crc, True)
        require(header[16:48] == store.catalog.id + identifier, "of another store, or another journal")
        require(struct.unpack_from("<QQd", header, 48) == (facts["ordinal"], facts["epoch"], facts["created"]),
                "the header differs from the catalog")
        require(is_zero(header[10:16] + header[72:]), "the header is not zero where it should be")
        sealed, size = facts["end"], self.file.size
        if sealed is not None and sealed > size:
            self.problems.append(f"sealed at {sealed}, {size} bytes long")
        self.read(min(sealed or size, size), sealed, durable, store.writer_lives)
        if facts["damaged"]:
            self.problems.append("was sealed with damage")

    def read(self, limit, sealed, durable, writer_lives):
        """FORMAT.md, Reading a store, 4, and Partial writes: what is a torn tail and what is damage."""
        groups = list(self.groups(limit))
        promised = max([sealed or 0, durable] + [group[2] for group in groups])
        if sealed is None and promised and writer_lives:
            limit = min(limit, promised)
        at = PAGE
        for offset, end, _, records in groups + [(limit, limit, 0, [])]:
            if offset > at:  # no valid group from `at` to `offset`
                if at >= promised:
                    break
                self.problems.append(f"damage from {at} to {min(offset, promised)}")
                self.records += self.salvage(at, offset)
            if offset >= limit:
                break
            self.records += records
            at = end

    def groups(self, limit):
        """The groups that are valid throughout, wherever they begin: offset, next group, durable, records."""
        at = PAGE
        while at + GROUP <= limit:
            try:
                group = self.group(at, limit)
            except FormatError:
                at += PAGE
                continue
            yield group
            at = group[1]

    def group(self, offset, limit):
        header = self.file.read(offset, GROUP)
        check_header(header, b"SGGR", lambda data: placed(self.id, offset, data))
        place, durable, length, count = struct.unpack_from("<QQII", header, 24)
        require(header[8:24] == self.id and place == offset and GROUP <= length <= limit - offset, "lengths")
        end = offset + -(-length // PAGE) * PAGE
        data = self.file.read(offset, length)
        records, at = [], offset + GROUP
        while at < offset + length:
            records.append(Record(self.id, data, offset, at))
            at = -(-records[-1].end // 8) * 8
        require(len(records) == count and at - offset - length in range(8), "records")  # zeros may end the last one
        if not is_zero(self.file.read(offset + length, min(end, self.file.size) - offset - length)):
            self.problems.append(f"group at {offset}: not zero to the next page")
        return offset, end, durable, records

    def salvage(self, start, end):
        """The valid records in a damaged part."""
        data, records, at = self.file.read(start, end - start), [], 0
        while (at := data.find(b"SGRC", at)) >= 0:
            try:
                records.append(Record(self.id, data, start, start + at))
                at = records[-1].end - start
            except FormatError:
                at += 4
        return records


# --- Packs ------------------------------------------------------------------------------------------------------------

class BlockFacts:
    """FORMAT.md, Packs: a block in the directory."""

    def __init__(self, c, offset, first, base):
        """`offset` of the block's header; `first` the sequence after the block before; `base` its range start."""
        self.offset = offset
        self.header, self.stored, self.raw_bytes, self.frame_crc = c.varint(), c.varint(), c.varint(), c.u32()
        self.codec, self.dictionary, self.events = c.u8(), c.u8(), c.varint()
        self.sequence = first + c.varint()
        self.epoch, self.flags, self.range = c.varint(), c.u8(), None
        require(self.flags < 8 and self.flags & 6 != 6 and self.codec < 2, "block: flags or codec")
        require(self.raw_bytes <= 128 * MIB and self.header >= 32, "block: lengths")
        if self.flags & 1:
            start = base + c.zigzag()
            self.range = (start, start + c.varint())
        self.runs = c.many(lambda: (c.varint(), c.varint()))
        start = self.range[0] if self.range else 0
        self.keyframes = c.many(lambda: (c.varint(), c.varint(), c.varint(), c.varint(), c.instant(start)[0]))
        require(sum(n for _, n in self.runs) == self.events, "block: its runs do not add up to its events")
        self.frame, self.end = offset + self.header, offset + self.header + self.stored
        self.next = self.sequence + self.events


class SegmentFacts:
    """FORMAT.md, Packs: facts."""

    def __init__(self, c):
        self.range = c.optional(lambda: (c.time(), c.time()))
        self.received = (c.time(), c.time())
        self.kinds = c.many(lambda: (c.u8(), c.varint(), c.varint()))
        self.clicks, self.errors, self.packed, self.implausible, self.active = (c.varint() for _ in range(5))
        self.activity = c.optional(lambda: (c.time(), c.time()))
        self.pages, self.hrefs = c.varint(), c.many(lambda: c.string(0, 2048))


class Entry:
    """FORMAT.md, Packs: a directory entry."""

    LIVE, ERASED = 1, 2

    def __init__(self, pack, offset, limit):
        self.pack, self.at = pack, offset
        self.length, checksum = struct.unpack("<II", pack.file.read(offset, 8))
        self.next = offset + self.length
        require(15 <= self.length <= limit - offset, f"directory entry at {offset}: length")
        body = pack.file.read(offset + 8, self.length - 8)
        require(checksum == placed(pack.id, offset, body), f"directory entry at {offset}: checksum")
        c = Cursor(body)
        self.state = c.u8()
        require(self.state in (self.LIVE, self.ERASED), f"directory entry at {offset}: state {self.state}")
        if self.state == self.LIVE:
            self.read(c)
            c.done(f"directory entry at {offset}")
        else:
            self.erased = ErasedSegment(c)
            self.offset, self.bytes, self.end = self.erased.offset, self.erased.bytes, self.erased.end
            require(is_zero(c.take(c.end - c.at)), f"directory entry at {offset}: erased, and not zero to its end")
        require(self.end <= pack.directory, f"directory entry at {offset}: its segment lies outside of the segments")

    def read(self, c):
        self.offset, self.bytes, self.ordinal, self.sequence = (c.varint() for _ in range(4))
        self.key, self.visitor = (c.project(), c.session()), c.visitor()
        self.names, self.dictionaries = c.many(c.window), c.many(c.id)
        self.facts = SegmentFacts(c)
        self.tags = c.many(lambda: (*c.tag(), c.time()))
        self.finished = c.optional(c.time)
        self.rule, self.rate = c.rule(), c.time()
        self.batches = c.many(lambda: (c.u64(), c.u32(), c.varint(), c.varint(), c.varint(), c.time()))
        count, self.header, self.blocks = c.varint(), c.varint(), []
        offset, sequence, base = self.offset + self.header, self.sequence, 0
        for _ in range(count):
            block = BlockFacts(c, offset, sequence, base)
            offset, sequence = block.end, block.next
            base = block.range[0] if block.range else base
            self.blocks.append(block)
            require(all(run < len(self.names) for run, _ in block.runs), "block: a window that is not in the list")
        self.end = self.offset + self.bytes
        require(offset == self.end, f"directory entry at {self.at}: its blocks do not fill the segment")


class Block:
    """FORMAT.md, Packs: a block, as the directory finds it."""

    def __init__(self, entry, facts):
        self.entry, self.facts, self.sequence, self.events = entry, facts, facts.sequence, facts.events
        self.raw_bytes = facts.raw_bytes

    def windows(self):
        return [(self.entry.names[window], events) for window, events in self.facts.runs]

    def raw(self):
        facts, pack, where = self.facts, self.entry.pack, f"block at {self.facts.offset}"
        frame = pack.file.read(facts.frame, facts.stored)
        require(placed(pack.id, facts.frame, frame) == facts.frame_crc, f"{where}: checksum of the frame")
        if facts.codec == 0:
            require(facts.stored == facts.raw_bytes, f"{where}: lengths")
            return frame
        require(facts.dictionary <= len(self.entry.dictionaries), f"{where}: no dictionary {facts.dictionary}")
        name = self.entry.dictionaries[facts.dictionary - 1] if facts.dictionary else None
        return decompress(frame, facts.raw_bytes, name and pack.store.dictionary(name).decoder, where)

    def check_header(self):
        """FORMAT.md, Packs, Block: the header, against the directory."""
        facts, pack = self.facts, self.entry.pack
        data, where = pack.file.read(facts.offset, facts.header), f"block at {facts.offset}"
        check_header(data, b"SGBK", lambda rest: placed(pack.id, facts.offset, rest))
        c = Cursor(data, 8)
        fields = c.unpack("HBBIIIQ") + (c.varint(), c.varint(), c.many(lambda: (c.varint(), c.varint())))
        c.done(where)
        require(fields == (facts.header, facts.codec, facts.dictionary, facts.stored, facts.raw_bytes, facts.frame_crc,
                           facts.sequence, facts.epoch, facts.events, facts.runs),
                f"{where}: differs from the directory")


def decompress(frame, size, dictionary, where):
    """One zstd frame with its content size, and nothing after it."""
    try:
        require(zstandard.frame_content_size(frame) == size, f"{where}: content size")
        decoder = zstandard.ZstdDecompressor(dict_data=dictionary) if dictionary else zstandard.ZstdDecompressor()
        data = decoder.decompress(frame, max_output_size=size, allow_extra_data=False)
    except zstandard.ZstdError as error:
        raise FormatError(f"{where}: {error}") from None
    require(len(data) == size, f"{where}: {len(data)} bytes instead of {size}")
    return data


class Pack:
    """FORMAT.md, Packs."""

    def __init__(self, store, identifier):
        self.store, self.id, self.entries = store, identifier, []
        self.name = f"packs/{identifier.hex()}.pack"
        self.file = File(os.path.join(store.path, self.name), store.catalog.pack_patches(identifier))
        self.size = store.catalog.packs[identifier].bytes  # what stands behind these bytes is not part of the pack
        self.read_header(store)
        self.read_footer()
        at = self.directory
        while at < self.locators:
            self.entries.append(Entry(self, at, self.locators))
            at = self.entries[-1].next
        require(len(self.entries) == self.segments, f"{len(self.entries)} entries for {self.segments} segments")

    def read_header(self, store):
        data = self.file.read(0, 128)
        check_header(data, b"SGPK", crc, True)
        require(data[16:48] == store.catalog.id + self.id, "of another store, or another pack")
        self.tier, _, self.expiry = struct.unpack_from("<BBI", data, 10)
        require(data[56] <= 63, "the header's class is too long")
        self.category = data[57:57 + data[56]].decode("utf-8", "replace")

    def read_footer(self):
        at = self.size - 128
        data = self.file.read(at, 128)
        check_header(data, b"SGPF", lambda rest: placed(self.id, at, rest))
        require(data[8:24] == self.id and data[124:] == b"SGPF" and is_zero(data[120:124]), "footer")
        (size, self.directory, self.locators, self.segments, self.locators_crc, self.events, self.raw, self.stored,
         self.first_received, self.last_received, self.first_ordinal, self.last_ordinal,
         self.packed) = struct.unpack_from("<QQQIIQQQddQQQ", data, 24)
        require(size == self.size and 128 <= self.directory <= self.locators
                and self.locators + 24 * self.segments == at, "the footer's offsets do not fit")


class Dictionary:
    """FORMAT.md, Dictionaries: one copy."""

    def __init__(self, store, identifier, copy):
        facts = store.catalog.dictionaries.get(identifier)
        require(facts is not None, f"dictionary {identifier.hex()} is not in the catalog")
        file = File(os.path.join(store.path, f"dictionaries/{identifier.hex()}.{copy}.dict"))
        data = file.read(0, 128)
        check_header(data, b"SGDC", crc, True)
        require(data[16:48] == store.catalog.id + identifier, "of another store, or another dictionary")
        sha, (size, stored, checksum) = data[48:80], struct.unpack_from("<QQI", data, 80)
        require(is_zero(data[10:16] + data[100:]), "the header is not zero where it should be")
        require(size == facts["content"] <= 64 * MIB and file.size == facts["bytes"] == 128 + stored, "lengths")
        frame = file.read(128, stored)
        require(crc(frame) == checksum, "checksum of the frame")
        self.content, self.file_bytes = decompress(frame, size, None, "frame"), data + frame
        require(hashlib.sha256(self.content).digest() == sha == facts["sha"], "SHA-256")
        formatted = self.content[:4] == b"\x37\xa4\x30\xec"
        kind = zstandard.DICT_TYPE_FULLDICT if formatted else zstandard.DICT_TYPE_RAWCONTENT
        self.decoder = zstandard.ZstdCompressionDict(self.content, dict_type=kind)


# --- Gone lists -------------------------------------------------------------------------------------------------------

class GoneList:
    """FORMAT.md, Gone lists: rows of key hash, until, reason."""

    def __init__(self, store, identifier, facts):
        file = File(os.path.join(store.path, f"gone/{identifier.hex()}.gone"))
        require(facts["entries"] <= 1 << 24 and file.size == 64 + 16 * facts["entries"],
                f"{file.size} bytes long for {facts['entries']} entries")
        data = file.read(0, file.size)
        check_header(data, b"SGGN", crc, True)
        require(data[16:48] == store.catalog.id + identifier, "of another store, or another list")
        require(struct.unpack_from("<I", data, 48)[0] == facts["entries"], "number of entries")
        require(is_zero(data[10:16] + data[52:64]), "the header is not zero where it should be")
        self.rows = []
        for name, until, reason, rest in struct.iter_unpack("<QIB3s", data[64:]):
            require(1 <= reason <= 3 and is_zero(rest), f"entry {len(self.rows)}: reason {reason}")
            require(not self.rows or self.rows[-1][0] < name, f"entry {len(self.rows)} is not in order")
            self.rows.append((name, until, reason))
        require(max((until for _, until, _ in self.rows), default=0) == facts["last"], "the last day")


# --- Reading a store --------------------------------------------------------------------------------------------------

class LockRecord:
    """FORMAT.md, Lock records."""

    def __init__(self, path):
        data = File(path).read(0, 256)
        check_header(data, b"SGLK", crc)
        self.held, self.mark, length, self.process, self.started, self.taken = struct.unpack_from("<BBHIdd", data, 8)
        require(length <= 224 and is_zero(data[32 + length:]), "host name")
        self.host = data[32:32 + length].decode("utf-8", "replace")

    def holder_lives(self):
        return self.held == 1 and (self.host != socket.gethostname() or os.path.exists(f"/proc/{self.process}")
                                   or not os.path.isdir("/proc"))


class Session:
    """The parts of one session, in order of sequence."""

    def __init__(self, key, applied):
        """`applied` is the highest applied commit of catalog and journals."""
        self.key, self.applied, self.entries, self.records, self.units = key, applied, [], [], []

    def arrange(self):
        self.entries.sort(key=lambda entry: (entry.ordinal, entry.sequence))
        self.units = [Block(entry, block) for entry in self.entries for block in entry.blocks]
        self.units += [record for record in self.records if record.kind == 1 and record.events]
        self.units.sort(key=lambda unit: unit.sequence)

    def breaks(self):
        """Jumps and overlaps of the sequence, which begins at 0: (next expected, found)."""
        expected = [0] + [unit.sequence + unit.events for unit in self.units]
        return [(due, unit.sequence) for due, unit in zip(expected, self.units) if due != unit.sequence]

    def tags(self, catalog):
        """FORMAT.md, Reading a store, 5."""
        tags = {}
        changes = [change for entry in self.entries for change in entry.tags]
        changes += [change for record in self.records if record.kind == 2 for change in record.tags]
        for commit, key, time, edits in catalog.tags:
            if key == self.key and commit > self.applied:
                changes += [(name, value, time) for name, value in edits]
        for name, value, _ in changes:
            tags[name] = value
        return {name: value for name, value in sorted(tags.items()) if value is not None}

    def finished(self, catalog):
        times = [entry.finished for entry in self.entries if entry.finished is not None]
        times += [record.received for record in self.records if record.kind == 3]
        times += [time for commit, key, time in catalog.finishes if key == self.key and commit > self.applied]
        return times[-1] if times else None

    def summary(self, catalog):
        ranges = [time for entry in self.entries for time in entry.facts.range or ()]
        ranges += [time for record in self.records for time in record.plausible()]
        visitors = [part.visitor for part in self.entries + self.records if part.visitor]
        facts = [entry.facts for entry in self.entries]
        edges = [entry.sequence for entry in self.entries] + [record.sequence for record in self.records]
        ends = [unit.sequence + unit.events for unit in self.units] or edges
        return {
            "project": self.key[0], "session": self.key[1], "visitor": visitors[0] if visitors else "",
            "events": sum(unit.events for unit in self.units), "rawBytes": sum(unit.raw_bytes for unit in self.units),
            "windows": list(dict.fromkeys(name for unit in self.units for name, _ in unit.windows())),
            "tags": self.tags(catalog), "finished": plain(self.finished(catalog)),
            "start": plain(min(ranges, default=None)), "end": plain(max(ranges, default=None)),
            "clicks": sum(f.clicks for f in facts) + sum(record.tally(18) for record in self.records),
            "errors": sum(f.errors for f in facts) + sum(record.tally(6) for record in self.records),
            "pages": sum(f.pages for f in facts) + sum(len(record.pages) for record in self.records),
            "firstSequence": min([unit.sequence for unit in self.units] or edges), "nextSequence": max(ends)}

    def lines(self, window=None):
        """The events' NDJSON, in order of sequence, of one window or all."""
        for unit in self.units:
            raw = unit.raw()
            if window is None:
                yield raw
                continue
            lines, at = split(raw), 0
            for name, events in unit.windows():
                if name == window:
                    yield from lines[at:at + events]
                at += events


def plain(time):
    return int(time) if isinstance(time, float) and time.is_integer() else time


def split(raw):
    """The lines of NDJSON, each with its line feed."""
    lines = raw.split(b"\n")
    require(lines.pop() == b"", "the last event has no line feed")
    return [line + b"\n" for line in lines]


class Store:
    """FORMAT.md, Reading a store. With `problems`, what cannot be read is noted there instead of raised."""

    def __init__(self, path, problems=None):
        self.path, self.problems, self.loaded = path, problems, {}
        self.catalog = self.attempt("catalog", lambda: read_catalog(os.path.join(path, "catalog")))
        if self.catalog is None:
            raise FormatError("catalog: cannot be read")
        self.writer_lives = self.writer()
        self.packs = self.open(self.catalog.packs, "packs/%s.pack", lambda name: Pack(self, name))
        order = sorted(self.catalog.journals, key=lambda name: self.catalog.journals[name]["ordinal"])
        self.journals = self.open(order, "journals/%s.journal",
                                  lambda name: Journal(self, name, self.catalog.journals[name]))
        self.lost = []
        self.gone = self.remembered()
        self.sessions = self.gather()

    def attempt(self, name, action):
        try:
            return action()
        except FormatError as error:
            if self.problems is None:
                raise FormatError(f"{name}: {error}") from None
            self.problems.append(f"{name}: {error}")

    def open(self, names, pattern, action):
        opened = [self.attempt(pattern % name.hex(), lambda: action(name)) for name in names]
        return [one for one in opened if one is not None]

    def remembered(self):
        """FORMAT.md, Gone lists: the key hashes that are remembered today. A list that is lost is taken for empty."""
        today, hashes = time.time() * 1000 // DAY, set()
        for name, facts in self.catalog.gone.items():
            try:
                rows = GoneList(self, name, facts).rows
            except FormatError as error:
                self.lost.append(f"gone/{name.hex()}.gone: {error}")
                continue
            hashes.update(row[0] for row in rows if row[1] >= today)
        if self.problems is not None:
            self.problems += self.lost
        return hashes

    def writer(self):
        try:
            return LockRecord(os.path.join(self.path, "writer.lock")).holder_lives()
        except FormatError:
            return False

    def durable_mark(self):
        file = File(os.path.join(self.path, "durable"))
        require(file.size == 64, f"{file.size} bytes long")
        data = file.read(0, 64)
        check_header(data, b"SGDU", crc)
        return data

    def durable(self, journal):
        """FORMAT.md, Durable mark: the position, or 0 where it says nothing of this journal."""
        try:
            data = self.durable_mark()
        except FormatError:
            return 0
        return struct.unpack_from("<Q", data, 24)[0] if data[8:24] == journal else 0

    def dictionary(self, name):
        """A dictionary, from the second copy if the first is bad."""
        if name not in self.loaded:
            try:
                self.loaded[name] = Dictionary(self, name, "a")
            except FormatError:
                self.loaded[name] = Dictionary(self, name, "b")
        return self.loaded[name]

    def gather(self):
        """FORMAT.md, Reading a store, 3: what has a segment or a record, no tombstone, and is in no gone list."""
        sessions, hidden = {}, {}
        applied = max([self.catalog.applied] + [record.applied for journal in self.journals
                                                for record in journal.records])

        def session(key):
            if key not in hidden:
                hidden[key] = self.catalog.is_erased(key) or bool(self.gone) and key_hash(*key) in self.gone
            return Session(key, applied) if hidden[key] else sessions.setdefault(key, Session(key, applied))

        for pack in self.packs:
            for entry in pack.entries:
                if entry.state == Entry.LIVE:
                    session(entry.key).entries.append(entry)
        for journal in self.journals:
            for record in journal.records:
                if record.key is not None:
                    session(record.key).records.append(record)
        for session in sessions.values():
            session.arrange()
        return [sessions[key] for key in sorted(sessions, key=lambda key: [part.encode() for part in key])]


def open_store(path, problems=None):
    """The store; read again if its catalog changes meanwhile, for then a journal it named may be gone."""
    def version():
        try:
            catalog = read_catalog(os.path.join(path, "catalog"))
        except FormatError as error:
            raise FormatError(f"catalog: {error}") from None
        return catalog.generation, catalog.commit

    for attempt in range(10):
        noted, before = [], version()
        try:
            store = Store(path, None if problems is None else noted)
            if not noted and not store.lost or version() == before:
                break
        except FormatError:
            if attempt == 9 or version() == before:
                raise
    if problems is not None:
        problems += noted
    return store


# --- Checking ---------------------------------------------------------------------------------------------------------

class Events:
    """What the events themselves, parsed as JSON, say; to compare with what the index says."""

    ACTIVE = (1, 2, 3, 5, 6, 12)

    def __init__(self, lines):
        self.kinds, self.times, self.user, self.hrefs = [], [], [], []
        for line in lines:
            try:
                event = json.loads(line)
            except (ValueError, RecursionError):
                raise FormatError("an event is not JSON that can be parsed") from None
            self.kinds.append(self.kind(event))
            event = event if isinstance(event, dict) else {}
            time, data = self.time(event.get("timestamp")), event.get("data")
            self.times.append(time)
            if self.kinds[-1] - 16 in self.ACTIVE and time is not None:
                self.user.append(time)
            if self.kinds[-1] == 4 and isinstance(data, dict) and isinstance(data.get("href"), str):
                self.hrefs.append(self.cut(data["href"]))

    def active(self):
        """FORMAT.md, Packs, Active time: the least and the most it can be, as steps may be rounded down.

        Where times fall, what counts as the event before is open, so then there is only an upper limit."""
        steps = [time - before for before, time in zip(self.user, self.user[1:])]
        counted = [step for step in steps if 0 < step <= 10_000]
        if all(step >= 0 for step in steps):
            return sum(map(int, counted)), sum(counted)
        return 0, 10_000 * len(steps)

    @staticmethod
    def cut(href):
        """At most 2,048 bytes of UTF-8, whole characters; surrogates without their other half replaced."""
        href = href.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
        return href[:2048].decode("utf-8", "ignore")

    @staticmethod
    def time(value):
        number = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e300
        return float(value) if number else None

    @staticmethod
    def kind(event):
        """FORMAT.md, Journals: the kind in the event table. 2.0 is 2."""
        if not isinstance(event, dict):
            return 8
        kind, data = event.get("type"), event.get("data")
        if kind == 3:
            source = data.get("source") if isinstance(data, dict) else None
            return 16 + int(source) if source in range(47) else 63
        return int(kind) if kind in range(8) else 9

    def known_times(self):
        return [time for time in self.times if time is not None]


class Checker:
    """Verifies every checksum and every claim of a store."""

    def __init__(self, path):
        self.path, self.problems, self.kinds, self.metas, self.counts = path, [], {}, [], [0, 0, 0]
        self.notes = []  # what may be so where files are, or were, shared with a snapshot
        self.store = open_store(path, self.problems)

    def run(self):
        store = self.store
        self.note("catalog", store.catalog.problems)
        for name in ("catalog.lock", "writer.lock", "maintenance.lock"):
            if os.path.exists(path := os.path.join(self.path, name)) and os.path.getsize(path):
                self.guard(name, lambda: LockRecord(path))
        if os.path.exists(os.path.join(self.path, "durable")):
            self.guard("durable", store.durable_mark)
        self.check_catalog(store.catalog)
        for name in store.catalog.dictionaries:
            self.check_dictionary(name)
        for journal in store.journals:
            self.note(journal.name, journal.problems)
            for record in journal.records:
                self.guard(journal.name, lambda: self.check_record(record))
        for pack in store.packs:
            self.check_pack(pack)
        for session in store.sessions:
            for expected, found in session.breaks():
                self.note(f"session {'/'.join(session.key)}", [f"sequence {found} where {expected} is next"])
            self.counts[0] += 1
            self.counts[1] += sum(unit.events for unit in session.units)
            self.counts[2] += sum(unit.raw_bytes for unit in session.units)
        for where, key, keyframe, meta in self.metas:
            if self.kinds[key].get(meta, 4) != 4:
                self.note(where, [f"the Meta event of the keyframe at {keyframe} is none"])
        return self.problems

    def is_current(self):
        """Whether the catalog is still the one that was checked."""
        now = read_catalog(os.path.join(self.path, "catalog"))
        return (now.generation, now.commit) == (self.store.catalog.generation, self.store.catalog.commit)

    def note(self, name, texts):
        self.problems += [f"{name}: {text}" for text in texts]

    def guard(self, name, action):
        try:
            return action()
        except FormatError as error:
            self.note(name, [str(error)])

    def expect(self, name, what, claim, found):
        if claim != found:
            self.note(name, [f"{what}: {claim} is written, {found} is found"])

    def check_catalog(self, catalog):
        """That nothing in it names a session that is erased, and that the policy is JSON."""
        named = {edit[1] for edit in catalog.tags + catalog.finishes} | set(catalog.pins) | set(catalog.holds)
        for key in sorted(filter(catalog.is_erased, named)):
            self.note("catalog", [f"names the erased session {'/'.join(key)}"])
        if catalog.policy:
            try:
                json.loads(catalog.policy[1])
            except ValueError:
                self.note("catalog", ["the policy is not JSON"])

    def check_dictionary(self, name):
        copies = []
        for copy in "ab":
            path = f"dictionaries/{name.hex()}.{copy}.dict"
            copies.append(self.guard(path, lambda: Dictionary(self.store, name, copy)))
        if all(copies) and copies[0].file_bytes != copies[1].file_bytes:
            self.note(path, ["the two copies differ"])

    def check_record(self, record):
        """The event table of a record against its events."""
        stone = self.store.catalog.tombstone(record.key) if record.key else None
        require(not stone or stone["commit"] > self.store.catalog.erasure_applied,
                f"record at {record.offset} is of a session that is erased")
        if record.kind != 1 or stone:
            return
        lines, where = split(record.raw()), f"record at {record.offset}: "
        events = Events(lines)
        require(len(lines) == record.events, f"{where}{len(lines)} events instead of {record.events}")
        require([len(line) - 1 for line in lines] == [length for _, length, _ in record.table],
                f"{where}lengths of events")
        require(events.kinds == [mark & 63 for mark, _, _ in record.table], f"{where}kinds of events")
        times = [(a, b) for a, (_, _, b) in zip(events.times, record.table) if a is not None and a != b]
        require(not times, f"{where}timestamps {times[:3]}")
        require(all(n < record.events and events.kinds[n] in (4, 8, 9) for n, _ in record.pages), f"{where}pages")
        self.kinds.setdefault(record.key, {}).update(enumerate(events.kinds, record.sequence))

    def check_pack(self, pack):
        name, facts = pack.name, self.store.catalog.packs[pack.id]
        for what, claim, found in (
                ("bytes", facts.bytes, pack.file.size), ("footer length", facts.footer, pack.size - pack.locators)):
            self.expect(name, what, claim, found)
        for what in ("tier", "category", "segments", "events", "raw", "stored", "packed", "first_received",
                     "last_received", "first_ordinal", "last_ordinal"):
            self.expect(name, f"catalog's {what}", getattr(facts, what), getattr(pack, what))
        whole = [entry for entry in pack.entries if entry.state == Entry.LIVE]
        order = [([part.encode() for part in entry.key], entry.ordinal) for entry in whole]
        if order != sorted(order):
            self.note(name, ["the directory is not sorted"])
        self.guard(name, lambda: self.check_locators(pack))
        at, used = 128, set()
        for entry in pack.entries:
            if entry.offset != at:
                self.note(name, [f"the segment at {entry.offset} does not follow the one before, which ends at {at}"])
            self.guard(name, lambda: self.check_segment(pack, entry))
            at = entry.end
            used.update(entry.dictionaries if entry.state == Entry.LIVE else ())
        if at != pack.directory:
            self.note(name, [f"the directory at {pack.directory} does not follow the segments, which end at {at}"])
        erased = [entry.erased for entry in pack.entries if entry.state == Entry.ERASED]
        self.check_totals(pack, whole, erased)
        if len(whole) == len(pack.entries):
            self.expect(name, "dictionaries", sorted(facts.dictionaries), sorted(used))
        elif not used <= set(facts.dictionaries):
            self.note(name, ["a segment has a dictionary that the catalog's facts do not name"])
        known, found = self.store.catalog.erased(pack.id), ErasedSegment.sums(erased)
        if found[0] > known[0] and all(a >= b for a, b in zip(found, known)):
            self.notes.append(f"{name}: {found[0]} segments are erased, the catalog knows of {known[0]}")
        else:
            self.expect(name, "what is erased (segments, events, raw, stored, packed, bytes)", known, found)

    def check_totals(self, pack, entries, erased):
        """The footer's sums are of all segments, also of those that are erased."""
        blocks = [block for entry in entries for block in entry.blocks]
        _, events, raw, stored, packed, _ = ErasedSegment.sums(erased)
        for what, claim, found in (
                ("events", pack.events, events + sum(b.events for b in blocks)),
                ("raw bytes", pack.raw, raw + sum(b.raw_bytes for b in blocks)),
                ("stored bytes", pack.stored, stored + sum(b.stored for b in blocks)),
                ("packed events", pack.packed, packed + sum(entry.facts.packed for entry in entries))):
            self.expect(pack.name, f"footer's {what}", claim, found)
        first = min((entry.facts.received[0] for entry in entries), default=pack.first_received)
        last = max((entry.facts.received[1] for entry in entries), default=pack.last_received)
        if not erased:
            self.expect(pack.name, "footer's times received", (pack.first_received, pack.last_received), (first, last))
        elif not pack.first_received <= first <= last <= pack.last_received:
            self.note(pack.name, ["a segment was received outside of the footer's times"])
        if not all(pack.first_ordinal <= entry.ordinal <= pack.last_ordinal for entry in entries):
            self.note(pack.name, ["a segment's ordinal is outside the footer's"])

    def check_locators(self, pack):
        data = pack.file.read(pack.locators, 24 * pack.segments)
        require(placed(pack.id, pack.locators, data) == pack.locators_crc, "checksum of the locators")
        locators = list(struct.iter_unpack("<QIIII", data))
        order = [(key, offset) for key, offset, _, _, _ in locators]
        require(order == sorted(order), "the locators are not sorted")
        entries = {entry.at: entry for entry in pack.entries}
        require(sorted(entries) == sorted(offset for _, offset in order), "the locators do not name the entries")
        for key, offset, length, start, end in locators:
            entry = entries[offset]
            require(length == entry.length, f"a locator's length for the entry at {offset}")
            if entry.state == Entry.LIVE:
                times = entry.facts.range or entry.facts.received
                require(all(map(math.isfinite, times)), f"a time of the entry at {offset} is no number")
                require(key == key_hash(*entry.key), f"a locator's key hash for the entry at {offset}")
                require((start, end) == tuple(max(0, int(time // 1000)) for time in times),
                        f"a locator's range for the entry at {offset}: {(start, end)}, {times}")

    def check_segment(self, pack, entry):
        """A segment: its header and blocks against the directory, its events against the facts; or zeros."""
        where = f"segment at {entry.offset}: "
        if entry.state == Entry.ERASED:
            for at in range(entry.offset, entry.end, MIB):
                require(is_zero(pack.file.read(at, min(MIB, entry.end - at))), where + "erased, and not all zeros")
            return
        require(not self.store.catalog.is_erased(entry.key), where + "is of a session that is erased")
        self.check_segment_header(pack, entry, where)
        lines, events = [], Events([])
        for facts in entry.blocks:
            block = Block(entry, facts)
            block.check_header()
            these = split(block.raw())
            found = Events(these)
            require(len(these) == facts.events,
                    f"block at {facts.offset}: {len(these)} events instead of {facts.events}")
            self.check_block(pack.name, entry, facts, these, found)
            lines += zip(range(facts.sequence, facts.next), these)
            for part in ("kinds", "times", "user", "hrefs"):
                getattr(events, part).extend(getattr(found, part))
        self.check_facts(pack.name, where, entry.facts, events, [line for _, line in lines])
        self.check_batches(pack.name, where, entry, dict(lines))

    def check_segment_header(self, pack, entry, where):
        data = pack.file.read(entry.offset, entry.header)
        check_header(data, b"SGSH", lambda rest: placed(pack.id, entry.offset, rest))
        c = Cursor(data, 8)
        require(c.unpack("IIQ") == (entry.header, entry.bytes - entry.header, entry.ordinal), f"{where}header")
        names = ((c.project(), c.session()), c.visitor(), c.many(c.window), c.many(c.id))
        require(names == (entry.key, entry.visitor, entry.names, entry.dictionaries), f"{where}names in the header")
        c.done(f"{where}header")

    def check_block(self, name, entry, facts, lines, events):
        """The directory's claims about a block: range of time, flags, keyframes."""
        where, times = f"block at {facts.offset}: ", events.known_times()
        self.kinds.setdefault(entry.key, {}).update(enumerate(events.kinds, facts.sequence))
        if len(times) == facts.events:
            if facts.flags & 4 == 0:
                self.expect(name, where + "range", facts.range, (math.floor(min(times)), math.ceil(max(times))))
            elif facts.range and (facts.range[0] < math.floor(min(times)) or facts.range[1] > math.ceil(max(times))):
                self.note(name, [where + "range"])
            if facts.flags & 2 and any(a > b for a, b in zip(times, times[1:])):
                self.note(name, [where + "timestamps fall"])
        windows = [window for window, n in facts.runs for _ in range(n)]
        offsets = [0]
        for line in lines:
            offsets.append(offsets[-1] + len(line))
        for window, ordinal, offset, meta, time in facts.keyframes:
            where = f"block at {facts.offset}: keyframe {ordinal}: "
            require(ordinal < facts.events and offsets[ordinal] == offset, where + "place")
            require(windows[ordinal] == window, where + "window")
            require(events.kinds[ordinal] == 2 or events.kinds[ordinal] == 8, where + "is no FullSnapshot")
            if events.times[ordinal] is not None:
                self.expect(name, where + "time", time, events.times[ordinal])
            if meta:
                self.metas.append((name, entry.key, facts.sequence + ordinal, facts.sequence + ordinal - meta))

    def check_facts(self, name, where, facts, events, lines):
        table = {}
        for kind, line in zip(events.kinds, lines):
            count, size = table.get(kind, (0, 0))
            table[kind] = (count + 1, size + len(line))
        self.expect(name, where + "kinds", sorted(facts.kinds), sorted((kind, *row) for kind, row in table.items()))
        if facts.clicks > table.get(18, (0,))[0] or facts.errors > table.get(6, (0,))[0] or facts.packed > len(lines):
            self.note(name, [where + "more clicks, errors or packed events than events that could be"])
        times = events.known_times()
        if len(times) < len(events.times):
            return
        if facts.implausible == 0:
            self.expect(name, where + "range", facts.range, (min(times), max(times)) if times else None)
            user = events.user
            self.expect(name, where + "activity", facts.activity, (user[0], max(user)) if user else None)
            low, high = events.active()
            if not low <= facts.active <= high:
                self.note(name, [where + f"active time: {facts.active} is written, {low} to {high} is found"])
        elif facts.range and sum(not facts.range[0] <= time <= facts.range[1] for time in times) > facts.implausible:
            self.note(name, [where + "more events outside its range than implausible ones"])
        if 8 not in table:
            self.expect(name, where + "pages", facts.pages, len(events.hrefs))
            self.expect(name, where + "first pages", facts.hrefs, list(dict.fromkeys(events.hrefs))[:64])

    def check_batches(self, name, where, entry, lines):
        """The batches, where all their events are in this segment."""
        for _, checksum, size, first, count, _ in entry.batches:
            part = [lines.get(sequence) for sequence in range(first, first + min(count, len(lines) + 1))]
            if part and None not in part:
                raw = b"".join(part)
                self.expect(name, where + f"batch of {first}", (size, checksum), (len(raw), crc(raw)))


# --- Commands ---------------------------------------------------------------------------------------------------------

def warn_of_losses(session):
    for expected, found in session.breaks():
        print(f"{'/'.join(session.key)}: sequence {found} where {expected} is next", file=sys.stderr)


def command_list(arguments):
    store = open_store(arguments.store)
    for session in store.sessions:
        print(json.dumps(session.summary(store.catalog), ensure_ascii=False, separators=(",", ":")))


def command_export(arguments):
    sessions = [session for session in open_store(arguments.store).sessions
                if session.key[1] == arguments.session and arguments.project in (None, session.key[0])]
    require(sessions, "no such session")
    require(len(sessions) == 1, "several projects have this session: say --project")
    warn_of_losses(sessions[0])
    for part in sessions[0].lines(arguments.window):
        sys.stdout.buffer.write(part)


def command_export_all(arguments):
    os.makedirs(arguments.folder, exist_ok=True)
    for session in open_store(arguments.store).sessions:
        warn_of_losses(session)
        name = hashlib.sha256("\0".join(session.key).encode()).hexdigest()
        with open(os.path.join(arguments.folder, name + ".ndjson"), "wb") as out:
            for part in session.lines():
                out.write(part)


def command_check(arguments):
    for _ in range(3):  # again where what looks like a problem may come of a commit meanwhile
        checker = Checker(arguments.store)
        problems = checker.run()
        if not problems or checker.is_current():
            break
    for problem in problems:
        print(problem)
    for note in checker.notes:
        print(f"note: {note}", file=sys.stderr)
    print("{} sessions, {} events, {} bytes; {} problems".format(*checker.counts, len(problems)), file=sys.stderr)
    return 1 if problems else 0


def main():
    parser = argparse.ArgumentParser(description="Reads a SegmentEngine store as FORMAT.md describes it.")
    commands = parser.add_subparsers(required=True)
    for name, action, more in (("list", command_list, ()), ("export", command_export, ("session",)),
                               ("export-all", command_export_all, ("folder",)), ("check", command_check, ())):
        command = commands.add_parser(name)
        for argument in ("store",) + more:
            command.add_argument(argument)
        if name == "export":
            command.add_argument("--project")
            command.add_argument("--window")
        command.set_defaults(action=action)
    arguments = parser.parse_args()
    sys.setrecursionlimit(20_000)  # for the JSON of deep pages
    try:
        return arguments.action(arguments) or 0
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except FormatError as error:
        print(error, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
