/**
 * An ID3v2.4 tag (id3.org, ID3v2.4.0 structure and native frames): texts in UTF-8, user texts, one front cover. Written
 * before MP3 frames and into the `id3 ` chunk of a WAV file. Sizes are 28-bit, seven bits a byte.
 */
import type { CommentField } from '../formats/vorbis-comment.ts';

/** Frame ids of the tag fields that have one; the others become user texts (TXXX). */
const FRAMES: Readonly<Record<string, string>> = {
  TITLE: 'TIT2',
  ARTIST: 'TPE1',
  ALBUM: 'TALB',
  ALBUMARTIST: 'TPE2',
  TRACKNUMBER: 'TRCK',
  DATE: 'TDRC',
  GENRE: 'TCON',
  LABEL: 'TPUB',
};
const UTF8 = 3;
const FRONT_COVER = 3;

/** The bytes of a tag with `fields` and, when given, a PNG front cover. */
export function encodeId3(fields: readonly CommentField[], cover?: Uint8Array): Uint8Array {
  const frames = fields.map(([name, value]) => {
    const id = FRAMES[name];
    return id ? frame(id, text(value)) : frame('TXXX', text(`${name}\0${value}`));
  });
  if (cover) {
    const head = Buffer.from([UTF8, ...Buffer.from('image/png\0'), FRONT_COVER, 0]);
    frames.push(frame('APIC', Buffer.concat([head, cover])));
  }
  const body = Buffer.concat(frames);
  return Buffer.concat([Buffer.from('ID3\u0004\0\0', 'latin1'), syncSafe(body.length), body]);
}

function text(value: string): Uint8Array {
  return Buffer.concat([Buffer.of(UTF8), Buffer.from(value)]);
}

function frame(id: string, body: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from(id, 'latin1'), syncSafe(body.length), Buffer.alloc(2), body]);
}

function syncSafe(size: number): Uint8Array {
  return Uint8Array.of((size >> 21) & 127, (size >> 14) & 127, (size >> 7) & 127, size & 127);
}
