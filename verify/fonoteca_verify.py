#!/usr/bin/env python3
"""Checks a Fonoteca archive on disk: is this published tree what it claims to be?

    python3 fonoteca_verify.py TREE [--key KEY] [--since SIZE:ROOT] [--json]

TREE is the folder that holds editions/ and volumes/. KEY is the public key of the archive, as text or a file; take
it from somewhere else than the tree. SIZE:ROOT is a head of the log that you kept from an earlier visit. Exit code:
0 all well, 12 something was found, 2 wrong usage. Needs Python 3.9 and nothing else, no network, no clock, writes
nothing. The comments describe the formats, so that this can be written anew. Digests are SHA-256 in hex.
    editions/current.json                   the newest edition: {"edition": N, "timestamp": K}
    editions/NNNN/                          edition N, never changed: edition.json and what it lists
    editions/timestamps/NNNN-K.json         signed word that N is the newest, for a while
    editions/log/                           append-only log of what the editions did
    editions/torrents/ and editions/tools/  torrents with other addresses; this program
    volumes/NAME.tar, .torrent, .leaves     the music: tar files of a strict layout, their torrents and hashes"""
import argparse, base64, contextlib, hashlib, json, os, re, stat, sys
from decimal import Decimal
LEAF, CHUNK = 16384, 1 << 20  # LEAF: bytes under one leaf of a hash tree (BitTorrent v2, BEP 52)
VOLUME = "(?:original|opus)-[0-9a-f]{16}"

class Wrong(Exception):
    """Something is not as it should be: ends the check of one thing. Codes are told with VERIFY_ before them."""
    def __init__(self, code, seen, subject=None): self.code, self.seen, self.subject = code, seen, subject
def need(condition, code, seen, subject=None):
    if not condition: raise Wrong(code, seen, subject)
@contextlib.contextmanager
def at(subject):
    """What goes wrong inside is a matter of `subject`."""
    try: yield
    except Wrong as wrong: raise Wrong(wrong.code, wrong.seen, wrong.subject or subject)
