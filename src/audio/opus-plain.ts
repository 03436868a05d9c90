/**
 * An Ogg Opus file as it arrives, with each comment block replaced by an empty one.
 *
 * The decoder's parser takes the second and later pages of a long comment block (one that holds a cover) for sound,
 * and fails. The block says nothing about the sound, so the decoder need not see it. Layout: RFC 7845 section 3: the
 * head has the first page to itself, and the comment block ends the page on which it ends.
 */
import { encodeOggPage, OGG_FIRST } from '../formats/ogg-page.ts';
import { type OggPageView, startOggPages } from '../formats/ogg-pages.ts';
import { encodeOpusTags } from '../formats/opus-headers.ts';

/** A file being made plain. */
export interface PlainOpus {
  /** What the decoder is given for `chunk`. */
  push(chunk: Uint8Array): Uint8Array;
  /** What is left at the end of the file. */
  finish(): Uint8Array;
}

const EMPTY_TAGS = encodeOpusTags({ vendor: '', comments: [] });
const FULL_SEGMENT = 255;

/** The plain form of one file. */
export function startPlainOpus(): PlainOpus {
  let out: Uint8Array[] = [];
  let sequence = 0;
  let isInTags = false;
  const again = ({ header, bytes, lacingAt, segments, bodyAt, bodyEnd }: OggPageView) => {
    const page = encodeOggPage(
      { ...header, sequence },
      bytes.subarray(lacingAt, lacingAt + segments),
      bytes.subarray(bodyAt, bodyEnd),
    );
    sequence += 1;
    out.push(page);
  };
  const pages = startOggPages({
    page(view) {
      const { header } = view;
      if ((header.flags & OGG_FIRST) !== 0) {
        sequence = 0;
        isInTags = true;
        again(view);
      } else if (!isInTags) again(view);
      else if (endsPacket(view)) {
        isInTags = false;
        out.push(
          encodeOggPage(
            { flags: 0, granule: 0, serial: header.serial, sequence },
            Uint8Array.of(EMPTY_TAGS.length),
            EMPTY_TAGS,
          ),
        );
        sequence += 1;
      }
    },
    gap: ({ bytes }) => void out.push(Uint8Array.from(bytes)),
  });
  const taken = () => {
    const bytes = Buffer.concat(out);
    out = [];
    return bytes;
  };
  return {
    push(chunk) {
      pages.push(chunk);
      return taken();
    },
    finish() {
      pages.finish();
      return taken();
    },
  };
}

/** Whether a packet ends with the page: its last segment is not full. */
function endsPacket({ bytes, lacingAt, segments }: OggPageView): boolean {
  return segments > 0 && bytes[lacingAt + segments - 1] !== FULL_SEGMENT;
}
