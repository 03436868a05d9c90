import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { mutate, seededRandom } from '../base/seeded-random.ts';
import { type Bencode, decodeBencode, encodeBencode } from './bencode.ts';
import { buildMagnet } from './magnet.ts';
import { isPieceLength, MAX_PIECE_BYTES, MIN_PIECE_BYTES, pieceLength } from './metainfo.ts';
import { buildMetainfo } from './metainfo-build.ts';
import { MAX_TORRENT_FILES } from './metainfo-files.ts';
import { MAX_METAINFO_BYTES, parseMetainfo } from './metainfo-parse.ts';
import { type PieceHashes, startPieceHasher } from './piece-hasher.ts';

const KIB = 1024;
const MIB = 1024 * KIB;

function hashesOf(bytes: Uint8Array, pieceLengthBytes = 16 * KIB): PieceHashes {
  const hasher = startPieceHasher({ pieceLengthBytes });
  hasher.update(bytes);
  return hasher.finish();
}

const content = seededRandom(1).bytes(100_000);
const addresses = {
  trackers: [['udp://a.example:6969', 'https://b.example/announce'], ['wss://c.example']],
  webSeeds: ['https://archive.example/volumes/'],
};

type Tree = Map<string, Bencode>;

/** The torrent over `content`, decoded, edited and encoded again. */
function edited(edit: (info: Tree, torrent: Tree) => void): Uint8Array {
  const built = buildMetainfo({ name: 'v.tar', hashes: hashesOf(content) });
  const torrent = decodeBencode(built.bytes) as Tree;
  edit(torrent.get('info') as Tree, torrent);
  return encodeBencode(torrent);
}

const text = (value: string): Buffer => Buffer.from(value);
const dict = (pairs: Record<string, Bencode>): Tree => new Map(Object.entries(pairs));
const treeFile = (info: Tree): Tree =>
  ((info.get('file tree') as Tree).get('v.tar') as Tree).get('') as Tree;

describe('our torrents', () => {
  for (const sizeBytes of [1, 16 * KIB - 1, 16 * KIB, 16 * KIB + 1, 32 * KIB, 100_000])
    test(`of ${sizeBytes} bytes are read back as hybrid torrents of one file`, () => {
      const hashes = hashesOf(content.subarray(0, sizeBytes));
      const built = buildMetainfo({ name: 'Ænima.tar', hashes, ...addresses });
      const read = parseMetainfo(built.bytes);
      const { infohashV1, infohashV2 } = built;
      assert.deepEqual([read.kind, read.name, read.private], ['hybrid', 'Ænima.tar', false]);
      assert.deepEqual([read.infohashV1, read.infohashV2], [infohashV1, infohashV2]);
      assert.deepEqual(
        [read.trackers, read.webSeeds, read.refusedAddresses],
        [addresses.trackers, addresses.webSeeds, []],
      );
      assert.deepEqual([read.sizeBytes, read.spaceBytes], [sizeBytes, sizeBytes]);
      const piecesRoot = Buffer.from(hashes.piecesRoot).toString('hex');
      assert.deepEqual(read.files, [
        {
          path: 'Ænima.tar',
          sizeBytes,
          offsetBytes: 0,
          executable: false,
          hidden: false,
          piecesRoot,
        },
      ]);
      assert.deepEqual(Buffer.from(read.pieces!), Buffer.from(hashes.pieces));
      const layers = sizeBytes > 16 * KIB ? [Buffer.from(hashes.pieceLayer)] : [];
      assert.deepEqual(
        [...read.pieceLayers.values()].map((layer) => Buffer.from(layer)),
        layers,
      );
    });

  test('have infohashes that addresses do not touch, and no word of when or by what they were made', () => {
    const hashes = hashesOf(content);
    const bare = buildMetainfo({ name: 'v.tar', hashes });
    const full = buildMetainfo({ name: 'v.tar', hashes, ...addresses });
    assert.deepEqual([bare.infohashV1, bare.infohashV2], [full.infohashV1, full.infohashV2]);
    const torrent = decodeBencode(full.bytes) as Tree;
    assert.equal([...torrent.keys()].join(), 'announce,announce-list,info,piece layers,url-list');
    assert.equal(
      [...(torrent.get('info') as Tree).keys()].join(),
      'file tree,length,meta version,name,piece length,pieces',
    );
    assert.equal([...(decodeBencode(bare.bytes) as Tree).keys()].join(), 'info,piece layers');
  });

  test('with one tracker have no list of trackers', () => {
    const built = buildMetainfo({
      name: 'v.tar',
      hashes: hashesOf(content),
      trackers: [[], ['udp://a.example:1']],
    });
    assert.equal(
      [...(decodeBencode(built.bytes) as Tree).keys()].join(),
      'announce,info,piece layers',
    );
  });

  const refusals: [string, Partial<Parameters<typeof buildMetainfo>[0]>, string][] = [
    ['a folder in the name', { name: 'a/b.tar' }, 'PATH_UNSAFE'],
    ['an unsafe name', { name: '..' }, 'PATH_UNSAFE'],
    ['a tracker of another kind', { trackers: [['ftp://a.example']] }, 'METAINFO_INVALID'],
    ['a web seed that is a path', { webSeeds: ['/volumes/'] }, 'METAINFO_INVALID'],
    ['a web seed with a newline', { webSeeds: ['https://a.example/a\nb'] }, 'METAINFO_INVALID'],
  ];
  for (const [what, change, code] of refusals)
    test(`are not made with ${what}`, () =>
      assert.throws(() => buildMetainfo({ name: 'v.tar', hashes: hashesOf(content), ...change }), {
        code,
      }));

  test('have a piece length by size alone', () => {
    const rows: [number, number][] = [
      [1, 256],
      [256 * MIB, 256],
      [256 * MIB + 1, 512],
      [1024 * MIB, 512],
      [1024 * MIB + 1, 1024],
      [2 ** 50, 1024],
    ];
    for (const [sizeBytes, wantedKib] of rows)
      assert.equal(pieceLength(sizeBytes), wantedKib * KIB);
  });
});

