/**
 * What a Broadcast WAV says of itself beside its sound: the chunks `bext` (EBU Tech 3285 version 2), `iXML` (iXML
 * specification 3.01), `cue ` and the labels of `LIST adtl` (Multimedia Programming Interface 1.0). Bytes of whole chunks
 * in, capped texts and numbers out; a chunk that makes no sense adds nothing.
 */
import type { EmbeddedNotes } from './audio-verdict.ts';

/** The notes of one file, being gathered. */
export interface WavEmbedded {
  /** Takes the content of a chunk. */
  take(id: string, body: Buffer): void;
  /** What was gathered, or null when there is nothing. */
  finish(): EmbeddedNotes | null;
}

/** Longest content looked at, by chunk; a longer one is passed over. */
export const EMBEDDED_CHUNK_BYTES: Readonly<Record<string, number>> = {
  bext: 64 * 1024,
  iXML: 256 * 1024,
  'cue ': 256 * 1024,
  LIST: 256 * 1024,
};

const MAX_FIELD_CHARACTERS = 8192;
const MAX_IXML_CHARACTERS = 65_536;
const MAX_LABEL_CHARACTERS = 256;
const MAX_CUES = 1024;
const CUE_BYTES = 24;
/** Fixed part of bext, before the coding history. */
const BEXT_BYTES = 602;
/** Stands for a loudness that was not measured. */
const NOT_MEASURED = 0x7fff;

/** An empty gathering. */
export function startWavEmbedded(): WavEmbedded {
  let bext: Record<string, string> = {};
  let ixml = '';
  const cues = new Map<number, number>();
  const labels = new Map<number, string>();
  return {
    take(id, body) {
      if (id === 'bext') bext = readBext(body);
      else if (id === 'iXML') ixml = textOf(body, MAX_IXML_CHARACTERS);
      else if (id === 'cue ') readCues(body, cues);
      else if (body.toString('latin1', 0, 4) === 'adtl') readLabels(body, labels);
    },
    finish() {
      const points = [...cues]
        .map(([cue, atSample]) => {
          const label = labels.get(cue);
          return label ? { atSample, label } : { atSample };
        })
        .sort((a, b) => a.atSample - b.atSample);
      const notes = {
        ...(Object.keys(bext).length > 0 ? { bext } : {}),
        ...(ixml === '' ? {} : { ixml }),
        ...(points.length > 0 ? { cues: points } : {}),
      };
      return Object.keys(notes).length > 0 ? notes : null;
    },
  };
}

function readBext(body: Buffer): Record<string, string> {
  if (body.length < BEXT_BYTES) return {};
  const text = (at: number, size: number) =>
    textOf(body.subarray(at, at + size), MAX_FIELD_CHARACTERS);
  const version = body.readUInt16LE(346);
  const umid = body.subarray(348, 412);
  const loudness = (at: number): string => {
    const value = body.readInt16LE(at);
    return version < 2 || value === NOT_MEASURED ? '' : (value / 100).toFixed(2);
  };
  const fields: readonly (readonly [name: string, value: string])[] = [
    ['description', text(0, 256)],
    ['originator', text(256, 32)],
    ['originatorReference', text(288, 32)],
    ['originationDate', text(320, 10)],
    ['originationTime', text(330, 8)],
    ['timeReferenceSamples', body.readBigUInt64LE(338).toString()],
    ['version', String(version)],
    ['umid', version >= 1 && umid.some((byte) => byte !== 0) ? umid.toString('hex') : ''],
    ['loudnessLufs', loudness(412)],
    ['loudnessRangeLu', loudness(414)],
    ['maxTruePeakDbtp', loudness(416)],
    ['maxMomentaryLufs', loudness(418)],
    ['maxShortTermLufs', loudness(420)],
    ['codingHistory', text(BEXT_BYTES, body.length - BEXT_BYTES)],
  ];
  return Object.fromEntries(fields.filter(([, value]) => value !== ''));
}

function readCues(body: Buffer, cues: Map<number, number>): void {
  if (body.length < 4) return;
  const count = Math.min(body.readUInt32LE(0), Math.floor((body.length - 4) / CUE_BYTES));
  for (let at = 4; at < 4 + count * CUE_BYTES && cues.size < MAX_CUES; at += CUE_BYTES)
    cues.set(body.readUInt32LE(at), body.readUInt32LE(at + 20));
}

/** The `labl` chunks of a list: the number of a cue, then its text. */
function readLabels(body: Buffer, labels: Map<number, string>): void {
  for (let at = 4; at + 12 <= body.length && labels.size < MAX_CUES; ) {
    const size = body.readUInt32LE(at + 4);
    if (body.toString('latin1', at, at + 4) === 'labl' && size >= 4) {
      const text = body.subarray(at + 12, at + 8 + size);
      labels.set(body.readUInt32LE(at + 8), textOf(text, MAX_LABEL_CHARACTERS));
    }
    at += 8 + size + (size % 2);
  }
}

/** Text up to a zero: UTF-8 where it is that, else Latin-1; without control characters but tabs and line ends. */
function textOf(bytes: Buffer, maxCharacters: number): string {
  const end = bytes.indexOf(0);
  const whole = end < 0 ? bytes : bytes.subarray(0, end);
  const utf8 = whole.toString('utf8');
  const text = utf8.includes('\ufffd') ? whole.toString('latin1') : utf8;
  return text
    .replaceAll('\r\n', '\n')
    .replaceAll(/[^\P{Cc}\t\n]/gu, '')
    .slice(0, maxCharacters)
    .toWellFormed()
    .trim();
}
