/**
 * What a picture is and how large, by its header alone: PNG, JPEG, GIF and WebP. No pixel is decoded.
 *
 * PNG: ISO/IEC 15948 section 11.2.2. JPEG: ITU-T T.81 annex B. GIF: GIF89a section 18. WebP: RFC 9649 section 2.
 */

/** A picture's type and size. */
export interface ImageHeader {
  readonly mime: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp';
  readonly widthPx: number;
  readonly heightPx: number;
}

/** A cover of 3,000 by 3,300 pixels is decoded; as a progressive JPEG in full colour it takes 140 MB then. */
const MAX_PIXELS = 10_000_000;
/** Without loss a WebP picture takes 17 bytes a pixel. */
const MAX_WEBP_PIXELS = 6_000_000;

/** Whether a picture of that type and size is decoded at all. */
export function isWithinPixelCap(
  mime: string,
  { widthPx, heightPx }: Omit<ImageHeader, 'mime'>,
): boolean {
  return widthPx * heightPx <= (mime === 'image/webp' ? MAX_WEBP_PIXELS : MAX_PIXELS);
}

/** The header of the picture in `bytes`, or null when it is none of the four kinds (SVG is none). */
export function readImageHeader(bytes: Uint8Array): ImageHeader | null {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found = readPng(view) ?? readJpeg(view) ?? readGif(view) ?? readWebp(view);
  return found && found.widthPx > 0 && found.heightPx > 0 ? found : null;
}

function readPng(bytes: Buffer): ImageHeader | null {
  if (bytes.length < 24 || bytes.toString('latin1', 0, 8) !== '\x89PNG\r\n\x1a\n') return null;
  if (bytes.toString('latin1', 12, 16) !== 'IHDR') return null;
  return {
    mime: 'image/png',
    widthPx: bytes.readUInt32BE(16),
    heightPx: bytes.readUInt32BE(20),
  };
}

/** Walks the segments to the start of frame; SOF markers are C0 to CF without C4, C8 and CC. */
function readJpeg(bytes: Buffer): ImageHeader | null {
  if (bytes.length < 4 || bytes.readUInt16BE(0) !== 0xffd8) return null;
  let at = 2;
  while (at + 9 <= bytes.length) {
    if (bytes[at] !== 0xff) return null;
    const marker = bytes[at + 1]!;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))
      return {
        mime: 'image/jpeg',
        widthPx: bytes.readUInt16BE(at + 7),
        heightPx: bytes.readUInt16BE(at + 5),
      };
    if (marker === 0xd9 || marker === 0xda) return null;
    at += 2 + bytes.readUInt16BE(at + 2);
  }
  return null;
}

function readGif(bytes: Buffer): ImageHeader | null {
  if (bytes.length < 10 || !/^GIF8[79]a$/.test(bytes.toString('latin1', 0, 6))) return null;
  return {
    mime: 'image/gif',
    widthPx: bytes.readUInt16LE(6),
    heightPx: bytes.readUInt16LE(8),
  };
}

function readWebp(bytes: Buffer): ImageHeader | null {
  const isWebp =
    bytes.length >= 30 &&
    bytes.toString('latin1', 0, 4) === 'RIFF' &&
    bytes.toString('latin1', 8, 12) === 'WEBP';
  if (!isWebp) return null;
  const kind = bytes.toString('latin1', 12, 16);
  const mime = 'image/webp';
  if (kind === 'VP8X')
    return { mime, widthPx: bytes.readUIntLE(24, 3) + 1, heightPx: bytes.readUIntLE(27, 3) + 1 };
  if (kind === 'VP8L') {
    const packed = bytes.readUInt32LE(21);
    return { mime, widthPx: (packed & 0x3fff) + 1, heightPx: ((packed >>> 14) & 0x3fff) + 1 };
  }
  if (kind !== 'VP8 ') return null;
  return {
    mime,
    widthPx: bytes.readUInt16LE(26) & 0x3fff,
    heightPx: bytes.readUInt16LE(28) & 0x3fff,
  };
}
