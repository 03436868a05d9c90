/** Tags into sound files just encoded: the fields of a Vorbis comment in each container's own way. */
import { type FlacPicture, pictureComment, writeFlacTags } from '../formats/flac-metadata.ts';
import { demuxOggPackets } from '../formats/ogg-demuxer.ts';
import { encodeOggPages } from '../formats/ogg-muxer.ts';
import { encodeOpusTags } from '../formats/opus-headers.ts';
import {
  type CommentField,
  decodeVorbisComment,
  encodeVorbisComment,
} from '../formats/vorbis-comment.ts';
import { COVER_SIZE } from './cover-art.ts';
import { encodeId3 } from './id3-tag.ts';

/** A file's tags; `cover` is a PNG. */
export interface SoundTags {
  readonly fields: readonly CommentField[];
  readonly cover?: Uint8Array | undefined;
}

/** `file` with `tags`; the sound in it is untouched. */
export function tagSound(
  format: 'vorbis' | 'opus' | 'flac' | 'mp3' | 'wav',
  file: Uint8Array,
  tags: SoundTags,
): Uint8Array {
  const pictures = tags.cover ? [pictureOf(tags.cover)] : [];
  switch (format) {
    case 'flac':
      return writeFlacTags(file, { vendor: 'Fonoteca demo', comments: tags.fields, pictures });
    case 'mp3':
      return Buffer.concat([encodeId3(tags.fields, tags.cover), file]);
    case 'wav':
      return tagWav(file, encodeId3(tags.fields, tags.cover));
    default:
      return tagOgg(format, file, [...tags.fields, ...pictures.map(pictureComment)]);
  }
}

/** The second packet is the comment header in both codecs; pages after the headers end where they ended. */
function tagOgg(
  codec: 'vorbis' | 'opus',
  file: Uint8Array,
  comments: readonly CommentField[],
): Uint8Array {
  const packets = demuxOggPackets(file);
  const old = packets[1]!.bytes;
  const { vendor } = decodeVorbisComment(old, codec === 'opus' ? 8 : 7);
  const tags =
    codec === 'opus'
      ? encodeOpusTags({ vendor, comments })
      : // Packet type, name and, behind the block, the framing bit (Vorbis I 5.2.1).
        Buffer.concat([
          old.subarray(0, 7),
          encodeVorbisComment({ vendor, comments }),
          Uint8Array.of(1),
        ]);
  const headers = codec === 'opus' ? 2 : 3;
  const paged = packets.map(({ bytes, granule }, index) => ({
    bytes: index === 1 ? tags : bytes,
    granule: index < headers ? 0 : granule,
    endsPage: index < headers ? index === 0 || index === headers - 1 : granule >= 0,
  }));
  const serial = packets[0]!.serial;
  return Buffer.concat(encodeOggPages(paged, { serial, endsStream: true }));
}

/** Appends the `id3 ` chunk that taggers write into RIFF files. */
function tagWav(file: Uint8Array, id3: Uint8Array): Uint8Array {
  const head = Buffer.alloc(8);
  head.write('id3 ', 'latin1');
  head.writeUInt32LE(id3.length, 4);
  const tagged = Buffer.concat([file, head, id3, Buffer.alloc(id3.length % 2)]);
  tagged.writeUInt32LE(tagged.length - 8, 4);
  return tagged;
}

function pictureOf(cover: Uint8Array): FlacPicture {
  return {
    pictureType: 3,
    mimeType: 'image/png',
    description: '',
    width: COVER_SIZE,
    height: COVER_SIZE,
    colourBits: 24,
    data: cover,
  };
}