describe('a torrent is refused', () => {
  const names = [
    '..',
    'a/b',
    '/etc/passwd',
    'a\\b',
    'CON',
    'a\u0000b',
    'a.',
    '',
    'x'.repeat(256),
    'A\u030angstrom',
  ];
  const rename =
    (name: string): ((info: Tree) => void) =>
    (info) =>
      info.set('name', text(name));
  const inTree = (name: string) => (info: Tree) => {
    const file = new Map([['', treeFile(info)]]);
    info.set('file tree', new Map([[text(name).toString('latin1'), file]]));
  };
  const inList = (name: string) => (info: Tree) => {
    info.delete('length');
    info.set('files', [dict({ length: 100_000, path: [text('d'), text(name)] })]);
  };
  for (const [where, edit] of [
    ['name', rename],
    ['v1 list', inList],
    ['v2 tree', inTree],
  ] as const)
    for (const name of names)
      test(`for ${JSON.stringify(name.slice(0, 20))} in its ${where}`, () =>
        assert.throws(
          () => parseMetainfo(edited(edit(name))),
          (error: FonotecaError) =>
            // An empty name in the tree is no name but the mark of a file.
            error.code ===
            (where === 'v2 tree' && name === '' ? 'METAINFO_INVALID' : 'PATH_UNSAFE'),
        ));

  const rows: [string, (info: Tree, torrent: Tree) => void, string][] = [
    ['for meta version 3', (info) => info.set('meta version', 3), 'METAINFO_TOO_NEW'],
    [
      'for a file tree without meta version',
      (info) => info.delete('meta version'),
      'METAINFO_TOO_NEW',
    ],
    ...[0, -16_384, 8192, 24_576, 16_385, 2 ** 31].map(
      (length): [string, (info: Tree) => void, string] => [
        `for pieces of ${length} bytes`,
        (info) => info.set('piece length', length),
        'METAINFO_INVALID',
      ],
    ),
    ['for another size in v1', (info) => info.set('length', 99_999), 'METAINFO_INCONSISTENT'],
    ['for another name in v1', (info) => info.set('name', text('w.tar')), 'METAINFO_INCONSISTENT'],
    [
      'for another size in v2',
      (info) => treeFile(info).set('length', 99_999),
      'METAINFO_INCONSISTENT',
    ],
    ['for v1 sizes without v1 pieces', (info) => info.delete('pieces'), 'METAINFO_INCONSISTENT'],
    ['for both length and files', (info) => info.set('files', []), 'METAINFO_INVALID'],
    [
      'for a piece too few',
      (info) => info.set('pieces', (info.get('pieces') as Uint8Array).subarray(20)),
      'METAINFO_INVALID',
    ],
    ['for a negative size', (info) => info.set('length', -1), 'METAINFO_INVALID'],
    [
      'for a short root',
      (info) => treeFile(info).set('pieces root', text('x')),
      'METAINFO_INVALID',
    ],
    ['for a link in v1', (info) => info.set('attr', text('l')), 'METAINFO_LINK'],
    ['for a link in v2', (info) => treeFile(info).set('attr', text('xl')), 'METAINFO_LINK'],
    [
      'for a link target without the attribute',
      (info) => treeFile(info).set('symlink path', [text('a')]),
      'METAINFO_LINK',
    ],
    ['without piece layers', (_, torrent) => torrent.delete('piece layers'), 'METAINFO_INVALID'],
    [
      'with empty piece layers',
      (_, torrent) => torrent.set('piece layers', new Map()),
      'METAINFO_LAYER_WRONG',
    ],
    [
      'for another root',
      (info) => treeFile(info).set('pieces root', new Uint8Array(32).fill(1)),
      'METAINFO_LAYER_WRONG',
    ],
    [
      'for a layer that belongs to no file',
      (_, torrent) => (torrent.get('piece layers') as Tree).set('x'.repeat(32), text('')),
      'METAINFO_LAYER_WRONG',
    ],
    [
      'for a changed layer',
      (_, torrent) => {
        const layers = torrent.get('piece layers') as Tree;
        const [[root, layer]] = [...layers] as [[string, Uint8Array]];
        layers.set(root, Uint8Array.from(layer).fill(0, 5, 6));
      },
      'METAINFO_LAYER_WRONG',
    ],
    [
      'for padding in the file tree',
      (info) => treeFile(info).set('attr', text('p')),
      'METAINFO_INVALID',
    ],
    [
      'for a root hash of version 1',
      (info) => info.set('root hash', new Uint8Array(20)),
      'METAINFO_INVALID',
    ],
    ['without info', (_, torrent) => torrent.delete('info'), 'METAINFO_INVALID'],
  ];
  for (const [what, edit, code] of rows)
    test(what, () => assert.throws(() => parseMetainfo(edited(edit)), { code }));

  const v1Of = (...files: [string[], number, string?][]): Uint8Array => {
    const total = files.reduce((sum, [, sizeBytes]) => sum + sizeBytes, 0);
    const list = files.map(([names, length, attr]) =>
      dict({ length, path: names.map(text), ...(attr === undefined ? {} : { attr: text(attr) }) }),
    );
    const pieces = Buffer.alloc(Math.min(1000, Math.ceil(total / (16 * KIB))) * 20);
    return encodeBencode(
      dict({ info: dict({ files: list, name: text('n'), 'piece length': 16 * KIB, pieces }) }),
    );
  };
  test('for twins, for a file that is a folder, and for sums beyond 2^53', () => {
    assert.throws(() => parseMetainfo(v1Of([['a'], 1], [['A'], 1])), { code: 'PATH_DUPLICATE' });
    assert.throws(() => parseMetainfo(v1Of([['a'], 1], [['a', 'b'], 1])), {
      code: 'PATH_DUPLICATE',
    });
    const half = Number.MAX_SAFE_INTEGER - 1;
    assert.throws(() => parseMetainfo(v1Of([['a'], half], [['b'], half])), {
      code: 'METAINFO_INVALID',
    });
    assert.throws(() => parseMetainfo(v1Of()), { code: 'METAINFO_INVALID' });
  });
  test('beyond its limits', () => {
    const tooLong = new Uint8Array(MAX_METAINFO_BYTES + 1);
    assert.throws(() => parseMetainfo(tooLong), {
      code: 'METAINFO_INVALID',
      message: /of 67108865 bytes/,
    });
    const files = Array.from({ length: MAX_TORRENT_FILES + 1 }, () => 0);
    const tooMany = edited((info) => {
      info.delete('length');
      info.set('files', files);
    });
    assert.throws(() => parseMetainfo(tooMany), {
      code: 'METAINFO_INVALID',
      message: /200001 files/,
    });
    for (const limit of [MIN_PIECE_BYTES, MAX_PIECE_BYTES]) assert(isPieceLength(limit));
    for (const beyond of [MIN_PIECE_BYTES / 2, MAX_PIECE_BYTES * 2, MIN_PIECE_BYTES + 1])
      assert(!isPieceLength(beyond));
  });
  test('with a million files, in a moment', () => {
    const info = dict({ files: [], name: text('n'), 'piece length': 16 * KIB, pieces: text('') });
    const empty = encodeBencode(dict({ info }));
    const at = Buffer.from(empty).indexOf('le4:name');
    const files = 'd6:lengthi1e4:pathl1:aee'.repeat(1_000_000);
    const many = Buffer.concat([
      ...[empty.subarray(0, at + 1), Buffer.from(files), empty.subarray(at + 1)],
    ]);
    assert.throws(() => parseMetainfo(many), {
      code: 'BENCODE_INVALID',
      message: /more than 2000000 values/,
    });
  });
  test('but attributes and padding of any path are told of or passed over', () => {
    const read = parseMetainfo(
      v1Of([['a'], 16_384, 'xh'], [['..', '/etc/passwd'], 16_384, 'p'], [['b'], 16_384, 'q']),
    );
    assert.deepEqual(
      read.files.map((file) => [file.path, file.executable, file.hidden, file.offsetBytes]),
      [
        ['n/a', true, true, 0],
        ['n/b', false, false, 32_768],
      ],
    );
  });
  test('but padding is left out of the files of one that is not', () => {
    const read = parseMetainfo(
      v1Of([['a'], 100], [['.pad', 'x'], 16_284, 'p'], [['b', 'c'], 5, 'x']),
    );
    assert.deepEqual(
      read.files.map((file) => [file.path, file.offsetBytes, file.executable]),
      [
        ['n/a', 0, false],
        ['n/b/c', 16_384, true],
      ],
    );
    assert.deepEqual([read.sizeBytes, read.spaceBytes], [105, 16_389]);
  });

  test('under a code, or read, when its bytes change (seeds 1 to 1500)', () => {
    const whole = buildMetainfo({ name: 'v.tar', hashes: hashesOf(content), ...addresses }).bytes;
    for (let seed = 1; seed <= 1500; seed += 1) {
      try {
        parseMetainfo(mutate(whole, seededRandom(seed)));
      } catch (error) {
        if (!(error instanceof FonotecaError)) throw error;
        assert.match(
          error.code,
          /^(?:BENCODE_INVALID|METAINFO_[A-Z_]+|PATH_UNSAFE)$/,
          `seed ${seed}`,
        );
      }
    }
  });
});

test('the worked bytes of the torrent page are what the code writes', () => {
  const hashes = hashesOf(Buffer.from('hello'), pieceLength(5));
  const built = buildMetainfo({
    name: 'hello.tar',
    hashes,
    trackers: [['https://tracker.example/announce']],
    webSeeds: ['https://archive.example/volumes/'],
  });
  const printable = Buffer.from(built.bytes)
    .toString('latin1')
    .replaceAll(
      /[^\x20-\x7e]|\\/g,
      (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`,
    );
  const magnet = buildMagnet({
    ...built,
    name: 'hello.tar',
    sizeBytes: 5,
    trackers: ['https://tracker.example/announce'],
    webSeeds: ['https://archive.example/volumes/hello.tar'],
  });
  const page = fs.readFileSync(
    path.resolve(import.meta.dirname, '../../docs/formats/bencode-metainfo.md'),
    'utf8',
  );
  const lines = [
    `v1 ${built.infohashV1}\nv2 ${built.infohashV2}`,
    printable.match(/.{1,96}/g)!.join('\n'),
    magnet.match(/.{1,96}/g)!.join('\n'),
  ];
  for (const block of lines) assert(page.includes(`\`\`\`\n${block}\n\`\`\``), block);
});
