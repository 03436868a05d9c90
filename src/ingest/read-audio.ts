/**
 * An inspected audio file in the words of the model: the one place that knows the shape of the audio door's answers.
 */
import type { Inspection } from '../audio/door.ts';
import type { Digest } from '../base/digest.ts';
import type { ErrorCode } from '../base/error-catalogue.ts';
import type { Holding, Technical, Verdict } from '../model/holding.ts';
import type { TagEvidence } from '../model/tag-evidence.ts';

/** A licence or copyright text of a file's tags. */
export interface TagRight {
  readonly field: 'LICENSE' | 'COPYRIGHT';
  readonly text: string;
}

/** An audio file as read. */
export interface ReadAudio {
  readonly format: string | null;
  readonly verdict: Verdict;
  /** The verdict's code, absent when intact. */
  readonly code?: ErrorCode;
  readonly technical: Technical;
  readonly tags: ReadonlyMap<string, readonly string[]>;
  readonly rights: readonly TagRight[];
  /** Common fields and pictures as the holding's record keeps them; absent where the file has none. */
  readonly kept: Pick<Holding, 'tags' | 'pictures'>;
  readonly evidence: TagEvidence;
  /** Something odd that leaves the verdict as it is. */
  readonly notes: readonly { readonly code: ErrorCode; readonly seen: string }[];
}

/** Longest verdict detail the model keeps. */
const MAX_DETAIL = 500;
/** Most texts of one field that are looked at: a file may repeat a field without end. */
const MAX_VALUES = 16;
/** A file has two or three kinds of tag. */
const MAX_KINDS = 16;
/** Native fields whose text is a licence: ID3's address of one, and the field people make for it. */
const LICENCE_FIELD = /^(?:WCOP|(?:TXXX:)?LICEN[CS]E(?:[ _]?URL)?)$/i;

/** `inspection` of the bytes with `digest`, in the model's words. */
export function readAudio(inspection: Inspection, digest: Digest): ReadAudio {
  const { reading, unmeasured } = inspection;
  const tags = new Map<string, string[]>();
  for (const [field, text] of inspection.tags.common) {
    const texts = tags.get(field) ?? [];
    if (texts.length < MAX_VALUES) texts.push(text);
    tags.set(field, texts);
  }
  const notes = [...reading.warnings.map(({ code, seen }) => ({ code, seen }))];
  // That a format is not read is the verdict already.
  if (unmeasured && reading.verdict.state !== 'not-checked')
    notes.push({ code: unmeasured.code, seen: unmeasured.seen });
  const left = inspection.tags.notes.filter(
    (note) => note !== 'tags-unreadable' || reading.verdict.state === 'intact',
  );
  if (left.length > 0) notes.push({ code: 'AUDIO_TAGS_INCOMPLETE', seen: left.join(', ') });
  return {
    format: reading.format,
    verdict: verdictOf(reading),
    ...(reading.verdict.code === undefined ? {} : { code: reading.verdict.code }),
    technical: technicalOf(inspection, digest),
    tags,
    rights: tagRights(inspection),
    kept: keptOf(inspection),
    evidence: evidenceOf(inspection),
    notes,
  };
}

function keptOf({ tags: { common }, art }: Inspection): ReadAudio['kept'] {
  const pictures = art
    .filter(({ bytes }) => bytes.length > 0)
    .map(({ digest, mime, widthPx, heightPx, shows, bytes }) => ({
      digest: digest as Digest,
      mimeType: mime,
      widthPx,
      heightPx,
      sizeBytes: bytes.length,
      shows,
    }));
  return {
    ...(common.length === 0 ? {} : { tags: common.map(([name, text]) => [name, text]) }),
    ...(pictures.length === 0 ? {} : { pictures }),
  };
}

function evidenceOf({ tags }: Inspection): TagEvidence {
  return {
    native: tags.native.slice(0, MAX_KINDS).map(({ kind, fields }) => ({
      kind: kind.slice(0, 64),
      fields: fields.map(([name, text]) => [name, text]),
    })),
    notes: [...tags.notes],
  };
}

function verdictOf({ verdict }: Inspection['reading']): Verdict {
  return {
    state: verdict.state,
    ...(verdict.code === undefined ? {} : { code: verdict.code }),
    ...(verdict.detail === undefined ? {} : { detail: verdict.detail.slice(0, MAX_DETAIL) }),
    ...(verdict.atByte === undefined ? {} : { atByte: verdict.atByte }),
  };
}

/** Zero stands for what the bytes do not state; where the audio is not told from its tags, the whole file is its audio. */
function technicalOf({ reading, measurement }: Inspection, digest: Digest): Technical {
  const {
    integratedLufs = null,
    rangeLu = null,
    truePeakDbtp = null,
    histogram,
  } = measurement?.loudness ?? {};
  return {
    format: reading.format ?? 'unknown',
    channels: reading.channels ?? 0,
    sampleRateHz: reading.sampleRateHz ?? 0,
    durationMs: reading.durationMs ?? 0,
    bitrateKbps: reading.bitrateKbps ?? 0,
    audioDigest: reading.audioDigest ?? digest,
    ...(integratedLufs === null ? {} : { loudnessLufs: integratedLufs }),
    ...(histogram === undefined ? {} : { loudnessHistogram: histogram }),
    ...(rangeLu === null ? {} : { loudnessRangeLu: rangeLu }),
    ...(truePeakDbtp === null ? {} : { truePeakDbtp }),
    ...(measurement?.fingerprint ? { fingerprint: measurement.fingerprint } : {}),
    ...(measurement ? { peaks: measurement.waveform, features: measurement.features } : {}),
    ...(reading.embedded ? { embedded: embeddedOf(reading.embedded) } : {}),
  };
}

/** The notes as plain lists, which the record of a holding wants. */
function embeddedOf({
  bext,
  ixml,
  cues,
}: NonNullable<Inspection['reading']['embedded']>): NonNullable<Technical['embedded']> {
  return {
    ...(bext ? { bext: { ...bext } } : {}),
    ...(ixml === undefined ? {} : { ixml }),
    ...(cues ? { cues: cues.map((cue) => ({ ...cue })) } : {}),
  };
}

function tagRights({ tags }: Inspection): TagRight[] {
  const native = tags.native.flatMap(({ fields }) => fields);
  const licences = [...tags.common, ...native]
    .filter(([field]) => LICENCE_FIELD.test(field))
    .map(([, text]): TagRight => ({ field: 'LICENSE', text }));
  const copyrights = tags.common
    .filter(([field]) => field === 'COPYRIGHT')
    .map(([, text]): TagRight => ({ field: 'COPYRIGHT', text }));
  const seen = new Set<string>();
  return [...licences, ...copyrights]
    .filter(({ field, text }) => {
      const key = `${field} ${text.trim()}`;
      const isNew = text.trim() !== '' && !seen.has(key);
      seen.add(key);
      return isNew;
    })
    .slice(0, MAX_VALUES);
}