def sha256(data): return hashlib.sha256(data).hexdigest()
def up_to(number, multiple): return -(-number // multiple) * multiple
def power_of_two(number): return 1 << max(0, number - 1).bit_length()

class Tree:
    """The files of a tree by their path in it, and what was found. Only regular files are read, none through a link."""
    def __init__(self, root): self.root, self.findings = root, []
    def path(self, name): return os.path.join(self.root, *name.split("/"))
    def is_folder(self, name): return os.path.isdir(self.path(name)) and not os.path.islink(self.path(name))
    def names(self, name): return sorted(os.listdir(self.path(name))) if os.path.isdir(self.path(name)) else []
    def tell(self, code, subject, seen):
        seen = "".join(each if each.isprintable() else " " for each in seen)
        self.findings.append({"code": "VERIFY_" + code, "subject": subject, "seen": seen})
    @contextlib.contextmanager
    def trying(self, subject, codes=None):
        """What goes wrong inside is told, and ends no more than that. With `codes` all of it is a matter of `subject`,
        and told as they say, * for the others."""
        try: yield
        except Wrong as wrong:
            subject, codes = (wrong.subject or subject, {}) if codes is None else (subject, codes)
            self.tell(codes.get(wrong.code, codes.get("*", wrong.code)), subject, wrong.seen)
    def open(self, name):
        path, flags = self.path(name), [getattr(os, each, 0) for each in ("O_NOFOLLOW", "O_NONBLOCK", "O_BINARY")]
        try: handle = os.open(path, os.O_RDONLY | sum(flags))
        except (FileNotFoundError, NotADirectoryError): raise Wrong("FILE_MISSING", "nothing", name)
        except OSError as error:
            raise Wrong("FILE_KIND" if os.path.islink(path) else "FILE_UNREADABLE", str(error), name)
        if stat.S_ISREG(os.fstat(handle).st_mode): return os.fdopen(handle, "rb")
        os.close(handle)
        raise Wrong("FILE_KIND", "no regular file", name)
    def chunks(self, name, size=None, most=1 << 28):
        """The bytes of a file of exactly `size`, or of `most` at most."""
        with self.open(name) as file:
            found = os.fstat(file.fileno()).st_size
            need(found <= most if size is None else found == size, "FILE_SIZE", f"{found} bytes", name)
            try: yield from iter(lambda: file.read(CHUNK), b"")
            except OSError as error: raise Wrong("FILE_UNREADABLE", str(error), name)
    def read(self, name, most=1 << 28): return b"".join(self.chunks(name, most=most))
    def is_whole(self, name, listed):
        """Whether a file is there with its size and digest."""
        with self.trying(name):
            digest = hashlib.sha256()
            for data in self.chunks(name, listed[0]): digest.update(data)
            need(digest.hexdigest() == listed[1], "FILE_DIGEST", digest.hexdigest())
            return True

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
    return all((left[axis] * right[2] - right[axis] * left[2]) % P == 0 for axis in (0, 1))

# ---- Documents: one line of canonical JSON and LF, with exactly these fields, KIND:FIELD,FIELD. FIELD? may be left
# out, KIND? may be null, [KIND] is a list, =A|B one of these words. Kinds are the patterns below, or documents again.
REFERENCE, PLACED = "text:path hex:sha256", "hex:digest text:path,volume count:sizeBytes"
TORRENTED = "number:sizeBytes hex:sha256,piecesRoot,infohashV2 sha1:infohashV1 piece:pieceLengthBytes text:torrent"
DOCUMENTS = f"""
keys        =fonoteca-keys/1:format [key]:keys roles:roles number:threshold
key         text:id,publicKey
roles       [text]:edition,timestamp
edition     =fonoteca-edition/1:format number:number hex?:previous time:date =metadata|audio|all:stage archive:archive
            catalogue:catalogue [volume]:volumes overlay:rights tombstones:tombstones head:log [metadata]:metadata
            any:addresses,mirrors [file]:files text:verifier
archive     id:id any:name,contact?,publicUrl?
file        text:path count:sizeBytes hex:sha256
catalogue   {REFERENCE} count:albums,tracks
overlay     {REFERENCE} count:members
tombstones  {REFERENCE} count:count hex?:head
head        count:size hex:root
volume      {TORRENTED} name:name text:tier number:members,order count:withdrawn [licence]:licences added:added
            [superseded]:superseded
licence     text?:licence count:members
added       number:edition time:date
superseded  number?:edition sha1:infohashV1 hex:infohashV2
metadata    {TORRENTED} text:path [source]:sources
source      said:licence,name
timestamp   =fonoteca-timestamp/1:format number:edition,sequence hex:sha256 time:date,expires head:log
current     number:edition,timestamp
torrents.json     =fonoteca-torrents/1:format [object]:torrents,metadata
rights.jsonl      text:attribution said:because hex:digest any:distributable text?:holder,licence
tombstones.jsonl  hex?:audio,previous time:date hex:digest =withdrawn|restored:kind number:number text?:subject
                  =holder-request|right-ended|court-order|personal-data|mistaken|other|right-granted:reason
catalogue.jsonl   any:album,albumArtist,albumId,artist,date,disc,genre,isrc,mbid,number,popularity,title
                  text:id [track]:files
track             {PLACED} any:durationMs,format,tier
albums.jsonl      any:artist,date,title,tracks text:id [picture]:files
picture           {PLACED} any:mimeType,role
member            any:attribution,engine,holder,ids,kind,licence,licenceUrl? hex:digest
                  count:length,offset said:path text:tier
withdrawn         hex:digest count:length,offset said:path any:tombstone"""
FIELDS = {}  # by document, then field: its kind, and whether it may be left out
for told in re.sub(r"\n +", " ", DOCUMENTS).split("\n")[1:]:
    parts = [part.rsplit(":", 1) for part in told.split()[1:]]
    parts = [(kind, name) for kind, names in parts for name in names.split(",")]
    FIELDS[told.split()[0]] = {name.rstrip("?"): (kind, name[-1] == "?") for kind, name in parts}
KINDS = {name: re.compile(pattern, re.S).fullmatch for name, pattern in {  # of Python's name of its type, and the value
    "any": ".*", "text": "str .*", "said": "str .+", "hex": "str [0-9a-f]{64}", "name": f"str {VOLUME}",
    "sha1": "str [0-9a-f]{40}", "id": "str [0-9A-F]{16}", "count": "int [0-9]{1,15}", "number": "int [1-9][0-9]{0,14}",
    "time": "str [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
    "piece": f"int ({'|'.join(str(LEAF << power) for power in range(15))})"}.items()}

def shape(value, kind, name="the document"):
    """`value` when it is of `kind`."""
    if kind[-1] == "?": return value if value is None else shape(value, kind[:-1], name)
    if kind in KINDS: fits = kind == "any" or KINDS[kind](f"{type(value).__name__} {value}")
    elif kind[0] == "=": fits = value in kind[1:].split("|")
    else: fits = isinstance(value, list if kind[0] == "[" else dict)
    if not fits: raise Wrong("DOCUMENT", f"{name} is {str(value)[:80]}")
    for each in value if kind[0] == "[" else (): shape(each, kind[1:-1], name)
    fields = FIELDS.get(kind, {})
    for field, (each, optional) in fields.items():
        if field in value: shape(value[field], each, field)
        else: need(optional, "DOCUMENT", f"{field} is missing")
    need(not fields or value.keys() <= fields.keys(), "DOCUMENT", f"{name} has a field that is not known")
    return value

def canonical(value):
    """The one spelling of a JSON value: that of ECMA-262 JSON.stringify with sorted keys."""
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list): return "[" + ",".join(map(canonical, value)) + "]"
    if not isinstance(value, float): return json.dumps(value, ensure_ascii=False)
    plain = value == 0 or 1e-6 <= abs(value) < 1e21
    return format(Decimal(repr(value)), "f").removesuffix(".0") if plain else repr(value).replace("e-0", "e-")
def document(data):
    """The object in one line of canonical JSON."""
    try:
        value = json.loads(data.decode())
        if isinstance(value, dict) and (canonical(value) + "\n").encode() == data: return value
    except (ValueError, RecursionError): pass
    raise Wrong("DOCUMENT", "not one line of canonical JSON")

# ---- Keys and signatures (minisign): the Ed25519 signature is of the BLAKE2b-512 of the file, the second one of the
# first and the trusted comment. A key id is 8 bytes, printed last byte first.
def from_base64(text, length, code="SIGNATURE_FORM"):
    try: raw = base64.b64decode(text, validate=True)
    except ValueError: raw = b""
    need(len(raw) == length and base64.b64encode(raw).decode() == text, code, f"no canonical base64 of {length} bytes")
    return raw
def public_key(written):
    """Its id and 32 bytes."""
    raw = from_base64(re.sub("^untrusted comment: .*\n", "", written.strip()).split("\n")[0].strip(), 42, "DOCUMENT")
    need(raw[:2] == b"Ed", "DOCUMENT", "no minisign public key")
    return raw[9:1:-1].hex().upper(), raw[10:]
def check_signature(tree, name, keys, message, comment):
    """The id of the one of `keys` (id: public key) whose signature of `message` is in file `name`."""
    lines = tree.read(name, 4096).decode("utf-8", "replace").split("\n")
    with at(name):
        around = ["untrusted comment: signature from minisign secret key", f"trusted comment: {comment}", ""]
        need(len(lines) == 5 and lines[::2] == around, "SIGNATURE_FORM", f"not the signature of {comment}")
        first, digest = from_base64(lines[1], 74), hashlib.blake2b(message).digest()
        need(first[:2] == b"ED", "SIGNATURE_FORM", "not prehashed")
        signer, first = first[9:1:-1].hex().upper(), first[10:]
        need(signer in keys, "KEY_UNKNOWN", f"key {signer}")
        second = from_base64(lines[3], 64)
        fits = ed25519(keys[signer], digest, first) and ed25519(keys[signer], first + comment.encode(), second)
        need(fits, "SIGNATURE_WRONG", f"by key {signer}")
        return signer

