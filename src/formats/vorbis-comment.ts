/**
 * The Vorbis comment block: a vendor text and a list of NAME=value fields, used by Vorbis, Opus and FLAC
 * (Vorbis I specification, section 5; RFC 7845 section 5.2; RFC 9639 section 8.6). Lengths are 32-bit little-endian.
 * The framing bit that Vorbis adds is not part of this block.
 */
import assert from 'node:assert';

/** One comment field: name and value. Names compare without case. */
export type CommentField = readonly [name: string, value: string];

/** A decoded comment block. */
export interface VorbisComment {
  readonly vendor: string;
  readonly comments: readonly CommentField[];
}

/** A decoded block together with how far it reached and what was wrong in it. */
export interface DecodedVorbisComment extends VorbisComment {
  /** Index of the byte after the block. */
  readonly end: number;
  /** Fields left out: no "=", a forbidden name, or beyond the limit. */
  readonly refusedFields: number;
  /** True when a length points outside the bytes; the fields before it are kept. */
  readonly cutShort: boolean;
}

/** No real file comes near; a million empty fields would cost memory for nothing. */
const MAX_FIELDS = 10_000;

/** The bytes of a comment block. A name outside 0x20–0x7D or holding "=" is a fault of the caller. */
export function encodeVorbisComment({ vendor, comments }: VorbisComment): Uint8Array {
  const encoder = new TextEncoder();
  const texts = [encoder.encode(vendor)];
  for (const [name, value] of comments) {
    assert(isCommentName(name), `comment name ${JSON.stringify(name)}`);
    texts.push(encoder.encode(`${name}=${value}`));
  }
  const block = new Uint8Array(texts.reduce((sum, text) => sum + 4 + text.length, 4));
  const view = new DataView(block.buffer);
  let at = 0;
  for (const [index, text] of texts.entries()) {
    view.setUint32(at, text.length, true);
    block.set(text, at + 4);
    at += 4 + text.length;
    if (index === 0) {
      view.setUint32(at, comments.length, true);
      at += 4;
    }
  }
  return block;
}

/** The comment block at `start`; never throws. Invalid UTF-8 becomes U+FFFD. */
export function decodeVorbisComment(bytes: Uint8Array, start = 0): DecodedVorbisComment {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoder = new TextDecoder();
  let at = start;
  const takeText = (): string | null => {
    if (at + 4 > bytes.length) return null;
    const length = view.getUint32(at, true);
    if (length > bytes.length - at - 4) return null;
    at += 4 + length;
    return decoder.decode(bytes.subarray(at - length, at));
  };
  const vendor = takeText();
  if (vendor === null || at + 4 > bytes.length)
    return { vendor: vendor ?? '', comments: [], end: at, refusedFields: 0, cutShort: true };
  const count = view.getUint32(at, true);
  at += 4;
  const comments: CommentField[] = [];
  let refusedFields = 0;
  let cutShort = false;
  for (let index = 0; index < count; index++) {
    const text = takeText();
    if (text === null) {
      cutShort = true;
      break;
    }
    const equals = text.indexOf('=');
    if (equals < 1 || !isCommentName(text.slice(0, equals)) || comments.length >= MAX_FIELDS)
      refusedFields += 1;
    else comments.push([text.slice(0, equals), text.slice(equals + 1)]);
  }
  return { vendor, comments, end: at, refusedFields, cutShort };
}

/** Whether `name` may stand before the "=" of a field. */
export function isCommentName(name: string): boolean {
  return /^[\x20-\x3c\x3e-\x7d]+$/.test(name);
}
