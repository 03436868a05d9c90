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
import argparse, base64, contextlib, hashlib, json, os, re, stat, sys, unicodedata
from datetime import datetime, timedelta
from decimal import Decimal
LEAF, CHUNK = 16384, 1 << 20  # LEAF: bytes under one leaf of a hash tree (BitTorrent v2, BEP 52)
VOLUME, NUMBER, HEX = "(?:original|opus)-[0-9a-f]{16}", "(?:[0-9]{4}|[1-9][0-9]{4,8})", "[0-9a-f]{64}"

class Wrong(Exception):
    """Something is not as it should be: ends the check of one thing. Codes are told with VERIFY_ before them; without a
    code it was told before."""
    def __init__(self, code, seen, subject=None): self.code, self.seen, self.subject = code, seen, subject
def need(condition, code, seen, subject=None):
    if not condition: raise Wrong(code, seen, subject)
@contextlib.contextmanager
def at(subject):
    """What goes wrong inside is a matter of `subject`."""
    try: yield
    except Wrong as wrong: raise Wrong(wrong.code, wrong.seen, wrong.subject or subject)
    except (FileNotFoundError, NotADirectoryError): raise Wrong("FILE_MISSING", "nothing", subject)
    except OSError as error: raise Wrong("FILE_UNREADABLE", str(error), subject)