def check_signatures(tree, name, keys, message, comment):
    """The ids of the keys that signed file `name`: in NAME.minisig and any NAME.KEYID.minisig. All must hold."""
    folder, base = name.rsplit("/", 1)
    further, signers = re.compile(re.escape(base) + r"\.[0-9A-F]{16}\.minisig").fullmatch, set()
    for file in [f"{base}.minisig", *filter(further, tree.names(folder))]:
        signer = check_signature(tree, f"{folder}/{file}", keys, message, comment)
        fits = file in (f"{base}.minisig", f"{base}.{signer}.minisig") and signer not in signers
        need(fits, "SIGNATURE_FORM", f"a signature by key {signer}", f"{folder}/{file}")
        signers.add(signer)
    return signers

def need_threshold(signers, keys, subject):
    known = len(signers & keys["edition"].keys())
    need(known >= keys["threshold"], "THRESHOLD" if known else "KEY_UNKNOWN", f"signed by {known} keys", subject)
def read_keys(tree, path, before):
    """keys.json: which keys may sign editions and timestamps (id: public key each), and how many an edition. It is
    signed by enough of its own edition keys, and from edition 2 on by enough of those of the edition before."""
    data, known = tree.read(path, 1 << 20), {}
    with at(path):
        value = shape(document(data), "keys")
        for each in value["keys"]:
            name, raw = public_key(each["publicKey"])
            need(each["id"] == name and name not in known, "DOCUMENT", f"the id of key {name}")
            known[name] = raw
        for ids in value["roles"].values():
            need(ids and set(ids) <= known.keys() and len(set(ids)) == len(ids), "DOCUMENT", "a role")
        need(value["threshold"] <= len(value["roles"]["edition"]), "DOCUMENT", "the threshold")
    keys = {role: {name: known[name] for name in ids} for role, ids in value["roles"].items()}
    keys.update(threshold=value["threshold"], known=known)
    either = {**(before.keys["edition"] if before else {}), **keys["edition"]}
    signers = check_signatures(tree, path, either, data, "fonoteca-keys/1")
    for each in [keys, before.keys] if before else [keys]: need_threshold(signers, each, path + ".minisig")
    return keys

# ---- An edition: edition.json lists every file with size and digest, and names the edition before.
LISTABLE = re.compile(rf"volumes/{VOLUME}\.(tar|torrent|leaves)|editions/(torrents/[0-9a-f]{{16}}/{VOLUME}\.torrent|"
                      r"tools/verify-[0-9a-f]{16}\.py|[0-9]{4,9}/[A-Za-z0-9][A-Za-z0-9._-]{0,99})")

class Edition:
    """Edition `number` once its signatures hold. Its attributes are the fields of edition.json, and these:
    listed  size and digest of each file by path       whole    those of its own folder that are as listed
    keys    what keys.json says                        signers  ids of the keys that signed it
    sha256  of edition.json                            stones   its tombstones, None when they cannot be read"""
    def __init__(self, tree, number, before):
        self.tree, self.own = tree, f"editions/{number:04d}/"
        path, self.keys = self.own + "edition.json", read_keys(tree, self.own + "keys.json", before)
        data, comment = tree.read(path), f"fonoteca-edition/1 number {number}"
        self.signers = check_signatures(tree, path, self.keys["edition"], data, comment)
        need_threshold(self.signers, self.keys, path + ".minisig")
        vars(self).update(shape(document(data), "edition"), sha256=sha256(data))
        self.listed = {each["path"]: (each["sizeBytes"], each["sha256"]) for each in self.files}
        self.check_lists(f"editions/{self.number:04d}/")
        need(self.number == number, "EDITION_NUMBER", f"number {self.number}")
        parts = [name for name in self.listed if name.startswith(self.own)]
        self.whole = {name for name in parts if tree.is_whole(name, self.listed[name])}
        old, names = before or self, lambda edition: {volume["name"] for volume in edition.volumes}
        follows = self.previous == (before.sha256 if before else None if number == 1 else self.previous or "")
        known = self.archive["id"] in (self.keys["known"] if number == 1 else [old.archive["id"]])
        if not (follows and known and old.date <= self.date): tree.tell("CHAIN_BROKEN", path, "does not follow")
        if before and self.stage == "metadata" and not names(self) <= names(before):
            tree.tell("DOCUMENT", path, "stage metadata adds a volume")
        self.stones = self.read_tombstones(before and before.stones or [])
    def check_lists(self, own):
        """What edition.json says in two places must be the same."""
        def ensure(fits, what): need(fits, "DOCUMENT", f"{what} is not as it is listed")
        files = self.listed
        for path in files: ensure(LISTABLE.fullmatch(path) and re.match(own + "|(?!editions/[0-9])", path), path)
        for name in ("catalogue", "rights", "tombstones"):
            told, path = vars(self)[name], f"{own}{name}.jsonl"
            ensure(told["path"] == path and files.get(path, "??")[1] == told["sha256"], name)
        for each in self.volumes + self.metadata:
            path, torrent, name = each.get("path"), each["torrent"], each.get("name")
            if path: fits = torrent == path + ".torrent" and each["sources"]
            else: fits = torrent.endswith(f"/{name}.torrent") and f"volumes/{name}.leaves" in files
            fits = fits and (path or each["tier"] == name.split("-")[0])
            same = files.get(path or f"volumes/{name}.tar") == (each["sizeBytes"], each["sha256"])
            ensure(fits and same and torrent in files, path or name)
        for what, key in (("volumes", "name"), ("files", "path"), ("metadata", "path")):
            names = [each[key] for each in vars(self)[what]]
            ensure(names == sorted(set(names)), what)
        for name in ("albums.jsonl", "catalogue.jsonl", "rights.jsonl"):
            ensure(own + name in names or not files.get(own + name, [0])[0], name)
        ensure(self.verifier == f"editions/tools/verify-{files.get(self.verifier, '??')[1][:16]}.py", "verifier")
    def lines(self, name, kind=None):
        """The documents in a file of its own, each with its line; none when it is damaged, which was told before."""
        path = self.own + name
        need(path in self.listed, "DOCUMENT", f"lists no {name}", self.own + "edition.json")
        if path in self.whole:
            with self.tree.open(path) as file, at(path):
                for line in file: yield shape(document(line), kind or name), line
    def read_tombstones(self, before):
        """Each line names the one before by digest; an edition keeps every line of the edition before."""
        path, stones, head = self.own + "tombstones.jsonl", [], None
        with self.tree.trying(path):
            for value, line in self.lines("tombstones.jsonl"):
                granted = value["kind"] == "withdrawn" and value["reason"] == "right-granted"
                need(not granted, "DOCUMENT", "a reason to restore")
                follows = (value["number"], value["previous"]) == (len(stones) + 1, head)
                need(follows, "TOMBSTONES", f"line {len(stones) + 1} does not follow the one before")
                head = sha256(line)
                stones.append({**value, "sha256": head})
            if path not in self.whole: return None
            told = self.tombstones["count"], self.tombstones["head"]
            if told != (len(stones), head) or stones[:len(before)] != before:
                self.tree.tell("TOMBSTONES", path, "other lines than edition.json says, or than the edition before has")
            return stones

