import assert from 'node:assert/strict';
import test, { after } from 'node:test';
import { openAudioDoor } from '../audio/door.ts';
import { encodeMp3 } from '../audio/encoders.ts';
import { pngFile } from '../audio/test-pictures.ts';
import { id3v2, noise } from '../audio/test-sounds.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import type { TagEvidence } from '../model/tag-evidence.ts';
import { type AddBench, addBench, song, told } from './test-add.ts';

const door = await openAudioDoor({ workers: 2 });
after(() => door.close());
const mp3 = await encodeMp3(noise(44_100, 44_100, 1), { bitrateKbps: 64 });
const png = pngFile({ widthPx: 5, heightPx: 4, depth: 8, colourType: 0, pixel: () => [7] });

function utf16(text: string): Uint8Array {
  return Buffer.concat([Buffer.of(1, 0xff, 0xfe), Buffer.from(text, 'utf16le')]);
}

function apic(bytes: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('\0image/png\0\x03\0', 'latin1'), bytes]);
}

async function evidenceOf(bench: AddBench, digest: Digest): Promise<TagEvidence | undefined> {
  const [added] = (await bench.deps.ledger.historyOf(digest)).filter(
    ({ fact }) => fact.kind === 'holding-added',
  );
  return added?.fact.kind === 'holding-added' ? added.fact.tagEvidence : undefined;
}

test('common fields and pictures are in the record, native values in the history', async () => {
  await using bench = addBench(door);
  const file = Buffer.concat([
    id3v2([
      ['TIT2', utf16('Lluvia')],
      ['TXXX', utf16('My own field\0mine')],
      ['APIC', apic(png)],
    ]),
    mp3,
  ]);
  bench.put('a.mp3', file);
  assert.deepEqual(told(await bench.add()), ['warned RIGHTS_UNKNOWN a.mp3']);
  const holding = await bench.deps.ledger.holding(sha256(file));
  assert.deepEqual(holding?.tags, [['TITLE', 'Lluvia']]);
  assert.deepEqual(holding?.pictures, [
    {
      digest: sha256(png),
      mimeType: 'image/png',
      widthPx: 5,
      heightPx: 4,
      sizeBytes: png.length,
      shows: 'Cover (front)',
    },
  ]);
  assert.deepEqual(await evidenceOf(bench, sha256(file)), {
    native: [
      {
        kind: 'ID3v2.3',
        fields: [
          ['TIT2', 'Lluvia'],
          ['TXXX:My own field', 'mine'],
        ],
      },
    ],
    notes: [],
  });
});

test('a file without tags and pictures has none in its record', async () => {
  await using bench = addBench(door);
  bench.put('a.mp3', mp3);
  await bench.add();
  const holding = await bench.deps.ledger.holding(sha256(mp3));
  assert.ok(holding && !('tags' in holding) && !('pictures' in holding));
});

/** Direction overrides, terminal escapes, half a character, markup: evidence is what stood there, as far as it is text. */
const HOSTILE_TEXTS = [
  '\u202Egnp.exe\u202C',
  '\u2066\u2067isolated',
  '\x1b[2J\x1b]0;owned\x07',
  'half \ud800 and \udfff',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "'; DROP TABLE holding; --",
];
test('hostile text is kept as evidence as it stood, and the record reads back', async () => {
  await using bench = addBench(door);
  const files = HOSTILE_TEXTS.map((text) => Buffer.concat([id3v2([['TIT2', utf16(text)]]), mp3]));
  for (const [index, file] of files.entries()) bench.put(`${index}.mp3`, file);
  await bench.add();
  for (const [index, file] of files.entries()) {
    const evidence = await evidenceOf(bench, sha256(file));
    assert.deepEqual(evidence?.native[0]?.fields, [['TIT2', HOSTILE_TEXTS[index]!.toWellFormed()]]);
    assert.deepEqual((await bench.deps.ledger.holding(sha256(file)))?.tags, [
      ['TITLE', HOSTILE_TEXTS[index]!.toWellFormed()],
    ]);
  }
});

test('what a cap left out is a note beside what was kept', async () => {
  await using bench = addBench(door);
  const fields: Record<string, string> = { TITLE: 'Kept' };
  for (let index = 0; index < 2000; index += 1) fields[`FIELD${index}`] = 'x'.repeat(50);
  const bytes = await song(1, fields);
  bench.put('a.ogg', bytes);
  assert.ok(told(await bench.add()).includes('warned AUDIO_TAGS_INCOMPLETE a.ogg'));
  const evidence = await evidenceOf(bench, sha256(bytes));
  assert.deepEqual(evidence?.notes, ['tags-capped']);
  assert.equal(evidence?.native[0]?.fields.length, 500);
  assert.deepEqual((await bench.deps.ledger.holding(sha256(bytes)))?.tags, [['TITLE', 'Kept']]);
});
