#!/usr/bin/env python3
"""Checks a Fonoteca archive on disk: is this published tree what it claims to be?

    python3 fonoteca_verify.py TREE [--key KEY] [--since SIZE:ROOT] [--json]

TREE is the folder that holds editions/ and volumes/. KEY is the public key of the archive, as text or a file; take it from
somewhere else than the tree. SIZE:ROOT is a head of the log that you kept from an earlier visit.
Exit code: 0 all well, 12 something was found, 2 wrong usage. Needs Python 3.9 and nothing else, no network, no clock, writes
nothing. The comments describe the formats, so that this can be written anew. Digests are SHA-256 in hex unless it says otherwise.

The tree:   editions/current.json                the newest edition: {"edition": N, "timestamp": K}
            editions/NNNN/                       edition N, never changed: edition.json and what it lists
            editions/timestamps/NNNN-K.json      signed word that N is the newest, for a while
            editions/log/                        append-only log of what the editions did
            editions/torrents/  editions/tools/  torrents with other addresses; this program
            volumes/NAME.tar .torrent .leaves    the music: tar files of a strict layout, their torrents and hashes
A document is one line of canonical JSON and LF: keys sorted, no spaces, so that it has only one spelling."""
import argparse, base64, contextlib, hashlib, json, os, re, stat, sys
from decimal import Decimal
LEAF, CHUNK = 16384, 1 << 20  # LEAF: bytes under one leaf of a hash tree (BitTorrent v2, BEP 52)
VOLUME = r"(?:original|opus)-[0-9a-f]{16}"
LISTABLE = re.compile(rf"volumes/{VOLUME}\.(?:tar|torrent|leaves)\Z|editions/torrents/[0-9a-f]{{16}}/{VOLUME}\.torrent\Z"
                      r"|editions/tools/verify-[0-9a-f]{16}\.py\Z|editions/(\d{4,9})/[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")

class Wrong(Exception):
    """Something that is not as it should be; ends the check of one file."""
    def __init__(self, code, seen, subject=None):
        super().__init__(f"{code}: {seen}")
        self.code, self.seen, self.subject = code, seen, subject

def need(condition, seen, code="VERIFY_DOCUMENT", subject=None):
    if not condition: raise Wrong(code, seen, subject)

def sha256(data): return hashlib.sha256(data).hexdigest()

