import assert from 'node:assert/strict';
import path from 'node:path';
import test, { after } from 'node:test';
import { openAudioDoor } from '../audio/door.ts';
import { encodeMp3 } from '../audio/encoders.ts';
import { tone } from '../audio/test-sounds.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import { encodeId3v2 } from '../formats/test-tag-frames.ts';
import { albumIdOf } from '../model/ids.ts';
import type { AddOptions } from './add-options.ts';
import { type AddBench, addBench, song, told } from './test-add.ts';

const door = await openAudioDoor({ workers: 2 });
after(() => door.close());

const BY = 'https://creativecommons.org/licenses/by/4.0/';

/** What each case says of one file's rights, and what is recorded. */
const cases: readonly {
  behaviour: string;
  row?: string;
  tags?: Record<string, string>;
  options?: Partial<AddOptions>;
  licence: string | null;
  evidence: readonly string[];
  findings: readonly string[];
}[] = [
  { behaviour: 'nothing says anything', licence: null, evidence: [], findings: ['RIGHTS_UNKNOWN'] },
  {
    behaviour: 'only the row does',
    row: 'CC0-1.0',
    licence: 'CC0-1.0',
    evidence: ['table'],
    findings: [],
  },
  {
    behaviour: 'only the tags do',
    tags: { LICENSE: BY },
    licence: 'CC-BY-4.0',
    evidence: ['tag'],
    findings: [],
  },
  {
    behaviour: 'a copyright tag names a licence',
    tags: { COPYRIGHT: `2019 Ana. ${BY}` },
    licence: 'CC-BY-4.0',
    evidence: ['tag'],
    findings: [],
  },
  {
    behaviour: 'a copyright tag names only its holder',
    tags: { COPYRIGHT: '© 2019 Ana' },
    licence: null,
    evidence: ['tag'],
    findings: ['RIGHTS_UNKNOWN'],
  },
  {
    behaviour: 'only the operator does',
    options: { licence: 'CC BY-SA 3.0', holder: 'Ana' },
    licence: 'CC-BY-SA-3.0',
    evidence: ['statement'],
    findings: [],
  },
  {
    behaviour: 'the operator contradicts the tags',
    tags: { LICENSE: BY },
    options: { licence: 'CC0-1.0' },
    licence: 'CC-BY-4.0',
    evidence: ['tag'],
    findings: ['RIGHTS_CONFLICT'],
  },
  {
    behaviour: 'the row contradicts the tags',
    row: 'CC0-1.0',
    tags: { LICENSE: BY },
    licence: 'CC0-1.0',
    evidence: ['table', 'tag'],
    findings: ['RIGHTS_CONFLICT'],
  },
  {
    behaviour: 'the row cannot be read, whatever else says',
    row: 'free for all',
    tags: { LICENSE: BY },
    options: { licence: 'CC0-1.0' },
    licence: null,
    evidence: ['table', 'tag'],
    findings: ['RIGHTS_LICENCE_UNREADABLE', 'RIGHTS_CONFLICT', 'RIGHTS_UNKNOWN'],
  },
  {
    behaviour: 'the tag cannot be read',
    tags: { LICENSE: 'All rights reserved' },
    options: { licence: 'CC0-1.0' },
    licence: null,
    evidence: ['tag'],
    findings: ['RIGHTS_LICENCE_UNREADABLE', 'RIGHTS_UNKNOWN'],
  },
  {
    behaviour: 'the copyright tag reserves them, whatever --licence says',
    tags: { COPYRIGHT: '(C) 2020 Big Label. All rights reserved.' },
    options: { licence: 'CC0-1.0' },
    licence: null,
    evidence: ['tag'],
    findings: ['RIGHTS_LICENCE_UNREADABLE', 'RIGHTS_UNKNOWN'],
  },
  {
    behaviour: 'the row frees what the copyright tag reserves',
    row: 'CC0-1.0',
    tags: { COPYRIGHT: '(C) 2020 Big Label. All rights reserved.' },
    licence: 'CC0-1.0',
    evidence: ['table', 'tag'],
    findings: ['RIGHTS_CONFLICT'],
  },
  {
    behaviour: 'the tags contradict one another, whatever --licence says',
    tags: { LICENSE: 'CC0-1.0', COPYRIGHT: 'CC-BY-NC-ND-4.0' },
    options: { licence: 'CC0-1.0' },
    licence: null,
    evidence: ['tag', 'tag'],
    findings: ['RIGHTS_CONFLICT', 'RIGHTS_UNKNOWN'],
  },
];
for (const { behaviour, row, tags = {}, options = {}, licence, evidence, findings } of cases)
  test(`rights when ${behaviour}`, async () => {
    await using bench = addBench(door);
    const bytes = await song(1, tags);
    bench.put('a.ogg', bytes);
    if (row !== undefined) bench.put('tracks.csv', `path,licence\na.ogg,${row}\n`);
    const report = await bench.add(options);
    const holding = await bench.deps.ledger.holding(sha256(bytes));
    assert.equal(holding?.rights.licence, licence);
    assert.deepEqual(
      holding.rights.evidence.map(({ kind }) => kind),
      evidence,
    );
    assert.deepEqual(
      report.findings.map(({ code }) => code),
      findings,
    );
    const dark = report.dark.filter(({ kind }) => kind === 'audio');
    assert.equal(dark.length, licence === null ? 1 : 0);
  });

