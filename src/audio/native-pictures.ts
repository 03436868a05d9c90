/**
 * The pictures inside an audio file, told by their own headers: a file's word on a picture's type and size is not
 * believed, an address in place of a picture is not followed, and what is no raster picture is left out with a note.
 */
import type { IAudioMetadata } from 'music-metadata';
import { type ImageHeader, readImageHeader } from './image-header.ts';

/** A picture out of a file. */
export interface EmbeddedArt extends ImageHeader {
  /** What the file says it shows, such as `Cover (front)`; empty when it does not. */
  readonly shows: string;
  readonly bytes: Uint8Array;
}

/** Something left out of a reading. */
export type TagNote = 'tags-capped' | 'tags-unreadable' | 'art-capped' | 'art-unreadable';

const MAX_ART_BYTES = 16 * 2 ** 20;
const MAX_PICTURES = 8;
/** The reader counts the two texts before a picture in ASF as bytes where they are UTF-16, and begins too early. */
const MAX_LEAD_BYTES = 1024;
const SIGNATURES = ['\x89PNG\r\n\x1a\n', '\xff\xd8\xff'].map((text) => Buffer.from(text, 'latin1'));

/** The pictures in `metadata` in their order, each once; `notes` takes what was left out. */
export function readPictures(metadata: IAudioMetadata, notes: Set<TagNote>): EmbeddedArt[] {
  const found = [...(metadata.common.picture ?? []), ...oldCoverArt(metadata)];
  if (found.length > MAX_PICTURES) notes.add('art-capped');
  return found.slice(0, MAX_PICTURES).flatMap(({ data, type }): EmbeddedArt[] => {
    if (data.length > MAX_ART_BYTES) {
      notes.add('art-capped');
      return [];
    }
    const bytes = fromSignature(data);
    const header = readImageHeader(bytes);
    if (!header) {
      notes.add('art-unreadable');
      return [];
    }
    return [{ ...header, shows: (type ?? '').slice(0, 100), bytes }];
  });
}

interface FoundPicture {
  readonly data: Uint8Array;
  readonly type?: string;
}

/** Before METADATA_BLOCK_PICTURE, covers stood in Vorbis comments as bare base64. */
function oldCoverArt({ native }: IAudioMetadata): FoundPicture[] {
  return (native.vorbis ?? [])
    .filter(({ id, value }) => id === 'COVERART' && typeof value === 'string')
    .map(({ value }) => ({ data: Buffer.from(String(value), 'base64') }));
}

function fromSignature(data: Uint8Array): Uint8Array {
  if (readImageHeader(data)) return data;
  const lead = Buffer.from(data.buffer, data.byteOffset, Math.min(data.length, MAX_LEAD_BYTES));
  const starts = SIGNATURES.map((signature) => lead.indexOf(signature)).filter((at) => at > 0);
  return starts.length === 0 ? data : data.subarray(Math.min(...starts));
}