def check_along(tree, edition, last):
    """Volumes change only where tombstones came between, and list their old torrents. `last`: name: (edition, volume).
    Gives the volumes that may have changed, each with the digests whose tombstones came between."""
    fixed = ("sizeBytes", "pieceLengthBytes", "members", "added")
    hashes = lambda each: (each["infohashV1"], each["infohashV2"])
    for volume in edition.volumes:
        was_edition, was = last.get(volume["name"], (edition, volume))
        last[volume["name"]] = edition, volume
        old, new = [*map(hashes, was["superseded"])], [*map(hashes, volume["superseded"])]
        listed = new[:len(old)] == old and (hashes(volume) == hashes(was) or hashes(was) in new[len(old):])
        if not listed or any((each["edition"] or 0) >= edition.number for each in volume["superseded"]):
            tree.tell("VOLUME_CHANGED", edition.own + "edition.json", f"superseded torrents of {volume['name']}")
        kept, same = [all(volume[key] == was[key] for key in keys) for keys in (
            fixed, fixed + ("sha256", "piecesRoot", "infohashV1", "infohashV2", "withdrawn"))]
        if same or None in (edition.stones, was_edition.stones): continue
        told = {stone["digest"] for stone in edition.stones[len(was_edition.stones):]}
        if told and kept: yield volume["name"], told
        else: tree.tell("VOLUME_CHANGED", f"volumes/{volume['name']}.tar", f"another one in edition {edition.number}")

# ---- Torrents (BEP 3, BEP 52). Bencode: i5e, 2:ab, l...e, d...e with sorted keys. `info` follows from name and bytes
# of the one file, so it is made again and compared; what stands outside of it (trackers, web seeds) may be anything.
def bencode(value):
    if isinstance(value, int): return b"i%de" % value
    if isinstance(value, bytes): return b"%d:%s" % (len(value), value)
    if isinstance(value, list): return b"l" + b"".join(map(bencode, value)) + b"e"
    return b"d" + b"".join(bencode(key) + bencode(value[key]) for key in sorted(value)) + b"e"
def bdecode(data, start=0, depth=0):
    """The value that starts at `start`, and where it ends."""
    token = re.compile(rb"i(-?[0-9]{1,16})e|([0-9]{1,10}):|[ld]").match(data, start)
    need(token and depth <= 12, "TORRENT", f"no bencode at byte {start}")
    end, items = token.end(), []
    if token[1]: return int(token[1]), end
    if token[2]: return data[end:end + int(token[2])], end + int(token[2])
    while data[end:end + 1] != b"e":
        item, end = bdecode(data, end, depth + 1)
        items.append(item)
    if token[0] == b"l": return items, end + 1
    need(len(items) % 2 == 0 and all(isinstance(key, bytes) for key in items[::2]), "TORRENT", "a key is no string")
    return dict(zip(items[::2], items[1::2])), end + 1

def read_torrent(tree, path, listed):
    """SHA-1 of each piece, and tree hashes of the pieces, as the torrent of file `path` has them."""
    data, name, root = tree.read(listed["torrent"]), path.split("/")[-1].encode(), bytes.fromhex(listed["piecesRoot"])
    size, pieces = {b"length": listed["sizeBytes"]}, {b"piece length": listed["pieceLengthBytes"], b"pieces": b""}
    tree_of_one = {b"file tree": {name: {b"": {**size, b"pieces root": root}}}}
    wanted = {**tree_of_one, **size, **pieces, b"meta version": 2, b"name": name}
    with at(listed["torrent"]):
        torrent, end = bdecode(data)
        info = torrent.get(b"info") if isinstance(torrent, dict) else None
        sound = isinstance(info, dict) and b"pieces" in info and {**info, b"pieces": b""} == wanted
        layers = torrent.get(b"piece layers", {}) if sound and end == len(data) and bencode(torrent) == data else None
        need(isinstance(layers, dict) and layers.keys() <= {root}, "TORRENT", "not canonical, or of another file")
        hashes = hashlib.sha1(bencode(info)).hexdigest(), sha256(bencode(info))
        need(hashes == (listed["infohashV1"], listed["infohashV2"]), "INFOHASH", "{} and {}".format(*hashes))
        return info[b"pieces"], layers.get(root, b"")

