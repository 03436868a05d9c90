import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import test, { after } from 'node:test';
import { openAudioDoor } from '../audio/door.ts';
import { encodeWav } from '../audio/encoders.ts';
import { tone } from '../audio/test-sounds.ts';
import { sha256 } from '../base/digest.ts';
import { unwatched } from '../base/progress.ts';
import { startLeavesRoot } from '../formats/leaves-root.ts';
import { sampleBroadcastWav } from '../formats/test-broadcast-wav.ts';
import { trackIdOf } from '../model/ids.ts';
import { clearWork } from '../store/clear-work.ts';
import { objectPath } from '../store/layout.ts';
import { planAdd } from './plan-add.ts';
import { addBench, song, told } from './test-add.ts';

const door = await openAudioDoor({ workers: 2 });
after(() => door.close());

test('a file is held bit-exact and acknowledged, with its tags, sound and place in the ledger', async () => {
  await using bench = addBench(door);
  const bytes = await song(1, {
    TITLE: 'Lluvia',
    ARTIST: 'Ana',
    ALBUM: 'Agua',
    TRACKNUMBER: '3',
    DATE: '2019-05',
  });
  bench.put('Ana/Agua/x.ogg', bytes);
  const held: unknown[] = [];
  const report = await bench.add({}, { held: held as never });
  const digest = sha256(bytes);
  const trackId = trackIdOf(digest);
  assert.deepEqual(held, [
    { path: 'Ana/Agua/x.ogg', digest, kind: 'audio', sizeBytes: bytes.length, trackId },
  ]);
  assert.deepEqual(Buffer.concat([...bench.deps.store.loose.read(digest)]), Buffer.from(bytes));
  const holding = await bench.deps.ledger.holding(digest);
  const root = startLeavesRoot();
  root.update(bytes);
  assert.equal(holding?.leavesRoot, root.finish());
  assert.equal(holding?.verdict.state, 'intact');
  assert.equal(holding?.extension, 'ogg');
  assert.equal(holding?.mimeType, 'audio/ogg');
  assert.equal(holding?.technical?.format, 'ogg-vorbis');
  assert.ok(holding.technical.loudnessLufs! < 0 && holding.technical.peaks!.length === 1068);
  assert.ok(holding.technical.truePeakDbtp! < 3);
  assert.equal(holding.technical.features?.silenceShare?.confidence, 1);
  const track = await bench.deps.ledger.track(trackId);
  assert.deepEqual(track?.description, {
    title: 'Lluvia',
    artist: 'Ana',
    album: 'Agua',
    trackNumber: 3,
    date: '2019-05',
    popularity: null,
    from: 'tags',
  });
  const [place] = await bench.deps.ledger.sourcesOf(digest);
  assert.equal(place?.root, bench.music);
  assert.equal(place?.path, 'Ana/Agua/x.ogg');
  assert.equal(place?.outcome, 'held');
  assert.deepEqual(told(report), ['warned RIGHTS_UNKNOWN x.ogg']);
  assert.deepEqual([report.accepted, report.acceptedAudio, report.bytes], [1, 1, bytes.length]);
  assert.deepEqual(
    report.dark.map(({ path: name }) => name),
    ['Ana/Agua/x.ogg'],
  );
});

test('the second run reads only what is new or changed: re-tagged sound stays its track, the deleted stays held', async () => {
  await using bench = addBench(door);
  const [first, second, third] = [
    await song(1, { TITLE: 'A' }),
    await song(2, { TITLE: 'B' }),
    await song(3),
  ];
  bench.put('a.ogg', first);
  bench.put('b.ogg', second);
  bench.put('c.ogg', third);
  await bench.add();
  const retagged = await song(2, { TITLE: 'B, mended', ALBUM: 'New' });
  bench.put('b.ogg', retagged);
  fs.rmSync(path.join(bench.music, 'c.ogg'));
  bench.put('d.ogg', await song(4));
  bench.opened.length = 0;
  const report = await bench.add();
  assert.deepEqual(bench.opened.sort(), ['b.ogg', 'd.ogg']);
  assert.deepEqual(
    [report.accepted, report.retagged, report.unchanged, report.vanished],
    [2, 1, 1, 1],
  );
  const trackId = trackIdOf(sha256(second));
  const originals = await bench.deps.ledger.holdingsOfTrack(trackId);
  assert.deepEqual(
    originals.map(({ digest }) => digest),
    [sha256(second), sha256(retagged)],
  );
  assert.equal((await bench.deps.ledger.track(trackId))?.description.title, 'B, mended');
  assert.ok(await bench.deps.ledger.holding(sha256(third)), 'what vanished is still held');
  assert.ok(told(report).includes('told SOURCE_VANISHED c.ogg'));
  const history = await bench.deps.ledger.history(0, 1000);
  assert.deepEqual(
    history.filter(({ fact }) => fact.kind === 'file-vanished').map(({ fact }) => fact),
    [{ kind: 'file-vanished', root: bench.music, path: 'c.ogg' }],
  );
  bench.opened.length = 0;
  const idle = await bench.add();
  assert.deepEqual([bench.opened, idle.accepted, idle.vanished], [[], 0, 0]);
});