def sha256(data): return hashlib.sha256(data).hexdigest()
def up_to(number, multiple): return -(-number // multiple) * multiple
def power_of_two(number): return 1 << max(0, number - 1).bit_length()

class Tree:
    """The files of a tree by their path in it, and what was found. Only regular files are read, none through a link."""
    def __init__(self, root): self.root, self.findings = root, []
    def path(self, name): return os.path.join(self.root, *name.split("/"))
    def is_folder(self, name): return os.path.isdir(self.path(name)) and not os.path.islink(self.path(name))
    def is_file(self, name): return os.path.isfile(self.path(name)) and not os.path.islink(self.path(name))
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
            if wrong.code: self.tell(codes.get(wrong.code, codes.get("*", wrong.code)), subject, wrong.seen)
    def open(self, name):
        with at(name):
            need(stat.S_ISREG(os.lstat(self.path(name)).st_mode), "FILE_KIND", "no regular file")
            return open(self.path(name), "rb")
    def chunks(self, name, size=None, most=1 << 28, step=CHUNK):
        """The bytes of a file of exactly `size`, or of `most` at most, `step` at a time."""
        with self.open(name) as file, at(name):
            found = os.fstat(file.fileno()).st_size
            need(found <= most if size is None else found == size, "FILE_SIZE", f"{found} bytes")
            yield from iter(lambda: file.read(step), b"")
    def read(self, name, most=1 << 28): return b"".join(self.chunks(name, most=most))

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
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L
    if a is None or r is None or s >= L: return False
    left, right = point_times(s, BASE), point_add(r, point_times(h, a))
    return all((left[axis] * right[2] - right[axis] * left[2]) % P == 0 for axis in (0, 1))

# ---- Documents: one line of canonical JSON and LF, with exactly these fields: KIND:FIELD,FIELD. FIELD? may be left
# out, KIND? may be null, [KIND] is a list, =A|B one of these words. Kinds are the patterns below, or documents again.
REFERENCE, PLACED = "text:path hex:sha256", "hex:digest text:path,volume count:sizeBytes"
TORRENTED = "number:sizeBytes hex:sha256,piecesRoot,infohashV2 sha1:infohashV1 piece:pieceLengthBytes text:torrent"
PAYLOAD = "hex:digest count:length,offset said:path"
DOCUMENTS = f"""
keys        ( =fonoteca-keys/1:format [key]:keys roles:roles number:threshold )
key         ( text:id,publicKey )    roles ( [text]:edition,timestamp )    current ( number:edition,timestamp )
edition     ( =fonoteca-edition/1:format number:number hex?:previous time:date =metadata|audio|all:stage archive:archive
              catalogue:catalogue [volume]:volumes overlay:rights tombstones:tombstones head:log [metadata]:metadata
              any:addresses,mirrors [file]:files text:verifier )
archive     ( id:id any:name,contact?,publicUrl? )               head ( count:size hex:root )
catalogue   ( {REFERENCE} count:albums,tracks )    file ( {REFERENCE} count:sizeBytes )
tombstones  ( {REFERENCE} count:count hex?:head )  overlay ( {REFERENCE} count:members )
volume      ( {TORRENTED} name:name text:tier number:members,order
              count:withdrawn [licence]:licences added:added [superseded]:superseded )
licence     ( text?:licence count:members )    added ( number:edition time:date )
superseded  ( number?:edition sha1:infohashV1 hex:infohashV2 )
metadata    ( {TORRENTED} text:path [source]:sources )           source ( said:licence,name )
timestamp   ( =fonoteca-timestamp/1:format number:edition,sequence hex:sha256 time:date,expires head:log )
torrents.json    ( =fonoteca-torrents/1:format [object]:torrents,metadata )
rights.jsonl     ( text:attribution said:because hex:digest any:distributable text?:holder,licence )
tombstones.jsonl ( hex?:audio,previous time:date hex:digest =withdrawn|restored:kind number:number text?:subject
              =holder-request|right-ended|court-order|personal-data|mistaken|other|right-granted:reason )
catalogue.jsonl  ( any:album,albumArtist,albumId,artist,date,disc,genre,isrc,mbid,number,popularity,title
              text:id [track]:files )    track ( {PLACED} any:durationMs,format,tier )
albums.jsonl     ( any:artist,date,title,tracks text:id [picture]:files )    picture ( {PLACED} any:mimeType,role )
member      ( any:attribution,engine,holder,ids,kind,licence,licenceUrl? {PAYLOAD} text:tier )
withdrawn   ( any:tombstone {PAYLOAD} )"""
FIELDS = {}  # by document, then field: its kind
for named, told in re.findall(r"(\S+) +\( (.*?) \)", DOCUMENTS, re.S):
    parts = [part.rsplit(":", 1) for part in told.split()]
    FIELDS[named] = {field: kind for kind, fields in parts for field in fields.split(",")}
KINDS = {name: re.compile(pattern, re.S).fullmatch for name, pattern in {  # of Python's name of its type, and the value
    "any": ".*", "text": "str .*", "said": "str .+", "hex": f"str {HEX}", "name": f"str {VOLUME}",
    "sha1": "str [0-9a-f]{40}", "id": "str [0-9A-F]{16}", "count": "int [0-9]{1,15}", "number": "int [1-9][0-9]{0,14}",
    "time": "str [0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z",
    "piece": f"int ({'|'.join(str(LEAF << power) for power in range(15))})"}.items()}
def shape(value, kind, name="the document"):
    """`value` when it is of `kind`."""
    if value is None and kind[-1] == "?": return value
    kind = kind.rstrip("?")
    if kind in KINDS: fits = kind == "any" or KINDS[kind](f"{type(value).__name__} {value}")
    elif kind[0] == "=": fits = value in kind[1:].split("|")
    else: fits = isinstance(value, list if kind[0] == "[" else dict)
    need(fits, "DOCUMENT", f"{name} is wrong")
    for each in value if kind[0] == "[" else (): shape(each, kind[1:-1], name)
    fields = {field.rstrip("?"): field for field in FIELDS.get(kind, {})}
    for field, told in fields.items():
        need(field in value or told != field, "DOCUMENT", f"{field} is missing")
        if field in value: shape(value[field], FIELDS[kind][told], field)
    need(not fields or value.keys() <= fields.keys(), "DOCUMENT", f"{name} has a field that is not known")
    return value
def canonical(value, depth=0):
    """The one spelling of a JSON value: that of ECMA-262 JSON.stringify with sorted keys. At most 64 deep."""
    if isinstance(value, (dict, list)): need(depth < 64, "DOCUMENT", "nested too deep")
    if isinstance(value, dict):
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key], depth + 1)}" for key in sorted(value)) + "}"
    if isinstance(value, list): return "[" + ",".join(canonical(each, depth + 1) for each in value) + "]"
    if not isinstance(value, float): return json.dumps(value, ensure_ascii=False)
    plain = value == 0 or 1e-6 <= abs(value) < 1e21
    return format(Decimal(repr(value)), "f").removesuffix(".0") if plain else repr(value).replace("e-0", "e-")
def document(data, kind):
    """The document of `kind` in one line of canonical JSON."""
    try:
        # A number is a double, so beyond what doubles hold exactly a whole one has the spelling of the nearest.
        value = json.loads(data.decode(), parse_int=lambda digits: int(digits) if len(digits) < 16 else float(digits))
        if (canonical(value) + "\n").encode() == data: return shape(value, kind)
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
def signers_of(tree, name, keys, message, comment, further=r"\.[0-9A-F]{16}\.minisig"):
    """The ids of those of `keys` (id: public key) that signed, with a trusted comment that matches `comment`:
    NAME.minisig and any NAME.KEYID.minisig must hold."""
    folder, base = name.rsplit("/", 1)
    form = f"untrusted comment: signature from minisign secret key\n(.*)\ntrusted comment: ({comment})\n(.*)\n"
    signers, digest = set(), hashlib.blake2b(message).digest()
    for file in [f"{base}.minisig", *filter(re.compile(re.escape(base) + further).fullmatch, tree.names(folder))]:
        lines = re.fullmatch(form, tree.read(f"{folder}/{file}", 4096).decode("utf-8", "replace"))
        with at(f"{folder}/{file}"):
            need(lines, "SIGNATURE_FORM", f"not the signature of {comment}")
            first, second = from_base64(lines[1], 74), from_base64(lines[3], 64)
            signer, signature = first[9:1:-1].hex().upper(), first[10:]
            need(first[:2] == b"ED", "SIGNATURE_FORM", "not prehashed")
            need(signer in keys, "KEY_UNKNOWN", f"key {signer}")
            for signed, by in ((digest, signature), (signature + lines[2].encode(), second)):
                need(ed25519(keys[signer], signed, by), "SIGNATURE_WRONG", f"by key {signer}")
            named = file in (f"{base}.minisig", f"{base}.{signer}.minisig")
            need(named and signer not in signers, "SIGNATURE_FORM", f"by key {signer}")
            signers.add(signer)
    return signers