def up_to(number, multiple): return -(-number // multiple) * multiple

# ---- Ed25519 (RFC 8032), checking only. A point (x, y) is kept as (X, Y, Z, T): x = X/Z, y = Y/Z, xy = T/Z.
P, L = 2 ** 255 - 19, 2 ** 252 + 27742317777372353535851937790883648493
D, ROOT_OF_MINUS_1 = -121665 * pow(121666, P - 2, P) % P, pow(2, (P - 1) // 4, P)

def point_add(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    e, f, g, h = f - e, h - g, h + g, f + e
    return e * f % P, g * h % P, f * g % P, e * h % P

def point_times(number, point):
    total = (0, 1, 1, 0)
    while number > 0:
        total = point_add(total, point) if number & 1 else total
        point, number = point_add(point, point), number >> 1
    return total

def point_from(data):
    y, sign = int.from_bytes(data, "little") & (1 << 255) - 1, data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * ROOT_OF_MINUS_1 % P
    if y >= P or (x * x - square) % P or (x == 0 and sign): return None
    x = x if x & 1 == sign else P - x
    return x, y, 1, x * y % P

BASE = point_from((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))

def ed25519(key, message, signature):
    a, r, s = point_from(key), point_from(signature[:32]), int.from_bytes(signature[32:], "little")
    if a is None or r is None or s >= L: return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    left, right = point_times(s, BASE), point_add(r, point_times(h, a))
    return all((left[at] * right[2] - right[at] * left[2]) % P == 0 for at in (0, 1))

# ---- Files: only regular files, never through a link.
def open_file(path):
    try: handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (FileNotFoundError, NotADirectoryError): raise Wrong("VERIFY_FILE_MISSING", "nothing")
    except OSError as error: raise Wrong("VERIFY_FILE_KIND" if os.path.islink(path) else "VERIFY_FILE_UNREADABLE", str(error))
    file = stat.S_ISREG(os.fstat(handle).st_mode) and os.fdopen(handle, "rb")
    if not file: os.close(handle)
    need(file, "no regular file", "VERIFY_FILE_KIND")
    return file

def chunks(path, size=None, most=1 << 28):
    """The bytes of a file of exactly `size`, or of `most` at most."""
    with open_file(path) as file:
        found = os.fstat(file.fileno()).st_size
        need(found == size if size is not None else found <= most, f"{found} bytes", "VERIFY_FILE_SIZE")
        try: yield from iter(lambda: file.read(CHUNK), b"")
        except OSError as error: raise Wrong("VERIFY_FILE_UNREADABLE", str(error))

def read_file(path, most=1 << 28): return b"".join(chunks(path, most=most))

def is_folder(path): return os.path.isdir(path) and not os.path.islink(path)

def names_in(folder): return sorted(os.listdir(folder)) if os.path.isdir(folder) else []

# ---- Documents.
def canonical(value):
    """The one spelling of a JSON value: that of ECMA-262 JSON.stringify with sorted keys."""
    if isinstance(value, dict): return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list): return "[" + ",".join(map(canonical, value)) + "]"
    if not isinstance(value, float): return json.dumps(value, ensure_ascii=False)
    plain = 1e-6 <= abs(value) < 1e21
    return format(Decimal(repr(value)), "f").removesuffix(".0") if plain else repr(value).replace("e-0", "e-")

def document(data):
    """The object in one line of canonical JSON."""
    try:
        value = json.loads(data.decode("utf-8"))
        if isinstance(value, dict) and (canonical(value) + "\n").encode() == data: return value
    except (ValueError, RecursionError): pass
    raise Wrong("VERIFY_DOCUMENT", "not one line of canonical JSON")

def matching(pattern): return lambda value: isinstance(value, str) and re.match(pattern + r"\Z", value, re.S)

KINDS = {"any": lambda value: True, "text": matching(".*"), "said": matching(".+"), "hex": matching("[0-9a-f]{64}"),
         "sha1": matching("[0-9a-f]{40}"), "key": matching("[0-9A-F]{16}"), "volume": matching(VOLUME),
         "time": matching(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "object": lambda value: isinstance(value, dict),
         "list": lambda value: isinstance(value, list) and all(isinstance(each, dict) for each in value),
         "count": lambda value: type(value) is int and 0 <= value < 2 ** 53,
         "number": lambda value: type(value) is int and 1 <= value < 2 ** 53}

def shape(value, spec):
    """`value`, an object with exactly the fields of `spec`: NAME:KIND, NAME:KIND? where it may be null, NAME?:KIND."""
    wanted = {key.rstrip("?"): (kind, key.endswith("?")) for key, kind in (each.split(":") for each in spec.split())}
    need(set(value) <= set(wanted), f"an unknown field {sorted(set(value) - set(wanted))[:1]}")
    for name, (kind, optional) in wanted.items():
        need(name in value or optional, f"{name} is missing")
        fits = name not in value or (value[name] is None and kind.endswith("?")) or KINDS[kind.rstrip("?")](value[name])
        need(fits, f"{name} is {value.get(name)!r:.80}")
    return value

def in_order(texts, what): need(all(a.encode() < b.encode() for a, b in zip(texts, texts[1:])), f"{what} are not sorted")

# ---- Keys and signatures (minisign): the Ed25519 signature is of the BLAKE2b-512 of the file, the second one of the first
# and the trusted comment. A key id is 8 bytes, printed last byte first.
def from_base64(data, length, code="VERIFY_SIGNATURE_FORM"):
    try: raw = base64.b64decode(data, validate=True)
    except ValueError: raw = b""
    need(len(raw) == length and base64.b64encode(raw).decode() == data, f"no canonical base64 of {length} bytes", code)
    return raw

def public_key(written):
    lines = written.strip().split("\n")
    raw = from_base64(lines[len(lines) > 1 and lines[0].startswith("untrusted comment: ")].strip(), 42, "VERIFY_DOCUMENT")
    need(raw[:2] == b"Ed", "no minisign public key")
    return raw[9:1:-1].hex().upper(), raw[10:]

def check_signature(keys, message, signature, comment):
    """The id of the one of `keys` (id: public key) that signed `message`."""
    lines = signature.decode("utf-8", "replace").split("\n")
    first = "untrusted comment: signature from minisign secret key"
    need(len(lines) == 5 and (lines[0], lines[2], lines[4]) == (first, f"trusted comment: {comment}", ""),
         f"not the signature of {comment}", "VERIFY_SIGNATURE_FORM")
    packed = from_base64(lines[1], 74)
    need(packed[:2] == b"ED", "not prehashed", "VERIFY_SIGNATURE_FORM")
    name = packed[9:1:-1].hex().upper()
    need(name in keys, f"key {name}", "VERIFY_KEY_UNKNOWN")
    second = from_base64(lines[3], 64)
    fits = ed25519(keys[name], hashlib.blake2b(message).digest(), packed[10:]) and ed25519(keys[name], packed[10:] + comment.encode(), second)
    need(fits, f"by key {name}", "VERIFY_SIGNATURE_WRONG")
    return name

def read_keys(value):
    """keys.json: which keys may sign editions and timestamps, and how many must sign an edition."""
    shape(value, "format:text keys:list roles:object threshold:number")
    known, roles = {}, shape(value["roles"], "edition:any timestamp:any")
    for each in value["keys"]:
        name, raw = public_key(shape(each, "id:text publicKey:text")["publicKey"])
        need(each["id"] == name and name not in known, f"the id of key {name}")
        known[name] = raw
    for ids in roles.values():
        need(isinstance(ids, list) and ids and all(isinstance(each, str) and each in known for each in ids) and len(set(ids)) == len(ids), "a role")
    need(value["threshold"] <= len(roles["edition"]) and value["format"] == "fonoteca-keys/1", "threshold or format")
    return {**{role: {name: known[name] for name in ids} for role, ids in roles.items()}, "threshold": value["threshold"], "ids": known}

# ---- The hash tree of BEP 52: SHA-256 of 16 KiB leaves, pairs of hashes above, missing leaves count as 32 zero bytes.
def tree_root(hashes, width, pad=bytes(32)):
    while width > 1:
        hashes = [hashlib.sha256(hashes[at] + (hashes[at + 1] if at + 1 < len(hashes) else pad)).digest() for at in range(0, len(hashes), 2)]
        pad, width = hashlib.sha256(pad + pad).digest(), width // 2
    return hashes[0] if hashes else pad

def power_of_two(number): return 1 << max(0, number - 1).bit_length()

class Blocks:
    """Digests of a file that passes by: the whole, leaves, SHA-1 of each piece."""
    def __init__(self, path, listed):
        self.piece_bytes, self.leaves, self.pieces, self.whole, rest = listed["pieceLengthBytes"], [], b"", hashlib.sha256(), b""
        for data in chunks(path, listed["sizeBytes"]):  # each but the last is whole leaves
            self.whole.update(data)
            self.leaves += [hashlib.sha256(data[at:at + LEAF]).digest() for at in range(0, len(data), LEAF)]
            rest += data
            while len(rest) >= self.piece_bytes:
                self.pieces, rest = self.pieces + hashlib.sha1(rest[:self.piece_bytes]).digest(), rest[self.piece_bytes:]
        self.pieces += hashlib.sha1(rest).digest() if rest else b""

    def tree(self):
        """The root in hex, and the hashes of the pieces; none when there is one piece."""
        width = self.piece_bytes // LEAF
        if len(self.leaves) <= width: return tree_root(self.leaves, power_of_two(len(self.leaves))).hex(), b""
        layer = [tree_root(self.leaves[at:at + width], width) for at in range(0, len(self.leaves), width)]
        return tree_root(layer, power_of_two(len(layer)), tree_root([], width)).hex(), b"".join(layer)

# ---- Torrents (BEP 3, BEP 52). Bencode: i5e, 2:ab, l...e, d...e with sorted keys. `info` follows from name and bytes of the
# one file, so it is made again and compared; what stands outside of it (trackers, web seeds) may be anything.
def bencode(value):
    if isinstance(value, int): return b"i%de" % value
    if isinstance(value, bytes): return b"%d:%s" % (len(value), value)
    if isinstance(value, list): return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"

def bdecode(data, at=0, depth=0):
    """The value at `at`, and where it ends."""
    kind = data[at:at + 1]
    number = re.compile(rb"i(-?\d{1,16})e" if kind == b"i" else rb"(\d{1,10}):").match(data, at)
    need(depth <= 12 and (number or kind in (b"l", b"d")), f"no bencode at byte {at}", "VERIFY_TORRENT")
    if number:
        end = number.end() + (0 if kind == b"i" else int(number[1]))
        return (int(number[1]) if kind == b"i" else data[number.end():end]), end
    items, at = [], at + 1
    while data[at:at + 1] != b"e":
        item, at = bdecode(data, at, depth + 1)
        items.append(item)
    if kind == b"l": return items, at + 1
    need(all(isinstance(key, bytes) for key in items[::2]) and len(items) % 2 == 0, "a key that is no string", "VERIFY_TORRENT")
    return dict(zip(items[::2], items[1::2])), at + 1

def check_torrent(check, path, listed, blocks, whole):
    """Holds the bytes of a file (`blocks`) and its torrent, when that is `whole`, against what the edition lists."""
    (root, layer), size, name = blocks.tree(), listed["sizeBytes"], path.split("/")[-1].encode()
    if root != listed["piecesRoot"]: return check.tell("VERIFY_PIECES", path, f"tree root {root}")
    info = {b"file tree": {name: {b"": {b"length": size, b"pieces root": bytes.fromhex(root)}}}, b"length": size,
            b"meta version": 2, b"name": name, b"piece length": listed["pieceLengthBytes"], b"pieces": blocks.pieces}
    with check.trying(listed["torrent"]):
        data = read_file(check.path(listed["torrent"])) if whole else b""
        torrent, end = bdecode(data) if whole else ({b"info": info}, 0)
        sound = isinstance(torrent, dict) and isinstance(torrent.get(b"info"), dict) and torrent[b"info"].get(b"name") == name
        need(not whole or (sound and end == len(data) and bencode(torrent) == data), "not canonical, or of another file", "VERIFY_TORRENT")
        found = bencode(torrent[b"info"])
        hashes = hashlib.sha1(found).hexdigest(), sha256(found)
        need(not whole or hashes == (listed["infohashV1"], listed["infohashV2"]), "{} and {}".format(*hashes), "VERIFY_INFOHASH")
        layers = {bytes.fromhex(root): layer} if layer else {}
        need(not whole or (torrent[b"info"] == info and torrent.get(b"piece layers", {}) == layers), "other pieces", "VERIFY_PIECES", path)

# ---- The tar of a volume. The first member is the index, one line for each other member; from a line and its place follows
# every byte that stands before the payload. Payloads start on multiples of 16 KiB, so no leaf has bytes of two members.
def tar_header(name, size, kind):
    block = bytearray(512)
    block[0:len(name)] = name
    block[100:148] = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"0" * 11 + b"\0"
    block[156:157], block[257:265], block[329:345] = kind, b"ustar\x0000", b"0000000\0" * 2
    block[148:156] = b"%06o\0 " % (sum(block) + 8 * 32)
    return bytes(block)

def pax_record(key, value):
    length = len(key) + len(value) + 3
    while len(str(length)) + len(key) + len(value) + 3 != length: length += 1
    return b"%d %s=%s\n" % (length, key, value)

def tar_head(path, size, start, counted_from):
    """The bytes from `start` to the payload: pax header, its records (path, size if huge, spaces to fill), file header."""
    huge = size > 8589934591
    records = pax_record(b"path", path.encode()) + (pax_record(b"size", b"%d" % size) if huge else b"")
    payload = up_to(counted_from + 1024 + up_to(len(records) + 12, 512), LEAF)
    comment = b"%d comment=" % (payload - start - 1024 - len(records))
    records += comment.ljust(payload - start - 1025 - len(records)) + b"\n"
    name = "".join(each if " " <= each <= "~" else "_" for each in path.split("/")[-1])
    name = name if len(name) <= 100 else name[:60] + "~" + name[-39:]
    return tar_header(b"PaxHeaders/member", len(records), b"x") + records + tar_header(name.encode(), 0 if huge else size, b"0")

MEMBER = ("attribution:any digest:hex engine:any holder:any ids:any kind:any length:count licence:any licenceUrl?:any "
          "offset:count path:said tier:text")
TOMBSTONE = "digest:hex length:count offset:count path:said tombstone:object"

def index_lines(data):
    need(data.endswith(b"\n"), "no newline at the end", "VERIFY_INDEX")
    for line in data.split(b"\n")[:-1]:
        try:
            value = document(line.rstrip(b" ") + b"\n")
            yield shape(value, TOMBSTONE if "tombstone" in value else MEMBER)
        except Wrong as wrong: raise Wrong("VERIFY_INDEX", wrong.seen)

def check_members(check, volume, withdrawn):
    """Walks the tar; returns its members by path, each with digest and size."""
    file, members, damaged, zeroed = f"volumes/{volume['name']}.tar", {}, [], 0
    with open_file(check.path(file)) as tar:
        def expect(data): need(tar.read(len(data)) == data, f"other bytes before byte {tar.tell()}", "VERIFY_TAR")
        tar.seek(LEAF - 512 + 124)
        size = re.match(rb"([0-7]{11})\0", tar.read(12))
        need(size, "no index", "VERIFY_TAR")
        tar.seek(0)
        expect(tar_head("fonoteca-index-1.jsonl", int(size[1], 8), 0, 0))
        index = tar.read(int(size[1], 8))
        expect(bytes(-len(index) % 512))
        base = up_to(tar.tell(), LEAF)
        for line in index_lines(index):
            path, length, gone = line["path"], line["length"], "tombstone" in line
            expect(tar_head(path, length, tar.tell(), tar.tell() if members else base))
            need(tar.tell() == base + line["offset"] and (gone or line["tier"] == volume["tier"]), f"the line of {path}", "VERIFY_INDEX")
            digest, zeros = hashlib.sha256(), True
            for at in range(0, length, CHUNK):
                data = tar.read(min(CHUNK, length - at))
                digest.update(data)
                zeros = zeros and not data.strip(b"\0")
            expect(bytes(-length % 512))
            members[path], zeroed = (line["digest"], length), zeroed + gone
            if gone != (line["digest"] in withdrawn) or not (zeros if gone else digest.hexdigest() == line["digest"]): damaged.append(path)
        expect(bytes(1024))
        need(not tar.read(1) and members, "bytes behind the end, or no member", "VERIFY_TAR")
    name = sha256("".join(f"{digest} {path}\n" for path, (digest, _) in members.items()).encode())[:16]
    need(f"{volume['tier']}-{name}" == volume["name"], name, "VERIFY_VOLUME_NAME")
    for path in damaged: check.tell("VERIFY_MEMBER", f"{file}#{path}", "another digest, or withdrawn and there")
    if (len(members), zeroed) != (volume["members"], volume["withdrawn"]):
        check.tell("VERIFY_INDEX", file, "other counts of members than edition.json")
    return members

def check_volume(check, volume, edition, withdrawn):
    base = f"volumes/{volume['name']}"
    torrent_whole, leaves_whole = check_listed(check, edition, volume["torrent"]), check_listed(check, edition, base + ".leaves")
    with check.trying(base + ".tar"):
        blocks = Blocks(check.path(base + ".tar"), volume)
        if blocks.whole.hexdigest() != volume["sha256"]: check.tell("VERIFY_FILE_DIGEST", base + ".tar", blocks.whole.hexdigest())
        check_torrent(check, base + ".tar", volume, blocks, torrent_whole)
        # The .leaves file: a name of 16 bytes, the size of the volume, the SHA-256 of every 16 KiB.
        head, leaves = b"fonoteca-leaves1" + volume["sizeBytes"].to_bytes(8, "big"), b"".join(blocks.leaves)
        found = read_file(check.path(base + ".leaves"), 1 << 40) if leaves_whole else head + leaves
        if found != head + leaves:
            own = found[:24] != head or len(found) != len(head + leaves)
            check.tell("VERIFY_LEAVES", base + (".leaves" if own else ".tar"), "other 16 KiB blocks than their leaves")
        return check_members(check, volume, withdrawn)

class Check:
    """A tree being checked, and what was found."""
    def __init__(self, root): self.root, self.findings = root, []

    def path(self, name): return os.path.join(self.root, *name.split("/"))

    def tell(self, code, subject, seen):
        self.findings.append({"code": code, "subject": subject, "seen": "".join(each if each.isprintable() else " " for each in seen)})

    @contextlib.contextmanager
    def at(self, subject):
        """What goes wrong inside is a matter of `subject`."""
        try: yield
        except Wrong as wrong: raise Wrong(wrong.code, wrong.seen, wrong.subject or subject)

    @contextlib.contextmanager
    def trying(self, subject, codes=None):
        """What goes wrong inside is told, and ends no more than that. `codes`: what a code is told as, * for the others."""
        try: yield
        except Wrong as wrong:
            code = (codes or {}).get(wrong.code, (codes or {}).get("*", wrong.code))
            self.tell(code, wrong.subject or subject, wrong.seen)

def check_listed(check, edition, path):
    """Whether a listed file is there with its size and digest."""
    size, wanted = edition["listed"][path]
    with check.trying(path):
        digest = hashlib.sha256()
        for data in chunks(check.path(path), size): digest.update(data)
        need(digest.hexdigest() == wanted, digest.hexdigest(), "VERIFY_FILE_DIGEST")
        return True

# ---- An edition: edition.json lists every file with size and digest, and names the edition before. It is signed by
# NAME.minisig, and NAME.KEYID.minisig for further keys; every signature that is there must hold.
def edition_path(number, name): return f"editions/{number:04d}/{name}"

def check_signatures(check, number, name, data, keys, comment):
    """The ids of the keys that signed."""
    further = [re.match(re.escape(name) + r"\.([0-9A-F]{16})\.minisig\Z", each) for each in names_in(check.path(edition_path(number, "")))]
    signers = set()
    for file, named in [(f"{name}.minisig", None)] + [(each[0], each[1]) for each in further if each]:
        with check.at(edition_path(number, file)):
            found = check_signature(keys, data, read_file(check.path(edition_path(number, file)), 4096), comment)
            need(found not in signers and named in (None, found), f"a signature by key {found}", "VERIFY_SIGNATURE_FORM")
        signers.add(found)
    return signers

def require_threshold(signers, keys, number):
    known = len(signers & set(keys["edition"]))
    need(known >= keys["threshold"], f"{known} keys of edition {number}", "VERIFY_THRESHOLD" if known else "VERIFY_KEY_UNKNOWN")

def check_keys(check, number, before):
    """keys.json is signed by enough of its own keys, and from edition 2 on by enough of those of the edition before."""
    path = edition_path(number, "keys.json")
    with check.at(path):
        data = read_file(check.path(path), 1 << 20)
        keys = read_keys(document(data))
    either = {**(before["keys"]["edition"] if before else {}), **keys["edition"]}
    signers = check_signatures(check, number, "keys.json", data, either, "fonoteca-keys/1")
    with check.at(path + ".minisig"):
        require_threshold(signers, keys, number)
        if before: require_threshold(signers, before["keys"], number - 1)
    return keys

EDITION = ("format:text number:number previous:hex? date:time stage:text archive:object catalogue:object volumes:list rights:object "
           "tombstones:object log:object metadata:list addresses:any mirrors:any files:list verifier:text")
TORRENTED = "sizeBytes:number sha256:hex piecesRoot:hex infohashV1:sha1 infohashV2:hex pieceLengthBytes:number torrent:text "
LISTED = TORRENTED + "name:volume tier:text members:number withdrawn:count order:number licences:list added:object superseded:list"
COUNTED = {"catalogue": "albums:count tracks:count", "rights": "members:count", "tombstones": "count:count head:hex?"}

def read_edition(value):
    own, files, tool = edition_path(shape(value, EDITION)["number"], ""), {}, value["verifier"]
    for each in value["files"]:
        path = shape(each, "path:text sizeBytes:count sha256:hex")["path"]
        need(LISTABLE.match(path) and (path.startswith(own) or not re.match(r"editions/\d", path)), f"files lists {path:.80}")
        files[path] = each["sizeBytes"], each["sha256"]
    for name, spec in COUNTED.items():
        told = shape(value[name], "path:text sha256:hex " + spec)
        need(told["path"] == f"{own}{name}.jsonl" and files.get(told["path"], "??")[1] == told["sha256"], f"{name} is not among the files")
    for each in value["volumes"]:
        name, base = shape(each, LISTED)["name"], f"volumes/{each['name']}"
        shape(each["added"], "edition:number date:time")
        [shape(licence, "licence:text? members:count") for licence in each["licences"]]
        [shape(old, "edition:number? infohashV1:sha1 infohashV2:hex") for old in each["superseded"]]
        need(files.get(base + ".tar") == (each["sizeBytes"], each["sha256"]) and base + ".leaves" in files and each["torrent"] in files
             and each["torrent"].endswith(f"/{name}.torrent") and each["tier"] == name.split("-")[0], f"the files of volume {name}")
    for each in value["metadata"]:
        path = shape(each, TORRENTED + "path:text sources:list")["path"]
        [shape(source, "licence:said name:said") for source in each["sources"]]
        need(files.get(path) == (each["sizeBytes"], each["sha256"]) and each["torrent"] == path + ".torrent" and each["torrent"] in files
             and each["sources"], f"metadata {path:.80}")
    need(all(each["pieceLengthBytes"] in [LEAF << power for power in range(15)] for each in value["volumes"] + value["metadata"]), "a piece length")
    for what, key in (("volumes", "name"), ("files", "path"), ("metadata", "path")): in_order([each[key] for each in value[what]], what)
    filled = {own + name for name in ("albums.jsonl", "catalogue.jsonl", "rights.jsonl") if files.get(own + name, (0,))[0]}
    shape(value["archive"], "id:key name:any contact?:any publicUrl?:any")
    shape(value["log"], "size:count root:hex")
    need(filled <= {each["path"] for each in value["metadata"]} and value["format"] == "fonoteca-edition/1" and value["stage"] in
         ("metadata", "audio", "all") and tool == f"editions/tools/verify-{files.get(tool, '??')[1][:16]}.py", "format, stage, metadata or verifier")
    return {**value, "listed": files}

def check_edition(check, number, before):
    """Edition `number` when its signatures hold; then also its chain, folder and tombstones are looked at."""
    path, own, keys = edition_path(number, "edition.json"), edition_path(number, ""), check_keys(check, number, before)
    data = read_file(check.path(path))
    signers = check_signatures(check, number, "edition.json", data, keys["edition"], f"fonoteca-edition/1 number {number}")
    with check.at(path + ".minisig"): require_threshold(signers, keys, number)
    edition = {**read_edition(document(data)), "sha256": sha256(data), "keys": keys, "signers": signers}
    need(edition["number"] == number, f"number {edition['number']}", "VERIFY_EDITION_NUMBER")
    edition["whole"] = {name for name in edition["listed"] if name.startswith(own) and check_listed(check, edition, name)}
    for name in names_in(check.path(own)):
        if own + name not in edition["listed"] and not re.match(r"edition\.json(\.([0-9A-F]{16}\.)?minisig)?\Z", name):
            check.tell("VERIFY_FILE_UNLISTED", own + name, "not listed")
    first, last = number == 1, before or edition
    follows = (edition["previous"] is None) == first and (not before or edition["previous"] == before["sha256"])
    if not follows or edition["archive"]["id"] != last["archive"]["id"] or edition["date"] < last["date"] or (
            first and edition["archive"]["id"] not in keys["ids"]):
        check.tell("VERIFY_CHAIN_BROKEN", path, "another previous edition, archive or date than the edition before has")
    if before and edition["stage"] == "metadata" and {each["name"] for each in edition["volumes"]} - {each["name"] for each in before["volumes"]}:
        check.tell("VERIFY_DOCUMENT", path, "stage metadata adds a volume")
    edition["stones"] = read_tombstones(check, edition, before)
    return edition

def lines_of(check, edition, name):
    """The documents in a file of the edition, each with its line; none when the file is damaged, which was told before."""
    path = edition_path(edition["number"], name)
    need(path in edition["listed"], f"lists no {name}", subject=edition_path(edition["number"], "edition.json"))
    if path in edition["whole"]:
        with open_file(check.path(path)) as file, check.at(path):
            for line in file: yield document(line), line

STONE = "audio:hex? date:time digest:hex kind:text number:number previous:hex? reason:text subject:text?"
REASONS = "holder-request right-ended court-order personal-data mistaken other".split()

def read_tombstones(check, edition, before):
    """Each line names the one before by digest; an edition keeps every line of the edition before. None: cannot be read."""
    path, stones, known = edition_path(edition["number"], "tombstones.jsonl"), [], [each["sha256"] for each in (before or {}).get("stones") or []]
    with check.trying(path):
        for value, line in lines_of(check, edition, "tombstones.jsonl"):
            shape(value, STONE)
            need(value["kind"] in ("withdrawn", "restored") and value["reason"] in REASONS + ["right-granted"] * (value["kind"] == "restored"), "kind or reason")
            need(value["number"] == len(stones) + 1 and value["previous"] == (stones[-1]["sha256"] if stones else None),
                 f"line {len(stones) + 1} does not follow the one before", "VERIFY_TOMBSTONES")
            stones.append({**value, "sha256": sha256(line)})
        told = edition["tombstones"]["count"], edition["tombstones"]["head"]
        if path in edition["whole"] and (told != (len(stones), stones[-1]["sha256"] if stones else None) or known != [each["sha256"] for each in stones[:len(known)]]):
            check.tell("VERIFY_TOMBSTONES", path, "another count or head than edition.json, or other lines than the edition before")
        return stones if path in edition["whole"] else None

def check_along(check, edition, last):
    """Volumes change only where tombstones came between, and list their old torrents. `last`: name: (edition, volume)."""
    fixed, hashes = ("sizeBytes", "pieceLengthBytes", "members", "added"), lambda each: (each["infohashV1"], each["infohashV2"])
    for volume in edition["volumes"]:
        name, number = volume["name"], edition["number"]
        was_edition, was = last.get(name, (edition, volume))
        last[name] = edition, volume
        old, new = [hashes(each) for each in was["superseded"]], [hashes(each) for each in volume["superseded"]]
        if (new[:len(old)] != old or (hashes(volume) != hashes(was) and hashes(was) not in new[len(old):])
                or any((each["edition"] or 0) >= number for each in volume["superseded"])):
            check.tell("VERIFY_VOLUME_CHANGED", edition_path(number, "edition.json"), f"superseded torrents of {name}")
        same = all(volume[key] == was[key] for key in fixed + ("sha256", "piecesRoot", "infohashV1", "infohashV2", "withdrawn"))
        if same or None in (edition["stones"], was_edition["stones"]): continue
        told = {stone["digest"] for stone in edition["stones"][len(was_edition["stones"]):]}
        if told and all(volume[key] == was[key] for key in fixed): yield name, told
        else: check.tell("VERIFY_VOLUME_CHANGED", f"volumes/{name}.tar", f"another one in edition {number}")

# ---- The log (RFC 6962, C2SP tlog-tiles): a tree over entries, which follow from the editions alone.
def log_root(leaves):
    if len(leaves) < 2: return leaves[0] if leaves else hashlib.sha256().digest()
    half = power_of_two(len(leaves)) // 2
    return hashlib.sha256(b"\1" + log_root(leaves[:half]) + log_root(leaves[half:])).digest()

def new_entries(check, edition, before):
    """What an edition adds before it tells that it was published: its keys when they changed, its tombstones, changed rights."""
    number, digest = edition["number"], lambda each, name: each["listed"][edition_path(each["number"], name)][1]
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
    """The entries, their hashes, and by edition the head of the log behind it; None when an edition does not hold."""
    entries, leaves, heads, before = [], [], {}, None
    for number, edition in enumerate(editions, 1):
        paths = {edition_path(number, name) for name in ("keys.json", "rights.jsonl")}
        if edition["number"] != number or edition["stones"] is None or not paths <= edition["whole"]: return None
        with check.trying(edition_path(number, "rights.jsonl")):
            entries += [canonical(each).encode() for each in new_entries(check, edition, before)]
            leaves += [hashlib.sha256(b"\0" + each).digest() for each in entries[len(leaves):]]
            if (edition["log"]["size"], edition["log"]["root"]) != (len(leaves), log_root(leaves).hex()):
                check.tell("VERIFY_LOG", edition_path(number, "edition.json"), f"editions give {len(leaves)}:{log_root(leaves).hex()}")
            entries.append(canonical({"date": edition["date"], "edition": number, "kind": "published", "sha256": edition["sha256"]}).encode())
            leaves.append(hashlib.sha256(b"\0" + entries[-1]).digest())
            heads[number], before = (len(leaves), log_root(leaves).hex()), edition
        if number not in heads: return None
    return (entries, leaves, heads) if heads else None

def log_tiles(entries, leaves, size):
    """Path and bytes of each file of a log of `size`: 256 hashes of a level, or 256 entries; the last ones partial."""
    rows = {"entries": [len(each).to_bytes(2, "big") + each for each in entries[:size]], 0: leaves[:size]}
    for level in range(8): rows[level + 1] = [log_root(rows[level][at:at + 256]) for at in range(0, len(rows[level]) - 255, 256)]
    for level, items in rows.items():
        for at in range(0, len(items), 256):
            groups, part = re.findall("...", str(at // 256).zfill(up_to(len(str(at // 256)), 3))), items[at:at + 256]
            name = "/".join(["x" + each for each in groups[:-1]] + groups[-1:])
            yield f"editions/log/tile/{level}/{name}" + (f".p/{len(part)}" if len(part) < 256 else ""), b"".join(part)

def check_checkpoint(check, edition):
    """The head in a signed note: origin, size, root; an empty line; signatures: 4 bytes of key hash and 64 of Ed25519."""
    origin, signers = f"fonoteca/{edition['archive']['id']}", []
    note = re.compile(re.escape(origin).encode() + rb"\n(0|[1-9]\d{0,14})\n([A-Za-z0-9+/]{43}=)\n\n((?:[^\n]+\n)+)\Z")
    found = note.match(read_file(check.path("editions/log/checkpoint"), 4096))
    need(found, "no checkpoint of this archive", "VERIFY_LOG")
    for line in found[3].decode("utf-8", "replace").split("\n")[:-1]:
        packed = from_base64(line[len(origin) + 3:] if line.startswith(f"\u2014 {origin} ") else "", 68, "VERIFY_LOG")
        keys = [key for key in edition["keys"]["timestamp"].values() if hashlib.sha256(origin.encode() + b"\n\1" + key).digest()[:4] == packed[:4]]
        need(keys and keys[0] not in signers and len(signers) < 16 and ed25519(keys[0], found.group()[:found.start(3) - 1], packed[4:]), "a signature", "VERIFY_LOG")
        signers.append(keys[0])
    return int(found[1]), from_base64(found[2].decode(), 32, "VERIFY_LOG").hex()

def check_log(check, made, newest, pointed, since):
    """Checkpoint and tiles: of the edition that the pointer names, or of a later one while that is being published."""
    (entries, leaves, heads), path, reached, wanted = made, "editions/log/checkpoint", newest["number"], {}
    with check.trying(path):
        head = check_checkpoint(check, newest)
        numbers = [number for number, each in heads.items() if each == head and number >= pointed]
        need(numbers, f"{head[0]}:{head[1]}, editions give {len(leaves)}", "VERIFY_LOG")
        reached = numbers[0]
    for number, (size, _) in heads.items():
        for name, data in log_tiles(entries, leaves, size): wanted.setdefault(name, (data, number <= reached))
    walked = [(folder, name) for folder, folders, names in os.walk(check.path("editions/log")) for name in names + folders]
    walked = [os.path.join(*each) for each in walked if not is_folder(os.path.join(*each))]
    found = {os.path.relpath(each, check.root).replace(os.sep, "/") for each in walked}
    for name in sorted(found - set(wanted) - {path}): check.tell("VERIFY_FILE_UNLISTED", name, "no tile of the log")
    for name, (data, must) in wanted.items():
        with check.trying(name):
            need(not (must or name in found) or read_file(check.path(name), 1 << 25) == data, "other hashes or entries", "VERIFY_LOG")
    size, _, root = (since or "").partition(":")
    if since and not (re.match(r"(0|[1-9]\d{0,14}):[0-9a-f]{64}\Z", since) and int(size) <= len(leaves) and log_root(leaves[:int(size)]).hex() == root):
        check.tell("VERIFY_LOG_FORKED", "editions/log", f"{len(leaves)} entries that do not begin with the head that was given")

# ---- Pointer and timestamps. That a timestamp has expired is no damage: it only tells a follower when to ask again.
def check_timestamp(check, name, number, sequence, edition, head):
    need(edition, "no such edition that holds", "VERIFY_TIMESTAMP")
    data, signature = read_file(check.path(name), 65536), read_file(check.path(name + ".minisig"), 4096)
    check_signature(edition["keys"]["timestamp"], data, signature, f"fonoteca-timestamp/1 number {number}-{sequence}")
    value = shape(document(data), "format:text edition:number sequence:number sha256:hex date:time expires:time log:object")
    log, told = shape(value["log"], "size:count root:hex"), (value["format"], value["edition"], value["sequence"], value["sha256"])
    need(told == ("fonoteca-timestamp/1", number, sequence, edition["sha256"]), "of another edition", "VERIFY_TIMESTAMP")
    need(not head or (log["size"], log["root"]) == head, "another log than editions give", "VERIFY_LOG")

def check_pointer(check, editions, heads):
    """The number of the edition that is pointed at, or 0."""
    known, names, path = set(), names_in(check.path("editions/timestamps")), "editions/current.json"
    for name in names:
        subject, found = f"editions/timestamps/{name}", re.match(r"(\d{4,9})-(\d{1,9})\.json(\.minisig)?\Z", name)
        if not found or f"{int(found[1]):04d}" != found[1]: check.tell("VERIFY_FILE_UNLISTED", subject, "not the name of a timestamp")
        elif found[3] and name[:-len(".minisig")] not in names: check.tell("VERIFY_TIMESTAMP", subject, "a signature of no timestamp")
        elif not found[3]:
            number, sequence = int(found[1]), int(found[2])
            with check.trying(subject, {"VERIFY_LOG": "VERIFY_LOG", "*": "VERIFY_TIMESTAMP"}):
                check_timestamp(check, subject, number, sequence, editions.get(number), heads.get(number))
                known.add((number, sequence))
    with check.trying(path, {"VERIFY_DOCUMENT": "VERIFY_POINTER"}):
        value = shape(document(read_file(check.path(path), 65536)), "edition:number timestamp:number")
        number, sequence = value["edition"], value["timestamp"]
        need(number in editions and (number, sequence) in known, f"edition {number}, timestamp {sequence}", "VERIFY_POINTER")
        if number != max(editions) or (number, sequence + 1) in known:
            check.tell("VERIFY_POINTER_BEHIND", path, "there is a newer edition or timestamp")
        return number
    return 0

# ---- What an edition says of its members: rights for every one, and a catalogue of where they lie.
RIGHTS = "attribution:text because:said digest:hex distributable:any holder:text? licence:text?"
PLACE = "digest:hex path:text sizeBytes:count volume:text "
LISTS = {"catalogue.jsonl": ("album:any albumArtist:any albumId:any artist:any date:any disc:any files:list genre:any id:text isrc:any "
                             "mbid:any number:any popularity:any title:any", PLACE + "durationMs:any format:any tier:any", "tracks"),
         "albums.jsonl": ("artist:any date:any files:list id:text title:any tracks:any", PLACE + "mimeType:any role:any", "albums")}
SAME = {"torrents": "infohashV1 infohashV2 members name order sizeBytes superseded tier torrent withdrawn", "metadata": "infohashV1 infohashV2 path sizeBytes torrent"}

def read_rights(check, edition, withdrawn):
    """The digests that rights.jsonl has a line for; None when it does not hold."""
    path, rights = edition_path(edition["number"], "rights.jsonl"), [""]
    with check.trying(path):
        for value, _ in lines_of(check, edition, "rights.jsonl"):
            digest = shape(value, RIGHTS)["digest"]
            need(digest > rights[-1] and digest not in withdrawn, f"{digest} out of order, or withdrawn")
            if value["distributable"] is not True: check.tell("VERIFY_NOT_DISTRIBUTABLE", f"{path}#{digest}", "listed all the same")
            rights.append(digest)
        if path in edition["whole"] and len(rights) - 1 != edition["rights"]["members"]:
            check.tell("VERIFY_DOCUMENT", path, f"{len(rights) - 1} lines")
        return set(rights) if path in edition["whole"] else None

def check_catalogue(check, edition, name, members, withdrawn, rights):
    spec, place, counted = LISTS[name]
    path, lines, volumes = edition_path(edition["number"], name), 0, {volume["name"] for volume in edition["volumes"]}
    with check.trying(path):
        for value, _ in lines_of(check, edition, name):
            lines += 1
            for each in shape(value, spec)["files"]:
                volume, subject, seen = shape(each, place)["volume"], f"{path}#{value['id']}", f"{each['volume']}/{each['path']}"
                there = members[volume].get(each["path"]) == (each["digest"], each["sizeBytes"]) if volume in members else volume in volumes
                if not there or each["digest"] in withdrawn: check.tell("VERIFY_CATALOGUE", subject, seen)
                elif rights is not None and each["digest"] not in rights: check.tell("VERIFY_RIGHTS_MISSING", subject, seen)
        need(lines == edition["catalogue"][counted] or path not in edition["whole"], f"{lines} lines")

def check_content(check, edition, changed):
    own, withdrawn, members = edition_path(edition["number"], ""), set(), {}
    for stone in edition["stones"] or []: (withdrawn.add if stone["kind"] == "withdrawn" else withdrawn.discard)(stone["digest"])
    rights = read_rights(check, edition, withdrawn)
    for volume in edition["volumes"]: members[volume["name"]] = check_volume(check, volume, edition, withdrawn)
    members = {name: found for name, found in members.items() if found is not None}
    for name, found in members.items():
        for path, (digest, _) in found.items():
            if rights is not None and digest not in withdrawn and digest not in rights:
                check.tell("VERIFY_RIGHTS_MISSING", f"volumes/{name}.tar#{path}", digest)
    for name, told in changed:
        if name in members and not told & {digest for digest, _ in members[name].values()}:
            check.tell("VERIFY_VOLUME_CHANGED", f"volumes/{name}.tar", "changed without withdrawing any of it")
    for name in LISTS: check_catalogue(check, edition, name, members, withdrawn, rights)
    with check.trying(own + "torrents.json"):
        told = [value for value, _ in lines_of(check, edition, "torrents.json")]
        for key, same in SAME.items() if own + "torrents.json" in edition["whole"] else ():
            pick = lambda each: [each.get(field) for field in same.split()]
            need(len(told) == 1 and shape(told[0], "format:text torrents:list metadata:list")["format"] == "fonoteca-torrents/1" and
                 list(map(pick, told[0][key])) == list(map(pick, edition["volumes" if key == "torrents" else key])), f"other {key} than edition.json")
    for file in edition["metadata"]:
        if file["path"] in edition["whole"]:
            check_torrent(check, file["path"], file, Blocks(check.path(file["path"]), file), file["torrent"] in edition["whole"])
    read = {name for volume in edition["volumes"] for name in (f"volumes/{volume['name']}.tar", f"volumes/{volume['name']}.leaves", volume["torrent"])}
    for name in sorted(edition["listed"]):
        if not name.startswith(own) and name not in read: check_listed(check, edition, name)

# ---- The whole tree.
def edition_numbers(check):
    numbers = []
    for name in names_in(check.path("editions")):
        path = check.path(f"editions/{name}")
        if is_folder(path) and re.match(r"\d{4,9}\Z", name) and int(name) > 0 and f"{int(name):04d}" == name: numbers.append(int(name))
        elif not (name in ("log", "timestamps", "tools", "torrents") and is_folder(path)) and not (
                name == "current.json" and os.path.isfile(path) and not os.path.islink(path)):
            check.tell("VERIFY_FILE_UNLISTED", f"editions/{name}", "no edition")
    for before, number in zip([0] + sorted(numbers), sorted(numbers)):
        if number != before + 1: check.tell("VERIFY_EDITION_MISSING", f"editions/{before + 1:04d}", f"{number} follows {before}")
    return sorted(numbers)

def check_unlisted(check, allowed):
    """In the folder of an archive, known by its ledger, volumes may lie that are not published yet."""
    pending = re.compile(rf"(volumes|editions/torrents/[0-9a-f]{{16}})/{VOLUME}\.(tar|torrent|leaves)(\.next)?\Z" if os.path.exists(check.path("ledger.db")) else r"\Z")
    sets = [f"editions/torrents/{name}" for name in names_in(check.path("editions/torrents"))]
    found = [f"{folder}/{name}" for folder in ["volumes", "editions/tools"] + [each for each in sets if is_folder(check.path(each))] for name in names_in(check.path(folder))]
    for name in found + [each for each in sets if not is_folder(check.path(each))]:
        if name not in allowed and not pending.match(name): check.tell("VERIFY_FILE_UNLISTED", name, "of no edition")

def verify(root, key=None, since=None):
    """What is wrong with the tree, a list of {code, subject, seen}; empty when all is well. And the head of its log."""
    check, editions, allowed, last, changed, head = Check(root), {}, set(), {}, [], None
    numbers = edition_numbers(check)
    if not numbers: check.tell("VERIFY_NOTHING", "editions", "no edition")
    for number in numbers:
        with check.trying(edition_path(number, "edition.json")):
            editions[number] = check_edition(check, number, editions.get(number - 1))
            changed += check_along(check, editions[number], last)
            allowed |= set(editions[number]["listed"])
    with check.trying("editions", {"*": "VERIFY_KEY_OTHER"}):
        name, raw = public_key(key) if key is not None and editions else (None, None)
        signed = (name in each["signers"] and each["keys"]["edition"][name] == raw for each in editions.values())  # to be named is not to sign
        need(not name or any(signed), "no edition is signed with it")
    made = make_log(check, editions.values())
    pointed = check_pointer(check, editions, made[2] if made else {}) if numbers else 0
    newest = editions[max(editions)] if editions else None
    if made:
        check_log(check, made, newest, pointed, since)
        head = "{}:{}".format(*made[2][newest["number"]])
    if newest: check_content(check, newest, changed)
    check_unlisted(check, allowed)
    return check.findings, head

def main():
    options = argparse.ArgumentParser(description="Checks a Fonoteca archive on disk.")
    options.add_argument("tree")
    options.add_argument("--key", help="the public key of the archive, as text or a file")
    options.add_argument("--since", help="SIZE:ROOT, a head of the log kept from before")
    options.add_argument("--json", action="store_true", help="print one JSON object")
    wanted = options.parse_args()
    if not os.path.isdir(wanted.tree): options.error(f"no folder {wanted.tree}")
    if wanted.since and not re.match(r"(0|[1-9]\d{0,15}):[0-9a-f]{64}\Z", wanted.since): options.error("--since wants SIZE:ROOT")
    key = read_file(wanted.key).decode() if wanted.key and os.path.isfile(wanted.key) else wanted.key
    findings, head = verify(wanted.tree, key, wanted.since)
    if wanted.json:
        print(json.dumps({"intact": not findings, "logHead": head, "findings": findings}))
        return 12 if findings else 0
    for each in findings: print("{code} {subject}: {seen}".format(**each))
    whose = "" if key else " by the tree's own keys, whosever they are: give --key"
    print(f"{len(findings)} findings" if findings else f"all well{whose}; head of the log, to keep for --since: {head}")
    return 12 if findings else 0

if __name__ == "__main__": sys.exit(main())
