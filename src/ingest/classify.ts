/**
 * What a file of an operator's folder may be, by its name: audio to be read, a companion to be held beside it, or
 * something to be looked into. Whether it is audio is decided by its bytes alone (`read-audio.ts`).
 */
import { nameOf } from './source-path.ts';

/** What a file may be, by name. `unknown` is read only if its first bytes are those of an audio format. */
export type FileClass =
  | { readonly class: 'audio' }
  | { readonly class: 'companion'; readonly role: CompanionRole }
  | { readonly class: 'unknown' }
  | { readonly class: 'left' };

/** What a companion is to its album. */
export type CompanionRole =
  | 'cover'
  | 'artwork'
  | 'booklet'
  | 'cue'
  | 'log'
  | 'lyrics'
  | 'playlist'
  | 'evidence'
  | 'table';

/**
 * Whether a companion is a paper of the operator: a table with what columns it may have, or a permit, a letter, a
 * licence text. What is said of the music beside it never speaks for a paper.
 */
export function isPaper(role: string | null): boolean {
  return role === 'table' || role === 'evidence';
}

const AUDIO_ENDINGS =
  /\.(?:ogg|oga|opus|spx|mp3|mp2|mp1|mpga|flac|wav|wave|bwf|rf64|aif|aiff|aifc|m4a|m4b|aac|wv|ape|tta|mpc|wma|dsf|dff|mka|ofr|ofs|shn|au)$/i;
const EVIDENCE = /^(?:licen[cs]e|copying|copyright|credits|readme|notice)(?:[._ -].*)?$/i;
const COMPANIONS: readonly (readonly [RegExp, CompanionRole])[] = [
  [/^(?:cover|folder|front)\.(?:jpe?g|png|webp)$/i, 'cover'],
  [/^(?:back|booklet|artwork|disc|cd|inlay|inside)\.(?:jpe?g|png|webp)$/i, 'artwork'],
  [EVIDENCE, 'evidence'],
  [/\.pdf$/i, 'booklet'],
  [/\.cue$/i, 'cue'],
  [/\.log$/i, 'log'],
  [/\.lrc$/i, 'lyrics'],
  [/lyrics.*\.txt$/i, 'lyrics'],
  [/\.(?:m3u8?|pls|xspf|jspf)$/i, 'playlist'],
];
/** What file managers leave behind; its endings may be those of audio. */
const LITTER = /^(?:\._.*|\.DS_Store|Thumbs\.db|desktop\.ini)$/i;

/** The class of the file at `path`; `isTable` and `isEvidence` are what the table says of it. */
export function classify(path: string, told: { isTable: boolean; isEvidence: boolean }): FileClass {
  if (told.isTable) return { class: 'companion', role: 'table' };
  if (told.isEvidence) return { class: 'companion', role: 'evidence' };
  const name = nameOf(path);
  if (LITTER.test(name)) return { class: 'left' };
  const companion = COMPANIONS.find(([pattern]) => pattern.test(name));
  if (AUDIO_ENDINGS.test(name)) return { class: 'audio' };
  return companion ? { class: 'companion', role: companion[1] } : { class: 'unknown' };
}

const MIME_BY_EXTENSION: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  pdf: 'application/pdf',
  gz: 'application/gzip',
  csv: 'text/csv',
  m3u: 'audio/x-mpegurl',
  m3u8: 'audio/x-mpegurl',
  xspf: 'application/xspf+xml',
  jspf: 'application/json',
  txt: 'text/plain',
  md: 'text/plain',
  cue: 'text/plain',
  log: 'text/plain',
  lrc: 'text/plain',
  pls: 'text/plain',
};
const MIME_BY_FORMAT: Readonly<Record<string, string>> = {
  'ogg-vorbis': 'audio/ogg',
  'ogg-opus': 'audio/ogg',
  'ogg-flac': 'audio/ogg',
  'ogg-other': 'audio/ogg',
  flac: 'audio/flac',
  mp3: 'audio/mpeg',
  mp2: 'audio/mpeg',
  mp1: 'audio/mpeg',
  wav: 'audio/wav',
  aac: 'audio/aac',
  aiff: 'audio/aiff',
  mp4: 'audio/mp4',
  matroska: 'audio/x-matroska',
  wavpack: 'audio/x-wavpack',
};

/** The extension of `path` without dot, lower-case; empty when there is none fit to be one. */
export function extensionOf(path: string): string {
  return /\.([a-z0-9]{1,16})$/i.exec(nameOf(path))?.[1]?.toLowerCase() ?? '';
}

/** The MIME type of a companion by its extension: never one that a browser would run. */
export function companionMime(extension: string): string {
  return MIME_BY_EXTENSION[extension] ?? 'application/octet-stream';
}

/** The MIME type of audio by its format as read. */
export function audioMime(format: string | null): string {
  return MIME_BY_FORMAT[format ?? ''] ?? 'application/octet-stream';
}
