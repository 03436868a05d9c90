/** Fuzz targets for keys, signatures and the log: minisign, signed notes, tiles and proofs. */
import assert from 'node:assert/strict';
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import {
  formatPublicKey,
  makeMinisignKey,
  parseMinisignature,
  parsePublicKey,
  publicKeyBase64,
  signMinisign,
  UNTRUSTED_COMMENT,
  verifyMinisign,
} from '../../src/formats/minisign.ts';
import { formatSecretKey, parseSecretKey } from '../../src/formats/minisign-secret.ts';
import {
  checkpointText,
  parseCheckpoint,
  parseNote,
  signNote,
  verifyNoteSignature,
} from '../../src/formats/signed-note.ts';
import { EMPTY_EDGE, edgeOf, growEdge, headOf } from '../../src/formats/tlog-edge.ts';
import { emptyLogRoot, logLeafHash, logNodeHash } from '../../src/formats/tlog-hash.ts';
import {
  consistencyProof,
  inclusionProof,
  verifyConsistency,
  verifyInclusion,
} from '../../src/formats/tlog-proof.ts';
import {
  encodeBundle,
  parseBundle,
  parseTile,
  parseTilePath,
  TILE_WIDTH,
  tilePath,
} from '../../src/formats/tlog-tiles.ts';
import { assertSameBytes, type FuzzTarget, valueOrRefusal } from './fuzz-target.ts';
import { EDGE_NUMBERS, mutateBytes, mutateText } from './mutations.ts';

const KEYS = [1, 2, 3].map((seed) =>
  makeMinisignKey({ bytes: (count: number) => Buffer.alloc(count, seed) }),
);
const COMMENTS = ['timestamp:1767323045', 'Ünï 坂本', 'x'.repeat(1024), 'trusted comment: '];
const MESSAGES = ['', 'edition', 'x'.repeat(2000)];
const SIGNED = KEYS.flatMap((key) =>
  COMMENTS.map((comment, at) => {
    const message = MESSAGES[at % MESSAGES.length]!;
    return { key, comment, message, text: signMinisign(key, message, comment) };
  }),
);

const signature: FuzzTarget = {
  name: 'minisign-signature',
  run(random) {
    const { key, comment, message, text } = random.pick(SIGNED);
    if (random.below(8) === 0) {
      assert.equal(signMinisign(key, message, comment), text);
      assert.equal(verifyMinisign(key.publicKey, message, text), comment);
      return 'written';
    }
    const mutant = mutateText(text, random, [random.pick(SIGNED).text, 'RUQ', '=', '\n']);
    const read = valueOrRefusal(/^SIGNATURE_INVALID$/, () => parseMinisignature(mutant));
    if (read === undefined) return 'refused';
    const packed = Buffer.concat([Buffer.from('ED'), read.keyId, read.signature]);
    const global = Buffer.from(read.globalSignature).toString('base64');
    assert.equal(
      `${UNTRUSTED_COMMENT}\n${packed.toString('base64')}\ntrusted comment: ${read.trustedComment}\n${global}\n`,
      mutant,
    );
    const verified = valueOrRefusal(/^SIGNATURE_/, () =>
      verifyMinisign(key.publicKey, message, mutant),
    );
    assert.equal(verified !== undefined, mutant === text, 'another text that holds');
    return 'read';
  },
};

const publicKey: FuzzTarget = {
  name: 'minisign-public-key',
  run(random) {
    const { publicKey: key } = random.pick(KEYS);
    const text = random.pick([formatPublicKey(key), publicKeyBase64(key)]);
    const mutant =
      random.below(4) === 0 ? text : mutateText(text, random, ['RWQ', '=', 'untrusted comment: ']);
    const read = valueOrRefusal(/^KEY_INVALID$/, () => parsePublicKey(mutant));
    if (read === undefined) {
      assert.notEqual(mutant, text);
      return 'refused';
    }
    assert.deepEqual([read.keyId.length, read.bytes.length], [8, 32]);
    assert(mutant.includes(publicKeyBase64(read)));
    return mutant === text ? 'written' : 'read';
  },
};

const secretKey: FuzzTarget = {
  name: 'minisign-secret-key',
  run(random) {
    const text = formatSecretKey(random.pick(KEYS));
    if (random.below(8) === 0) {
      assert.equal(formatSecretKey(parseSecretKey(text)), text);
      return 'written';
    }
    const mutant =
      random.below(2) === 0 ? mutateText(text, random, ['RWQ', '=']) : edited(text, random);
    const read = valueOrRefusal(/^KEY_(?:INVALID|ENCRYPTED)$/, () => parseSecretKey(mutant));
    if (read === undefined) return 'refused';
    assert.deepEqual(parseSecretKey(formatSecretKey(read)), read);
    return 'read';
  },
};