def tree_root(hashes, width, pad=bytes(32)):
    """The root of the hash tree of BEP 52: over SHA-256 of 16 KiB leaves, missing ones count as 32 zero bytes."""
    while width > 1:
        hashes = hashes + [pad] * (len(hashes) % 2)
        hashes = [hashlib.sha256(a + b).digest() for a, b in zip(hashes[::2], hashes[1::2])]
        pad, width = hashlib.sha256(pad + pad).digest(), width // 2
    return hashes[0] if hashes else pad
def check_pieces(tree, path, listed, torrent_whole):
    """Passes once over a file and holds it against digest, torrent and tree root; returns the hashes of its leaves."""
    told, piece_bytes, leaves, pieces, rest, whole = None, listed["pieceLengthBytes"], [], [], b"", hashlib.sha256()
    if torrent_whole:
        with tree.trying(listed["torrent"]): told = read_torrent(tree, path, listed)
    for data in tree.chunks(path, listed["sizeBytes"]):  # each but the last is whole leaves
        whole.update(data)
        leaves += [hashlib.sha256(data[start:start + LEAF]).digest() for start in range(0, len(data), LEAF)]
        rest += data
        while len(rest) >= piece_bytes:
            pieces, rest = pieces + [hashlib.sha1(rest[:piece_bytes]).digest()], rest[piece_bytes:]
    pieces, width = pieces + [hashlib.sha1(rest).digest()] * (rest != b""), piece_bytes // LEAF
    layer = [tree_root(leaves[start:start + width], width) for start in range(0, len(leaves), width)]
    if len(layer) > 1: root = tree_root(layer, power_of_two(len(layer)), tree_root([], width))
    else: root, layer = tree_root(leaves, power_of_two(len(leaves))), []
    if whole.hexdigest() != listed["sha256"]: tree.tell("FILE_DIGEST", path, whole.hexdigest())
    if root.hex() != listed["piecesRoot"] or told not in (None, (b"".join(pieces), b"".join(layer))):
        tree.tell("PIECES", path, f"tree root {root.hex()}, or other pieces than in the torrent")
    return b"".join(leaves)

# ---- The tar of a volume. The first member is the index, one line for each other member; from a line and its place
# follows every byte before the payload. Payloads start on multiples of 16 KiB, so no leaf has bytes of two members.
def tar_header(name, size, kind):
    block = bytearray(512)
    block[:len(name)], block[156:157], block[257:265], block[329:345] = name, kind, b"ustar\x0000", b"0000000\0" * 2
    block[100:148] = b"0000644\0" + b"0000000\0" * 2 + b"%011o\0" % size + b"0" * 11 + b"\0"
    block[148:156] = b"%06o\0 " % (sum(block) + 8 * 32)
    return bytes(block)
def tar_head(path, size, start, counted_from):
    """The bytes from `start` to the payload: pax header, records (path, size if huge, spaces to fill), file header."""
    records, huge = b"", size > 8589934591
    for key, value in [(b"path", path.encode())] + [(b"size", b"%d" % size)] * huge:
        length = len(key) + len(value) + 3  # a record says its own length: "LENGTH KEY=VALUE\n"
        while len(str(length)) + len(key) + len(value) + 3 != length: length += 1
        records += b"%d %s=%s\n" % (length, key, value)
    filled = up_to(counted_from + 1024 + up_to(len(records) + 12, 512), LEAF) - start - 1024
    left, name = filled - len(records), re.sub("[^ -~]", "_", path.split("/")[-1])
    records += (b"%d comment=" % left).ljust(left - 1) + b"\n"
    name = name if len(name) <= 100 else name[:60] + "~" + name[-39:]
    head, size = tar_header(b"PaxHeaders/member", filled, b"x"), 0 if huge else size
    return head + records + tar_header(name.encode(), size, b"0")

def check_members(tree, file, volume, withdrawn):
    """Walks the tar; returns its members by path, each with digest and size."""
    members, damaged, zeroed = {}, [], 0
    with tree.open(file) as tar:
        def expect(data): need(tar.read(len(data)) == data, "TAR", f"other bytes before byte {tar.tell()}")
        tar.seek(LEAF - 512 + 124)
        size = re.fullmatch(rb"([0-7]{11})\0", tar.read(12))
        need(size, "TAR", "no index")
        size = int(size[1], 8)
        tar.seek(0)
        expect(tar_head("fonoteca-index-1.jsonl", size, 0, 0))
        *lines, last = tar.read(size).split(b"\n")
        need(last == b"", "INDEX", "no newline at the end")
        expect(bytes(-size % 512))
        base = up_to(tar.tell(), LEAF)
        for text in lines:
            line, zeros, digest = document(text.rstrip(b" ") + b"\n"), True, hashlib.sha256()  # filled with spaces
            gone = "tombstone" in line
            path, length = shape(line, "withdrawn" if gone else "member")["path"], line["length"]
            expect(tar_head(path, length, tar.tell(), tar.tell() if members else base))
            placed = tar.tell() == base + line["offset"] and (gone or line["tier"] == volume["tier"])
            need(placed, "INDEX", f"the line of {path}")
            for start in range(0, length, CHUNK):
                data = tar.read(min(CHUNK, length - start))
                digest.update(data)
                zeros = zeros and not data.strip(b"\0")
            expect(bytes(-length % 512))
            members[path], zeroed = (line["digest"], length), zeroed + gone
            fits = zeros if gone else digest.hexdigest() == line["digest"]
            if not fits or gone != (line["digest"] in withdrawn): damaged.append(path)
        expect(bytes(1024))
        need(not tar.read(1) and members, "TAR", "bytes behind the end, or no member")
    name = sha256("".join(f"{digest} {path}\n" for path, (digest, _) in members.items()).encode())[:16]
    need(f"{volume['tier']}-{name}" == volume["name"], "VOLUME_NAME", name)
    for path in damaged: tree.tell("MEMBER", f"{file}#{path}", "another digest, or withdrawn and there")
    if (len(members), zeroed) != (volume["members"], volume["withdrawn"]):
        tree.tell("INDEX", file, "other counts of members than edition.json")
    return members

