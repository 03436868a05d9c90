/**
 * The index of a volume: its first member, one JSON line for each other member, in member order.
 *
 * Lines are canonical JSON, padded with spaces to at least 512 bytes, so that a tombstone can take the place of a
 * line without moving a byte. It holds what a stranger needs to use and to credit a file, and nothing of the operator:
 * no date, source path, evidence, popularity or rank. Specified in docs/formats/volume.md.
 */
import assert from 'node:assert/strict';
import { z } from 'zod';
import { canonicalJson } from '../base/canonical-json.ts';
import { type Digest, sha256 } from '../base/digest.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';
import { compareBytes, type SafeRelPath, unsafePathReason } from '../base/safe-path.ts';
import { digestSchema } from '../model/digest-schema.ts';
import { engineRecordSchema, TIERS, type Tier } from '../model/holding.ts';
import { startPathSet } from './path-set.ts';

/** Path of the index in every volume. The number is the version of this format. */
export const INDEX_PATH = 'fonoteca-index-1.jsonl' as SafeRelPath;
/** Fewest bytes of a line, its newline included: room for a tombstone in the place of any common line. */
const MIN_LINE_BYTES = 512;
/** Lines longer than `MIN_LINE_BYTES` end on a multiple of this. */
const LINE_STEP_BYTES = 64;
/** Most bytes of a line: some thirty times the longest seen, and too few to fill memory. */
export const MAX_LINE_BYTES = 64 * 1024;

const safePath = z
  .string()
  .refine((text) => unsafePathReason(text) === undefined, 'an unsafe path')
  .transform((text) => text as SafeRelPath);
const byteCount = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const place = { path: safePath, digest: digestSchema, length: byteCount, offset: byteCount };
const ids = z
  .array(z.string().regex(/^[a-z][a-z0-9]{0,31}:[\x21-\x7e]{1,200}$/))
  .refine(
    (list) => list.every((id, at) => at === 0 || compareBytes(list[at - 1]!, id) < 0),
    'ids out of order',
  );

/** A member that is there. */
export const memberLineSchema = z.strictObject({
  ...place,
  tier: z.enum(TIERS),
  kind: z.enum(['audio', 'companion']),
  /** SPDX id, `LicenseRef-…` or rightsstatements.org URI, as of packing. */
  licence: z
    .string()
    .regex(
      /^(?:[A-Za-z0-9.+-]{1,128}|http:\/\/rightsstatements\.org\/vocab\/[A-Za-z-]{1,16}\/1\.0\/)$/,
    ),
  licenceUrl: z
    .string()
    .max(2048)
    .regex(/^https?:\/\/[\x21-\x7e]+$/)
    .optional(),
  attribution: z.string().max(4096),
  holder: z.string().max(1024),
  /** Stable ids with their source, such as `isrc:…`, sorted by bytes, each once. */
  ids,
  /** Who made a derivative, how and from what; null for an original. The tag block is in the file itself. */
  engine: engineRecordSchema.omit({ tagBlock: true, cover: true }).nullable(),
});
/** A member that is there. */
export type MemberLine = z.infer<typeof memberLineSchema>;

/** A withdrawn member: its payload is zeros. Why and when is said by the signed tombstone of the edition, not here. */
export const tombstoneLineSchema = z.strictObject({
  ...place,
  tombstone: z.strictObject({ payload: z.literal('zeros') }),
});
/** A withdrawn member. */
export type TombstoneLine = z.infer<typeof tombstoneLineSchema>;

/** One line of the index. */
export type IndexLine = MemberLine | TombstoneLine;

/** Whether `line` tells of a withdrawn member. */
export function isTombstone(line: IndexLine): line is TombstoneLine {
  return 'tombstone' in line;
}

/**
 * `line` as bytes: canonical JSON, spaces, newline. As long as `lineBytes` says, and without it 512 bytes or, when
 * those do not hold it, the next multiple of 64. Throws `VOLUME_INDEX_INVALID` beyond `MAX_LINE_BYTES`.
 */
