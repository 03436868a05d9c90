/** A small Broadcast WAV with bext, iXML, two cue points and the label of one: the same bytes each time. */
import { sampleWav } from './test-audio-samples.ts';

/** The sample WAVE file with the chunks of a recorder around its sound. */
export function sampleBroadcastWav(): Buffer {
  const plain = Buffer.from(sampleWav());
  const dataAt = plain.indexOf('data');
  const before = [
    chunk('bext', bextBody()),
    chunk('iXML', Buffer.from('<BWFXML><TAKE>2</TAKE></BWFXML>')),
  ];
  const cue = Buffer.alloc(4 + 2 * 24);
  cue.writeUInt32LE(2, 0);
  for (const [index, [id, atSample]] of [
    [7, 1500],
    [9, 250],
  ].entries()) {
    const at = 4 + index * 24;
    cue.writeUInt32LE(id!, at);
    cue.write('data', at + 8);
    cue.writeUInt32LE(atSample!, at + 20);
  }
  const label = chunk('labl', Buffer.concat([Uint8Array.of(9, 0, 0, 0), Buffer.from('Verse\0')]));
  const list = chunk('LIST', Buffer.concat([Buffer.from('adtl'), label]));
  const parts = [
    plain.subarray(0, dataAt),
    ...before,
    plain.subarray(dataAt),
    chunk('cue ', cue),
    list,
  ];
  const file = Buffer.concat(parts);
  file.writeUInt32LE(file.length - 8, 4);
  return file;
}

function bextBody(): Buffer {
  const body = Buffer.alloc(602);
  body.write('Rain on a roof', 0);
  body.write('Recorder', 256);
  body.write('2019-03-0414:05:06', 320);
  body.writeBigUInt64LE(2_381_400_000n, 338);
  body.writeUInt16LE(2, 346);
  body.writeInt16LE(-2310, 412);
  body.writeInt16LE(0x7fff, 414);
  return Buffer.concat([body, Buffer.from('A=PCM,F=44100,W=16,M=stereo\r\n')]);
}

function chunk(id: string, body: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 0);
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}
