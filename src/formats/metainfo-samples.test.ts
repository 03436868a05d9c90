/** The torrents of libtorrent's and webtorrent's own test suites, judged against what libtorrent 2.0.8 says of each. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { type Bencode, type BencodeDictionary, decodeBencode, encodeBencode } from './bencode.ts';
import { parseMetainfo } from './metainfo-parse.ts';

const folder = path.resolve(import.meta.dirname, '../../../shared/data/torrent');
const skip = fs.existsSync(folder) ? false : 'the torrent samples are not on this machine';

interface Expected {
  readonly error?: string;
  readonly name: string;
  readonly piece_length: number;
  readonly private: boolean;
  readonly total_size: number;
  readonly num_files: number;
  readonly v1: string | null;
  readonly v2: string | null;
  /** The first twelve. */
  readonly files: readonly { pad: boolean; path: string; size: number; pieces_root?: string }[];
}

/** What libtorrent loads, by mending or passing over it, and we refuse: the table of the torrent page. */
const STRICTER: Readonly<Record<string, string>> = Object.fromEntries(
  fs
    .readFileSync(
      path.resolve(import.meta.dirname, '../../docs/formats/bencode-metainfo.md'),
      'utf8',
    )
    .matchAll(/^\| `(\w+)` \| `([A-Z_]+)` \| .+ \|$/gm)
    .map(([, sample, code]) => [sample!, code!]),
);

/** What is behind the newline or the order of keys, once that is mended. */
const MENDED: Readonly<Record<string, string | undefined>> = {
  large_piece_size: 'METAINFO_INVALID',
  v2_unknown_piece_layer_entry: 'METAINFO_LAYER_WRONG',
  v2_invalid_filename2: 'PATH_UNSAFE',
};

const read = (name: string): Buffer => fs.readFileSync(path.join(folder, name));

describe('torrents from other programs', { skip }, () => {
  const all: Record<string, Expected> = skip
    ? {}
    : JSON.parse(fs.readFileSync(path.join(folder, 'expected.json'), 'utf8'));
  for (const [name, expected] of Object.entries(all)) {
    const stricter = STRICTER[path.basename(name, '.torrent')];
    if (expected.error !== undefined)
      test(`${name} is refused, as libtorrent does: ${expected.error}`, () =>
        assert.throws(() => parseMetainfo(read(name)), { name: 'FonotecaError' }));
    else if (stricter !== undefined)
      test(`${name} is refused as ${stricter}`, () =>
        assert.throws(() => parseMetainfo(read(name)), { code: stricter }));
    else
      test(`${name} says what it says to libtorrent`, () => checkAgreement(read(name), expected));
  }

  for (const [name, code] of Object.entries(MENDED))
    test(`${name} without its newline is refused as ${code}`, () =>
      assert.throws(() => parseMetainfo(read(`libtorrent/${name}.torrent`).subarray(0, -1)), {
        code,
      }));

  test('each row of the table of the torrent page is one that libtorrent loads', () => {
    const loaded = Object.entries(all).filter(([, { error }]) => error === undefined);
    const names = new Set(loaded.map(([name]) => path.basename(name, '.torrent')));
    assert.deepEqual(
      Object.keys(STRICTER).filter((name) => !names.has(name)),
      [],
    );
    assert.equal(Object.keys(STRICTER).length, 25);
  });

  test('every info dictionary in canonical form encodes to the bytes it came from', () => {
    let checked = 0;
    for (const name of Object.keys(all)) {
      const bytes = read(name);
      let value: Bencode;
      try {
        value = decodeBencode(bytes);
      } catch {
        continue;
      }
      assert.deepEqual(Buffer.from(encodeBencode(value)), bytes, name);
      assert((value as BencodeDictionary).has('info') || (value as BencodeDictionary).size > 0);
      checked += 1;
    }
    assert(checked > 60, `${checked} of ${Object.keys(all).length} in canonical form`);
  });
});

function checkAgreement(bytes: Uint8Array, expected: Expected): void {
  const seen = parseMetainfo(bytes);
  assert.deepEqual([seen.infohashV1 ?? null, seen.infohashV2 ?? null], [expected.v1, expected.v2]);
  assert.deepEqual(
    [seen.name, seen.pieceLengthBytes, seen.private],
    [expected.name, expected.piece_length, expected.private],
  );
  const wanted = expected.files.filter((file) => !file.pad);
  const files = seen.files.slice(0, wanted.length);
  assert.deepEqual(
    files.map((file) => [file.path, file.sizeBytes, file.piecesRoot]),
    wanted.map((file) => [file.path, file.size, file.pieces_root]),
  );
  if (expected.num_files <= expected.files.length) {
    const padding = expected.files.filter((file) => file.pad);
    assert.equal(seen.files.length, wanted.length);
    const padded = padding.reduce((sum, file) => sum + file.size, 0);
    assert.equal(seen.sizeBytes + padded, expected.total_size);
  }
}
