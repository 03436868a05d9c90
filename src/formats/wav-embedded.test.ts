import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAudioReader } from './audio-reader.ts';
import type { AudioReading } from './audio-verdict.ts';
import { sampleWav } from './test-audio-samples.ts';
import { sampleBroadcastWav } from './test-broadcast-wav.ts';
import { startWavEmbedded } from './wav-embedded.ts';

function read(bytes: Uint8Array, chunkBytes = bytes.length): AudioReading {
  const reader = startAudioReader();
  for (let at = 0; at < bytes.length; at += chunkBytes)
    reader.push(bytes.subarray(at, at + chunkBytes));
  return reader.finish();
}

test('what a recorder wrote beside the sound is read, and leaves verdict and digest as they are', () => {
  const reading = read(sampleBroadcastWav());
  assert.deepEqual(reading.verdict, { state: 'intact' });
  assert.equal(reading.audioDigest, read(sampleWav()).audioDigest);
  assert.deepEqual(reading.embedded, {
    bext: {
      description: 'Rain on a roof',
      originator: 'Recorder',
      originationDate: '2019-03-04',
      originationTime: '14:05:06',
      timeReferenceSamples: '2381400000',
      version: '2',
      loudnessLufs: '-23.10',
      maxTruePeakDbtp: '0.00',
      maxMomentaryLufs: '0.00',
      maxShortTermLufs: '0.00',
      codingHistory: 'A=PCM,F=44100,W=16,M=stereo',
    },
    ixml: '<BWFXML><TAKE>2</TAKE></BWFXML>',
    cues: [{ atSample: 250, label: 'Verse' }, { atSample: 1500 }],
  });
  for (const chunkBytes of [1, 7, 1000])
    assert.deepEqual(read(sampleBroadcastWav(), chunkBytes), reading);
  assert.equal('embedded' in read(sampleWav()), false);
});

test('chunks that make no sense, or are longer than anyone needs, add nothing', () => {
  const rows: [id: string, body: Buffer][] = [
    ['bext', Buffer.alloc(601)],
    ['iXML', Buffer.alloc(100)],
    ['cue ', Buffer.alloc(3)],
    ['cue ', Buffer.from([255, 255, 255, 255, 1, 2, 3])],
    ['LIST', Buffer.from('adtllabl\xff\xff\xff\xff', 'latin1')],
    ['LIST', Buffer.from('INFOINAM\x04\0\0\0name', 'latin1')],
  ];
  for (const [id, body] of rows) {
    const embedded = startWavEmbedded();
    embedded.take(id, body);
    assert.equal(embedded.finish(), null, id);
  }
  const long = Buffer.alloc(300 * 1024, 0x41);
  const file = Buffer.from(sampleWav());
  const header = Buffer.from('iXML\0\0\0\0');
  header.writeUInt32LE(long.length, 4);
  const whole = Buffer.concat([file, header, long]);
  whole.writeUInt32LE(whole.length - 8, 4);
  assert.deepEqual(read(whole).verdict, { state: 'intact' });
  assert.equal(read(whole).embedded, undefined);
});

test('texts are capped and carry no control characters, and cues are counted no further than a thousand', () => {
  const embedded = startWavEmbedded();
  embedded.take('iXML', Buffer.from(`<a>\u0007\u0085\t\r\n${'x'.repeat(100_000)}`));
  const cues = Buffer.alloc(4 + 24 * 3000);
  cues.writeUInt32LE(0xffff_ffff, 0);
  for (let cue = 0; cue < 3000; cue++) cues.writeUInt32LE(cue, 4 + cue * 24);
  embedded.take('cue ', cues);
  const bext = Buffer.alloc(602);
  bext.write('Caf\xe9', 0, 'latin1');
  embedded.take('bext', bext);
  const notes = embedded.finish()!;
  assert.equal(notes.ixml!.length, 65_536);
  assert.ok(notes.ixml!.startsWith('<a>\t\nxxx'), JSON.stringify(notes.ixml!.slice(0, 10)));
  assert.equal(notes.cues!.length, 1024);
  assert.equal(notes.bext!.description, 'Café');
});
