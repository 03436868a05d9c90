/**
 * What a file is, told by its own first bytes and never by its name.
 *
 * Only what the decoders here can read is told apart; all else, playlists and scripts included, is null and no decoder
 * ever sees it.
 */

/** Sound formats that can be decoded here. */
export type SoundFormat = 'vorbis' | 'opus' | 'flac' | 'mp3' | 'wav' | 'aiff';

/** Bytes that suffice to tell a format once tags in front of it are passed. */
export const SNIFF_BYTES = 64;

/** Bytes of an ID3v2 tag at the start of `head` with its header, or 0 (ID3v2.4 section 3.1). */
export function leadingTagBytes(head: Uint8Array): number {
  if (head.length < 10 || text(head, 0, 3) !== 'ID3') return 0;
  const size = head.subarray(6, 10);
  if (size.some((byte) => byte > 127)) return 0;
  const body = size.reduce((sum, byte) => sum * 128 + byte, 0);
  const footer = head[5]! & 0x10 ? 10 : 0;
  return 10 + body + footer;
}

/** The format of a file whose bytes, after any leading ID3v2 tag, begin with `head`; null when it is none of ours. */
export function sniffSound(head: Uint8Array): SoundFormat | null {
  if (text(head, 0, 4) === 'fLaC') return 'flac';
  if (['RIFF', 'RF64', 'BW64'].includes(text(head, 0, 4)) && text(head, 8, 12) === 'WAVE')
    return 'wav';
  if (text(head, 0, 4) === 'FORM' && ['AIFF', 'AIFC'].includes(text(head, 8, 12))) return 'aiff';
  if (text(head, 0, 4) === 'OggS') return sniffOgg(head);
  return isMp3Header(head) ? 'mp3' : null;
}

/** Whether the MP3 frame header at the start of `head` announces one channel. */
export function isMonoMp3(head: Uint8Array): boolean {
  return (head[3]! & 0xc0) === 0xc0;
}

/** The first page of a stream has one packet, and its first bytes name the codec. */
function sniffOgg(head: Uint8Array): SoundFormat | null {
  const body = 27 + (head[26] ?? 0);
  if (text(head, body, body + 7) === '\x01vorbis') return 'vorbis';
  return text(head, body, body + 8) === 'OpusHead' ? 'opus' : null;
}

/** A header of layer II or III with no reserved value. One of layer I begins as text in UTF-16 does, and is not taken. */
function isMp3Header(head: Uint8Array): boolean {
  if (head.length < 4 || head[0] !== 0xff || (head[1]! & 0xe0) !== 0xe0) return false;
  const version = (head[1]! >> 3) & 3;
  const layer = (head[1]! >> 1) & 3;
  const bitrate = head[2]! >> 4;
  return (
    version !== 1 && (layer === 1 || layer === 2) && bitrate !== 15 && ((head[2]! >> 2) & 3) !== 3
  );
}

function text(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode(...bytes.subarray(start, end));
}