def need_threshold(signers, keys, subject):
    known = len(signers & keys["edition"].keys())
    need(known >= keys["threshold"], "THRESHOLD" if known else "KEY_UNKNOWN", f"signed by {known} keys", subject)
def read_keys(tree, path, number, before):
    """keys.json: which keys may sign editions and timestamps (id: public key each), and how many an edition. It is
    signed by enough of its own edition keys, and from edition 2 on by enough of those of the edition before. Its
    comment binds it to its place: else whoever has a revoked key could bring back an old list, signed as it was."""
    comment = f"fonoteca-keys/1 number {number}" + f" previous {before.sha256 if before else HEX}" * (number > 1)
    data, old = tree.read(path, 1 << 14), [before.keys] if before else []
    with at(path):
        value = document(data, "keys")
        known, roles = dict(public_key(each["publicKey"]) for each in value["keys"]), value["roles"]
        fits = [*known] == [each["id"] for each in value["keys"]] and value["threshold"] <= len(roles["edition"])
        fits = fits and len(set(known.values())) == len(known) <= 32 and known.keys() <= set(sum(roles.values(), []))
        for ids in roles.values(): fits = fits and ids and len(set(ids)) == len(ids) == len(known.keys() & ids)
        need(fits, "DOCUMENT", "ids, roles or threshold")
    keys = {role: {name: known[name] for name in ids} for role, ids in roles.items()}
    keys.update(threshold=value["threshold"], known=known)
    either = {name: key for each in [*old, keys] for name, key in each["edition"].items()}
    # Anyone can make a key with the id of another: an id that stands for two would let a stranger sign for the older.
    same = all(either[name] == key for each in old for name, key in each["edition"].items())
    need(same, "DOCUMENT", "an id with another key than in the edition before", path)
    signers = signers_of(tree, path, either, data, comment)
    for each in [keys, *old]: need_threshold(signers, each, path + ".minisig")
    return keys

# ---- An edition: edition.json lists every file with size and digest, and names the edition before.
LISTABLE = (rf"volumes/{VOLUME}\.(tar|torrent|leaves)|editions/(torrents/[0-9a-f]{{16}}/{VOLUME}\.torrent|"
            r"tools/verify-[0-9a-f]{16}\.py|%s/[A-Za-z0-9][A-Za-z0-9._-]{0,99})")
