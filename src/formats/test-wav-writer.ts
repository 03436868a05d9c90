/**
 * Integer samples into a RIFF WAVE file, with its tags in a LIST/INFO chunk (Microsoft Multimedia Programming
 * Interface 1.0).
 */
import assert from 'node:assert';

/** What `encodeWav` writes. */
export interface WavContent {
  readonly sampleRateHz: number;
  readonly bitsPerSample: 8 | 16 | 24 | 32;
  /** One array a channel, all of one length, of signed samples within the range of the depth. */
  readonly channels: readonly ArrayLike<number>[];
  /** INFO fields by four-character id: INAM title, IART artist, IPRD album, ICRD date, ICOP copyright, ICMT comment … */
  readonly info?: readonly (readonly [id: string, value: string])[];
}

const PCM = 1;

/** The bytes of the file: fmt, LIST/INFO if there are fields, data. Channels of unlike length are a fault of the caller. */
export function encodeWav(content: WavContent): Uint8Array {
  const { sampleRateHz, bitsPerSample, channels } = content;
  const samples = channels[0]?.length ?? 0;
  assert(
    channels.length > 0 && channels.every((channel) => channel.length === samples),
    'channels of one length',
  );
  const frameBytes = (channels.length * bitsPerSample) / 8;
  const format = Buffer.alloc(16);
  format.writeUInt16LE(PCM, 0);
  format.writeUInt16LE(channels.length, 2);
  format.writeUInt32LE(sampleRateHz, 4);
  format.writeUInt32LE(sampleRateHz * frameBytes, 8);
  format.writeUInt16LE(frameBytes, 12);
  format.writeUInt16LE(bitsPerSample, 14);
  const chunks = [chunk('fmt ', format)];
  if (content.info && content.info.length > 0) chunks.push(chunk('LIST', infoBody(content.info)));
  chunks.push(chunk('data', interleave(channels, samples, bitsPerSample / 8)));
  return chunk('RIFF', Buffer.concat([Buffer.from('WAVE'), ...chunks]));
}

function infoBody(info: readonly (readonly [string, string])[]): Buffer {
  const fields = info.map(([id, value]) => {
    assert(/^[A-Z0-9]{4}$/.test(id), `INFO id ${JSON.stringify(id)}`);
    return chunk(id, Buffer.from(`${value}\0`, 'utf8'));
  });
  return Buffer.concat([Buffer.from('INFO'), ...fields]);
}

/** A chunk with its size and, after an odd one, a zero. */
function chunk(id: string, body: Uint8Array): Buffer {
  assert(body.length < 2 ** 32 - 8, `a ${id} chunk of ${body.length} bytes`);
  const header = Buffer.alloc(8);
  header.write(id, 0, 'latin1');
  header.writeUInt32LE(body.length, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}

function interleave(
  channels: readonly ArrayLike<number>[],
  samples: number,
  width: number,
): Uint8Array {
  const data = new Uint8Array(samples * channels.length * width);
  // Samples of one byte are unsigned in WAVE, all others signed.
  const bias = width === 1 ? 128 : 0;
  for (const [index, channel] of channels.entries()) {
    let at = index * width;
    for (let sample = 0; sample < samples; sample++, at += channels.length * width) {
      const value = channel[sample]! + bias;
      for (let byte = 0; byte < width; byte++) data[at + byte] = value >> (8 * byte);
    }
  }
  return data;
}
