/** The verb `torrent` through the command line: what it lists, makes, shows and refuses. */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { type Ran, runFonoteca } from './support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-torrent-cli-'));
after(() => fs.rmSync(folder, { recursive: true }));
fs.mkdirSync(path.join(folder, 'label/album'), { recursive: true });
fs.writeFileSync(path.join(folder, 'label/album/song.ogg'), 'a song');
fs.writeFileSync(path.join(folder, 'label/notes.txt'), 'notes');

const run = (...args: string[]): Promise<Ran> => runFonoteca(['torrent', ...args], { cwd: folder });

test('torrent lists without reading, makes beside the music, and shows what it made', async () => {
  const listed = await run('label', '--dry-run', '--json');
  assert.equal(listed.code, 0, listed.stderr);
  assert.deepEqual(listed.events, [
    {
      ...{ event: 'torrent-plan', name: 'label', versions: 'hybrid', bytes: 11 },
      pieceLengthBytes: 262_144,
      files: [
        { path: 'album/song.ogg', sizeBytes: 6 },
        { path: 'notes.txt', sizeBytes: 5 },
      ],
    },
  ]);
  assert.deepEqual(fs.readdirSync(folder), ['label']);

  const made = await run('label', '--tracker', 'udp://a.example:1', '--json');
  assert.equal(made.code, 0, made.stderr);
  const shown = await run('--show', 'label.torrent', '--json');
  const [made0, shown0] = [made.events.at(-1)!, shown.events.at(-1)!];
  for (const key of ['infohashV1', 'infohashV2', 'name'])
    assert.equal(shown0[key], made0[key], key);
  assert.equal(shown0.kind, 'hybrid');
  assert.deepEqual(shown0.trackers, [['udp://a.example:1']]);
  assert.match(String(shown0.magnet), /^magnet:\?xt=urn:btih:[0-9a-f]{40}&xt=urn:btmh:1220/);

  const linked = await run('--show', `${shown0.magnet}&so=1`, '--json');
  assert.equal(linked.events[0]!.infohashV1, made0.infohashV1);
  assert.deepEqual(linked.events[0]!.selectOnly, [{ first: 1, last: 1 }]);
  assert.match((await run('--show', 'label.torrent')).stdout, /^label, hybrid: 2 files, 11 B/);
});

test('torrent refuses under a code, and usage with 2', async () => {
  fs.writeFileSync(path.join(folder, 'broken.torrent'), 'd4:infod6:lengthi01eee');
  const rows: [string[], number, RegExp][] = [
    [['--show', 'broken.torrent'], 1, /BENCODE_INVALID/],
    [['--show', 'magnet:?dn=x'], 1, /MAGNET_INVALID/],
    [['nothing'], 1, /FILE_MISSING/],
    [['label', '--piece-length', '3'], 1, /METAINFO_INVALID/],
    [['label', '--piece-length', 'some'], 2, /SIZE_UNREADABLE/],
    [['label', '--tracker', 'ftp://a.example', '--out', 'x.torrent'], 1, /METAINFO_INVALID/],
    [['label', '--v1', '--v2'], 2, /--v1 and --v2/],
    [[], 2, /a path, or --show/],
  ];
  const ran = await Promise.all(rows.map(([args]) => run(...args)));
  for (const [at, [args, code, said]] of rows.entries()) {
    assert.equal(ran[at]!.code, code, `${args.join(' ')}: ${ran[at]!.stderr}`);
    assert.match(ran[at]!.stderr, said);
  }
  assert(!fs.existsSync(path.join(folder, 'x.torrent')));
});
