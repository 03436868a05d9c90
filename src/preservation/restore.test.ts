import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test from 'node:test';
import { hold, type SmallArchive, smallArchive } from '../../test/support/small-archive.ts';
import { realByteNameDisk } from '../base/byte-name-disk.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { unwatched } from '../base/progress.ts';
import { trackIdOf } from '../model/ids.ts';
import { objectPath } from '../store/layout.ts';
import { carryOutRestore, type RestoreReport } from './restore.ts';
import { planRestore } from './restore-plan.ts';

/** A place of `digest` in the ledger. */
async function place(
  { ledger }: SmallArchive,
  digest: Digest,
  at: { root?: string; path: string; pathHex?: string },
): Promise<void> {
  const file = { root: '/music', sizeBytes: 1, mtimeMs: 1, ...at };
  await ledger.commit([
    { kind: 'file-read', file: { ...file, digest, outcome: 'held', code: null, seen: null } },
  ]);
}

/** Restores into `out` below the archive. */
async function restore(
  archive: SmallArchive,
  selector: string,
  originalNames = false,
): Promise<RestoreReport & { readonly out: string }> {
  const out = path.join(archive.root, 'out');
  const deps = { ...archive, names: realByteNameDisk };
  const plan = await planRestore(selector, archive);
  return { out, ...(await carryOutRestore(plan, { out, originalNames }, deps, unwatched)) };
}

/** All files below `folder` with their content; their names are UTF-8. */
function tree(folder: string): Record<string, string> {
  const names = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const files = names.filter((name) => fs.statSync(path.join(folder, name)).isFile());
  return Object.fromEntries(
    files.map((name) => [name, fs.readFileSync(path.join(folder, name), 'utf8')]),
  );
}

const code = (expected: string) => (error: unknown) =>
  error instanceof FonotecaError && error.code === expected;

test('a selector is a track, an album, a digest, the start of one, or all', async () => {
  await using archive = await smallArchive();
  const [first, second] = await hold(archive, [
    { bytes: Buffer.from('one'), title: 'One' },
    { bytes: Buffer.from('two'), title: 'Two', album: 'Other' },
  ]);
  const { albumId } = (await archive.ledger.holding(first!))!;
  for (const [selector, expected] of [
    ['all', [first, second]],
    [first!, [first]],
    [first!.toUpperCase(), [first]],
    [second!.slice(0, 8), [second]],
    [trackIdOf(second!), [second]],
    [albumId!, [first]],
  ] as const) {
    const plan = await planRestore(selector, archive);
    assert.deepEqual(
      plan.items.map(({ digest }) => digest),
      expected,
      selector,
    );
  }
  for (const selector of ['', 'local:000000000000000000000000', first!.slice(0, 7), '0'.repeat(64)])
    await assert.rejects(planRestore(selector, archive), code('RESTORE_UNKNOWN'), selector);
});

test('files are named by artist, album, number and title, made safe and kept apart', async () => {
  await using archive = await smallArchive();
  const [first, second] = await hold(archive, [
    { bytes: Buffer.from('one'), title: 'A/B: ../C?', artist: 'CON', album: '..' },
    { bytes: Buffer.from('two'), title: 'a/b: ../c?', artist: 'con', album: '..' },
    { bytes: Buffer.from('cover'), kind: 'companion', artist: 'CON', album: '..' },
    { bytes: Buffer.from('lone'), kind: 'companion', artist: 'Nobody', album: 'Nothing' },
  ]);
  assert.ok(first && second);
  const report = await restore(archive, 'all');
  assert.deepEqual(report.findings, []);
  assert.deepEqual(tree(report.out), {
    '_CON/__/A_B_ .._C_.flac': 'one',
    [`_con/__/a_b_ .._c_ [${second.slice(0, 8)}].flac`]: 'two',
    '_con/__/cover.png': 'cover',
    'Without album/cover.png': 'lone',
  });
});

test('original names bring back every place, its bytes of name, and one top folder a root', async () => {
  await using archive = await smallArchive();
  const [first, second] = await hold(archive, [
    { bytes: Buffer.from('one') },
    { bytes: Buffer.from('two') },
  ]);
  await place(archive, first!, { path: 'a/x.ogg' });
  await place(archive, first!, { path: 'b/y.ogg' });
  const latin = Buffer.from('caf\xe9.ogg', 'latin1');
  await place(archive, second!, { path: 'caf\ufffde9.ogg', pathHex: latin.toString('hex') });
  const { out, ...report } = await restore(archive, 'all', true);
  assert.deepEqual([report.written, report.refused], [3, 0]);
  const names = fs.readdirSync(out, { encoding: 'buffer' }).map((name) => name.toString('latin1'));
  assert.deepEqual(new Set(names), new Set(['a', 'b', 'caf\xe9.ogg']));
  fs.rmSync(out, { recursive: true });
  await place(archive, second!, { root: '/other/music', path: 'z.ogg' });
  const two = await restore(archive, 'all', true);
  assert.deepEqual(new Set(fs.readdirSync(two.out)), new Set(['1 music', '2 music']));
  assert.equal(fs.readFileSync(path.join(two.out, '1 music/a/x.ogg'), 'utf8'), 'one');
  assert.equal(fs.readFileSync(path.join(two.out, '2 music/z.ogg'), 'utf8'), 'two');
});

