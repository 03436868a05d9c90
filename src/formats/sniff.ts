/**
 * What some bytes are, by their signature alone: a file's name is never asked. Playlists and other text that would make a
 * decoder open further files are refused here, before any decoder sees them.
 */
import type { ReadFormat, UnreadFormat } from './audio-verdict.ts';
import { decodeFlacHeader } from './flac-frame-header.ts';
import { decodeMpegHeader, isSameMpegStream } from './mpeg-frame.ts';

/** What a signature says: a format that is read, one that is only named, or no audio. */
export type Sniffed =
  | {
      readonly kind: 'read';
      readonly family: 'ogg' | 'flac' | 'mpeg' | 'wav' | 'aiff' | 'mp4';
      readonly format: ReadFormat | null;
    }
  | { readonly kind: 'unread'; readonly format: UnreadFormat }
  | { readonly kind: 'not-audio'; readonly detail: string };

/** Bytes from which a signature is told; an MPEG stream is known by a chain of frames. */
export const SNIFF_BYTES = 64 * 1024;

type Mark = readonly [at: number, text: string, format: UnreadFormat];

/** Signatures of formats that are recognised and not read. */
const UNREAD_MARKS: readonly Mark[] = [
  [0, 'FRM8', 'dsd'],
  [0, 'DSD ', 'dsd'],
  [0, 'MAC ', 'ape'],
  [0, 'wvpk', 'wavpack'],
  [0, 'TTA1', 'tta'],
  [0, 'TTA2', 'tta'],
  [0, 'MP+', 'musepack'],
  [0, 'MPCK', 'musepack'],
  [0, 'OFR ', 'optimfrog'],
  [0, '\x1a\x45\xdf\xa3', 'matroska'],
  [0, '\x30\x26\xb2\x75\x8e\x66\xcf\x11', 'asf'],
  [0, 'MThd', 'midi'],
  [0, 'ADIF', 'aac'],
];

const OGG_CODECS: readonly [mark: string, format: ReadFormat][] = [
  ['\x01vorbis', 'ogg-vorbis'],
  ['OpusHead', 'ogg-opus'],
  ['\x7fFLAC', 'ogg-flac'],
];

/** What begins with `head`, the first 64 KiB (or all) of a file, behind a leading ID3v2 tag if there is one. */
export function sniffAudio(head: Uint8Array): Sniffed {
  const text = Buffer.from(head.subarray(0, 64)).toString('latin1');
  if (head.length === 0) return { kind: 'not-audio', detail: 'no bytes at all' };
  if (text.startsWith('OggS')) return { kind: 'read', family: 'ogg', format: oggFormat(head) };
  if (text.startsWith('fLaC')) return { kind: 'read', family: 'flac', format: 'flac' };
  if (/^(RIFF|RF64|BW64)/.test(text) && text.slice(8, 12) === 'WAVE')
    return { kind: 'read', family: 'wav', format: 'wav' };
  if (text.startsWith('FORM') && /^AIF[FC]$/.test(text.slice(8, 12)))
    return { kind: 'read', family: 'aiff', format: 'aiff' };
  if (text.startsWith('ftyp', 4)) return { kind: 'read', family: 'mp4', format: null };
  const unread = UNREAD_MARKS.find(([at, mark]) => text.startsWith(mark, at));
  if (unread) return { kind: 'unread', format: unread[2] };
  if (beginsFlacFrame(head)) return { kind: 'read', family: 'flac', format: 'flac' };
  if (isAdts(head)) return { kind: 'unread', format: 'aac' };
  // Text comes before MPEG, whose chain of frames may be sought behind other bytes.
  const playlist = textKind(head);
  if (playlist) return { kind: 'not-audio', detail: playlist };
  if (beginsMpeg(head)) return { kind: 'read', family: 'mpeg', format: null };
  return { kind: 'not-audio', detail: 'no signature of an audio format' };
}

function oggFormat(head: Uint8Array): ReadFormat | null {
  const body = Buffer.from(head.subarray(28, 28 + 8)).toString('latin1');
  return OGG_CODECS.find(([mark]) => body.startsWith(mark))?.[1] ?? null;
}

function beginsFlacFrame(head: Uint8Array): boolean {
  const header = decodeFlacHeader(head, 0, head.length);
  return header !== null && header !== 'short';
}

/** ADTS has the sync code of MPEG with the layer that MPEG reserves. */
function isAdts(head: Uint8Array): boolean {
  return head.length >= 7 && head[0] === 0xff && (head[1]! & 0xf6) === 0xf0;
}

/** What kind of text `head` is, or null when it is not text. */
function textKind(head: Uint8Array): string | null {
  const sample = head.subarray(0, 1024);
  if (sample.some((byte) => byte < 9 || (byte > 13 && byte < 32 && byte !== 27))) return null;
  const text = Buffer.from(sample)
    .toString('latin1')
    .replace(/^\xef\xbb\xbf/, '')
    .trimStart();
  if (/^#EXTM3U/i.test(text)) return 'an M3U or HLS playlist';
  if (/^ffconcat/i.test(text)) return 'an ffconcat script';
  if (/^(FILE|REM|PERFORMER|TITLE|CATALOG)\s/i.test(text)) return 'a CUE sheet';
  if (/^<asx/i.test(text)) return 'an ASX playlist';
  if (/^\[playlist\]/i.test(text)) return 'a PLS playlist';
  if (/^<(\?xml|!doctype|html|mpd|smil|svg)/i.test(text)) return 'markup';
  // Eight bits are used by texts too; MPEG sound without any control byte still shows a frame header.
  return hasSync(sample) ? null : 'text';
}

function hasSync(bytes: Uint8Array): boolean {
  for (
    let at = bytes.indexOf(0xff);
    at >= 0 && at + 4 <= bytes.length;
    at = bytes.indexOf(0xff, at + 1)
  )
    if (decodeMpegHeader(bytes, at)) return true;
  return false;
}

/** Whether a frame header stands at the start, or further on with two more where it says. */
function beginsMpeg(head: Uint8Array): boolean {
  for (
    let at = head.indexOf(0xff);
    at >= 0 && at + 4 <= head.length;
    at = head.indexOf(0xff, at + 1)
  ) {
    const header = decodeMpegHeader(head, at);
    if (!header) continue;
    if (at === 0 && (header.bitrateKbps === 0 || header.sizeBytes >= head.length)) return true;
    if (header.bitrateKbps === 0) continue;
    const wanted = at === 0 ? 1 : 2;
    let next = at;
    let links = 0;
    for (let size = header.sizeBytes; links < wanted; links++) {
      next += size;
      const after = next + 4 <= head.length ? decodeMpegHeader(head, next) : null;
      if (!after || !isSameMpegStream(header, after)) break;
      size = after.sizeBytes;
    }
    // A tag or the end may stand behind the only frame of a short file.
    if (links === wanted || (at === 0 && next >= head.length - 512)) return true;
  }
  return false;
}