test('the same bytes at a second path are one holding with two places', async () => {
  await using bench = addBench(door);
  const bytes = await song(1);
  bench.put('one.ogg', bytes);
  bench.put('two.ogg', bytes);
  const report = await bench.add();
  assert.deepEqual([report.accepted, report.copies], [2, 1]);
  assert.equal((await bench.deps.ledger.holdings()).length, 1);
  const places = await bench.deps.ledger.sourcesOf(sha256(bytes));
  assert.deepEqual(
    places.map(({ path: name }) => name),
    ['one.ogg', 'two.ogg'],
  );
});

test('a file that was renamed and re-tagged at once stays its track', async () => {
  await using bench = addBench(door);
  const bytes = await song(1);
  bench.put('old name.ogg', bytes);
  await bench.add();
  fs.rmSync(path.join(bench.music, 'old name.ogg'));
  bench.put('Ana/01 New.ogg', await song(1, { TITLE: 'New' }));
  const report = await bench.add();
  assert.equal(report.retagged, 1);
  assert.equal((await bench.deps.ledger.holdingsOfTrack(trackIdOf(sha256(bytes)))).length, 2);
});

test('the history of two runs over the same folder is the same, in the order of the paths', async () => {
  const histories: string[][] = [];
  for (let run = 0; run < 2; run += 1) {
    await using bench = addBench(door);
    for (const [index, name] of ['b/2.ogg', 'a.ogg', 'a/1.ogg', 'a b.ogg'].entries())
      bench.put(name, await song(index));
    await bench.add();
    const rows = await bench.deps.ledger.history(0, 1000);
    histories.push(
      rows.flatMap(({ fact }) =>
        fact.kind === 'file-read' ? [`${fact.file.path} ${fact.file.digest}`] : [],
      ),
    );
  }
  assert.deepEqual(histories[0], histories[1]);
  assert.deepEqual(
    histories[0]!.map((row) => row.split('.ogg')[0]),
    ['a b', 'a', 'a/1', 'b/2'],
  );
});

test('what is no audio is refused whatever its name; audio is known whatever its name', async () => {
  await using bench = addBench(door);
  bench.put('list.mp3', '#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n');
  bench.put('empty.flac', '');
  bench.put('page.ogg', '<html><script>1</script></html>');
  bench.put('recording', await song(1));
  bench.put('notes.docx', 'PK');
  const report = await bench.add();
  assert.deepEqual(told(report), [
    'refused AUDIO_NOT_AUDIO empty.flac',
    'refused AUDIO_NOT_AUDIO list.mp3',
    'left SOURCE_LEFT notes.docx',
    'refused AUDIO_NOT_AUDIO page.ogg',
    'warned RIGHTS_UNKNOWN recording',
  ]);
  assert.deepEqual([report.accepted, report.refused, report.left], [1, 3, 1]);
  assert.equal((await bench.deps.ledger.holdings()).length, 1);
  bench.opened.length = 0;
  const again = await bench.add();
  assert.deepEqual(
    [bench.opened, again.refused, again.left],
    [[], 3, 1],
    'told again without being read',
  );
});

test('very short sound and sound of unread formats is held and told', async () => {
  await using bench = addBench(door);
  bench.put('click.wav', await encodeWav(tone({ rateHz: 8000, samples: 400, channels: 1 })));
  const wavpack = Buffer.concat([Buffer.from('wvpk'), Buffer.alloc(60)]);
  bench.put('old.wv', wavpack);
  const report = await bench.add({ licence: 'CC0-1.0' });
  assert.deepEqual(told(report), [
    'warned AUDIO_VERY_SHORT click.wav',
    'told AUDIO_NOT_CHECKED old.wv',
  ]);
  assert.equal((await bench.deps.ledger.holding(sha256(wavpack)))?.verdict.state, 'not-checked');
  assert.deepEqual(report.dark, []);
});

test('what a recorder wrote beside the sound is kept with the holding', async () => {
  await using bench = addBench(door);
  const recording = sampleBroadcastWav();
  bench.put('take 2.wav', recording);
  await bench.add({ licence: 'CC0-1.0' });
  const embedded = (await bench.deps.ledger.holding(sha256(recording)))?.technical?.embedded;
  assert.equal(embedded?.bext?.description, 'Rain on a roof');
  assert.match(embedded?.ixml ?? '', /TAKE/);
  assert.deepEqual(embedded?.cues, [{ atSample: 250, label: 'Verse' }, { atSample: 1500 }]);
});

