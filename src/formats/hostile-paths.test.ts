/** Names that would leave their folder, hide or meet another: refused wherever this folder takes a path from outside. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalJson } from '../base/canonical-json.ts';
import { sha256 } from '../base/digest.ts';
import { parseSafePath, type SafeRelPath } from '../base/safe-path.ts';
import { type Bencode, encodeBencode, keyFromText } from './bencode.ts';
import { parseMagnet } from './magnet.ts';
import { buildTorrent } from './metainfo-build.ts';
import { parseMetainfo } from './metainfo-parse.ts';
import { encodePaxComment, encodePaxRecord } from './pax.ts';
import { readTarHeaders } from './tar.ts';
import { encodeTarHeader, fallbackName } from './tar-header.ts';
import { parseIndex } from './volume-index.ts';
import { planVolume } from './volume-plan.ts';

const HOSTILE: Readonly<Record<string, string>> = {
  'a way up': '..',
  'a way up inside': 'a/../../b',
  'a way up with backslashes': '..\\..\\b',
  'the root': '/etc/passwd',
  'a drive': 'C:\\Windows\\x',
  'a drive’s own folder': 'C:x',
  'a share': '\\\\host\\share',
  'a stream': 'song.ogg:hidden',
  'a NUL': 'a\0.ogg',
  'a newline': 'a\nb',
  'an escape sequence': '\u001b[2Ja',
  'a mark that turns the line': 'a\u202egpj.exe',
  'a trailing dot': 'a.',
  'a trailing space': 'a ',
  'a device': 'CON',
  'a device with an end': 'lpt1.ogg',
  'a name too long': 'x'.repeat(256),
  'another Unicode form': 'A\u030angstro\u0308m',
  nothing: '',
};

type Tree = Map<string, Bencode>;
const dict = (pairs: Record<string, Bencode>): Tree => new Map(Object.entries(pairs));
const text = (value: string): Buffer => Buffer.from(value);
const digest = sha256('x');

function v1Torrent(name: string, path: readonly string[]): Uint8Array {
  const file = dict({ length: 1, path: path.map(text) });
  const info = dict({
    files: [file],
    name: text(name),
    'piece length': 16_384,
    pieces: Buffer.alloc(20),
  });
  return encodeBencode(dict({ info }));
}

function v2Torrent(name: string): Uint8Array {
  const leaf = new Map([['', dict({ length: 1, 'pieces root': Buffer.alloc(32, 1) })]]);
  const tree = new Map([[keyFromText(name), leaf]]);
  const info = dict({
    'file tree': tree,
    'meta version': 2,
    name: text('n'),
    'piece length': 16_384,
  });
  return encodeBencode(dict({ info, 'piece layers': dict({}) }));
}

/** A tar whose one member has the path `name`, every other byte as it should be. */
function tarOf(name: string): Buffer {
  const path = encodePaxRecord('path', name);
  const records = Buffer.concat([path, encodePaxComment(16_384 - 1024 - path.length)]);
  return Buffer.concat([
    encodeTarHeader({ name: 'PaxHeaders/member', sizeBytes: records.length, kind: 'x' }),
    records,
    encodeTarHeader({ name: fallbackName(name) || 'x', sizeBytes: 0, kind: '0' }),
    Buffer.alloc(1024),
  ]);
}

const credit = { licence: 'CC0-1.0', attribution: '', holder: '', ids: [], engine: null };

function indexOf(path: string): Uint8Array {
  const line = { ...credit, digest, kind: 'audio', length: 1, offset: 16_384, path, tier: 'opus' };
  const json = Buffer.from(canonicalJson(line));
  const bytes = Buffer.alloc(Math.ceil((Math.max(511, json.length) + 1) / 64) * 64, ' ');
  json.copy(bytes);
  bytes[bytes.length - 1] = 0x0a;
  return bytes;
}

/** Every place where this folder takes a path or name from outside; what it says of one. */
const PLACES: readonly [string, (name: string) => unknown][] = [
  ['the name of a torrent', (name) => parseMetainfo(v1Torrent(name, ['a']))],
  ['a v1 list', (name) => parseMetainfo(v1Torrent('n', ['d', name]))],
  ['a folder of a v1 list', (name) => parseMetainfo(v1Torrent('n', [name, 'a']))],
  ['a v2 tree', (name) => parseMetainfo(v2Torrent(name))],
  [
    'the name of a magnet link',
    (name) => parseMagnet(`magnet:?xt=urn:btih:${'ab'.repeat(20)}&dn=${encodeURIComponent(name)}`),
  ],
  [
    'the tar of a volume',
    (name) => {
      const tar = tarOf(name);
      return [...readTarHeaders((from, length) => tar.subarray(from, from + length), tar.length)];
    },
  ],
  ['the index of a volume', (name) => parseIndex(indexOf(name))],
  [
    'a torrent that is made',
    (name) =>
      buildTorrent({
        ...{ name: 'n', versions: 'v1', pieceLengthBytes: 16_384, pieces: Buffer.alloc(20) },
        files: [
          { path: 'a', sizeBytes: 1 },
          { path: name, sizeBytes: 1 },
        ],
      }),
  ],
];

describe('a hostile name', () => {
  for (const [where, read] of PLACES)
    for (const [what, name] of Object.entries(HOSTILE))
      test(`in ${where} is refused: ${what}`, () =>
        assert.throws(() => read(name), {
          name: 'FonotecaError',
          // An empty name in a tree is the mark of a file; the index has a code of its own.
          code: /^(?:PATH_UNSAFE|VOLUME_INDEX_INVALID|METAINFO_INVALID|TAR_INVALID)$/,
        }));

  test('that is harmless is taken in all those places', () => {
    for (const [, read] of PLACES) read('b – Ünï 坂本.ogg');
  });
});

describe('names that would meet on some disk', () => {
  const twins: readonly [string, string][] = [
    ['a', 'a'],
    ['Song.ogg', 'SONG.OGG'],
    ['Straße', 'STRASSE'],
    ['Å', 'å'],
    ['a', 'a/b'],
  ];
  const member = (path: string) => ({
    ...{ ...credit, path: path as SafeRelPath, digest, sizeBytes: 1, kind: 'audio' as const },
  });
  for (const [one, other] of twins) {
    test(`${one} and ${other} are no volume`, () =>
      assert.throws(() => planVolume({ tier: 'opus', members: [member(one), member(other)] }), {
        code: 'PATH_DUPLICATE',
      }));
    test(`${one} and ${other} are no torrent`, () => {
      const file = (path: string): Tree =>
        dict({ length: 1, path: parseSafePath(path).split('/').map(text) });
      const info = dict({
        ...{ files: [file(one), file(other)], name: text('n') },
        ...{ 'piece length': 16_384, pieces: Buffer.alloc(20) },
      });
      assert.throws(() => parseMetainfo(encodeBencode(dict({ info }))), {
        code: 'PATH_DUPLICATE',
      });
    });
  }
});
