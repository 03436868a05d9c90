/**
 * The boxes of an MP4 file that say what sounds and where its bytes are (ISO/IEC 14496-12: mdhd, hdlr, stsd, stsz,
 * stco, co64; QuickTime File Format for the sound description of version 2). Each takes the content of its box.
 */

/** Duration and its unit, of one track. */
export interface Mp4MediaTime {
  readonly ticksPerS: number;
  readonly ticks: number;
}

/** What the first entry of a sound track's stsd says. */
export interface Mp4SoundEntry {
  /** Such as `AAC` or `ALAC`; the four characters of the entry where they have no name here. */
  readonly codec: string;
  readonly channels: number;
  readonly sampleRateHz: number;
}

const CODECS: Readonly<Record<string, string>> = {
  alac: 'ALAC',
  fLaC: 'FLAC',
  Opus: 'Opus',
  'ac-3': 'AC-3',
  'ec-3': 'E-AC-3',
  '.mp3': 'MP3',
};
/** Object types of an elementary stream (ISO/IEC 14496-1, MP4 registration authority). */
const MP4A_OBJECTS: Readonly<Record<number, string>> = {
  64: 'AAC',
  102: 'AAC',
  103: 'AAC',
  104: 'AAC',
  105: 'MP3',
  107: 'MP3',
  221: 'Vorbis',
};
const ENTRY_AT = 8;
/** Where the sound fields of an entry end in version 0. */
const SOUND_ENTRY_BYTES = 36;
const ES_DESCRIPTOR = 3;
const DECODER_CONFIG = 4;

/** Time scale and duration of `mdhd`; null when the box is short or states none. */
export function readMediaTime(body: Buffer): Mp4MediaTime | null {
  const isLong = body[0] === 1;
  if (body.length < (isLong ? 32 : 20)) return null;
  const ticksPerS = body.readUInt32BE(isLong ? 20 : 12);
  const ticks = isLong ? Number(body.readBigUInt64BE(24)) : body.readUInt32BE(16);
  const isStated = ticks !== 0 && ticks !== 0xffff_ffff && Number.isSafeInteger(ticks);
  return ticksPerS > 0 && isStated ? { ticksPerS, ticks } : null;
}

/** The kind of a track in `hdlr`: `soun`, `vide` … */
export function readHandler(body: Buffer): string {
  return body.toString('latin1', 8, 12);
}

/** The first entry of the `stsd` of a sound track, or null when it is not whole. */
export function readSoundEntry(body: Buffer): Mp4SoundEntry | null {
  const entry = body.subarray(ENTRY_AT);
  if (entry.length < SOUND_ENTRY_BYTES) return null;
  const kind = entry.toString('latin1', 4, 8);
  const version = entry.readUInt16BE(16);
  const isLong = version === 2 && entry.length >= 52;
  const rateHz = isLong ? entry.readDoubleBE(40) : entry.readUInt32BE(32) / 65_536;
  const isRate = Number.isFinite(rateHz) && rateHz > 0 && rateHz <= 10_000_000;
  return {
    codec: kind === 'mp4a' ? objectCodec(entry) : (CODECS[kind] ?? JSON.stringify(kind)),
    channels: isLong ? entry.readUInt32BE(48) : entry.readUInt16BE(24),
    sampleRateHz: isRate ? Math.round(rateHz) : 0,
  };
}

/** The codec by the object type in `esds`, which stands somewhere behind the fields of the entry. */
function objectCodec(entry: Buffer): string {
  const found = entry.indexOf('esds', SOUND_ENTRY_BYTES, 'latin1');
  if (found < 0) return 'AAC';
  // Behind the name: version and flags, then nested descriptors, each a tag and a length of seven bits a byte.
  let at = found + 8;
  at = enterDescriptor(entry, at, ES_DESCRIPTOR);
  const flags = entry[at + 2] ?? 0;
  at += 3 + (flags & 0x80 ? 2 : 0) + (flags & 0x40 ? 1 + (entry[at + 3] ?? 0) : 0);
  at += flags & 0x20 ? 2 : 0;
  at = enterDescriptor(entry, at, DECODER_CONFIG);
  return MP4A_OBJECTS[entry[at] ?? 0] ?? 'AAC';
}

/** Where the content of the descriptor at `at` begins; `at` itself when another stands there. */
function enterDescriptor(entry: Buffer, at: number, tag: number): number {
  if (entry[at] !== tag) return at;
  let next = at + 1;
  for (let more = 0; more < 3 && (entry[next]! & 0x80) !== 0; more++) next += 1;
  return next + 1;
}

/** Bytes of all samples by `stsz`, or null when the box is shorter than its count asks for. */
export function readSampleBytes(body: Buffer): number | null {
  if (body.length < 12) return null;
  const each = body.readUInt32BE(4);
  const count = body.readUInt32BE(8);
  if (each > 0) return each * count;
  if (body.length < 12 + count * 4) return null;
  let total = 0;
  for (let at = 12; at < 12 + count * 4; at += 4) total += body.readUInt32BE(at);
  return total;
}

/** The furthest position in `stco` (4 bytes each) or `co64` (8), or null when the box is shorter than its count. */
export function readLastOffset(body: Buffer, width: 4 | 8): number | null {
  if (body.length < 8) return null;
  const count = body.readUInt32BE(4);
  if (body.length < 8 + count * width) return null;
  let last = 0;
  for (let at = 8; at < 8 + count * width; at += width) {
    const low = body.readUInt32BE(at + width - 4);
    const offset = width === 4 ? low : body.readUInt32BE(at) * 2 ** 32 + low;
    if (offset > last) last = offset;
  }
  return last;
}