test('the licence address of an ID3 tag is evidence, and the holder of its copyright notice', async () => {
  await using bench = addBench(door);
  const pcm = tone({ rateHz: 32_000, samples: 40_000, channels: 1 });
  const tag = encodeId3v2([
    { id: 'TCOP', text: '2021 Ana Example' },
    { id: 'WCOP', url: BY },
  ]);
  const bytes = Buffer.concat([tag, await encodeMp3(pcm, { bitrateKbps: 64 })]);
  bench.put('a.mp3', bytes);
  await bench.add();
  const rights = (await bench.deps.ledger.holding(sha256(bytes)))?.rights;
  assert.deepEqual([rights?.licence, rights?.holder], ['CC-BY-4.0', 'Ana Example']);
});

test('evidence is an address as it stands, or a file by its digest, held as a companion', async () => {
  await using bench = addBench(door);
  const paper = Buffer.from('I, Ana, permit this.');
  bench.put('a.ogg', await song(1));
  bench.put('b.ogg', await song(2));
  bench.put('c.ogg', await song(3));
  bench.put('papers/permit.odt', paper);
  bench.put(
    'tracks.csv',
    `path,licence,evidence\na.ogg,CC0-1.0,papers/permit.odt\nb.ogg,CC-BY-4.0,${BY}\nc.ogg,CC0-1.0,papers/lost.odt\n`,
  );
  const report = await bench.add();
  assert.deepEqual(told(report), ['warned EVIDENCE_MISSING tracks.csv line 4']);
  const evidence = async (number: number) => {
    const holding = await bench.deps.ledger.holding(sha256(await song(number)));
    return holding?.rights.evidence
      .map(({ kind, value, sha256: digest }) => [kind, value, digest])
      .at(-1);
  };
  assert.deepEqual(await evidence(1), ['file', 'papers/permit.odt', sha256(paper)]);
  assert.deepEqual(await evidence(2), ['url', BY, undefined]);
  assert.equal((await evidence(3))?.[0], 'table');
  const held = await bench.deps.ledger.holding(sha256(paper));
  assert.deepEqual([held?.kind, held?.role, held?.extension], ['companion', 'evidence', 'odt']);
  assert.deepEqual(bench.opened.filter((name) => name === 'papers/permit.odt').length, 1);
});

