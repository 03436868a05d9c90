/**
 * The picture block of FLAC (RFC 9639 section 8.8), which Vorbis comments carry in base64 as METADATA_BLOCK_PICTURE.
 *
 *     u32 type | u32 n, MIME type | u32 n, description | u32 width | u32 height | u32 bits | u32 colours | u32 n, picture
 *
 * All numbers are big-endian.
 */

/** The name of the comment that holds a picture. */
export const PICTURE_FIELD = 'METADATA_BLOCK_PICTURE';

/** A picture as a block tells it. */
export interface PictureBlock {
  readonly mimeType: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bytes: Uint8Array;
}

const FRONT_COVER = 3;
const FIXED_BYTES = 32;
/** Three bytes a pixel: the pictures written are photographs without transparency. */
const COLOUR_BITS = 24;

/** The text of a comment that shows `picture` as the front cover, without description. */
export function encodePicture({ mimeType, widthPx, heightPx, bytes }: PictureBlock): string {
  const mime = Buffer.from(mimeType, 'latin1');
  const head = Buffer.alloc(8);
  head.writeUInt32BE(FRONT_COVER, 0);
  head.writeUInt32BE(mime.length, 4);
  const tail = Buffer.alloc(FIXED_BYTES - head.length);
  tail.writeUInt32BE(widthPx, 4);
  tail.writeUInt32BE(heightPx, 8);
  tail.writeUInt32BE(COLOUR_BITS, 12);
  tail.writeUInt32BE(bytes.length, 20);
  return Buffer.concat([head, mime, tail, bytes]).toString('base64');
}

/** The picture in a comment's text, or null when it is no whole block. Never throws. */
export function decodePicture(text: string): PictureBlock | null {
  const block = Buffer.from(text, 'base64');
  let at = 4;
  const take = (): Buffer | null => {
    if (at + 4 > block.length) return null;
    const length = block.readUInt32BE(at);
    if (length > block.length - at - 4) return null;
    at += 4 + length;
    return block.subarray(at - length, at);
  };
  const mime = take();
  const description = mime && take();
  if (!mime || !description || at + 16 > block.length) return null;
  const [widthPx, heightPx] = [block.readUInt32BE(at), block.readUInt32BE(at + 4)];
  at += 16;
  const bytes = take();
  return bytes && { mimeType: mime.toString('latin1'), widthPx, heightPx, bytes };
}
