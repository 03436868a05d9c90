/** The length of an ID3v2 tag from its 10-byte header (ID3v2.4 structure, section 3.1). */

/** Bytes of the header. */
export const ID3V2_HEADER_BYTES = 10;

/** The whole length of the tag that begins at `bytes[start]`, or 0 when none does. */
export function id3v2TagBytes(bytes: Uint8Array, start = 0): number {
  if (start + ID3V2_HEADER_BYTES > bytes.length) return 0;
  const isMark = bytes[start] === 0x49 && bytes[start + 1] === 0x44 && bytes[start + 2] === 0x33;
  if (!isMark || bytes[start + 3] === 0xff || bytes[start + 4] === 0xff) return 0;
  let size = 0;
  for (let at = start + 6; at < start + 10; at++) {
    // Seven bits a byte, so that no size looks like the sync code of an MPEG frame.
    if (bytes[at]! & 0x80) return 0;
    size = size * 128 + bytes[at]!;
  }
  const hasFooter = (bytes[start + 5]! & 0x10) !== 0;
  return ID3V2_HEADER_BYTES + size + (hasFooter ? ID3V2_HEADER_BYTES : 0);
}