export function encodeIndexLine(line: IndexLine, lineBytes?: number): Uint8Array {
  const json = Buffer.from(canonicalJson(line), 'utf8');
  const least = Math.max(
    MIN_LINE_BYTES,
    Math.ceil((json.length + 1) / LINE_STEP_BYTES) * LINE_STEP_BYTES,
  );
  const length = lineBytes ?? least;
  if (length > MAX_LINE_BYTES)
    throw new FonotecaError('VOLUME_INDEX_INVALID', `a line of ${length} bytes for ${line.path}`);
  assert(length >= least, 'a line with room for its JSON');
  const bytes = Buffer.alloc(length, ' ');
  json.copy(bytes);
  bytes[length - 1] = 0x0a;
  return bytes;
}

/** `line`, once it fits the schema; throws `VOLUME_INDEX_INVALID` naming the field. */
export function requireMemberLine(line: MemberLine): MemberLine {
  const parsed = memberLineSchema.safeParse(line);
  if (parsed.success) return line;
  const issue = parsed.error.issues[0]!;
  const seen = `${issue.path.join('.')}: ${issue.message} for ${JSON.stringify(line.path)}`;
  throw new FonotecaError('VOLUME_INDEX_INVALID', seen);
}

/** The tombstone that takes the place of `line`: the same place and digest, and nothing else of it. */
export function tombstoneOf({ path, digest, length, offset }: IndexLine): TombstoneLine {
  return { path, digest, length, offset, tombstone: { payload: 'zeros' } };
}

/**
 * The lines in `bytes`, in order. Throws `VOLUME_INDEX_INVALID` with the line number when a line does not fit the
 * schema, is not canonical, has another length than it should, or the paths are not sorted, and `PATH_DUPLICATE`.
 */
export function parseIndex(bytes: Uint8Array): IndexLine[] {
  return indexSpans(bytes).map(({ line }) => line);
}

/** The lines in `bytes` with where each begins and how long it is: what is needed to replace one in place. */
export function indexSpans(
  bytes: Uint8Array,
): { line: IndexLine; at: number; lineBytes: number }[] {
  const spans: { line: IndexLine; at: number; lineBytes: number }[] = [];
  const paths = startPathSet();
  paths.add(INDEX_PATH);
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf(0x0a, at) + 1;
    const number = spans.length + 1;
    if (end === 0) throw invalid('no newline', number);
    const raw = bytes.subarray(at, end);
    const line = parseLine(raw, number);
    const before = spans.at(-1)?.line;
    if (before && compareBytes(before.path, line.path) >= 0)
      throw invalid('paths out of order', number);
    if (before && before.offset + before.length > line.offset)
      throw invalid('members that overlap', number);
    paths.add(line.path);
    spans.push({ line, at, lineBytes: raw.length });
    at = end;
  }
  return spans;
}

/**
 * The name of a volume: `<tier>-` and the first 16 hex digits of SHA-256 over one line `digest SP path LF` for each
 * member, in order, without the index. It does not change when a member is withdrawn.
 */
export function volumeName(
  tier: Tier,
  members: readonly { digest: Digest; path: string }[],
): string {
  const lines = members.map(({ digest, path }) => `${digest} ${path}\n`).join('');
  return `${tier}-${sha256(lines).slice(0, 16)}`;
}

function parseLine(raw: Uint8Array, number: number): IndexLine {
  if (raw.length > MAX_LINE_BYTES) throw invalid(`${raw.length} bytes`, number);
  const json = parseJson(raw, number);
  const isTomb = typeof json === 'object' && json !== null && 'tombstone' in json;
  const parsed = (isTomb ? tombstoneLineSchema : memberLineSchema).safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0]!;
    throw invalid(`${issue.path.join('.')}: ${issue.message}`, number);
  }
  const line: IndexLine = parsed.data;
  if (raw.length < MIN_LINE_BYTES || raw.length % LINE_STEP_BYTES !== 0)
    throw invalid(`${raw.length} bytes`, number);
  // A tombstone keeps the length of the line it replaced, which its own JSON does not tell.
  const same = Buffer.from(raw).equals(encodeIndexLine(line, isTomb ? raw.length : undefined));
  if (!same) throw invalid('not in canonical form', number);
  return line;
}

function parseJson(raw: Uint8Array, number: number): unknown {
  try {
    return JSON.parse(Buffer.from(raw).toString('utf8'));
  } catch (error) {
    throw invalid(messageOf(error), number);
  }
}

function invalid(what: string, lineNumber: number): FonotecaError {
  return new FonotecaError('VOLUME_INDEX_INVALID', `${what}, line ${lineNumber} of the index`);
}