test('files cut short are held bit-exact and told as damaged', async () => {
  await using bench = addBench(door);
  const whole = await song(5);
  for (let tenth = 1; tenth <= 9; tenth += 1)
    bench.put(`cut ${tenth}.ogg`, whole.subarray(0, Math.floor((whole.length * tenth) / 10)));
  const report = await bench.add({ licence: 'CC0-1.0' });
  assert.equal(report.acceptedAudio, 9);
  for (const holding of await bench.deps.ledger.holdings()) {
    assert.equal(holding.verdict.state, 'damaged');
    assert.match(holding.verdict.code ?? '', /^AUDIO_OGG_/);
  }
  const damaged = report.findings.filter(({ code }) => code.startsWith('AUDIO_OGG_'));
  assert.equal(new Set(damaged.map(({ subject }) => subject)).size, 9);
});

test('a stopped run keeps what it has done and the next run goes on', async () => {
  await using bench = addBench(door);
  for (let number = 0; number < 6; number += 1) bench.put(`${number}.ogg`, await song(number));
  const stop = new AbortController();
  const progress = ({ doneItems }: { doneItems: number }) => {
    if (doneItems === 2) stop.abort();
  };
  const held: never[] = [];
  const report = await bench.add({}, { watch: { progress, stop: stop.signal }, held });
  assert.equal(report.interrupted, true);
  assert.ok(held.length >= 2 && held.length < 6, `${held.length} held`);
  assert.equal((await bench.deps.ledger.holdings()).length, held.length);
  const rest = await bench.add();
  assert.deepEqual([rest.interrupted, rest.accepted], [false, 6 - held.length]);
  assert.equal(fs.readdirSync(bench.deps.store.layout.work).length, 0);
});

test('leftovers of a killed run are removed, and planning writes nothing', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  const { work } = bench.deps.store.layout;
  fs.writeFileSync(path.join(work, 'object-add-1'), 'half');
  fs.mkdirSync(path.join(work, 'folder'));
  assert.equal(clearWork(bench.deps.disk, bench.deps.store.layout), 2);
  const plan = await planAdd([bench.music], { day: '2026-03-04' }, bench.deps, unwatched);
  assert.deepEqual(
    plan.files.map(({ path: name, action }) => [name, action]),
    [['a.ogg', 'new']],
  );
  assert.deepEqual(JSON.parse(JSON.stringify(plan)).files, plan.files, 'the plan is a value');
  assert.deepEqual([fs.readdirSync(work), bench.opened], [[], []]);
  assert.deepEqual(await bench.deps.ledger.history(0, 10), []);
});

/** What may be wrong with an object of the store. */
const WRONG: Readonly<Record<string, (object: string) => void>> = {
  lost: (object) => fs.rmSync(object),
  rotten: (object) => {
    const bytes = fs.readFileSync(object);
    bytes[bytes.length >> 1]! ^= 1;
    fs.chmodSync(object, 0o644);
    fs.writeFileSync(object, bytes);
  },
  'cut short': (object) => {
    fs.chmodSync(object, 0o644);
    fs.truncateSync(object, 100);
  },
};
for (const [how, spoil] of Object.entries(WRONG))
  test(`bytes that are ${how} in the store read true again when a good copy is read`, async () => {
    await using bench = addBench(door);
    const { store } = bench.deps;
    const [bytes, cover] = [await song(1), 'a picture'];
    bench.put('a.ogg', bytes);
    bench.put('cover.jpg', cover);
    assert.equal((await bench.add()).mended, 0);
    for (const content of [bytes, cover]) spoil(objectPath(store.layout, sha256(content)));
    bench.put('b.ogg', bytes);
    fs.utimesSync(path.join(bench.music, 'cover.jpg'), 1, 1);
    const report = await bench.add();
    assert.deepEqual([report.copies, report.mended, report.refused], [2, 2, 0]);
    for (const content of [bytes, cover])
      assert.deepEqual(Buffer.concat([...store.loose.read(sha256(content))]), Buffer.from(content));
    assert.deepEqual(fs.readdirSync(store.layout.work), []);
  });

test('bytes that stay wrong in a volume are refused, and read again by the next run', async () => {
  await using bench = addBench(door);
  bench.put('a.ogg', await song(1));
  await bench.add();
  fs.utimesSync(path.join(bench.music, 'a.ogg'), 1, 1);
  const { store } = bench.deps;
  const keep = store.keep.bind(store);
  store.keep = async (_, copy) => {
    copy.abort();
    return 'damaged';
  };
  const refused = await bench.add();
  assert.deepEqual(told(refused), ['refused STORE_OBJECT_DAMAGED a.ogg']);
  assert.deepEqual([refused.accepted, refused.copies], [0, 0]);
  store.keep = keep;
  assert.equal((await bench.add()).copies, 1);
});