def check_volume(edition, volume, withdrawn):
    tree, tar, beside = edition.tree, f"volumes/{volume['name']}.tar", f"volumes/{volume['name']}.leaves"
    torrent_whole, leaves_whole = [tree.is_whole(name, edition.listed[name]) for name in (volume["torrent"], beside)]
    with tree.trying(tar, {"DOCUMENT": "INDEX"}):
        # The .leaves file: a name of 16 bytes, the size of the volume, the SHA-256 of every 16 KiB.
        leaves = b"fonoteca-leaves1" + volume["sizeBytes"].to_bytes(8, "big")
        leaves += check_pieces(tree, tar, volume, torrent_whole)
        found = tree.read(beside, 1 << 40) if leaves_whole else leaves
        formed = found[:24] == leaves[:24] and len(found) == len(leaves)
        if found != leaves: tree.tell("LEAVES", tar if formed else beside, "other 16 KiB blocks than their leaves")
        return check_members(tree, tar, volume, withdrawn)

# ---- The log (RFC 6962, C2SP tlog-tiles): a tree over entries, which follow from the editions alone.
def log_root(leaves):
    if len(leaves) < 2: return leaves[0] if leaves else hashlib.sha256().digest()
    half = power_of_two(len(leaves)) // 2
    return hashlib.sha256(b"\1" + log_root(leaves[:half]) + log_root(leaves[half:])).digest()
def new_entries(edition, before):
    """What an edition adds before it tells that it was published: changed keys, tombstones, changed rights."""
    number, (keys, rights) = edition.number, [[each and each.listed[each.own + name][1] for each in (before, edition)]
                                              for name in ("keys.json", "rights.jsonl")]
    if keys[0] != keys[1]: yield {"edition": number, "kind": "keys", "sha256": keys[1]}
    for stone in edition.stones[len(before.stones) if before else 0:]:
        yield {"edition": number, **{key: stone[key] for key in ("digest", "kind", "number", "sha256")}}
    if before and rights[0] != rights[1]:
        after, was = [((shape(value.get("digest"), "hex", "digest"), sha256(line)) for value, line in
                       each.lines("rights.jsonl", "object")) for each in (edition, before)]
        after = dict(after)
        for digest, line in was:
            change = {"after": after.get(digest), "before": line, "digest": digest, "edition": number, "kind": "rights"}
            if after.get(digest) != line: yield change

