/** Integer samples into an AIFF or AIFF-C file (Audio Interchange File Format 1.3). */

/** What `encodeAiff` writes. */
export interface AiffContent {
  readonly sampleRateHz: number;
  readonly bitsPerSample: 8 | 16 | 24;
  /** One array a channel, all of one length, of signed samples within the range of the depth. */
  readonly channels: readonly ArrayLike<number>[];
  /** `sowt` for an AIFF-C with the low byte first. */
  readonly compression?: 'sowt';
  /** A text for the NAME chunk. */
  readonly name?: string;
  readonly soundFirst?: boolean;
}

/** The bytes of the file: COMM, NAME if there is one, SSND; or SSND first. */
export function encodeAiff(content: AiffContent): Buffer {
  const { channels, bitsPerSample, compression } = content;
  const frames = channels[0]?.length ?? 0;
  const common = Buffer.alloc(compression ? 24 : 18);
  common.writeUInt16BE(channels.length, 0);
  common.writeUInt32BE(frames, 2);
  common.writeUInt16BE(bitsPerSample, 6);
  writeRate(common, content.sampleRateHz);
  if (compression) common.write(`${compression}\0\0`, 18, 'latin1');
  const width = bitsPerSample / 8;
  const sound = Buffer.alloc(8 + frames * channels.length * width);
  let at = 8;
  for (let frame = 0; frame < frames; frame++)
    for (const channel of channels) {
      if (compression) sound.writeIntLE(channel[frame]!, at, width);
      else sound.writeIntBE(channel[frame]!, at, width);
      at += width;
    }
  const parts = [chunk('COMM', common)];
  if (content.name !== undefined) parts.push(chunk('NAME', Buffer.from(content.name)));
  if (content.soundFirst) parts.unshift(chunk('SSND', sound));
  else parts.push(chunk('SSND', sound));
  const kind = Buffer.from(compression ? 'AIFC' : 'AIFF');
  return chunk('FORM', Buffer.concat([kind, ...parts]));
}

/** A whole rate below 2^16 as an extended float. */
function writeRate(common: Buffer, rateHz: number): void {
  const exponent = 31 - Math.clz32(rateHz);
  common.writeUInt16BE(16_383 + exponent, 8);
  common.writeUInt32BE((rateHz << (31 - exponent)) >>> 0, 10);
}

function chunk(id: string, body: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.write(id, 0, 'latin1');
  header.writeUInt32BE(body.length, 4);
  return Buffer.concat([header, body, Buffer.alloc(body.length % 2)]);
}