test('the operator’s statement may be made later, stays, and keeps no company with darkness', async () => {
  await using bench = addBench(door);
  const digest = sha256(await song(1));
  const rights = async () => (await bench.deps.ledger.holding(digest))?.rights;
  bench.put('a.ogg', await song(1));
  await bench.add();
  const stated = await bench.add({
    licence: 'CC0-1.0',
    holder: 'Ana',
    evidence: 'https://example.org/p',
  });
  assert.deepEqual([stated.rightsChanged, stated.accepted], [1, 0]);
  assert.deepEqual(
    (await rights())?.evidence.map(({ kind }) => kind),
    ['statement', 'url'],
  );
  bench.put('tracks.csv', 'path,title\na.ogg,A\n');
  assert.equal((await bench.add()).rightsChanged, 0);
  assert.equal((await rights())?.licence, 'CC0-1.0');
  await bench.add({ dark: true });
  assert.deepEqual([(await rights())?.licence, (await rights())?.dark], ['CC0-1.0', true]);
  const later = await bench.add({ holder: 'Ana' });
  assert.equal((await rights())?.dark, true, 'what was made dark stays dark');
  assert.equal((await rights())?.licence, 'CC0-1.0', 'what was stated stays stated');
  assert.deepEqual(
    new Set(later.dark.map(({ because }) => because)),
    new Set(['kept dark by the operator']),
  );
});

async function companion(bench: AddBench, digest: Digest) {
  const holding = await bench.deps.ledger.holding(digest);
  return [holding?.role, holding?.albumId ?? null, holding?.rights.licence ?? null];
}

test('companions belong to the one album beside them and have the one right its rows agree on', async () => {
  await using bench = addBench(door);
  const album = (name: string) => ({ ALBUM: name, ARTIST: 'Ana' });
  const agua = albumIdOf('Ana', 'Agua');
  bench.put('Agua/CD1/1.ogg', await song(1, album('Agua')));
  bench.put('Agua/CD2/1.ogg', await song(2, album('Agua')));
  bench.put('Mixed/1.ogg', await song(3, album('One')));
  bench.put('Mixed/2.ogg', await song(4, album('Two')));
  bench.put('Solo/1.ogg', await song(5, { ...album('Solo'), LICENSE: BY }));
  const files: Record<string, [string, string, string | null, string | null]> = {
    'Agua/cover.jpg': ['front', 'cover', agua, 'CC0-1.0'],
    'Agua/CD1/rip.log': ['log', 'log', agua, 'CC0-1.0'],
    'Agua/Scans/back.png': ['back', 'artwork', agua, 'CC0-1.0'],
    'Agua/LICENSE.gz': ['licence', 'evidence', agua, null],
    'Mixed/booklet.pdf': ['booklet', 'booklet', null, null],
    'Mixed/all.m3u8': ['playlist', 'playlist', null, null],
    'Solo/disc.cue': ['cue', 'cue', albumIdOf('Ana', 'Solo'), null],
    'Solo/lyrics 1.txt': ['lyrics', 'lyrics', albumIdOf('Ana', 'Solo'), null],
    'Solo/front.webp': ['own row', 'cover', albumIdOf('Ana', 'Solo'), 'CC-BY-4.0'],
  };
  for (const [name, [content]] of Object.entries(files)) bench.put(name, content);
  bench.put(
    'tracks.csv',
    'path,licence,holder\nAgua/CD1/1.ogg,CC0-1.0,Ana\nAgua/CD2/1.ogg,cc0,Ana\n' +
      'Mixed/1.ogg,CC0-1.0,Ana\nMixed/2.ogg,CC-BY-4.0,Ana\nSolo/front.webp,CC-BY-4.0,Bea\n',
  );
  const report = await bench.add();
  for (const [name, [content, ...expected]] of Object.entries(files))
    assert.deepEqual(await companion(bench, sha256(content)), expected, name);
  assert.equal(report.acceptedCompanions, Object.keys(files).length + 1);
  const dark = report.dark
    .map(({ path: name }) => path.basename(name))
    .filter((name) => !name.endsWith('.ogg'));
  assert.deepEqual(dark, [
    'LICENSE.gz',
    'all.m3u8',
    'booklet.pdf',
    'disc.cue',
    'lyrics 1.txt',
    'tracks.csv',
  ]);
});

test('the operator’s statement covers companions no row speaks of', async () => {
  await using bench = addBench(door);
  bench.put('1.ogg', await song(1, { LICENSE: BY, ALBUM: 'A', ARTIST: 'Ana' }));
  bench.put('cover.jpg', 'front');
  const report = await bench.add({ licence: BY });
  assert.deepEqual(report.findings, []);
  assert.deepEqual(await companion(bench, sha256('front')), [
    'cover',
    albumIdOf('Ana', 'A'),
    'CC-BY-4.0',
  ]);
});

