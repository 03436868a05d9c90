/**
 * An ID3v2 tag to stand before an MP3 stream (ID3v2.3.0 and ID3v2.4.0 informal standards at id3.org).
 *
 * Text is UTF-16 with a byte order mark in version 2.3 and UTF-8 in 2.4. No unsynchronisation: readers tell the tag by
 * its length. Frames are written in the order given, so the same frames make the same tag.
 */
import assert from 'node:assert';

/** One frame of a tag. */
export type Id3Frame =
  /** A text frame such as TIT2, TPE1, TALB, TRCK, TDRC (2.4), TYER (2.3), TCON, TCOP, TSRC. */
  | { readonly id: `T${string}`; readonly text: string }
  | { readonly id: 'TXXX'; readonly description: string; readonly text: string }
  /** A link such as WCOP (copyright or licence) or WOAS (source). */
  | { readonly id: `W${string}`; readonly url: string }
  | {
      readonly id: 'APIC';
      readonly mimeType: string;
      /** 3 is the front cover. */
      readonly pictureType: number;
      readonly description: string;
      readonly data: Uint8Array;
    };

/** Largest number in four bytes of seven bits. */
const MAX_SYNCHSAFE = 2 ** 28 - 1;

/** The bytes of a tag of `version`. A frame without a four-character id is a fault of the caller. */
export function encodeId3v2(frames: readonly Id3Frame[], version: 3 | 4 = 4): Uint8Array {
  const encoded = frames.map((frame) => {
    assert(/^[A-Z][A-Z0-9]{3}$/.test(frame.id), `frame id ${JSON.stringify(frame.id)}`);
    const body = frameBody(frame, version);
    const header = Buffer.alloc(10);
    header.write(frame.id, 0, 'latin1');
    if (version === 4) writeSynchsafe(header, 4, body.length);
    else header.writeUInt32BE(body.length, 4);
    return Buffer.concat([header, body]);
  });
  const frameBytes = Buffer.concat(encoded);
  const header = Buffer.from([0x49, 0x44, 0x33, version, 0, 0, 0, 0, 0, 0]);
  writeSynchsafe(header, 6, frameBytes.length);
  return Buffer.concat([header, frameBytes]);
}

function frameBody(frame: Id3Frame, version: 3 | 4): Buffer {
  const encoding = Uint8Array.of(version === 4 ? 3 : 1);
  if ('url' in frame) return Buffer.from(frame.url, 'latin1');
  if ('data' in frame) {
    const type = Uint8Array.of(frame.pictureType);
    const mime = Buffer.from(`${frame.mimeType}\0`, 'latin1');
    return Buffer.concat([
      encoding,
      mime,
      type,
      text(frame.description, version, true),
      frame.data,
    ]);
  }
  const description =
    'description' in frame ? text(frame.description, version, true) : new Uint8Array(0);
  return Buffer.concat([encoding, description, text(frame.text, version, false)]);
}

/** Text in the version's encoding; `isEnded` adds the zero that separates it from what follows. */
function text(value: string, version: 3 | 4, isEnded: boolean): Buffer {
  const ended = isEnded ? `${value}\0` : value;
  return version === 4 ? Buffer.from(ended, 'utf8') : Buffer.from(`\ufeff${ended}`, 'utf16le');
}

function writeSynchsafe(out: Buffer, at: number, value: number): void {
  assert(value <= MAX_SYNCHSAFE, `an ID3v2 part of ${value} bytes`);
  for (let index = 0; index < 4; index++) out[at + index] = (value >> (21 - 7 * index)) & 127;
}