test('a place that would leave the folder is refused, and the others are written', async () => {
  await using archive = await smallArchive();
  const [digest] = await hold(archive, [{ bytes: Buffer.from('one') }]);
  for (const name of ['../out.ogg', '/abs.ogg', 'a//b.ogg', 'in.ogg'])
    await place(archive, digest!, { path: name });
  const report = await restore(archive, 'all', true);
  assert.deepEqual(tree(report.out), { 'in.ogg': 'one' });
  assert.deepEqual(
    report.findings.map((finding) => finding.code),
    ['PATH_UNSAFE', 'PATH_UNSAFE', 'PATH_UNSAFE'],
  );
});

test('what is there already is left: the same bytes counted, other bytes and links refused', async () => {
  await using archive = await smallArchive();
  const [first, second, third] = await hold(archive, [
    { bytes: Buffer.from('one') },
    { bytes: Buffer.from('two') },
    { bytes: Buffer.from('three') },
  ]);
  await place(archive, first!, { path: 'same.ogg' });
  await place(archive, second!, { path: 'other.ogg' });
  await place(archive, third!, { path: 'linked/three.ogg' });
  const out = path.join(archive.root, 'out');
  const away = path.join(archive.root, 'away');
  fs.mkdirSync(out);
  fs.mkdirSync(away);
  fs.writeFileSync(path.join(out, 'same.ogg'), 'one');
  fs.writeFileSync(path.join(out, 'other.ogg'), 'mine');
  fs.symlinkSync(away, path.join(out, 'linked'));
  const report = await restore(archive, 'all', true);
  assert.deepEqual([report.written, report.present, report.refused], [0, 1, 2]);
  assert.deepEqual(
    report.findings.map((finding) => [finding.code, finding.subject]),
    [
      ['FILE_EXISTS', 'linked/three.ogg'],
      ['FILE_EXISTS', 'other.ogg'],
    ],
  );
  assert.equal(fs.readFileSync(path.join(out, 'other.ogg'), 'utf8'), 'mine');
  assert.deepEqual(fs.readdirSync(away), []);
});

test('bytes that rotted in the store are refused and leave nothing behind', async () => {
  await using archive = await smallArchive();
  const [digest] = await hold(archive, [
    { bytes: Buffer.from('one') },
    { bytes: Buffer.from('two') },
  ]);
  const object = objectPath(archive.store.layout, digest!);
  fs.chmodSync(object, 0o644);
  fs.writeFileSync(object, 'eno');
  await place(archive, digest!, { path: 'rot.ogg' });
  await place(archive, sha256('two'), { path: 'two.ogg' });
  const report = await restore(archive, 'all', true);
  assert.deepEqual(
    report.findings.map((finding) => finding.code),
    ['STORE_OBJECT_DAMAGED'],
  );
  assert.deepEqual(tree(report.out), { 'two.ogg': 'two' });
});

test('a dropped original comes as its derivative and says so, and never under its original name', async () => {
  await using archive = await smallArchive();
  const [source, made] = await hold(archive, [
    { bytes: Buffer.from('original'), title: 'Song' },
    { bytes: Buffer.from('smaller'), kind: 'companion' },
  ]);
  await place(archive, source!, { path: 'song.flac' });
  await archive.ledger.commit([
    {
      kind: 'derivative-made',
      derivative: {
        digest: made!,
        sizeBytes: 7,
        tier: 'opus',
        sourceDigest: source!,
        extension: 'opus',
        mimeType: 'audio/ogg',
        technical: {
          format: 'ogg-opus',
          channels: 2,
          sampleRateHz: 48_000,
          durationMs: 1,
          bitrateKbps: 75,
          audioDigest: made!,
        },
        engine: {
          engine: 'wasm',
          build: 'test',
          settings: {},
          sourceDigest: source!,
          tagBlock: [],
        },
      },
    },
    { kind: 'original-dropped', digest: source!, derivativeDigest: made! },
  ]);
  const named = await restore(archive, source!);
  assert.deepEqual(tree(named.out), { 'Ana/Album/Song.opus': 'smaller' });
  assert.deepEqual(
    [named.refused, named.findings.map((finding) => finding.code)],
    [0, ['RESTORE_FROM_DERIVATIVE']],
  );
  fs.rmSync(named.out, { recursive: true });
  const original = await restore(archive, source!, true);
  assert.deepEqual(tree(original.out), {});
  assert.deepEqual(
    original.findings.map((finding) => finding.code),
    ['RESTORE_ORIGINAL_DROPPED'],
  );
});

test('a holding without a place is told when original names are asked for', async () => {
  await using archive = await smallArchive();
  await hold(archive, [{ bytes: Buffer.from('one') }]);
  const report = await restore(archive, 'all', true);
  assert.deepEqual(
    report.findings.map((finding) => finding.code),
    ['RESTORE_NO_PLACE'],
  );
});

test('a restore that was stopped goes on where it stopped', async () => {
  await using archive = await smallArchive();
  for (const name of ['a', 'b', 'c']) {
    const [digest] = await hold(archive, [{ bytes: Buffer.from(name) }]);
    await place(archive, digest!, { path: `${name}.ogg` });
  }
  const stop = new AbortController();
  const out = path.join(archive.root, 'out');
  const deps = { ...archive, names: realByteNameDisk };
  const plan = await planRestore('all', archive);
  const watch = { progress: () => stop.abort(), stop: stop.signal };
  const cut = await carryOutRestore(plan, { out, originalNames: true }, deps, watch);
  assert.deepEqual([cut.interrupted, cut.written], [true, 1]);
  const rest = await restore(archive, 'all', true);
  assert.deepEqual([rest.written, rest.present, Object.keys(tree(out)).length], [2, 1, 3]);
});
