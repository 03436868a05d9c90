/**
 * Fuzz targets for the separate verifier, judged by the codecs: two readers of one format, without a line in common,
 * must say the same of the same bytes.
 */
import assert from 'node:assert/strict';
import { canonicalJson, type Json } from '../../src/base/canonical-json.ts';
import { FonotecaError } from '../../src/base/errors.ts';
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import { decodeBencode, encodeBencode } from '../../src/formats/bencode.ts';
import { buildMetainfo } from '../../src/formats/metainfo-build.ts';
import { parseMetainfo } from '../../src/formats/metainfo-parse.ts';
import { makeMinisignKey, signMinisign, verifyMinisign } from '../../src/formats/minisign.ts';
import { startPieceHasher } from '../../src/formats/piece-hasher.ts';
import { parseDocument } from '../../src/verifier/documents.ts';
import { Problem } from '../../src/verifier/files.ts';
import { checkSignature } from '../../src/verifier/signature.ts';
import { readTorrent } from '../../src/verifier/torrent-reader.ts';
import { mutateBencode } from './bencode-mutations.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { randomJson } from './json-values.ts';
import { mutateBytes, mutateText } from './mutations.ts';

/** What `read` gives, or undefined when the verifier finds a problem; any other error is its fault. */
function unlessProblem<T>(code: RegExp, read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    assert.match(error.code, code);
    return undefined;
  }
}

function unlessRefused<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof FonotecaError)) throw error;
    return undefined;
  }
}

const TORRENTS = [5, 16_384, 40_000, 200_000].map((sizeBytes) => {
  const hasher = startPieceHasher({ pieceLengthBytes: 16_384 });
  hasher.update(Buffer.alloc(sizeBytes, 7));
  const trackers = [['udp://a.example:1']];
  return buildMetainfo({ name: 'opus-0123456789abcdef.tar', hashes: hasher.finish(), trackers });
});

const torrent: FuzzTarget = {
  name: 'verifier-torrent',
  run(random) {
    const { bytes } = random.pick(TORRENTS);
    const mutant = Buffer.from(
      random.below(2) === 0
        ? mutateBytes(bytes, random, { tokens: ['de', 'le', 'i0e', '0:', 'e'] })
        : encodeBencode(mutateBencode(decodeBencode(bytes), random)),
    );
    const theirs = unlessProblem(/^VERIFY_TORRENT$/, () => readTorrent(mutant));
    const ours = unlessRefused(() => parseMetainfo(mutant));
    if (theirs === undefined) return 'refused';
    // It leaves the hashes to its own pass over the volume; what it reads at all must be canonical.
    decodeBencode(mutant);
    if (ours === undefined) return 'refused';
    assert.deepEqual(
      [theirs.name, theirs.sizeBytes, theirs.pieceLengthBytes, theirs.piecesRoot],
      [ours.name, ours.sizeBytes, ours.pieceLengthBytes, ours.files[0]!.piecesRoot],
    );
    assert.deepEqual([theirs.infohashV1, theirs.infohashV2], [ours.infohashV1, ours.infohashV2]);
    assert.equal(Buffer.compare(theirs.pieces, ours.pieces!), 0);
    return 'read';
  },
};

const document: FuzzTarget = {
  name: 'verifier-document',
  run(random) {
    const value = { a: randomJson(random, 1), format: 'fonoteca-edition/1', é: 1, '\ufeff': 2 };
    const text = `${canonicalJson(value)}\n`;
    const isWhole = random.below(4) === 0;
    const bytes = isWhole
      ? Buffer.from(text)
      : mutateBytes(Buffer.from(text), random, {
          tokens: ['{', '":', '\\u00e9', '\\ud800', '1e2', ' '],
        });
    const theirs = unlessProblem(/^VERIFY_DOCUMENT$/, () => parseDocument(bytes));
    assert.equal(theirs !== undefined, isCanonical(Buffer.from(bytes)), 'canonical or not');
    if (theirs === undefined) return 'refused';
    assert.equal(canonicalJson(theirs as Json), Buffer.from(bytes).toString().slice(0, -1));
    return isWhole ? 'written' : 'read';
  },
};

/** Whether `bytes` are an object, a newline, and exactly what we would write. */
function isCanonical(bytes: Buffer): boolean {
  const text = bytes.toString();
  if (!Buffer.from(text).equals(bytes) || !text.endsWith('\n')) return false;
  try {
    const value = JSON.parse(text) as Json;
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject && `${canonicalJson(value)}\n` === text;
  } catch (error) {
    assert(error instanceof SyntaxError || error instanceof TypeError);
    return false;
  }
}

const KEY = makeMinisignKey({ bytes: (count: number) => Buffer.alloc(count, 9) });
const KEYS = new Map([
  [Buffer.from(KEY.publicKey.keyId).toString('hex'), Buffer.from(KEY.publicKey.bytes)],
]);
const COMMENT = 'fonoteca edition 7';
const MESSAGE = Buffer.from('an edition');
const SIGNATURE = signMinisign(KEY, MESSAGE, COMMENT);

const signature: FuzzTarget = {
  name: 'verifier-signature',
  run(random: SeededRandom) {
    const isWhole = random.below(8) === 0;
    const text = isWhole ? SIGNATURE : mutateText(SIGNATURE, random, ['\n', '=', 'RUQ', COMMENT]);
    const theirs = unlessProblem(/^VERIFY_(?:SIGNATURE_FORM|SIGNATURE_WRONG|KEY_UNKNOWN)$/, () =>
      checkSignature(KEYS, MESSAGE, Buffer.from(text), COMMENT),
    );
    const ours = unlessRefused(() => verifyMinisign(KEY.publicKey, MESSAGE, text));
    const isSame = Buffer.from(text).equals(Buffer.from(SIGNATURE));
    assert.equal(theirs !== undefined, isSame, 'another text that holds');
    assert.equal(ours === COMMENT, text === SIGNATURE);
    return theirs === undefined ? 'refused' : 'written';
  },
};

/** The targets of this file. */
export const VERIFIER_TARGETS: readonly FuzzTarget[] = [torrent, document, signature];