/** The text with changed bytes below its base64, of the same length. */
function edited(text: string, random: SeededRandom): string {
  const [comment, packed] = text.split('\n') as [string, string];
  const bytes = Buffer.from(packed, 'base64');
  bytes[random.below(bytes.length)] = random.pick([0, 0x53, 0x63, random.below(256)]);
  return `${comment}\n${bytes.toString('base64')}\n`;
}

const NOTES = [0, 1, 255, 1000].flatMap((size) =>
  KEYS.map((key, at) => {
    const checkpoint = { origin: 'fonoteca/1E1570B230E8C43F', size, root: Buffer.alloc(32, at) };
    const text = checkpointText(checkpoint);
    const keys = KEYS.slice(0, at + 1);
    return { key, checkpoint, text, note: signNote(text, { name: checkpoint.origin, keys }) };
  }),
);

const signedNote: FuzzTarget = {
  name: 'signed-note',
  run(random) {
    const { key, checkpoint, text, note } = random.pick(NOTES);
    if (random.below(8) === 0) {
      const read = parseNote(Buffer.from(note));
      const parsed = parseCheckpoint(read.text);
      assert.deepEqual({ ...parsed, root: Buffer.from(parsed.root) }, checkpoint);
      verifyNoteSignature(text, read.signatures.at(-1)!, key.publicKey);
      return 'written';
    }
    const mutant = Buffer.from(mutateText(note, random, ['\u2014 ', '\n\n', 'fonoteca/', '+']));
    const read = valueOrRefusal(/^LOG_CHECKPOINT_INVALID$/, () => parseNote(mutant));
    if (read === undefined) return 'refused';
    const lines = read.signatures.map(({ name, keyHash, signature: bytes }) => {
      const packed = Buffer.concat([keyHash, bytes]);
      return `\u2014 ${name} ${packed.toString('base64')}\n`;
    });
    assertSameBytes(Buffer.from(`${read.text}\n${lines.join('')}`), mutant, 'written again');
    const parsed = valueOrRefusal(/^LOG_CHECKPOINT_INVALID$/, () => parseCheckpoint(read.text));
    if (parsed) assert.equal(checkpointText(parsed), read.text);
    for (const one of read.signatures) {
      const holds = valueOrRefusal(/^(?:SIGNATURE_|LOG_CHECKPOINT_INVALID)/, () => {
        verifyNoteSignature(read.text, one, key.publicKey);
        return true;
      });
      assert(holds === undefined || read.text === text, 'another text that holds');
    }
    return 'read';
  },
};

const tiles: FuzzTarget = {
  name: 'log-tiles',
  run(random) {
    const width = 1 + random.below(TILE_WIDTH);
    const index = random.pick([random.below(1000), ...EDGE_NUMBERS.slice(0, 18)]);
    const level = random.pick(['entries', 0, 1, 6] as const);
    const path = tilePath({ level, index, width });
    const entries = Array.from({ length: 1 + random.below(6) }, () =>
      random.bytes(random.below(90)),
    );
    const bundle = encodeBundle(entries);
    if (random.below(4) === 0) {
      assert.deepEqual(parseTilePath(path), { level, index, width });
      const read = parseBundle(bundle, entries.length);
      assertSameBytes(Buffer.concat(read), Buffer.concat(entries), 'entries');
      assert.equal(read.length, entries.length);
      return 'written';
    }
    const mutantPath = mutateText(path, random, ['x000/', '.p/', 'tile/', 'entries', '/']);
    const tile = valueOrRefusal(/^LOG_TILE_INVALID$/, () => parseTilePath(mutantPath));
    if (tile) assert.equal(tilePath(tile), mutantPath);
    const mutant = mutateBytes(bundle, random);
    const count = random.pick([entries.length, entries.length + 1, TILE_WIDTH]);
    const read = valueOrRefusal(/^LOG_TILE_INVALID$/, () => parseBundle(mutant, count));
    if (read) assertSameBytes(encodeBundle(read), mutant, 're-encoded');
    const hashes = valueOrRefusal(/^LOG_TILE_INVALID$/, () => parseTile(mutant, count));
    if (hashes) assertSameBytes(Buffer.concat(hashes), mutant, 'joined again');
    return tile || read || hashes ? 'read' : 'refused';
  },
};

