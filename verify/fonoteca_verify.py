#!/usr/bin/env python3
"""Checks a Fonoteca archive on disk: is this published tree what it claims to be?

    python3 fonoteca_verify.py TREE [--key KEY] [--since SIZE:ROOT] [--json]

TREE is the folder that holds editions/ and volumes/. KEY is the public key of the archive, as text or a file;
take it from somewhere else than the tree. SIZE:ROOT is a head of the log that you kept from an earlier visit.
Exit code: 0 all well, 12 something was found, 2 wrong usage.

It needs Python 3.9 or newer and nothing else, uses no network, no clock, and writes nothing. All formats are
described in the comments, so that this file can be read, and written anew, without the program that made the tree.
Every digest is SHA-256 in lower-case hex, unless it says otherwise.

The tree:   editions/current.json                which edition is the newest: {"edition": N, "timestamp": K}
            editions/NNNN/                       edition N, never changed: edition.json and what it lists
            editions/timestamps/NNNN-K.json      signed word that N is the newest, for a while
            editions/log/                        append-only log of what the editions did
            editions/torrents/  editions/tools/  torrents with other addresses; this program
            volumes/NAME.tar .torrent .leaves    the music: tar files of a strict layout, their torrents and hashes
A document is one line of canonical JSON and LF: keys sorted, no spaces, so that it has only one spelling.
"""
import argparse, base64, contextlib, hashlib, itertools, json, os, re, stat, sys
from decimal import Decimal

LEAF = 16384                              # bytes under one leaf of a hash tree (BitTorrent v2, BEP 52)
CHUNK = 1 << 20
VOLUME = r"(?:original|opus)-[0-9a-f]{16}"
LISTABLE = re.compile(rf"volumes/{VOLUME}\.(?:tar|torrent|leaves)\Z|editions/torrents/[0-9a-f]{{16}}/{VOLUME}\.torrent\Z"
                      r"|editions/tools/verify-[0-9a-f]{16}\.py\Z|editions/(\d{4,9})/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")


class Wrong(Exception):
    """Something that is not as it should be; ends the check of one file."""
    def __init__(self, code, seen, subject=None):
        super().__init__(f"{code}: {seen}")
        self.code, self.seen, self.subject = code, seen, subject


def sha256(data):
    return hashlib.sha256(data).hexdigest()


# ---- Ed25519 (RFC 8032), checking only. A point (x, y) is kept as (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z.
P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def point_add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_times(number, point):
    total = (0, 1, 1, 0)
    while number > 0:
        if number & 1:
            total = point_add(total, point)
        point, number = point_add(point, point), number >> 1
    return total