class Edition:
    """Edition `number` once its signatures hold. Its attributes are the fields of edition.json, and these:
    listed  size and digest of each file by path       whole    by path, whether a file is as listed
    keys    what keys.json says                        signers  ids of the keys that signed it
    sha256  of edition.json                            stones   its tombstones, None when they cannot be read"""
    def __init__(self, tree, number, before):
        self.tree, self.own, self.whole, old = tree, f"editions/{number:04d}/", {}, before or self
        path, self.keys = self.own + "edition.json", read_keys(tree, self.own + "keys.json", number, before)
        data, comment = tree.read(path), f"fonoteca-edition/1 number {number}"
        self.signers = signers_of(tree, path, self.keys["edition"], data, comment)
        need_threshold(self.signers, self.keys, path + ".minisig")
        vars(self).update(document(data, "edition"), sha256=sha256(data))
        self.listed = {each["path"]: (each["sizeBytes"], each["sha256"]) for each in self.files}
        for what, fits in self.rules(f"editions/{self.number:04d}/", self.listed):
            need(fits, "DOCUMENT", f"{what} is not as it is listed")
        need(self.number == number, "EDITION_NUMBER", f"number {self.number}")
        for name in self.listed:
            if name.startswith(self.own): self.is_whole(name)
        follows = self.previous == (before.sha256 if before else None if number == 1 else self.previous or "")
        known = self.archive["id"] in (self.keys["known"] if number == 1 else [old.archive["id"]])
        if not (follows and known and old.date <= self.date): tree.tell("CHAIN_BROKEN", path, "does not follow")
        grown = {each["name"] for each in self.volumes} - {each["name"] for each in old.volumes}
        if grown and self.stage == "metadata": tree.tell("DOCUMENT", path, "stage metadata adds a volume")
        self.stones = self.read_tombstones(before and before.stones or [])
    def rules(self, own, files):
        """What edition.json says in two places must be the same: what each rule is about, and whether it is kept."""
        for path in files: yield path, re.fullmatch(LISTABLE % own[9:-1], path)
        for name in ("catalogue", "rights", "tombstones"):
            told, path = vars(self)[name], f"{own}{name}.jsonl"
            yield name, told["path"] == path and files.get(path, "??")[1] == told["sha256"]
        for each in self.volumes:
            name, each["path"] = each["name"], f"volumes/{each['name']}.tar"
            yield name, each["torrent"].endswith(f"/{name}.torrent") and each["tier"] == name.split("-")[0]
            yield name, f"volumes/{name}.leaves" in files
        for each in self.metadata: yield each["path"], each["torrent"] == each["path"] + ".torrent" and each["sources"]
        for each in self.volumes + self.metadata:
            same = files.get(each["path"]) == (each["sizeBytes"], each["sha256"])
            yield each["path"], same and each["torrent"] in files
        for what in ("volumes", "files", "metadata"):
            names = [each["path"] for each in vars(self)[what]]
            yield what, names == sorted(set(names))
        for name in ("albums.jsonl", "catalogue.jsonl", "rights.jsonl"):
            yield name, own + name in names or not files.get(own + name, [0])[0]
        yield "verifier", self.verifier == f"editions/tools/verify-{files.get(self.verifier, '??')[1][:16]}.py"
    def is_whole(self, name):
        """Whether a file that it lists is there with its size and digest; told once when not."""
        if name not in self.whole:
            digest, self.whole[name], (size, wanted) = hashlib.sha256(), False, self.listed[name]
            with self.tree.trying(name):
                for data in self.tree.chunks(name, size): digest.update(data)
                need(digest.hexdigest() == wanted, "FILE_DIGEST", digest.hexdigest())
                self.whole[name] = True
        return self.whole[name]
    def lines(self, name, kind=None):
        """The documents in a file of its own, each with its line."""
        path = self.own + name
        need(path in self.listed, "DOCUMENT", f"lists no {name}", self.own + "edition.json")
        need(self.is_whole(path), None, "damaged, as was told")
        with self.tree.open(path) as file, at(path):
            for line in file: yield document(line, kind or name), line
    def read_tombstones(self, before):
        """Each line names the one before by digest; an edition keeps every line of the edition before."""
        path, stones, head = self.own + "tombstones.jsonl", [], None
        with self.tree.trying(path):
            for value, line in self.lines("tombstones.jsonl"):
                need((value["kind"], value["reason"]) != ("withdrawn", "right-granted"), "DOCUMENT", "the reason")
                follows = (value["number"], value["previous"]) == (len(stones) + 1, head)
                need(follows, "TOMBSTONES", f"line {len(stones) + 1} does not follow the one before")
                stones.append({**value, "sha256": (head := sha256(line))})
            told = self.tombstones["count"], self.tombstones["head"]
            if told != (len(stones), head) or stones[:len(before)] != before:
                self.tree.tell("TOMBSTONES", path, "other lines than edition.json says, or than the edition before has")
            return stones