const LEAVES = Array.from({ length: 70 }, (_, at) => logLeafHash(Buffer.from(`${at}`)));
const SUBTREES = {
  subtree: (level: number, index: number) => rootOf(2 ** level, index * 2 ** level),
};
const ROOTS = Array.from({ length: LEAVES.length + 1 }, (_, size) =>
  size === 0 ? emptyLogRoot() : rootOf(size),
);

/** The root over the first `size` leaves by RFC 6962's own words. */
function rootOf(size: number, from = 0): Uint8Array {
  if (size === 1) return LEAVES[from]!;
  let split = 1;
  while (split * 2 < size) split *= 2;
  return logNodeHash(rootOf(split, from), rootOf(size - split, from + split));
}

const proofs: FuzzTarget = {
  name: 'log-proofs',
  run(random) {
    const size = 1 + random.below(LEAVES.length - 1);
    const index = random.below(size);
    const older = random.below(size + 1);
    const head = { size, root: ROOTS[size]! };
    const from = { size: older, root: ROOTS[older]! };
    const included = inclusionProof(SUBTREES, index, size);
    const consistent = consistencyProof(SUBTREES, older, size);
    verifyInclusion({ leaf: LEAVES[index]!, index, head }, included);
    verifyConsistency({ from, to: head }, consistent);
    if (random.below(4) === 0) return 'written';
    const place = random.pick([index, index + 1, size, -1, 0.5, ...EDGE_NUMBERS]);
    const wrong = mutateProof(included, random);
    if (place !== index || !isSame(wrong, included))
      assert.equal(
        holds(() => verifyInclusion({ leaf: LEAVES[index]!, index: place, head }, wrong)),
        false,
        'a false inclusion',
      );
    const broken = mutateProof(consistent, random);
    if (!isSame(broken, consistent))
      assert.equal(
        holds(() => verifyConsistency({ from, to: head }, broken)),
        false,
        'a false consistency',
      );
    return 'refused';
  },
};

function mutateProof(proof: readonly Uint8Array[], random: SeededRandom): Uint8Array[] {
  const at = random.below(proof.length + 1);
  const kind = random.below(4);
  if (kind === 0) return proof.toSpliced(at, 1);
  if (kind === 1) return proof.toSpliced(at, 0, random.pick([...proof, ...LEAVES]));
  if (kind === 2 && proof[at]) return proof.with(at, mutateBytes(proof[at], random));
  return proof.toReversed();
}

function holds(check: () => void): boolean {
  return (
    valueOrRefusal(/^LOG_PROOF_WRONG$/, () => {
      check();
      return true;
    }) === true
  );
}

function isSame(a: readonly Uint8Array[], b: readonly Uint8Array[]): boolean {
  return a.length === b.length && a.every((hash, at) => Buffer.compare(hash, b[at]!) === 0);
}

const ENTRIES = Array.from({ length: 70 }, (_, at) => Buffer.from(`${at}`));

const edge: FuzzTarget = {
  name: 'log-edge',
  run(random) {
    const files = new Map<string, Uint8Array>();
    let grown = EMPTY_EDGE;
    while (grown.size < ENTRIES.length && random.below(6) > 0) {
      const next = growEdge(grown, ENTRIES.slice(grown.size, grown.size + random.below(20)));
      grown = next.edge;
      for (const tile of next.tiles) files.set(tilePath(tile), tile.bytes);
    }
    const { size, root } = headOf(grown);
    assertSameBytes(root, ROOTS[size]!, `the root of ${size}`);
    const isWhole = size === 0 || random.below(4) === 0;
    const [path, bytes] = isWhole ? [] : random.pick([...files]);
    if (path !== undefined) files.set(path, mutateBytes(bytes!, random));
    const read = valueOrRefusal(/^LOG_TILE_INVALID$/, () =>
      edgeOf(size, (tile) => files.get(tilePath(tile))!),
    );
    if (isWhole) assertSameBytes(headOf(read!).root, root, 'read back');
    return isWhole ? 'written' : read ? 'read' : 'refused';
  },
};

/** The targets of this file. */
export const KEY_TARGETS: readonly FuzzTarget[] = [
  signature,
  publicKey,
  secretKey,
  signedNote,
  tiles,
  proofs,
  edge,
];
