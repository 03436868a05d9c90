/**
 * The header of an MPEG audio frame, layers I to III of MPEG-1, MPEG-2 and MPEG-2.5 (ISO 11172-3 section 2.4.1.3,
 * ISO 13818-3). A header has no checksum of its own: it is believed when another one stands where it says.
 */

/** What a frame header says. */
export interface MpegHeader {
  readonly version: 1 | 2 | 2.5;
  readonly layer: 1 | 2 | 3;
  readonly sampleRateHz: number;
  /** 0 for free format: the length then follows from the distance of the frames. */
  readonly bitrateKbps: number;
  readonly channels: 1 | 2;
  readonly hasCrc: boolean;
  readonly paddingBytes: number;
  /** Whole length; 0 for free format. */
  readonly sizeBytes: number;
  readonly samples: number;
}

const BITRATES_KBPS: Readonly<Record<string, readonly number[]>> = {
  '1-1': [0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448],
  '1-2': [0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384],
  '1-3': [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  '2-1': [0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256],
  '2-2': [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
};
const RATES_HZ = [44_100, 48_000, 32_000];

/** Headers by their 32 bits, as a file repeats a handful of them thousands of times. */
const known = new Map<number, MpegHeader | null>();
const MAX_KNOWN = 4096;

/** The header at `bytes[at]`, or null when none can stand there; the caller has four bytes. */
export function decodeMpegHeader(bytes: Uint8Array, at: number): MpegHeader | null {
  if (bytes[at] !== 0xff || (bytes[at + 1]! & 0xe0) !== 0xe0) return null;
  // Copyright, original and emphasis bits change nothing that is read here.
  const key = (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | (bytes[at + 3]! & 0xc0);
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= MAX_KNOWN) known.clear();
  const header = parseHeader(bytes, at);
  known.set(key, header);
  return header;
}

/** Whether two headers can belong to one stream. */
export function isSameMpegStream(a: MpegHeader, b: MpegHeader): boolean {
  return (
    a.version === b.version &&
    a.layer === b.layer &&
    a.sampleRateHz === b.sampleRateHz &&
    (a.bitrateKbps === 0) === (b.bitrateKbps === 0)
  );
}

/** Bytes between the header (and its checksum) of a layer III frame and its main data. */
export function mpegSideInfoBytes(header: MpegHeader): number {
  if (header.version === 1) return header.channels === 1 ? 17 : 32;
  return header.channels === 1 ? 9 : 17;
}

function parseHeader(bytes: Uint8Array, at: number): MpegHeader | null {
  const versionCode = (bytes[at + 1]! >> 3) & 3;
  const layerCode = (bytes[at + 1]! >> 1) & 3;
  const bitrateCode = bytes[at + 2]! >> 4;
  const rateCode = (bytes[at + 2]! >> 2) & 3;
  if (versionCode === 1 || layerCode === 0 || bitrateCode === 15 || rateCode === 3) return null;
  const version = versionCode === 3 ? 1 : versionCode === 2 ? 2 : 2.5;
  const layer = (4 - layerCode) as 1 | 2 | 3;
  const table = version === 1 ? `1-${layer}` : layer === 1 ? '2-1' : '2-2';
  const bitrateKbps = BITRATES_KBPS[table]![bitrateCode]!;
  const sampleRateHz = RATES_HZ[rateCode]! / (version === 1 ? 1 : version === 2 ? 2 : 4);
  const samples = layer === 1 ? 384 : layer === 3 && version !== 1 ? 576 : 1152;
  const isPadded = (bytes[at + 2]! & 2) !== 0;
  const paddingBytes = isPadded ? (layer === 1 ? 4 : 1) : 0;
  const slots =
    layer === 1
      ? Math.floor((12_000 * bitrateKbps) / sampleRateHz) * 4
      : Math.floor(((samples / 8) * 1000 * bitrateKbps) / sampleRateHz);
  return {
    version,
    layer,
    sampleRateHz,
    bitrateKbps,
    channels: bytes[at + 3]! >> 6 === 3 ? 1 : 2,
    hasCrc: (bytes[at + 1]! & 1) === 0,
    paddingBytes,
    sizeBytes: bitrateKbps === 0 ? 0 : slots + paddingBytes,
    samples,
  };
}