test('a table and evidence have no right but by rows of their own, whatever is said of the music beside them', async () => {
  const rows = 'path,licence,evidence,internal_note\na.ogg,CC0-1.0,permit.odt,paid 200 in cash\n';
  const own = ['tracks.csv', 'permit.odt', 'LICENSE'].map((name) => `${name},CC0-1.0,,\n`);
  const papers = { 'tracks.csv': rows, 'permit.odt': 'Yours, Ana, Calle 1', LICENSE: 'CC0' };
  const statement = { licence: 'CC0-1.0', holder: 'Ana' };
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  bench.put('cover.jpg', 'front');
  for (const [name, content] of Object.entries(papers)) bench.put(name, content);
  const licences = async () =>
    Promise.all(
      ['front', ...Object.values(papers)].map(
        async (content) => (await companion(bench, sha256(content)))[2],
      ),
    );
  const report = await bench.add(statement);
  assert.deepEqual(await licences(), ['CC0-1.0', null, null, null]);
  assert.deepEqual(report.findings, []);
  assert.deepEqual(
    report.dark.map(({ path: name, because }) => [name, because]),
    ['LICENSE', 'permit.odt', 'tracks.csv'].map((name) => [
      name,
      'a paper, which only a row of its own frees',
    ]),
  );
  await bench.add(statement);
  assert.deepEqual(await licences(), ['CC0-1.0', null, null, null], 'nor when it is said again');
  papers['tracks.csv'] = rows + own.join('');
  bench.put('tracks.csv', papers['tracks.csv']);
  await bench.add();
  assert.deepEqual(await licences(), ['CC0-1.0', 'CC0-1.0', 'CC0-1.0', 'CC0-1.0']);
});

test('what was stated of a sound holds when its tags change', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  await bench.add({ licence: 'CC0-1.0', holder: 'Ana' });
  bench.put('a.ogg', await song(1, { TITLE: 'New' }));
  const report = await bench.add();
  assert.deepEqual(report.findings, []);
  const rights = (await bench.deps.ledger.holding(sha256(await song(1, { TITLE: 'New' }))))?.rights;
  assert.deepEqual([rights?.licence, rights?.holder], ['CC0-1.0', 'Ana']);
});

test('a table speaks for bytes that were held from elsewhere, and another folder’s table takes nothing from it', async () => {
  await using bench = addBench(door);
  const digest = sha256(await song(1));
  const licence = async () => (await bench.deps.ledger.holding(digest))?.rights.licence;
  bench.put('loose/a.ogg', await song(1));
  await bench.add({}, { paths: [path.join(bench.music, 'loose')] });
  bench.put('good/a.ogg', await song(1));
  bench.put('good/tracks.csv', 'path,title,licence,holder\na.ogg,A,CC0-1.0,"Ana; licence=MIT"\n');
  const good = { paths: [path.join(bench.music, 'good')] };
  const report = await bench.add({}, good);
  assert.deepEqual([report.copies, report.rightsChanged, report.redescribed], [1, 1, 1]);
  assert.equal(await licence(), 'CC0-1.0');
  bench.put('loose/tracks.csv', 'path,title\nb.ogg,B\n');
  await bench.add({ licence: 'CC-BY-4.0' }, { paths: [path.join(bench.music, 'loose')] });
  assert.equal(await licence(), 'CC0-1.0');
  await bench.add({ holder: 'Bea' }, good);
  assert.deepEqual((await bench.deps.ledger.holding(digest))?.rights.holder, 'Ana; licence=MIT');
});

test('a row that is taken away takes its right along', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  bench.put('tracks.csv', 'path,licence\na.ogg,CC0-1.0\n');
  await bench.add();
  bench.put('tracks.csv', 'path,licence\n');
  const report = await bench.add();
  assert.equal(report.rightsChanged, 1);
  assert.equal((await bench.deps.ledger.holding(sha256(await song(1))))?.rights.licence, null);
});