def point_from(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


BASE = point_from((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def ed25519(key, message, signature):
    a, r, s = point_from(key), point_from(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = point_times(s, BASE), point_add(r, point_times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# ---- Files: only regular files, never through a link.
def open_file(path):
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        raise Wrong("VERIFY_FILE_MISSING", "nothing")
    except OSError as error:
        raise Wrong("VERIFY_FILE_KIND" if os.path.islink(path) else "VERIFY_FILE_UNREADABLE", str(error))
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Wrong("VERIFY_FILE_KIND", "no regular file")
    return os.fdopen(handle, "rb")


def read_file(path, most=1 << 28):
    with open_file(path) as file:
        size = os.fstat(file.fileno()).st_size
        if size > most:
            raise Wrong("VERIFY_FILE_SIZE", f"{size} bytes, more than {most}")
        return file.read()


def chunks(path, size):
    """The bytes of a file that has exactly `size`."""
    with open_file(path) as file:
        found = os.fstat(file.fileno()).st_size
        if found != size:
            raise Wrong("VERIFY_FILE_SIZE", f"{found} bytes, not {size}")
        yield from iter(lambda: file.read(CHUNK), b"")


def names_in(folder):
    return sorted(os.listdir(folder)) if os.path.isdir(folder) and not os.path.islink(folder) else []


# ---- Documents.
def bad(seen):
    return Wrong("VERIFY_DOCUMENT", seen)


def canonical(value):
    """The one spelling of a JSON value: that of ECMA-262 JSON.stringify with sorted keys."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if not isinstance(value, float):
        return json.dumps(value, ensure_ascii=False)
    if 1e-6 <= abs(value) < 1e21:
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return repr(value).replace("e-0", "e-")


def document(data):
    """The object in one line of canonical JSON."""
    try:
        value = json.loads(data.decode("utf-8"))
        if isinstance(value, dict) and (canonical(value) + "\n").encode() == data:
            return value
    except (ValueError, RecursionError):
        pass
    raise bad("not one line of canonical JSON")


KINDS = {"any": lambda v: True, "text": lambda v: isinstance(v, str), "said": lambda v: isinstance(v, str) and v != "",
         "hex": lambda v: isinstance(v, str) and re.match(r"[0-9a-f]{64}\Z", v),
         "sha1": lambda v: isinstance(v, str) and re.match(r"[0-9a-f]{40}\Z", v),
         "key": lambda v: isinstance(v, str) and re.match(r"[0-9A-F]{16}\Z", v),
         "time": lambda v: isinstance(v, str) and re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z", v),
         "volume": lambda v: isinstance(v, str) and re.match(VOLUME + r"\Z", v),
         "count": lambda v: type(v) is int and 0 <= v < 2 ** 53, "number": lambda v: type(v) is int and 1 <= v < 2 ** 53,
         "list": lambda v: isinstance(v, list) and all(isinstance(each, dict) for each in v),
         "object": lambda v: isinstance(v, dict)}


def shape(value, spec):
    """`value`, an object with exactly the fields of `spec`: NAME:KIND, NAME:KIND? where it may be null, NAME?:KIND."""
    wanted = dict(each.split(":") for each in spec.split())
    for key in value:
        if key not in wanted and key + "?" not in wanted:
            raise bad(f"an unknown field {key}")
    for key, kind in wanted.items():
        name = key.rstrip("?")
        if name not in value:
            if key == name:
                raise bad(f"{name} is missing")
        elif not (value[name] is None and kind.endswith("?")) and not KINDS[kind.rstrip("?")](value[name]):
            raise bad(f"{name} is {value[name]!r:.80}")
    return value


def in_order(texts, what):
    if any(a.encode() >= b.encode() for a, b in zip(texts, texts[1:])):
        raise bad(f"{what} are not sorted")


# ---- Keys and signatures (minisign): the Ed25519 signature is of the BLAKE2b-512 of the file, the second one of
# the first and the trusted comment. A key id is 8 bytes, printed last byte first.
def key_id(raw):
    return raw[::-1].hex().upper()


def from_base64(data, length):
    try:
        raw = base64.b64decode(data, validate=True)
    except ValueError:
        raw = b""
    if len(raw) != length or base64.b64encode(raw).decode() != data:
        raise Wrong("VERIFY_SIGNATURE_FORM", f"no canonical base64 of {length} bytes")
    return raw


def public_key(written):
    lines = written.strip().split("\n")
    line = lines[1] if lines[0].startswith("untrusted comment: ") and len(lines) > 1 else lines[0]
    try:
        raw = from_base64(line.strip(), 42)
    except Wrong:
        raw = b""
    if raw[:2] != b"Ed":
        raise bad("no minisign public key")
    return key_id(raw[2:10]), raw[10:]


def check_signature(keys, message, signature, comment):
    """The id of the one of `keys` (id: public key) that signed `message`."""
    lines = signature.decode("utf-8", "replace").split("\n")
    if len(lines) != 5 or lines[4] or lines[0] != "untrusted comment: signature from minisign secret key":
        raise Wrong("VERIFY_SIGNATURE_FORM", "not the four lines of a signature")
    if lines[2] != f"trusted comment: {comment}":
        raise Wrong("VERIFY_SIGNATURE_FORM", f"not {comment}")
    packed = from_base64(lines[1], 74)
    if packed[:2] != b"ED":
        raise Wrong("VERIFY_SIGNATURE_FORM", "not prehashed")
    name = key_id(packed[2:10])
    if name not in keys:
        raise Wrong("VERIFY_KEY_UNKNOWN", f"key {name}")
    second = from_base64(lines[3], 64)
    if not (ed25519(keys[name], hashlib.blake2b(message).digest(), packed[10:])
            and ed25519(keys[name], packed[10:] + comment.encode(), second)):
        raise Wrong("VERIFY_SIGNATURE_WRONG", f"by key {name}")
    return name


def read_keys(value):
    """keys.json: which keys may sign editions and timestamps, and how many must sign an edition."""
    shape(value, "format:text keys:list roles:object threshold:number")
    known, roles = {}, shape(value["roles"], "edition:any timestamp:any")
    for each in value["keys"]:
        name, raw = public_key(shape(each, "id:text publicKey:text")["publicKey"])
        if each["id"] != name or name in known:
            raise bad(f"the id of key {name}")
        known[name] = raw
    for role, ids in list(roles.items()):
        if not isinstance(ids, list) or not ids or not all(each in known for each in ids) or len(set(ids)) < len(ids):
            raise bad(f"role {role}")
        roles[role] = {name: known[name] for name in ids}
    if value["threshold"] > len(roles["edition"]) or value["format"] != "fonoteca-keys/1":
        raise bad("a threshold above the number of keys, or another format")
    return {"edition": roles["edition"], "timestamp": roles["timestamp"], "threshold": value["threshold"], "ids": known}


# ---- Hash trees. Of BEP 52: SHA-256 of 16 KiB leaves, pairs of hashes above, missing leaves count as 32 zero bytes.
def tree_root(hashes, width, pad=bytes(32)):
    while width > 1:
        hashes = [hashlib.sha256(hashes[at] + (hashes[at + 1] if at + 1 < len(hashes) else pad)).digest()
                  for at in range(0, len(hashes), 2)]
        pad, width = hashlib.sha256(pad + pad).digest(), width // 2
    return hashes[0] if hashes else pad


def power_of_two(number):
    return 1 << max(0, number - 1).bit_length()


class Blocks:
    """Digests of a file that passes by: leaves, SHA-1 of each piece."""
    def __init__(self, piece_bytes):
        self.piece_bytes, self.leaves, self.pieces, self.rest = piece_bytes, [], [], b""

    def feed(self, data):
        for at in range(0, len(data), LEAF):  # chunks are whole leaves, but for the last
            self.leaves.append(hashlib.sha256(data[at:at + LEAF]).digest())
        self.rest += data
        while len(self.rest) >= self.piece_bytes:
            self.pieces.append(hashlib.sha1(self.rest[:self.piece_bytes]).digest())
            self.rest = self.rest[self.piece_bytes:]

    def finish(self):
        """Root, the hashes of the pieces (none when there is one piece), SHA-1 of the pieces."""
        pieces = b"".join(self.pieces + ([hashlib.sha1(self.rest).digest()] if self.rest else []))
        width = self.piece_bytes // LEAF
        if len(self.leaves) <= width:
            return tree_root(self.leaves, power_of_two(len(self.leaves))).hex(), b"", pieces
        layer = [tree_root(self.leaves[at:at + width], width) for at in range(0, len(self.leaves), width)]
        return tree_root(layer, power_of_two(len(layer)), tree_root([], width)).hex(), b"".join(layer), pieces


# ---- Torrents (BEP 3, BEP 52). Bencode: i5e, 2:ab, l...e, d...e with sorted keys. `info` follows from name and bytes of
# the one file, so it is made again and compared; what stands outside of it (trackers, web seeds) may be anything.
def bencode(value):
    if isinstance(value, int):
        return b"i%de" % value
    if isinstance(value, bytes):
        return b"%d:%s" % (len(value), value)
    if isinstance(value, list):
        return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"


def bdecode(data, at=0, depth=0):
    """The value at `at`, and where it ends."""
    kind = data[at:at + 1]
    number = re.compile(rb"i(-?\d{1,16})e" if kind == b"i" else rb"(\d{1,10}):").match(data, at)
    if depth > 12 or (kind not in b"ld" and not number):
        raise Wrong("VERIFY_TORRENT", f"no bencode at byte {at}")
    if kind == b"i":
        return int(number[1]), number.end()
    if kind not in b"ld":
        return data[number.end():number.end() + int(number[1])], number.end() + int(number[1])
    items, at = [], at + 1
    while data[at:at + 1] != b"e":
        item, at = bdecode(data, at, depth + 1)
        items.append(item)
    if kind == b"l":
        return items, at + 1
    if not all(isinstance(key, bytes) for key in items[::2]) or len(items) % 2:
        raise Wrong("VERIFY_TORRENT", "a key that is no string")
    return dict(zip(items[::2], items[1::2])), at + 1


def check_torrent(check, file, name, listed, blocks, whole):
    """Holds a file's bytes (`blocks`) and its torrent against what the edition lists. Its canonical form is what it encodes to."""
    root, layer, pieces = blocks.finish()
    if root != listed["piecesRoot"]:
        check.tell("VERIFY_PIECES", file, f"tree root {root}")
    if root != listed["piecesRoot"] or not whole:
        return
    size = listed["sizeBytes"]
    info = {b"file tree": {name.encode(): {b"": {b"length": size, b"pieces root": bytes.fromhex(root)}}}, b"length": size,
            b"meta version": 2, b"name": name.encode(), b"piece length": listed["pieceLengthBytes"], b"pieces": pieces}
    with check.trying(listed["torrent"]):
        data = read_file(check.path(listed["torrent"]))
        torrent, end = bdecode(data)
        if end != len(data) or bencode(torrent) != data or torrent.get(b"info", {}).get(b"name") != name.encode():
            raise Wrong("VERIFY_TORRENT", "not canonical, or of another file")
        info_hashes = hashlib.sha1(bencode(torrent[b"info"])).hexdigest(), sha256(bencode(torrent[b"info"]))
        if info_hashes != (listed["infohashV1"], listed["infohashV2"]):
            raise Wrong("VERIFY_INFOHASH", "{} and {}".format(*info_hashes))
        layers = {bytes.fromhex(root): layer} if layer else {}
        if torrent[b"info"] != info or torrent.get(b"piece layers", {}) != layers:
            raise Wrong("VERIFY_PIECES", "other pieces", file)


# ---- The tar of a volume. The first member is the index, one line for each other member; from a line and its place
# follows every byte that stands before the payload. Payloads start on multiples of 16 KiB, so no leaf has bytes of two.
INDEX = "fonoteca-index-1.jsonl"


def tar_header(name, size, kind):
    block = bytearray(512)
    block[0:len(name)] = name
    block[100:148] = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"0" * 11 + b"\0"
    block[156:157], block[257:265], block[329:345] = kind, b"ustar\x0000", b"0000000\0" * 2
    block[148:156] = b"%06o\0 " % (sum(block) + 8 * 32)
    return bytes(block)


def pax_record(key, value):
    length = len(key) + len(value) + 3
    while len(str(length)) + len(key) + len(value) + 3 != length:
        length += 1
    return b"%d %s=%s\n" % (length, key, value)


def tar_head(path, size, start, counted_from):
    """The bytes from `start` to the payload: pax header, its records (path, size if huge, spaces to fill), file header."""
    huge = size > 8589934591
    records = pax_record(b"path", path.encode()) + (pax_record(b"size", b"%d" % size) if huge else b"")
    payload = -(-(counted_from + 1024 + -(-(len(records) + 12) // 512) * 512) // LEAF) * LEAF
    fill = payload - start - 1024 - len(records)
    comment = b"%d comment=" % fill
    records += comment + b" " * (fill - len(comment) - 1) + b"\n"
    name = "".join(each if " " <= each <= "~" else "_" for each in path.split("/")[-1])
    name = name if len(name) <= 100 else name[:60] + "~" + name[-39:]
    return (tar_header(b"PaxHeaders/member", len(records), b"x") + records
            + tar_header(name.encode(), 0 if huge else size, b"0"))


MEMBER = ("attribution:any digest:hex engine:any holder:any ids:any kind:any length:count licence:any licenceUrl?:any "
          "offset:count path:said tier:text")


def index_lines(data):
    for line in data.split(b"\n")[:-1]:
        try:
            value = document(line.rstrip(b" ") + b"\n")
            zeroed = "tombstone" in value
            shape(value, "digest:hex length:count offset:count path:said tombstone:object" if zeroed else MEMBER)
        except Wrong as wrong:
            raise Wrong("VERIFY_INDEX", wrong.seen)
        yield value, zeroed
    if not data.endswith(b"\n"):
        raise Wrong("VERIFY_INDEX", "no newline at the end")


def check_members(check, volume, withdrawn):
    """Walks the tar; returns its members as (path, digest, size, zeroed)."""
    file, members, damaged = f"volumes/{volume['name']}.tar", [], []
    with open_file(check.path(file)) as tar:
        def expect(data):
            if tar.read(len(data)) != data:
                raise Wrong("VERIFY_TAR", f"other bytes before byte {tar.tell()}")
        tar.seek(LEAF - 512 + 124)
        size = re.match(rb"([0-7]{11})\0", tar.read(12))
        if not size:
            raise Wrong("VERIFY_TAR", "no index")
        tar.seek(0)
        expect(tar_head(INDEX, int(size[1], 8), 0, 0))
        index = tar.read(int(size[1], 8))
        expect(bytes(-len(index) % 512))
        base = -(-tar.tell() // LEAF) * LEAF
        for line, zeroed in index_lines(index):
            path, length = line["path"], line["length"]
            expect(tar_head(path, length, tar.tell(), tar.tell() if members else base))
            if tar.tell() != base + line["offset"] or (not zeroed and line["tier"] != volume["tier"]):
                raise Wrong("VERIFY_INDEX", f"the line of {path}")
            digest, zeros = hashlib.sha256(), True
            for at in range(0, length, CHUNK):
                data = tar.read(min(CHUNK, length - at))
                digest.update(data)
                zeros = zeros and not data.strip(b"\0")
            expect(bytes(-length % 512))
            members.append((path, line["digest"], length, zeroed))
            if zeroed != (line["digest"] in withdrawn) or not (zeros if zeroed else digest.hexdigest() == line["digest"]):
                damaged.append(path)
        expect(bytes(1024))
        if tar.read(1) or not members:
            raise Wrong("VERIFY_TAR", "bytes behind the end, or no member")
    name = sha256("".join(f"{digest} {path}\n" for path, digest, _, _ in members).encode())[:16]
    if f"{volume['tier']}-{name}" != volume["name"]:
        raise Wrong("VERIFY_VOLUME_NAME", name)
    for path in damaged:
        check.tell("VERIFY_MEMBER", f"{file}#{path}", "another digest, or withdrawn and there")
    if (len(members), sum(member[3] for member in members)) != (volume["members"], volume["withdrawn"]):
        check.tell("VERIFY_INDEX", file, "other counts of members than edition.json")
    return members


def check_volume(check, volume, edition, withdrawn):
    base, blocks, whole = f"volumes/{volume['name']}", Blocks(volume["pieceLengthBytes"]), hashlib.sha256()
    torrent_whole = check_listed(check, edition, volume["torrent"])
    leaves_whole = check_listed(check, edition, base + ".leaves")
    with check.trying(base + ".tar"):
        for data in chunks(check.path(base + ".tar"), volume["sizeBytes"]):
            whole.update(data)
            blocks.feed(data)
        if whole.hexdigest() != volume["sha256"]:
            check.tell("VERIFY_FILE_DIGEST", base + ".tar", whole.hexdigest())
        check_torrent(check, base + ".tar", volume["name"] + ".tar", volume, blocks, torrent_whole)
        # The .leaves file: a name of 16 bytes, the size of the volume, the SHA-256 of every 16 KiB.
        wanted = b"fonoteca-leaves1" + volume["sizeBytes"].to_bytes(8, "big") + b"".join(blocks.leaves)
        if leaves_whole and read_file(check.path(base + ".leaves"), 1 << 40) != wanted:
            check.tell("VERIFY_LEAVES", base + ".tar", "other 16 KiB blocks than their leaves")
        return check_members(check, volume, withdrawn)
    return None


# ---- An edition: edition.json, signed, lists every file with size and digest, and names the edition before.
def edition_path(number, name):
    return f"editions/{number:04d}/{name}"


def check_signatures(check, number, name, data, keys, comment):
    """The ids of the keys that signed: NAME.minisig, and NAME.KEYID.minisig for further keys. Every one must hold."""
    further = [re.match(re.escape(name) + r"\.([0-9A-F]{16})\.minisig\Z", each) for each in names_in(check.path(edition_path(number, "")))]
    signers = set()
    for file, named in [(f"{name}.minisig", None)] + [(each[0], each[1]) for each in further if each]:
        with check.at(edition_path(number, file)):
            found = check_signature(keys, data, read_file(check.path(edition_path(number, file)), 4096), comment)
            if found in signers or named not in (None, found):
                raise Wrong("VERIFY_SIGNATURE_FORM", f"a signature by key {found}")
        signers.add(found)
    return signers


def require_threshold(signers, keys, number):
    known = len(signers & set(keys["edition"]))
    if known < keys["threshold"]:
        raise Wrong("VERIFY_THRESHOLD" if known else "VERIFY_KEY_UNKNOWN", f"{known} keys of edition {number}")


def check_keys(check, number, before):
    """keys.json is signed by enough of its own keys, and from edition 2 on by enough of those of the edition before."""
    path = edition_path(number, "keys.json")
    with check.at(path):
        data = read_file(check.path(path), 1 << 20)
    with check.at(path):
        keys = read_keys(document(data))
    either = {**(before["keys"]["edition"] if before else {}), **keys["edition"]}
    signers = check_signatures(check, number, "keys.json", data, either, "fonoteca-keys/1")
    with check.at(path + ".minisig"):
        require_threshold(signers, keys, number)
        if before:
            require_threshold(signers, before["keys"], number - 1)
    return keys


class Check:
    """A tree being checked, and what was found."""
    def __init__(self, root):
        self.root, self.findings = root, []

    def path(self, name):
        return os.path.join(self.root, *name.split("/"))

    def tell(self, code, subject, seen):
        self.findings.append({"code": code, "subject": subject, "seen": "".join(each if each.isprintable() else " " for each in seen)})

    @contextlib.contextmanager
    def at(self, subject):
        """What goes wrong inside is a matter of `subject`."""
        try:
            yield
        except Wrong as wrong:
            raise Wrong(wrong.code, wrong.seen, wrong.subject or subject)

    @contextlib.contextmanager
    def trying(self, subject, code=None, but=()):
        """What goes wrong inside is told, and ends no more than that; as `code`, unless it is one of `but`."""
        try:
            yield
        except Wrong as wrong:
            self.tell(code if code and wrong.code not in but else wrong.code, subject if code else wrong.subject or subject, wrong.seen)


def check_listed(check, edition, path):
    """Whether a listed file is there with its size and digest."""
    size, wanted = edition["listed"][path]
    with check.trying(path):
        digest = hashlib.sha256()
        for data in chunks(check.path(path), size):
            digest.update(data)
        if digest.hexdigest() != wanted:
            raise Wrong("VERIFY_FILE_DIGEST", digest.hexdigest())
        return True
    return False


EDITION = ("format:text number:number previous:hex? date:time stage:text archive:object catalogue:object volumes:list rights:object "
           "tombstones:object log:object metadata:list addresses:any mirrors:any files:list verifier:text")
TORRENTED = "sizeBytes:number sha256:hex piecesRoot:hex infohashV1:sha1 infohashV2:hex pieceLengthBytes:number torrent:text "
COUNTED = {"catalogue": "albums:count tracks:count", "rights": "members:count", "tombstones": "count:count head:hex?"}


def read_edition(value):
    shape(value, EDITION)
    own, files = edition_path(value["number"], ""), {}
    for each in value["files"]:
        path = shape(each, "path:text sizeBytes:count sha256:hex")["path"]
        if not LISTABLE.match(path) or (re.match(r"editions/\d", path) and not path.startswith(own)):
            raise bad(f"files lists {path:.80}")
        files[path] = each["sizeBytes"], each["sha256"]
    for name, spec in COUNTED.items():
        told = shape(value[name], "path:text sha256:hex " + spec)
        if told["path"] != f"{own}{name}.jsonl" or files.get(told["path"], (0, ""))[1] != told["sha256"]:
            raise bad(f"{name} is not among the files")
    for each in value["volumes"]:
        shape(each, TORRENTED + "name:volume tier:text members:number withdrawn:count order:number licences:list added:object superseded:list")
        shape(each["added"], "edition:number date:time")
        [shape(licence, "licence:text? members:count") for licence in each["licences"]]
        [shape(old, "edition:number? infohashV1:sha1 infohashV2:hex") for old in each["superseded"]]
        base = f"volumes/{each['name']}"
        if (files.get(base + ".tar") != (each["sizeBytes"], each["sha256"]) or base + ".leaves" not in files or each["torrent"] not in files
                or not each["torrent"].endswith(f"/{each['name']}.torrent") or each["tier"] != each["name"].split("-")[0]):
            raise bad(f"the files of volume {each['name']}")
    for each in value["metadata"]:
        path = shape(each, TORRENTED + "path:text sources:list")["path"]
        [shape(source, "licence:said name:said") for source in each["sources"]]
        if files.get(path) != (each["sizeBytes"], each["sha256"]) or each["torrent"] != path + ".torrent" or each["torrent"] not in files or not each["sources"]:
            raise bad(f"metadata {path:.80}")
    for each in value["volumes"] + value["metadata"]:
        if each["pieceLengthBytes"] not in [LEAF << power for power in range(15)]:
            raise bad("a piece length")
    for what, key in (("volumes", "name"), ("files", "path"), ("metadata", "path")):
        in_order([each[key] for each in value[what]], what)
    missing = {own + name for name in ("albums.jsonl", "catalogue.jsonl", "rights.jsonl") if files.get(own + name, (0,))[0]} - {each["path"] for each in value["metadata"]}
    tool = value["verifier"]
    shape(value["archive"], "id:key name:any contact?:any publicUrl?:any")
    shape(value["log"], "size:count root:hex")
    if (missing or value["format"] != "fonoteca-edition/1" or value["stage"] not in ("metadata", "audio", "all")
            or (tool != f"editions/tools/verify-{files.get(tool, (0, ''))[1][:16]}.py")):
        raise bad("format, stage, metadata or verifier")
    return {**value, "listed": files}


def check_edition(check, number, before):
    """Edition `number` when its signatures hold; then also its chain, folder and tombstones are looked at."""
    path, own = edition_path(number, "edition.json"), edition_path(number, "")
    keys = check_keys(check, number, before)
    data = read_file(check.path(path))
    signers = check_signatures(check, number, "edition.json", data, keys["edition"], f"fonoteca-edition/1 number {number}")
    with check.at(path + ".minisig"):
        require_threshold(signers, keys, number)
    edition = {**read_edition(document(data)), "sha256": sha256(data), "keys": keys, "signers": signers}
    if edition["number"] != number:
        raise Wrong("VERIFY_EDITION_NUMBER", f"number {edition['number']}")
    edition["whole"] = {name for name in edition["listed"] if name.startswith(own) and check_listed(check, edition, name)}
    for name in names_in(check.path(own)):
        if own + name not in edition["listed"] and not re.match(r"edition\.json(\.([0-9A-F]{16}\.)?minisig)?\Z", name):
            check.tell("VERIFY_FILE_UNLISTED", own + name, "not listed")
    for wrong, seen in ((edition["previous"] != (before["sha256"] if before else edition["previous"]) or (number == 1) != (edition["previous"] is None), "previous"),
                        (number == 1 and edition["archive"]["id"] not in keys["ids"], "the id of the archive is no key of edition 1"),
                        (before and edition["archive"]["id"] != before["archive"]["id"], "another archive"),
                        (before and edition["date"] < before["date"], "dated before the edition before")):
        if wrong:
            check.tell("VERIFY_CHAIN_BROKEN", path, seen)
    if before and edition["stage"] == "metadata" and {each["name"] for each in edition["volumes"]} - {each["name"] for each in before["volumes"]}:
        check.tell("VERIFY_DOCUMENT", path, "stage metadata adds a volume")
    edition["stones"] = read_tombstones(check, edition, before)
    return edition


def lines_of(check, edition, name):
    """The documents in a file of the edition, each with its line."""
    path = edition_path(edition["number"], name)
    if path not in edition["listed"]:
        raise Wrong("VERIFY_DOCUMENT", f"lists no {name}", edition_path(edition["number"], "edition.json"))
    with open_file(check.path(path)) as file, check.at(path):
        for line in file:
            yield document(line), line


REASONS = "holder-request right-ended court-order personal-data mistaken other".split()


def read_tombstones(check, edition, before):
    """Each line names the one before by digest; an edition keeps every line of the edition before. None: cannot be read."""
    path, stones = edition_path(edition["number"], "tombstones.jsonl"), []
    if path not in edition["whole"]:
        return None
    with check.trying(path):
        for value, line in lines_of(check, edition, "tombstones.jsonl"):
            shape(value, "audio:hex? date:time digest:hex kind:text number:number previous:hex? reason:text subject:text?")
            if value["kind"] not in ("withdrawn", "restored") or value["reason"] not in REASONS + ["right-granted"] * (value["kind"] == "restored"):
                raise bad("kind or reason")
            if value["number"] != len(stones) + 1 or value["previous"] != (stones[-1]["sha256"] if stones else None):
                raise Wrong("VERIFY_TOMBSTONES", f"line {len(stones) + 1} does not follow the one before")
            stones.append({**value, "sha256": sha256(line)})
        if (len(stones), stones[-1]["sha256"] if stones else None) != (edition["tombstones"]["count"], edition["tombstones"]["head"]):
            check.tell("VERIFY_TOMBSTONES", path, "other count or head than edition.json")
        if any(old != new for old, new in itertools.zip_longest((before or {}).get("stones") or [], stones) if old):
            check.tell("VERIFY_TOMBSTONES", path, "other lines than the edition before")
        return stones
    return None


def check_along(check, edition, last):
    """Volumes change only where tombstones came between, and list their old torrents. `last`: name: (edition, volume)."""
    changed = []
    for volume in edition["volumes"]:
        name, same = volume["name"], ("sizeBytes", "pieceLengthBytes", "members", "added")
        was_edition, was = last.get(name, (edition, volume))
        last[name] = edition, volume
        hashes = lambda each: (each["infohashV1"], each["infohashV2"])
        old, new = [hashes(each) for each in was["superseded"]], [hashes(each) for each in volume["superseded"]]
        if (new[:len(old)] != old or (hashes(volume) != hashes(was) and hashes(was) not in new[len(old):])
                or any((each["edition"] or 0) >= edition["number"] for each in volume["superseded"])):
            check.tell("VERIFY_VOLUME_CHANGED", edition_path(edition["number"], "edition.json"), f"superseded torrents of {name}")
        if None in (edition["stones"], was_edition["stones"]) or all(volume[key] == was[key] for key in same + ("sha256", "piecesRoot", "infohashV1", "infohashV2", "withdrawn")):
            continue
        told = {stone["digest"] for stone in edition["stones"][len(was_edition["stones"]):]}
        if not told or any(volume[key] != was[key] for key in same):
            check.tell("VERIFY_VOLUME_CHANGED", f"volumes/{name}.tar", f"another one in edition {edition['number']}")
        else:
            changed.append((name, told))
    return changed


# ---- The log (RFC 6962, C2SP tlog-tiles): a tree over entries, which follow from the editions alone.
def node(left, right):
    return hashlib.sha256(b"\1" + left + right).digest()


def log_root(leaves):
    if len(leaves) < 2:
        return leaves[0] if leaves else hashlib.sha256().digest()
    half = power_of_two(len(leaves)) // 2
    return node(log_root(leaves[:half]), log_root(leaves[half:]))


def new_entries(check, edition, before):
    """What an edition adds: its keys when they changed, its tombstones, changed rights; and that it was published."""
    number, own = edition["number"], lambda each, name: edition_path(each["number"], name)
    digest = lambda each, name: each["listed"][own(each, name)][1]
    if not before or digest(before, "keys.json") != digest(edition, "keys.json"):
        yield {"edition": number, "kind": "keys", "sha256": digest(edition, "keys.json")}
    for stone in edition["stones"][len(before["stones"]) if before else 0:]:
        yield {"edition": number, **{key: stone[key] for key in ("digest", "kind", "number", "sha256")}}
    if before and digest(before, "rights.jsonl") != digest(edition, "rights.jsonl"):
        after = {value["digest"]: sha256(line) for value, line in lines_of(check, edition, "rights.jsonl")}
        for value, line in lines_of(check, before, "rights.jsonl"):
            if after.get(value["digest"]) != sha256(line):
                yield {"after": after.get(value["digest"]), "before": sha256(line), "digest": value["digest"], "edition": number, "kind": "rights"}


def make_log(check, editions):
    """The entries, and by edition the size of the log behind it; None when an edition does not hold."""
    entries, leaves, heads, before = [], [], {}, None
    for number, edition in enumerate(editions, 1):
        paths = {edition_path(number, name) for name in ("keys.json", "rights.jsonl")}
        if edition["number"] != number or edition["stones"] is None or not paths <= edition["whole"]:
            return None
        done = None
        with check.trying(edition_path(number, "rights.jsonl")):
            entries += [canonical(each).encode() for each in new_entries(check, edition, before)]
            done = True
        if not done:
            return None
        leaves += [hashlib.sha256(b"\0" + each).digest() for each in entries[len(leaves):]]
        if (edition["log"]["size"], edition["log"]["root"]) != (len(leaves), log_root(leaves).hex()):
            check.tell("VERIFY_LOG", edition_path(number, "edition.json"), f"editions give {len(leaves)}:{log_root(leaves).hex()}")
        entries.append(canonical({"date": edition["date"], "edition": number, "kind": "published", "sha256": edition["sha256"]}).encode())
        leaves.append(hashlib.sha256(b"\0" + entries[-1]).digest())
        heads[number], before = (len(leaves), log_root(leaves).hex()), edition
    return entries, leaves, heads


def log_tiles(entries, leaves, size):
    """Path and bytes of each file of a log of `size`: 256 hashes of a level, or 256 entries; the last ones partial."""
    packed = [len(each).to_bytes(2, "big") + each for each in entries[:size]]
    level, name = leaves[:size], 0
    for items, label in [(packed, "entries")] + [(None, number) for number in range(8)]:
        items = level if items is None else items
        for at in range(0, len(items), 256):
            digits = f"{at // 256:d}".zfill(-(-len(str(at // 256)) // 3) * 3)
            groups = re.findall("...", digits)
            part = items[at:at + 256]
            yield (f"editions/log/tile/{label}/" + "/".join(["x" + each for each in groups[:-1]] + groups[-1:])
                   + (f".p/{len(part)}" if len(part) < 256 else "")), b"".join(part)
        if label != "entries":
            level = [log_root(level[at:at + 256]) for at in range(0, len(level) - 255, 256)]


def check_checkpoint(check, edition):
    """A signed note: origin, size, root; an empty line; signatures: 4 bytes of key hash and 64 of Ed25519."""
    origin = f"fonoteca/{edition['archive']['id']}"
    found = re.match(re.escape(origin).encode() + rb"\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n\n((?:[^\n]+\n)+)\Z", read_file(check.path("editions/log/checkpoint"), 4096))
    if not found:
        raise Wrong("VERIFY_LOG", "no checkpoint of this archive")
    signed, names = found.group()[:found.start(3) - 1], set()
    for line in found[3].decode("utf-8", "replace").split("\n")[:-1]:
        try:
            packed = from_base64(line[len(origin) + 3:] if line.startswith(f"\u2014 {origin} ") else "", 68)
        except Wrong as wrong:
            raise Wrong("VERIFY_LOG", wrong.seen)
        keys = [key for key in edition["keys"]["timestamp"].values() if hashlib.sha256(origin.encode() + b"\n\1" + key).digest()[:4] == packed[:4]]
        if not keys or keys[0] in names or not ed25519(keys[0], signed, packed[4:]):
            raise Wrong("VERIFY_LOG", "a signature of the checkpoint")
        names.add(keys[0])
    return int(found[1]), base64.b64decode(found[2]).hex()


def check_log(check, made, newest, pointed, since):
    """Checkpoint and tiles: of the edition that the pointer names, or of a later one while that is being published."""
    entries, leaves, heads = made
    path, reached = "editions/log/checkpoint", newest["number"]
    with check.trying(path):
        head = check_checkpoint(check, newest)
        reached = next((number for number, each in heads.items() if each == head and number >= pointed), None) or reached
        if heads[reached] != head or reached < pointed:
            raise Wrong("VERIFY_LOG", f"{head[0]}:{head[1]}, editions give {len(leaves)}")
    wanted = {}
    for number, (size, _) in heads.items():
        for name, data in log_tiles(entries, leaves, size):
            wanted.setdefault(name, (data, number <= reached))
    found = {os.path.relpath(os.path.join(folder, name), check.root).replace(os.sep, "/")
             for folder, _, names in os.walk(check.path("editions/log")) for name in names + [each for each in _ if os.path.islink(os.path.join(folder, each))]}
    for name in sorted(found - set(wanted) - {path}):
        check.tell("VERIFY_FILE_UNLISTED", name, "no tile of the log")
    for name, (data, must) in wanted.items():
        with check.trying(name):
            if (must or name in found) and read_file(check.path(name), 1 << 25) != data:
                raise Wrong("VERIFY_LOG", "other hashes or entries")
    if since:
        size, _, root = since.partition(":")
        if not re.match(r"(0|[1-9]\d{0,14}):[0-9a-f]{64}\Z", since) or int(size) > len(leaves) or log_root(leaves[:int(size)]).hex() != root:
            check.tell("VERIFY_LOG_FORKED", "editions/log", f"{len(leaves)} entries that do not begin with the head that was given")


# ---- Pointer and timestamps. That a timestamp has expired is no damage: it only tells a follower when to ask again.
def check_timestamp(check, name, number, sequence, edition, head):
    if not edition:
        raise Wrong("VERIFY_TIMESTAMP", "no such edition that holds")
    data = read_file(check.path(name), 65536)
    signature = read_file(check.path(name + ".minisig"), 4096)
    check_signature(edition["keys"]["timestamp"], data, signature, f"fonoteca-timestamp/1 number {number}-{sequence}")
    value = shape(document(data), "format:text edition:number sequence:number sha256:hex date:time expires:time log:object")
    log = shape(value["log"], "size:count root:hex")
    if (value["format"], value["edition"], value["sequence"], value["sha256"]) != ("fonoteca-timestamp/1", number, sequence, edition["sha256"]):
        raise Wrong("VERIFY_TIMESTAMP", "of another edition")
    if head and (log["size"], log["root"]) != head:
        raise Wrong("VERIFY_LOG", "another log than editions give")


def check_pointer(check, editions, heads):
    """The number of the edition that is pointed at."""
    known, names, path = set(), names_in(check.path("editions/timestamps")), "editions/current.json"
    for name in names:
        subject, found = f"editions/timestamps/{name}", re.match(r"(\d{4,9})-(\d{1,9})\.json(\.minisig)?\Z", name)
        if not found or f"{int(found[1]):04d}" != found[1]:
            check.tell("VERIFY_FILE_UNLISTED", subject, "not the name of a timestamp")
        elif found[3]:
            if name[:-len(".minisig")] not in names:
                check.tell("VERIFY_TIMESTAMP", subject, "a signature of no timestamp")
        else:
            number, sequence = int(found[1]), int(found[2])
            with check.trying(subject, "VERIFY_TIMESTAMP", but=["VERIFY_LOG"]):
                check_timestamp(check, subject, number, sequence, editions.get(number), heads.get(number))
                known.add((number, sequence))
    with check.trying(path):
        try:
            value = shape(document(read_file(check.path(path), 65536)), "edition:number timestamp:number")
        except Wrong as wrong:
            raise Wrong("VERIFY_POINTER", wrong.seen) if wrong.code == "VERIFY_DOCUMENT" else wrong
        number, sequence = value["edition"], value["timestamp"]
        if number not in editions or (number, sequence) not in known:
            raise Wrong("VERIFY_POINTER", f"edition {number}, timestamp {sequence}")
        if number != max(editions) or (number, sequence + 1) in known:
            check.tell("VERIFY_POINTER_BEHIND", path, "there is a newer edition or timestamp")
        return number
    return 0


# ---- What an edition says of its members: rights for every one, and a catalogue of where they lie.
PLACE = "digest:hex path:text sizeBytes:count volume:text "
LISTS = {"catalogue.jsonl": ("album:any albumArtist:any albumId:any artist:any date:any disc:any files:list genre:any id:text isrc:any "
                             "mbid:any number:any popularity:any title:any", PLACE + "durationMs:any format:any tier:any", "tracks"),
         "albums.jsonl": ("artist:any date:any files:list id:text title:any tracks:any", PLACE + "mimeType:any role:any", "albums")}


def check_content(check, edition, changed):
    own, withdrawn, rights, last, members = edition_path(edition["number"], ""), set(), set(), "", {}
    for stone in edition["stones"] or []:
        (withdrawn.add if stone["kind"] == "withdrawn" else withdrawn.discard)(stone["digest"])
    rights_whole = False
    if own + "rights.jsonl" in edition["whole"]:
        with check.trying(own + "rights.jsonl"):
            for value, _ in lines_of(check, edition, "rights.jsonl"):
                digest = shape(value, "attribution:text because:said digest:hex distributable:any holder:text? licence:text?")["digest"]
                if digest <= last or digest in withdrawn:
                    raise bad(f"{digest} out of order, or withdrawn")
                if value["distributable"] is not True:
                    check.tell("VERIFY_NOT_DISTRIBUTABLE", f"{own}rights.jsonl#{digest}", "listed all the same")
                rights.add(digest)
                last = digest
            rights_whole = True
            if len(rights) != edition["rights"]["members"]:
                raise bad(f"{len(rights)} lines")
    for volume in edition["volumes"]:
        found = check_volume(check, volume, edition, withdrawn)
        if found is not None:
            members[volume["name"]] = {path: (digest, size) for path, digest, size, _ in found}
    for name, found in members.items():
        for path, (digest, _) in found.items():
            if rights_whole and digest not in withdrawn and digest not in rights:
                check.tell("VERIFY_RIGHTS_MISSING", f"volumes/{name}.tar#{path}", digest)
    for name, told in changed:
        if name in members and not told & {digest for digest, _ in members[name].values()}:
            check.tell("VERIFY_VOLUME_CHANGED", f"volumes/{name}.tar", "changed without withdrawing any of it")
    names = {volume["name"] for volume in edition["volumes"]}
    for name, (spec, place, counted) in LISTS.items():
        with check.trying(own + name):
            lines = 0
            for value, _ in lines_of(check, edition, name) if own + name in edition["whole"] else ():
                lines += 1
                for each in shape(value, spec)["files"]:
                    volume, subject = shape(each, place)["volume"], f"{own}{name}#{value['id']}"
                    there = members[volume].get(each["path"]) == (each["digest"], each["sizeBytes"]) if volume in members else volume in names
                    if not there or each["digest"] in withdrawn:
                        check.tell("VERIFY_CATALOGUE", subject, f"{volume}/{each['path']}")
                    elif rights_whole and each["digest"] not in rights:
                        check.tell("VERIFY_RIGHTS_MISSING", subject, f"{volume}/{each['path']}")
            if lines != edition["catalogue"][counted] and own + name in edition["whole"]:
                raise bad(f"{lines} lines")
    if own + "torrents.json" in edition["whole"]:
        with check.trying(own + "torrents.json"):
            told = list(lines_of(check, edition, "torrents.json"))
            value = shape(told[0][0], "format:text torrents:list metadata:list") if len(told) == 1 else {}
            for key, same in (("torrents", "infohashV1 infohashV2 members name order sizeBytes superseded tier torrent withdrawn"),
                              ("metadata", "infohashV1 infohashV2 path sizeBytes torrent")):
                pick = lambda each: [each.get(field) for field in same.split()]
                if value.get("format") != "fonoteca-torrents/1" or list(map(pick, value[key])) != list(map(pick, edition["volumes" if key == "torrents" else key])):
                    raise bad(f"other {key} than edition.json")
    for file in edition["metadata"]:
        if file["path"] in edition["whole"]:
            blocks = Blocks(file["pieceLengthBytes"])
            for data in chunks(check.path(file["path"]), file["sizeBytes"]):
                blocks.feed(data)
            check_torrent(check, file["path"], file["path"].split("/")[-1], file, blocks, file["torrent"] in edition["whole"])
    read = {name for volume in edition["volumes"] for name in (f"volumes/{volume['name']}.tar", f"volumes/{volume['name']}.leaves", volume["torrent"])}
    for name in sorted(edition["listed"]):
        if not name.startswith(own) and name not in read:
            check_listed(check, edition, name)


# ---- The whole tree.
def edition_numbers(check):
    numbers, root = [], check.path("editions")
    for name in names_in(root):
        folder = os.path.isdir(os.path.join(root, name)) and not os.path.islink(os.path.join(root, name))
        if folder and re.match(r"\d{4,9}\Z", name) and int(name) > 0 and f"{int(name):04d}" == name:
            numbers.append(int(name))
        elif not (folder and name in ("log", "timestamps", "tools", "torrents")) and not (name == "current.json" and os.path.isfile(os.path.join(root, name)) and not os.path.islink(os.path.join(root, name))):
            check.tell("VERIFY_FILE_UNLISTED", f"editions/{name}", "no edition")
    for before, number in zip([0] + sorted(numbers), sorted(numbers)):
        if number != before + 1:
            check.tell("VERIFY_EDITION_MISSING", f"editions/{before + 1:04d}", f"{number} follows {before}")
    return sorted(numbers)


def check_unlisted(check, allowed):
    """In the folder of an archive, known by its ledger, volumes may lie that are not published yet."""
    folders = ["volumes", "editions/tools"] + [f"editions/torrents/{name}" for name in names_in(check.path("editions/torrents"))]
    pending = re.compile(rf"(volumes|editions/torrents/[0-9a-f]{{16}})/{VOLUME}\.(tar|torrent|leaves)(\.next)?\Z")
    for folder in folders:
        is_folder = os.path.isdir(check.path(folder)) and not os.path.islink(check.path(folder))
        found = [f"{folder}/{name}" for name in names_in(check.path(folder))] if is_folder or "torrents" not in folder else [folder]
        for name in found:
            if name not in allowed and not (os.path.exists(check.path("ledger.db")) and pending.match(name)):
                check.tell("VERIFY_FILE_UNLISTED", name, "of no edition")


def verify(root, key=None, since=None):
    """What is wrong with the tree, a list of {code, subject, seen}; empty when all is well. And the head of its log."""
    check, editions, allowed, last, changed, head = Check(root), {}, set(), {}, [], None
    numbers = edition_numbers(check)
    if not numbers:
        check.tell("VERIFY_NOTHING", "editions", "no edition")
        return check.findings, None
    for number in numbers:
        with check.trying(edition_path(number, "edition.json")):
            edition = check_edition(check, number, editions.get(number - 1))
            editions[number] = edition
            changed += check_along(check, edition, last)
            allowed |= set(edition["listed"])
    if key is not None and editions:
        try:
            name, raw = public_key(key)
        except Wrong:
            name, raw = "", b""
        if not any(name in edition["signers"] and edition["keys"]["edition"].get(name) == raw for edition in editions.values()):
            check.tell("VERIFY_KEY_OTHER", "editions", "no edition is signed with it")
    made = make_log(check, editions.values())
    pointed = check_pointer(check, editions, made[2] if made else {})
    if editions:
        newest = editions[max(editions)]
        if made:
            check_log(check, made, newest, pointed, since)
            head = "{}:{}".format(*made[2][newest["number"]])
        check_content(check, newest, changed)
    check_unlisted(check, allowed)
    return check.findings, head


def main():
    options = argparse.ArgumentParser(description="Checks a Fonoteca archive on disk.")
    options.add_argument("tree")
    options.add_argument("--key", help="the public key of the archive, as text or a file")
    options.add_argument("--since", help="SIZE:ROOT, a head of the log kept from before")
    options.add_argument("--json", action="store_true", help="print one JSON object")
    wanted = options.parse_args()
    if not os.path.isdir(wanted.tree):
        options.error(f"no folder {wanted.tree}")
    key = wanted.key
    if key and os.path.isfile(key):
        with open(key, encoding="utf-8") as file:
            key = file.read()
    findings, head = verify(wanted.tree, key, wanted.since)
    if wanted.json:
        print(json.dumps({"intact": not findings, "logHead": head, "findings": findings}))
    else:
        for each in findings:
            print("{code} {subject}: {seen}".format(**each))
        print(f"{len(findings)} findings" if findings else f"all well; head of the log, to keep for --since: {head}")
    return 12 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
