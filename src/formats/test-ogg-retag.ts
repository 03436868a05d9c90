/**
 * New comments for an Ogg Vorbis file: the header pages are written anew, the pages of sound keep their packets and
 * positions and get the given serial, their new numbers and checksums (RFC 3533; Vorbis I specification, section 5).
 */
import assert from 'node:assert';
import { demuxOggPackets } from './ogg-demuxer.ts';
import { encodeOggPages, type PacketToPage } from './ogg-muxer.ts';
import { decodeOggHeader, encodeOggPage, OGG_HEADER_BYTES } from './ogg-page.ts';
import { startOggPages } from './ogg-pages.ts';
import { encodeVorbisComment, type VorbisComment } from './vorbis-comment.ts';
import { isVorbisHeader } from './vorbis-headers.ts';

/**
 * The file with `comments` in place of its own. The input holds one intact Vorbis stream whose sound begins on a page
 * of its own, as every encoder writes it; anything else is a fault of the caller.
 */
export function retagOggVorbis(
  file: Uint8Array,
  tags: VorbisComment & { readonly serial: number },
): Uint8Array {
  const [identification, comment, setup] = demuxOggPackets(file);
  assert(identification && comment && setup, 'fewer than three packets');
  assert(isVorbisHeader(identification.bytes, 1), 'not an Ogg Vorbis file');
  assert(isVorbisHeader(setup.bytes, 5), 'no setup header');
  const framingBit = Uint8Array.of(1);
  const newComment = Buffer.concat([
    Buffer.from('\x03vorbis', 'latin1'),
    encodeVorbisComment(tags),
    framingBit,
  ]);
  const headers: PacketToPage[] = [
    { bytes: identification.bytes, granule: 0, endsPage: true },
    { bytes: newComment, granule: 0, endsPage: false },
    { bytes: setup.bytes, granule: 0, endsPage: true },
  ];
  const pages = encodeOggPages(headers, { serial: tags.serial, endsStream: false });
  for (const page of soundPages(file)) {
    const { flags, granule } = decodeOggHeader(page, 0);
    const bodyAt = OGG_HEADER_BYTES + page[26]!;
    pages.push(
      encodeOggPage(
        { flags, granule, serial: tags.serial, sequence: pages.length },
        page.subarray(OGG_HEADER_BYTES, bodyAt),
        page.subarray(bodyAt),
      ),
    );
  }
  return Buffer.concat(pages);
}

/** The pages behind those of the three headers. */
function soundPages(file: Uint8Array): Uint8Array[] {
  const pages: Uint8Array[] = [];
  let packetsEnded = 0;
  const reader = startOggPages({
    page: (view) => {
      if (packetsEnded >= 3) pages.push(file.subarray(view.atByte, view.atByte + sizeOf(view)));
      for (let segment = 0; segment < view.segments; segment++)
        if (view.bytes[view.lacingAt + segment]! < 255) packetsEnded += 1;
      const isMixed = pages.length === 0 && packetsEnded > 3;
      assert(!isMixed, 'sound and headers share a page');
    },
    gap: (gap) => assert.fail(`no intact page at byte ${gap.atByte}`),
  });
  reader.push(file);
  reader.finish();
  return pages;
}

function sizeOf(view: { segments: number; bodyAt: number; bodyEnd: number }): number {
  return OGG_HEADER_BYTES + view.segments + view.bodyEnd - view.bodyAt;
}
