/**
 * How long an Ogg Opus stream says it is, told from its pages while it is decoded: the last granule position less the
 * pre-skip (RFC 7845 section 4).
 *
 * The decoder trims by the last page too, but counts the pre-skip as sound when the stream has only one audio page.
 */
import { OGG_LAST } from '../formats/ogg-page.ts';
import { startOggPages } from '../formats/ogg-pages.ts';
import { decodeOpusHead } from '../formats/opus-headers.ts';

/** The length of a stream, being fed. */
export interface OpusLength {
  push(chunk: Uint8Array): void;
  /** Samples to be heard in all; null before the last page, and for files of several streams. */
  samples(): number | null;
}

/** The length of the one stream in a file. */
export function startOpusLength(): OpusLength {
  let serial: number | null = null;
  let preSkip = 0;
  let end: number | null = null;
  let isOneStream = true;
  const pages = startOggPages({
    page({ header, bytes, bodyAt, bodyEnd }) {
      if (serial === null) {
        serial = header.serial;
        preSkip = decodeOpusHead(bytes.subarray(bodyAt, bodyEnd))?.preSkip ?? 0;
      }
      if (header.serial !== serial) isOneStream = false;
      if ((header.flags & OGG_LAST) !== 0) end = header.granule;
    },
    gap: () => undefined,
  });
  return {
    push: (chunk) => pages.push(chunk),
    samples: () => (end === null || !isOneStream ? null : Math.max(0, end - preSkip)),
  };
}