class Log:
    """Entries, their hashes, and `heads`: (size, root) of the log behind each edition; none when one does not hold."""
    def __init__(self, tree, editions):
        self.entries, self.leaves, self.heads, heads, before = [], [], {}, {}, None
        for number, edition in enumerate(editions, 1):
            path, needed = edition.own + "rights.jsonl", {edition.own + "keys.json", edition.own + "rights.jsonl"}
            if edition.number != number or edition.stones is None or not needed <= edition.whole: return
            with tree.trying(path, {}):
                for entry in new_entries(edition, before): self.add(entry)
                head = self.head()
                if edition.log != head: tree.tell("LOG", edition.own + "edition.json", f"editions give {head}")
                self.add({"date": edition.date, "edition": number, "kind": "published", "sha256": edition.sha256})
                heads[number], before = self.head(), edition
            if number not in heads: return
        self.heads = heads
    def add(self, entry):
        self.entries.append(canonical(entry).encode())
        self.leaves.append(hashlib.sha256(b"\0" + self.entries[-1]).digest())
    def head(self, size=None): return {"size": len(self.leaves[:size]), "root": log_root(self.leaves[:size]).hex()}
    def tiles(self, size):
        """Path and bytes of each file of the log at `size`: 256 hashes of a level or 256 entries, the last partial."""
        rows = {"entries": [len(each).to_bytes(2, "big") + each for each in self.entries[:size]], 0: self.leaves[:size]}
        for level in range(8):
            rows[level + 1] = [log_root(rows[level][at:at + 256]) for at in range(0, len(rows[level]) - 255, 256)]
        for level, items in rows.items():
            for start in range(0, len(items), 256):
                digits, part = str(start // 256), items[start:start + 256]
                name = re.sub("(...)(?=.)", r"x\1/", digits.zfill(up_to(len(digits), 3)))
                name += f".p/{len(part)}" if len(part) < 256 else ""
                yield f"editions/log/tile/{level}/{name}", b"".join(part)

def read_checkpoint(tree, edition):
    """The head in a signed note: origin, size, root; an empty line; signatures: 4 bytes of key hash, 64 of Ed25519."""
    origin, signers, start = f"fonoteca/{edition.archive['id']}\n", [], f"\u2014 fonoteca/{edition.archive['id']} "
    note = re.compile(rb"(%s(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/]{43}=)\n)\n((?:[^\n]+\n){1,16})" % origin.encode())
    found = note.fullmatch(tree.read("editions/log/checkpoint", 4096))
    need(found, "LOG", "no checkpoint of this archive")
    keys = edition.keys["timestamp"].values()
    keys = {hashlib.sha256(origin.encode() + b"\1" + key).digest()[:4]: key for key in keys}
    for line in found[4].decode("utf-8", "replace").split("\n")[:-1]:
        packed = from_base64(line[len(start):] if line.startswith(start) else "", 68, "LOG")
        signers.append(keys.get(packed[:4]))
        need(signers[-1] and signers.count(signers[-1]) == 1, "LOG", "signed by an unknown key")
        need(ed25519(signers[-1], found[1], packed[4:]), "LOG", "a signature that does not fit")
    return {"size": int(found[2]), "root": from_base64(found[3].decode(), 32, "LOG").hex()}

HEAD = re.compile("(0|[1-9][0-9]{0,14}):([0-9a-f]{64})").fullmatch

def check_log(tree, log, newest, pointed, since):
    """Checkpoint and tiles: of the edition that the pointer names, or of a later one while that is being published."""
    path, reached, wanted, found = "editions/log/checkpoint", newest.number, {}, set()
    with tree.trying(path):
        head = read_checkpoint(tree, newest)
        numbers = [number for number, each in log.heads.items() if each == head and number >= pointed]
        need(numbers, "LOG", f"{head}, editions give {log.head()}")
        reached = numbers[0]
    for number, head in log.heads.items():
        for name, data in log.tiles(head["size"]): wanted.setdefault(name, (data, number <= reached))
    for folder, folders, names in os.walk(tree.path("editions/log")):
        below = os.path.relpath(folder, tree.root).replace(os.sep, "/")
        found |= {f"{below}/{name}" for name in names + folders if not tree.is_folder(f"{below}/{name}")}
    for name in sorted(found - {*wanted, path}): tree.tell("FILE_UNLISTED", name, "no tile of the log")
    for name, (data, must) in wanted.items():
        with tree.trying(name):
            if must or name in found: need(tree.read(name, 1 << 25) == data, "LOG", "other hashes or entries")
    kept = HEAD(since or "0:" + log.head(0)["root"])
    if not kept or log.head(int(kept[1])) != {"size": int(kept[1]), "root": kept[2]}:
        tree.tell("LOG_FORKED", "editions/log", f"{len(log.leaves)} entries that do not begin with the given head")

# ---- Pointer and timestamps. That a timestamp has expired is no damage: it only tells a follower when to ask again.
def check_timestamp(tree, path, edition, told, head):
    need(edition, "TIMESTAMP", "no such edition that holds")
    data, comment = tree.read(path, 65536), "fonoteca-timestamp/1 number {}-{}".format(*told)
    check_signature(tree, path + ".minisig", edition.keys["timestamp"], data, comment)
    value = shape(document(data), "timestamp")
    fits = (value["edition"], value["sequence"], value["sha256"]) == (*told, edition.sha256)
    need(fits, "TIMESTAMP", "of another edition")
    need(value["log"] == (head or value["log"]), "LOG", "another log than editions give")
def check_pointer(tree, editions, heads):
    """The number of the edition that is pointed at, or 0."""
    known, names, path = set(), tree.names("editions/timestamps"), "editions/current.json"
    for name in names:
        subject = f"editions/timestamps/{name}"
        found = re.fullmatch(r"([0-9]{4,9})-([0-9]{1,9})\.json(\.minisig)?", name)
        told = (int(found[1]), int(found[2])) if found else (0, 0)
        if not found or f"{told[0]:04d}" != found[1]: tree.tell("FILE_UNLISTED", subject, "not the name of a timestamp")
        elif found[3] and name[:-8] not in names: tree.tell("TIMESTAMP", subject, "a signature of no timestamp")
        elif not found[3]:
            with tree.trying(subject, {"LOG": "LOG", "*": "TIMESTAMP"}):
                check_timestamp(tree, subject, editions.get(told[0]), told, heads.get(told[0]))
                known.add(told)
    with tree.trying(path, {"DOCUMENT": "POINTER"}):
        number, sequence = shape(document(tree.read(path, 65536)), "current").values()
        need(number in editions and (number, sequence) in known, "POINTER", f"edition {number}, timestamp {sequence}")
        if number != max(editions) or (number, sequence + 1) in known:
            tree.tell("POINTER_BEHIND", path, "there is a newer edition or timestamp")
        return number
    return 0

# ---- What an edition says of its members: rights for every one, and a catalogue of where they lie.
SAME = {"torrents": ("volumes", "infohashV1 infohashV2 members name order sizeBytes superseded tier torrent withdrawn"),
        "metadata": ("metadata", "infohashV1 infohashV2 path sizeBytes torrent")}
def read_rights(edition, withdrawn):
    """The digests that rights.jsonl has a line for; None when it does not hold."""
    path, rights = edition.own + "rights.jsonl", [""]
    with edition.tree.trying(path):
        for value, _ in edition.lines("rights.jsonl"):
            fits = rights[-1] < value["digest"] and value["digest"] not in withdrawn
            need(fits, "DOCUMENT", f"{value['digest']} out of order, or withdrawn")
            rights.append(value["digest"])
            if value["distributable"] is not True:
                edition.tree.tell("NOT_DISTRIBUTABLE", f"{path}#{rights[-1]}", "listed all the same")
        if path not in edition.whole: return None
        if len(rights) - 1 != edition.rights["members"]: edition.tree.tell("DOCUMENT", path, f"{len(rights) - 1} lines")
        return set(rights)

def check_catalogue(edition, name, counted, members, withdrawn, rights):
    path, lines, listed = edition.own + name, 0, {volume["name"] for volume in edition.volumes}
    with edition.tree.trying(path):
        for lines, (value, _) in enumerate(edition.lines(name), 1):
            for each in value["files"]:
                volume, digest, told = each["volume"], each["digest"], (each["digest"], each["sizeBytes"])
                there = members[volume].get(each["path"]) == told if volume in members else volume in listed
                code = "RIGHTS_MISSING" if there and digest not in withdrawn else "CATALOGUE"
                if code == "CATALOGUE" or (rights is not None and digest not in rights):
                    edition.tree.tell(code, f"{path}#{value['id']}", f"{volume}/{each['path']}")
        need(lines == counted or path not in edition.whole, "DOCUMENT", f"{lines} lines")

def check_content(edition, changed):
    tree, withdrawn, members, read = edition.tree, set(), {}, set()
    for stone in edition.stones or []:
        (withdrawn.add if stone["kind"] == "withdrawn" else withdrawn.discard)(stone["digest"])
    rights = read_rights(edition, withdrawn)
    for volume in edition.volumes:
        tar, found = f"volumes/{volume['name']}.tar", check_volume(edition, volume, withdrawn)
        read |= {tar, f"volumes/{volume['name']}.leaves", volume["torrent"]}
        if found: members[volume["name"]] = found
        for path, (digest, _) in (found or {}).items():
            if rights is not None and digest not in withdrawn and digest not in rights:
                tree.tell("RIGHTS_MISSING", f"{tar}#{path}", digest)
    for name, told in changed:
        if name in members and not told & {digest for digest, _ in members[name].values()}:
            tree.tell("VOLUME_CHANGED", f"volumes/{name}.tar", "changed without withdrawing any of it")
    for name, counted in (("catalogue.jsonl", "tracks"), ("albums.jsonl", "albums")):
        check_catalogue(edition, name, edition.catalogue[counted], members, withdrawn, rights)
    with tree.trying(edition.own + "torrents.json"):
        told = [value for value, _ in edition.lines("torrents.json")]
        need(len(told) == 1 or edition.own + "torrents.json" not in edition.whole, "DOCUMENT", f"{len(told)} lines")
        for key, (own, fields) in SAME.items() if told else ():
            pick = lambda each: [each.get(field) for field in fields.split()]
            same = list(map(pick, told[0][key])) == list(map(pick, vars(edition)[own]))
            need(same, "DOCUMENT", f"other {key} than edition.json")
    for file in edition.metadata:
        with tree.trying(file["path"]):
            if file["path"] in edition.whole: check_pieces(tree, file["path"], file, file["torrent"] in edition.whole)
    for name in sorted(edition.listed):
        if not name.startswith(edition.own) and name not in read: tree.is_whole(name, edition.listed[name])

# ---- The whole tree.
def edition_numbers(tree):
    numbers = []
    for name in tree.names("editions"):
        path, number = f"editions/{name}", int(name) if re.fullmatch("[0-9]{4,9}", name) else 0
        other = name in ("log", "timestamps", "tools", "torrents") and tree.is_folder(path)
        file = os.path.isfile(tree.path(path)) and not os.path.islink(tree.path(path))
        other = other or (name == "current.json" and file)
        if number and f"{number:04d}" == name and tree.is_folder(path): numbers.append(number)
        elif not other: tree.tell("FILE_UNLISTED", path, "no edition")
    for before, number in zip([0] + sorted(numbers), sorted(numbers)):
        if number != before + 1: tree.tell("EDITION_MISSING", f"editions/{before + 1:04d}", f"before {number}")
    if not numbers: tree.tell("NOTHING", "editions", "no edition")
    return sorted(numbers)

def check_unlisted(tree, editions):
    """In the folder of an archive, known by its ledger, things may lie that are not published yet."""
    pending = (rf"(volumes|editions/torrents/[0-9a-f]{{16}})/{VOLUME}(\.(tar|torrent|leaves)(\.next)?|\.index\.next)|"
               r"editions/tools/verify-[0-9a-f]{16}\.py" if "ledger.db" in tree.names(".") else "$.")
    own = re.compile(r"editions/[0-9]+/edition\.json(\.([0-9A-F]{16}\.)?minisig)?")
    sets = [f"editions/torrents/{name}" for name in tree.names("editions/torrents")]
    folders = ["volumes", "editions/tools", *filter(tree.is_folder, sets), *(each.own[:-1] for each in editions)]
    found = {f"{folder}/{name}" for folder in folders for name in tree.names(folder)}
    found |= {each for each in sets if not tree.is_folder(each)}
    for name in sorted(found.difference(*(each.listed for each in editions))):
        if not (re.fullmatch(pending, name) or own.fullmatch(name)): tree.tell("FILE_UNLISTED", name, "of no edition")

def verify(root, key=None, since=None):
    """What is wrong with the tree, a list of {code, subject, seen}; empty when all is well. And the head of its log."""
    tree, editions, last, changed = Tree(root), {}, {}, []
    numbers = edition_numbers(tree)
    for number in numbers:
        with tree.trying(f"editions/{number:04d}/edition.json"):
            editions[number] = Edition(tree, number, editions.get(number - 1))
            changed += check_along(tree, editions[number], last)
    with tree.trying("editions", {"DOCUMENT": "KEY_OTHER"}):
        # A key counts that has signed; whoever begins a chain can name any key in keys.json.
        name, raw = public_key(key) if key is not None and editions else (None, None)
        signed = [name in each.signers and each.keys["edition"][name] == raw for each in editions.values()]
        need(name is None or any(signed), "KEY_OTHER", "no edition is signed with it")
    log, newest = Log(tree, editions.values()), editions[max(editions)] if editions else None
    pointed = check_pointer(tree, editions, log.heads) if numbers else 0
    if log.heads: check_log(tree, log, newest, pointed, since)
    if newest: check_content(newest, changed)
    check_unlisted(tree, editions.values())
    return tree.findings, "{size}:{root}".format(**log.head()) if log.heads else None

def main():
    options = argparse.ArgumentParser(description="Checks a Fonoteca archive on disk.")
    options.add_argument("tree")
    options.add_argument("--key", help="the public key of the archive, as text or a file")
    options.add_argument("--since", help="SIZE:ROOT, a head of the log kept from before")
    options.add_argument("--json", action="store_true", help="print one JSON object")
    wanted = options.parse_args()
    if not os.path.isdir(wanted.tree): options.error(f"no folder {wanted.tree}")
    if wanted.since and not HEAD(wanted.since): options.error("--since wants SIZE:ROOT")
    if wanted.key and os.path.isfile(wanted.key):
        with open(wanted.key, encoding="utf-8") as file: wanted.key = file.read()
    findings, head = verify(wanted.tree, wanted.key, wanted.since)
    if wanted.json: print(json.dumps({"intact": not findings, "logHead": head, "findings": findings}))
    for each in [] if wanted.json else findings: print("{code} {subject}: {seen}".format(**each))
    whose = "" if wanted.key else " by the tree's own keys, whosever they are: give --key"
    well = f"all well{whose}; head of the log, to keep for --since: {head}"
    if not wanted.json: print(f"{len(findings)} findings" if findings else well)
    return 12 if findings else 0

if __name__ == "__main__": sys.exit(main())