def check_along(tree, edition, last):
    """Volumes change only where tombstones came between, and list their old torrents. `last`: name: (edition, volume).
    Gives the volumes that may have changed, each with the digests whose tombstones came between."""
    fixed = {"sizeBytes", "pieceLengthBytes", "members", "added"}
    free = {"sha256", "piecesRoot", "infohashV1", "infohashV2", "withdrawn"}
    hashes = lambda each: (each["infohashV1"], each["infohashV2"])
    for volume in edition.volumes:
        was_edition, was = last.get(volume["name"], (edition, volume))
        last[volume["name"]] = edition, volume
        old, new = [*map(hashes, was["superseded"])], [*map(hashes, volume["superseded"])]
        listed = new[:len(old)] == old and (hashes(volume) == hashes(was) or hashes(was) in new[len(old):])
        if not listed or any((each["edition"] or 0) >= edition.number for each in volume["superseded"]):
            tree.tell("VOLUME_CHANGED", edition.own + "edition.json", f"superseded torrents of {volume['name']}")
        other = {key for key in fixed | free if volume[key] != was[key]}
        if not other or None in (edition.stones, was_edition.stones): continue
        told = {stone["digest"] for stone in edition.stones[len(was_edition.stones):]}
        if told and not other & fixed: yield volume["name"], told
        else: tree.tell("VOLUME_CHANGED", volume["path"], f"another one in edition {edition.number}")

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
def read_torrent(tree, listed):
    """SHA-1 of each piece, and tree hashes of the pieces, as the torrent of a file has them."""
    data, root, name = tree.read(listed["torrent"]), bytes.fromhex(listed["piecesRoot"]), listed["path"].split("/")[-1]
    size, name = {b"length": listed["sizeBytes"]}, name.encode()
    wanted = {**size, b"piece length": listed["pieceLengthBytes"], b"pieces": b"", b"meta version": 2, b"name": name,
              b"file tree": {name: {b"": {**size, b"pieces root": root}}}}
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
def check_pieces(edition, listed):
    """Passes once over a file and holds it against digest, torrent and tree root; returns the hashes of its leaves."""
    tree, path, told, step = edition.tree, listed["path"], None, listed["pieceLengthBytes"]
    whole, leaves, pieces, layer = hashlib.sha256(), [], [], []
    with tree.trying(listed["torrent"]):
        if edition.is_whole(listed["torrent"]): told = read_torrent(tree, listed)
    for data in tree.chunks(path, listed["sizeBytes"], step=step):
        whole.update(data)
        pieces.append(hashlib.sha1(data).digest())
        own = [hashlib.sha256(data[start:start + LEAF]).digest() for start in range(0, len(data), LEAF)]
        layer.append(tree_root(own, step // LEAF))
        leaves += own
    if len(layer) > 1: root = tree_root(layer, power_of_two(len(layer)), tree_root([], step // LEAF))
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
# A name that every file system takes: it is none of a device, has no control or reserved character and nothing that
# turns the direction of writing, and ends in no dot or space.
SAFE_NAME = re.compile(r"(?!(?:con|prn|aux|nul|com[0-9\xb9\xb2\xb3]|lpt[0-9\xb9\xb2\xb3])(?:\.|\Z))[^\0-\x1f\x7f-\x9f"
                       r'\\:*?"<>|\u2028-\u202e\u2066-\u2069\ufffe\uffff]+(?<![. ])', re.I).fullmatch
def is_safe(path):
    names = path.split("/")
    fits = len(names) <= 64 and all(SAFE_NAME(name) and len(name.encode()) <= 255 for name in names)
    return fits and len(path.encode()) <= 4095 and unicodedata.normalize("NFC", path) == path
def path_keys(path):
    """A path and the folders above it, as a file system compares them that ignores case."""
    key = unicodedata.normalize("NFC", path.upper().lower())
    return key, {key[:each.start()] for each in re.finditer("/", key)}
INDEX = "fonoteca-index-1.jsonl"
def check_members(tree, volume, withdrawn):
    """Walks the tar; returns its members by path, each with digest and size. Paths are safe, in the order of their
    bytes, and stay apart where case does not count."""
    members, zeroed, files, folders, last = {}, 0, {INDEX}, set(), b""
    with tree.open(volume["path"]) as tar, at(volume["path"]):
        def expect(data): need(tar.read(len(data)) == data, "TAR", f"other bytes before byte {tar.tell()}")
        size = re.fullmatch(rb"([0-7]{11})\0", tar.read(LEAF)[LEAF - 512 + 124:][:12])
        need(size, "TAR", "no index")
        tar.seek(0)
        expect(tar_head(INDEX, int(size[1], 8), 0, 0))
        *lines, last = tar.read(int(size[1], 8)).split(b"\n")
        need(last == b"", "INDEX", "no newline at the end")
        expect(bytes(-tar.tell() % 512))
        base = up_to(tar.tell(), LEAF)
        for text in lines:
            line, zeros, digest = document(text.rstrip(b" ") + b"\n", "object"), True, hashlib.sha256()
            gone = "tombstone" in line
            path, length = shape(line, "withdrawn" if gone else "member")["path"], line["length"]
            (key, above), fits = path_keys(path), is_safe(path) and last < path.encode()
            apart = key not in files and key not in folders and above.isdisjoint(files)
            need(fits and apart, "INDEX", f"the path {path}, unsafe, out of order, or that of another member")
            files.add(key)
            folders |= above
            last = path.encode()
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
            if not fits or gone != (line["digest"] in withdrawn):
                tree.tell("MEMBER", f"{volume['path']}#{path}", "another digest, or withdrawn and there")
        expect(bytes(1024))
        need(not tar.read(1) and members, "TAR", "bytes behind the end, or no member")
    name = sha256("".join(f"{digest} {path}\n" for path, (digest, _) in members.items()).encode())[:16]
    need(f"{volume['tier']}-{name}" == volume["name"], "VOLUME_NAME", name)
    if (len(members), zeroed) != (volume["members"], volume["withdrawn"]):
        tree.tell("INDEX", volume["path"], "other counts of members than edition.json")
    return members
def check_volume(edition, volume, withdrawn):
    """What check_members returns, when the blocks are right. The .leaves file: a name of 16 bytes, the size of the
    volume, the SHA-256 of every 16 KiB."""
    tree, tar, beside = edition.tree, volume["path"], f"volumes/{volume['name']}.leaves"
    leaves = b"fonoteca-leaves1" + volume["sizeBytes"].to_bytes(8, "big") + check_pieces(edition, volume)
    found = tree.read(beside, 1 << 40) if edition.is_whole(beside) else leaves
    formed = found[:24] == leaves[:24] and len(found) == len(leaves)
    if found != leaves: tree.tell("LEAVES", tar if formed else beside, "other 16 KiB blocks than their leaves")
    return check_members(tree, volume, withdrawn)

# ---- The log (RFC 6962, C2SP tlog-tiles): a tree over entries, which follow from the editions alone.
def log_root(leaves):
    if len(leaves) < 2: return leaves[0] if leaves else hashlib.sha256().digest()
    half = power_of_two(len(leaves)) // 2
    return hashlib.sha256(b"\1" + log_root(leaves[:half]) + log_root(leaves[half:])).digest()
def new_entries(edition, before):
    """What an edition adds before it tells that it was published: changed keys, tombstones, changed rights."""
    def changed(name): return before is None or before.listed[before.own + name] != edition.listed[edition.own + name]
    if changed("keys.json"): yield {"kind": "keys", "sha256": edition.listed[edition.own + "keys.json"][1]}
    for stone in edition.stones[len(before.stones) if before else 0:]:
        yield {key: stone[key] for key in ("digest", "kind", "number", "sha256")}
    if before and changed("rights.jsonl"):
        after, was = [((shape(value.get("digest"), "hex", "digest"), sha256(line)) for value, line in
                       each.lines("rights.jsonl", "object")) for each in (edition, before)]
        after = dict(after)
        for digest, line in was:
            change = {"after": after.get(digest), "before": line, "digest": digest, "kind": "rights"}
            if change["after"] != line: yield change
class Log:
    """Entries, their hashes, and `heads`: (size, root) of the log behind each edition; none when one does not hold."""
    def __init__(self, tree, editions):
        self.entries, self.leaves, self.heads, heads, before = [], [], {}, {}, None
        for number, edition in enumerate(editions, 1):
            needed = [edition.whole.get(edition.own + name) for name in ("keys.json", "rights.jsonl")]
            if edition.number != number or edition.stones is None or not all(needed): return
            with tree.trying(edition.own + "rights.jsonl", {}):
                for entry in new_entries(edition, before): self.add(number, entry)
                head = self.head()
                if edition.log != head: tree.tell("LOG", edition.own + "edition.json", f"editions give {head}")
                self.add(number, {"date": edition.date, "kind": "published", "sha256": edition.sha256})
                heads[number], before = self.head(), edition
            if number not in heads: return
        self.heads = heads
    def add(self, number, entry):
        self.entries.append(canonical({**entry, "edition": number}).encode())
        self.leaves.append(hashlib.sha256(b"\0" + self.entries[-1]).digest())
    def head(self, size=None): return {"size": len(self.leaves[:size]), "root": log_root(self.leaves[:size]).hex()}
    def tiles(self, size):
        """Path and bytes of each file of the log at `size`: 256 hashes of a level or 256 entries, the last partial."""
        rows = {"entries": [len(each).to_bytes(2, "big") + each for each in self.entries[:size]], 0: self.leaves[:size]}
        for level in range(8):
            rows[level + 1] = [log_root(rows[level][at:at + 256]) for at in range(0, len(rows[level]) - 255, 256)]
        for level, start in ((level, start) for level in rows for start in range(0, len(rows[level]), 256)):
            digits, part = str(start // 256), rows[level][start:start + 256]
            name = re.sub("(...)(?=.)", r"x\1/", digits.zfill(up_to(len(digits), 3)))
            yield f"editions/log/tile/{level}/{name}" + f".p/{len(part)}" * (len(part) < 256), b"".join(part)
def read_checkpoint(tree, path, edition, heads):
    """The number of the edition whose head is in a signed note: origin, size, root; an empty line; signatures, each of
    4 bytes of key hash and 64 of Ed25519."""
    origin, signers = f"fonoteca/{edition.archive['id']}", set()
    note, _, signatures = tree.read(path, 4096).decode("utf-8", "replace").partition("\n\n")
    roots = {number: base64.b64encode(bytes.fromhex(head["root"])).decode() for number, head in heads.items()}
    notes = {f"{origin}\n{heads[number]['size']}\n{roots[number]}": number for number in heads}
    need(note in notes, "LOG", f"{note}, editions give other heads")
    keys, start = edition.keys["timestamp"].values(), f"{origin}\n\1".encode()
    keys = {hashlib.sha256(start + key).digest()[:4]: key for key in keys}
    need(signatures.endswith("\n"), "LOG", "not signed, or cut")
    for line in signatures[:-1].split("\n"):
        told = re.fullmatch(f"\u2014 {origin} (.*)", line)
        packed = from_base64(told[1] if told else "", 68, "LOG")
        fits = packed[:4] in keys.keys() - signers and ed25519(keys[packed[:4]], f"{note}\n".encode(), packed[4:])
        need(fits, "LOG", "a signature that does not fit, or by an unknown key")
        signers.add(packed[:4])
    return notes[note]
HEAD = re.compile(f"(0|[1-9][0-9]{{0,14}}):({HEX})").fullmatch
def check_log(tree, log, newest, pointed, since):
    """Checkpoint and tiles: of the edition that the pointer names, or of a later one while that is being published.
    Returns the paths of its files."""
    path, reached, wanted = "editions/log/checkpoint", newest.number, {}
    with tree.trying(path):
        reached = read_checkpoint(tree, path, newest, {each: log.heads[each] for each in log.heads if each >= pointed})
    for number, head in log.heads.items():
        for name, data in log.tiles(head["size"]): wanted.setdefault(name, (data, number <= reached))
    for name, (data, must) in wanted.items():
        with tree.trying(name):
            there = must or os.path.lexists(tree.path(name))
            need(not there or tree.read(name, 1 << 25) == data, "LOG", "other hashes or entries")
    kept = HEAD(since or "0:" + log.head(0)["root"])
    if not kept or log.head(int(kept[1])) != {"size": int(kept[1]), "root": kept[2]}:
        tree.tell("LOG_FORKED", "editions/log", f"{len(log.leaves)} entries that do not begin with the given head")
    return wanted.keys() | {path}

# ---- Pointer and timestamps. That a timestamp has expired is no damage: it only tells a follower when to ask again.
STAMP = re.compile(rf"editions/timestamps/({NUMBER})-([0-9]{{1,9}})\.json").fullmatch
def instant(text):
    try: return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ")
    except ValueError: raise Wrong("DOCUMENT", f"{text} is not in the calendar")
def check_pointer(tree, editions, heads):
    """The number of the edition that is pointed at, or 0."""
    known, path = set(), "editions/current.json"
    names = [f"editions/timestamps/{name}" for name in tree.names("editions/timestamps")]
    for name in names:
        if STAMP(name.removesuffix(".minisig")) and name.removesuffix(".minisig") not in names:
            tree.tell("TIMESTAMP", name, "a signature of no timestamp")
    for name in filter(STAMP, names):
        number, sequence = map(int, STAMP(name).groups())
        with tree.trying(name, {"LOG": "LOG", "*": "TIMESTAMP"}):
            need(number in editions, "TIMESTAMP", "no such edition that holds")
            edition, data = editions[number], tree.read(name, 65536)
            comment = f"fonoteca-timestamp/1 number {number}-{sequence}"
            signers_of(tree, name, edition.keys["timestamp"], data, comment, further="$.")
            value = document(data, "timestamp")
            fits = (value["edition"], value["sequence"], value["sha256"]) == (number, sequence, edition.sha256)
            need(fits, "TIMESTAMP", "of another edition")
            term = instant(value["expires"]) - instant(value["date"])
            need(timedelta(0) <= term <= timedelta(31), "TIMESTAMP", f"for {term}, not 30 days")
            need(value["log"] == heads.get(number, value["log"]), "LOG", "another log than editions give")
            known.add((number, sequence))
    with tree.trying(path, {"DOCUMENT": "POINTER"}):
        number, sequence = document(tree.read(path, 65536), "current").values()
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
        need(lines == counted, "DOCUMENT", f"{lines} lines")
def check_content(edition, changed):
    tree, members = edition.tree, {}
    latest = {stone["digest"]: stone["kind"] for stone in edition.stones or []}
    withdrawn = {digest for digest in latest if latest[digest] == "withdrawn"}
    rights = read_rights(edition, withdrawn)
    for volume in edition.volumes:
        with tree.trying(volume["path"], {"DOCUMENT": "INDEX"}):
            members[volume["name"]] = check_volume(edition, volume, withdrawn)
            for path, (digest, _) in members[volume["name"]].items():
                if rights is not None and digest not in rights and digest not in withdrawn:
                    tree.tell("RIGHTS_MISSING", f"{volume['path']}#{path}", digest)
    for name, told in changed:
        if name in members and not told & {digest for digest, _ in members[name].values()}:
            tree.tell("VOLUME_CHANGED", f"volumes/{name}.tar", "changed without withdrawing any of it")
    for name, counted in (("catalogue.jsonl", "tracks"), ("albums.jsonl", "albums")):
        check_catalogue(edition, name, edition.catalogue[counted], members, withdrawn, rights)
    with tree.trying(edition.own + "torrents.json"):
        told = [value for value, _ in edition.lines("torrents.json")]
        need(len(told) == 1, "DOCUMENT", f"{len(told)} lines")
        for key, (own, fields) in SAME.items():
            told[0][key], wanted = [[[each.get(field) for field in fields.split()] for each in listed]
                                    for listed in (told[0][key], vars(edition)[own])]
            need(told[0][key] == wanted, "DOCUMENT", f"other {key} than edition.json")
    for file in edition.metadata:
        with tree.trying(file["path"]):
            if edition.is_whole(file["path"]): check_pieces(edition, file)
    for name in edition.listed.keys() - {volume["path"] for volume in edition.volumes}: edition.is_whole(name)

# ---- The whole tree.
EXPECTED = rf"""editions/((?!0000){NUMBER}|log(/.*)?|timestamps|tools|torrents(/[^/]*)?)/|
editions/{NUMBER}/edition\.json(\.([0-9A-F]{{16}}\.)?minisig)?|
editions/timestamps/{NUMBER}-[0-9]{{1,9}}\.json(\.minisig)?"""
PENDING = rf"""|(volumes|editions/torrents/[0-9a-f]{{16}})/{VOLUME}(\.(tar|torrent|leaves)(\.next)?|\.index\.next)|
editions/tools/verify-[0-9a-f]{{16}}\.py"""
def unlisted(tree, folder, expected):
    """The paths below a folder that are not expected, and nothing below those. Folders are asked for with a slash."""
    for name in tree.names(folder):
        path = f"{folder}/{name}"
        if tree.is_folder(path) and expected(path + "/"): yield from unlisted(tree, path, expected)
        elif not expected(path): yield path
def check_unlisted(tree, editions, numbers, tiles):
    """In the folder of an archive, known by its ledger, things may lie that are not published yet. What is in a folder
    whose list does not hold is left alone."""
    pattern = EXPECTED + (PENDING if "ledger.db" in tree.names(".") else "") + ("" if tiles else "|editions/log/.*")
    for number in set(numbers) - editions.keys(): pattern += f"|editions/{number:04d}/.*"
    listed, pattern = set(tiles).union(*(each.listed for each in editions.values())), re.compile(pattern, re.X | re.S)
    if tree.is_file("editions/current.json"): listed.add("editions/current.json")
    for folder in ("editions", "volumes"):
        for path in unlisted(tree, folder, lambda path: path in listed or pattern.fullmatch(path)):
            tree.tell("FILE_UNLISTED", path, "of no edition")
def verify(root, key=None, since=None):
    """What is wrong with the tree, a list of {code, subject, seen}; empty when all is well. And the head of its log."""
    tree, editions, last, changed = Tree(root), {}, {}, []
    names = [name for name in tree.names("editions") if tree.is_folder(f"editions/{name}")]
    numbers = sorted({int(name) for name in names if re.fullmatch(NUMBER, name)} - {0})
    for before, number in zip([0] + numbers, numbers):
        if number != before + 1: tree.tell("EDITION_MISSING", f"editions/{before + 1:04d}", f"before {number}")
        with tree.trying(f"editions/{number:04d}/edition.json"):
            editions[number] = Edition(tree, number, editions.get(number - 1))
            changed += check_along(tree, editions[number], last)
    if not numbers: tree.tell("NOTHING", "editions", "no edition")
    with tree.trying("editions", {"DOCUMENT": "KEY_OTHER"}):
        # A key counts that has signed; whoever begins a chain can name any key in keys.json.
        name, raw = public_key(key) if key is not None and editions else (None, None)
        signed = [name in each.signers and each.keys["edition"][name] == raw for each in editions.values()]
        need(name is None or any(signed), "KEY_OTHER", "no edition is signed with it")
    log, newest, tiles = Log(tree, editions.values()), editions[max(editions)] if editions else None, ()
    pointed = check_pointer(tree, editions, log.heads) if numbers else 0
    if log.heads: tiles = check_log(tree, log, newest, pointed, since)
    if newest: check_content(newest, changed)
    check_unlisted(tree, editions, numbers, tiles)
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
    lines = ["{code} {subject}: {seen}".format(**each) for each in findings] + [f"{len(findings)} findings"]
    whose = "" if wanted.key else " by the tree's own keys, whosever they are: give --key"
    if not findings: lines = [f"all well{whose}; head of the log, to keep for --since: {head}"]
    if wanted.json: lines = [json.dumps({"intact": not findings, "logHead": head, "findings": findings})]
    print("\n".join(lines))
    return 12 if findings else 0

if __name__ == "__main__": sys.exit(main())
