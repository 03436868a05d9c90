/**
 * From a folder into an archive and out again: real music of five projects with the rights their copyright files give,
 * and names no table can spell. `diff -r` is the judge.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { openAudioDoor } from '../src/audio/door.ts';
import { realByteNameDisk } from '../src/base/byte-name-disk.ts';
import { realDisk } from '../src/base/disk.ts';
import { unwatched } from '../src/base/progress.ts';
import { printable } from '../src/cli/reporter.ts';
import { type AddBench, addBench, song } from '../src/ingest/test-add.ts';
import { carryOutRestore } from '../src/preservation/restore.ts';
import { planRestore } from '../src/preservation/restore-plan.ts';

const MUSIC = path.resolve(import.meta.dirname, '../../shared/data/audio/music');
const skip = fs.existsSync(MUSIC) ? false : 'the shared music is not here';

const door = await openAudioDoor({ workers: 2 });
after(() => door.close());

/** What each folder's copyright file says; two files are left without a row on purpose. */
const ROWS: readonly (readonly [file: string, licence: string, holder: string])[] = [
  ...['defeat', 'elf-land', 'sad', 'transience', 'victory'].map(
    (name) =>
      [`wesnoth-1.16-music/${name}.ogg`, 'GPL-2.0-or-later', 'The Wesnoth project'] as const,
  ),
  ...['Chimes They Fade', 'March Thee to Dis'].map(
    (name) => [`singularity-music/${name}.ogg`, 'CC-BY-SA-3.0', 'Max McFerren'] as const,
  ),
  ['warzone2100-music/menu.opus', 'GPL-2.0-or-later', 'The Warzone 2100 project'],
  ['asc-music/machine_wars.mp3', 'GPL-2.0-or-later', 'The ASC project'],
  ...['click', 'explosion', 'opengate', 'seen-frog1'].map(
    (name) => [`hyperrogue-music/${name}.ogg`, 'CC0-1.0', ''] as const,
  ),
  ...['levelup', 'seen-ghost'].map(
    (name) => [`hyperrogue-music/${name}.ogg`, 'CC-BY-3.0', 'freesound members'] as const,
  ),
];
const WITHOUT_ROW = ['warzone2100-music/track3.opus', 'wesnoth-1.16-music/revelation.ogg'];

/** Restores all of the bench under original names and returns the folder. */
async function restoreAll(bench: AddBench): Promise<string> {
  const out = path.join(bench.beside, 'out');
  const plan = await planRestore('all', bench.deps);
  const deps = { store: bench.deps.store, disk: realDisk, names: realByteNameDisk };
  const report = await carryOutRestore(plan, { out, originalNames: true }, deps, unwatched);
  assert.deepEqual(report.findings, []);
  return out;
}

function assertSameTree(a: string, b: string): void {
  const { status, stdout } = spawnSync('diff', ['-r', a, b], { encoding: 'utf8' });
  assert.deepEqual([status, stdout], [0, '']);
}

