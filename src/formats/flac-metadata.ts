/**
 * FLAC metadata blocks: STREAMINFO, pictures, and the rewriting of a file's tags (RFC 9639 section 8).
 */
import assert from 'node:assert';
import { encodeVorbisComment, type VorbisComment } from './vorbis-comment.ts';

/** Block types by number (RFC 9639 section 8.1). */
export const FLAC_BLOCK = { streamInfo: 0, padding: 1, vorbisComment: 4, picture: 6 } as const;

/** Bytes of the STREAMINFO block. */
const STREAMINFO_BYTES = 34;

/** What STREAMINFO says (RFC 9639 section 8.2). */
export interface FlacStreamInfo {
  readonly minBlockSize: number;
  readonly maxBlockSize: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  /** Samples of one channel; 0 when unknown. */
  readonly totalSamples: number;
  /** MD5 of the interleaved samples as 32 hex digits, or null when the encoder left it out. */
  readonly md5: string | null;
  /** The 34 bytes as they stand. */
  readonly bytes: Uint8Array;
}

/** A picture as FLAC and Ogg comments carry it (RFC 9639 section 8.8). */
export interface FlacPicture {
  /** 3 is the front cover; the numbers are those of ID3v2 APIC. */
  readonly pictureType: number;
  readonly mimeType: string;
  readonly description: string;
  readonly width: number;
  readonly height: number;
  readonly colourBits: number;
  readonly data: Uint8Array;
}

/** The fields of STREAMINFO, or null when there are not 34 bytes at `start`. */
export function decodeStreamInfo(bytes: Uint8Array, start = 0): FlacStreamInfo | null {
  if (start + STREAMINFO_BYTES > bytes.length) return null;
  const own = new Uint8Array(bytes.subarray(start, start + STREAMINFO_BYTES));
  const view = new DataView(own.buffer);
  const packed = view.getUint32(10);
  const md5 = Buffer.from(own.subarray(18)).toString('hex');
  return {
    minBlockSize: view.getUint16(0),
    maxBlockSize: view.getUint16(2),
    sampleRateHz: packed >>> 12,
    channels: ((packed >>> 9) & 7) + 1,
    bitsPerSample: ((packed >>> 4) & 31) + 1,
    totalSamples: (packed & 15) * 2 ** 32 + view.getUint32(14),
    md5: /^0+$/.test(md5) ? null : md5,
    bytes: own,
  };
}

/** The content of a picture block; base64 of it is the value of a METADATA_BLOCK_PICTURE comment. */
export function encodeFlacPicture(picture: FlacPicture): Uint8Array {
  const mime = Buffer.from(picture.mimeType, 'latin1');
  const description = Buffer.from(picture.description, 'utf8');
  const numbers = [picture.width, picture.height, picture.colourBits, 0, picture.data.length];
  return Buffer.concat([
    bigEndian32(picture.pictureType),
    bigEndian32(mime.length),
    mime,
    bigEndian32(description.length),
    description,
    ...numbers.map(bigEndian32),
    picture.data,
  ]);
}

/** The comment field that carries `picture` in Vorbis and Opus files. */
export function pictureComment(picture: FlacPicture): readonly [string, string] {
  return ['METADATA_BLOCK_PICTURE', Buffer.from(encodeFlacPicture(picture)).toString('base64')];
}

/**
 * The FLAC file `file` with `comment` and `pictures` in place of those it had; other blocks stay in their order, padding goes.
 * The frames are not touched. A file that is not FLAC from its first byte is a fault of the caller.
 */
export function writeFlacTags(
  file: Uint8Array,
  tags: VorbisComment & { readonly pictures?: readonly FlacPicture[] },
): Uint8Array {
  assert(Buffer.from(file.subarray(0, 4)).toString('latin1') === 'fLaC', 'not a FLAC file');
  const replaced: readonly number[] = Object.values(FLAC_BLOCK).slice(1);
  const kept: { type: number; body: Uint8Array }[] = [];
  let at = 4;
  for (let isLast = false; !isLast; ) {
    assert(at + 4 <= file.length, 'the metadata blocks are not whole');
    isLast = (file[at]! & 0x80) !== 0;
    const type = file[at]! & 0x7f;
    const size = (file[at + 1]! << 16) | (file[at + 2]! << 8) | file[at + 3]!;
    assert(at + 4 + size <= file.length, 'the metadata blocks are not whole');
    if (!replaced.includes(type)) kept.push({ type, body: file.subarray(at + 4, at + 4 + size) });
    at += 4 + size;
  }
  assert(kept[0]?.type === FLAC_BLOCK.streamInfo, 'STREAMINFO does not come first');
  const blocks = [
    ...kept,
    { type: FLAC_BLOCK.vorbisComment, body: encodeVorbisComment(tags) },
    ...(tags.pictures ?? []).map((picture) => ({
      type: FLAC_BLOCK.picture,
      body: encodeFlacPicture(picture),
    })),
  ];
  const parts: Uint8Array[] = [file.subarray(0, 4)];
  for (const [index, { type, body }] of blocks.entries()) {
    assert(body.length < 2 ** 24, `a metadata block of ${body.length} bytes`);
    const isLast = index === blocks.length - 1;
    parts.push(bigEndian32((isLast ? 0x80000000 : 0) + type * 2 ** 24 + body.length), body);
  }
  return Buffer.concat([...parts, file.subarray(at)]);
}

function bigEndian32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value);
  return bytes;
}