test('seventeen real recordings are held bit-exact with their rights, and come out as they went in', {
  skip,
}, async () => {
  await using bench = addBench(door);
  fs.cpSync(MUSIC, bench.music, { recursive: true });
  for (const folder of ['', ...fs.readdirSync(bench.music)])
    fs.chmodSync(path.join(bench.music, folder), 0o755);
  const rows = ROWS.map(([file, licence, holder]) => {
    const evidence = `${path.dirname(file)}/copyright.gz`;
    return `${file},${licence},${holder},${evidence}`;
  });
  bench.put('tracks.csv', `path,licence,holder,evidence\n${rows.join('\n')}\n`);
  const report = await bench.add();
  assert.deepEqual([report.acceptedAudio, report.acceptedCompanions, report.refused], [17, 6, 0]);
  assert.deepEqual(report.withoutRow, WITHOUT_ROW);
  const dark = report.dark.filter(({ kind }) => kind === 'audio').map(({ path: name }) => name);
  assert.deepEqual(dark, WITHOUT_ROW);
  const unknown = report.findings.filter(({ code }) => code === 'RIGHTS_UNKNOWN');
  assert.ok(WITHOUT_ROW.every((name) => unknown.some(({ subject }) => subject === name)));
  const short = report.findings
    .filter(({ code }) => code === 'AUDIO_VERY_SHORT')
    .map(({ subject }) => subject);
  assert.ok(short.includes('hyperrogue-music/click.ogg'), '15 ms are held and told');
  const holdings = await bench.deps.ledger.holdings();
  assert.deepEqual(
    holdings.filter(({ kind, verdict }) => kind === 'audio' && verdict.state !== 'intact'),
    [],
  );
  for (const [file, licence] of ROWS) {
    const places = (await bench.deps.ledger.sourceFiles(bench.music)).find(
      (one) => one.path === file,
    );
    const holding = await bench.deps.ledger.holding(places!.digest!);
    assert.equal(holding?.rights.licence, licence, file);
    assert.ok(holding.rights.evidence.some(({ kind }) => kind === 'file'));
  }
  bench.opened.length = 0;
  assert.equal((await bench.add()).unchanged, 23);
  assert.deepEqual(bench.opened, []);
  assertSameTree(bench.music, await restoreAll(bench));
});

test('odd names, copies, empty companions and dark files come out as they went in', async () => {
  await using bench = addBench(door);
  const latin = Buffer.concat([
    Buffer.from(`${bench.music}/`),
    Buffer.from('d\xe9j\xe0/', 'latin1'),
  ]);
  fs.mkdirSync(latin);
  fs.writeFileSync(Buffer.concat([latin, Buffer.from('\xff.ogg', 'latin1')]), await song(1));
  const names = [
    'a\nb.ogg',
    '-rf.ogg',
    '.hidden.ogg',
    ' .ogg',
    'trailing. /CON.ogg',
    'é/é.ogg',
    'e\u0301.ogg',
  ];
  for (const [index, name] of names.entries()) bench.put(name, await song(index + 2));
  bench.put('copies/one.ogg', await song(1));
  bench.put('copies/COPYING', '');
  bench.put('LICENSE', '');
  bench.put('cut.ogg', (await song(3)).subarray(0, 3000));
  const report = await bench.add({ dark: true });
  assert.equal(report.accepted, names.length + 5);
  assert.deepEqual([report.refused, report.left], [0, 0]);
  assertSameTree(bench.music, await restoreAll(bench));
});

test('marks that turn the direction of text are kept as they stood, and reach no name and no terminal', async () => {
  await using bench = addBench(door);
  const turned = 'Lluvia \u202egpj.exe\u202c \u2067x';
  const bytes = await song(1, { TITLE: turned, ARTIST: turned, ALBUM: turned });
  bench.put('Ana \u202e/\u2066a.ogg', bytes);
  const report = await bench.add();
  const [holding] = await bench.deps.ledger.holdings();
  const { title, artist, album } = holding!.description!;
  assert.deepEqual([title, artist, album], [turned, turned, turned]);
  const plan = await planRestore('all', bench.deps);
  const out = path.join(bench.beside, 'named');
  const deps = { store: bench.deps.store, disk: realDisk, names: realByteNameDisk };
  await carryOutRestore(plan, { out, originalNames: false }, deps, unwatched);
  const name = 'Lluvia _gpj.exe_ _x';
  assert.deepEqual(fs.readdirSync(out, { recursive: true }).sort(), [
    name,
    `${name}/${name}`,
    `${name}/${name}/${name}.ogg`,
  ]);
  const turning = /[\u202a-\u202e\u2066-\u2069]/;
  for (const { subject } of report.findings) {
    assert.match(subject, turning, 'a finding names the file as it is');
    assert.doesNotMatch(printable(subject), turning);
  }
  assert.ok(report.findings.length > 0);
});
