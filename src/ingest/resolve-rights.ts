/**
 * The rights of one file from all that speaks of them: its row, its tags, the operator's statement, in that order.
 *
 * What is unreadable is kept as evidence and frees nothing; what disagrees is told, and the file's own evidence wins.
 * A file whose own texts disagree with one another has no right by them, whichever of them is the freer.
 */

import { z } from 'zod';
import type { Finding } from '../base/errors.ts';
import { foldText } from '../model/fold.ts';
import {
  parseLicence,
  reservesRights,
  speaksOfLicence,
  withoutReservation,
} from '../model/read-licence.ts';
import { type Rights, type RightsEvidence, UNKNOWN_RIGHTS, USES } from '../model/rights.ts';
import { readText } from './field-values.ts';
import type { TagRight } from './read-audio.ts';
import type { TableCells } from './tracks-table.ts';

/** The operator's statement for files without other evidence. */
export interface Statement {
  readonly licence: string | null;
  readonly holder: string | null;
  /** Evidence given with it. */
  readonly evidence: readonly RightsEvidence[];
}

/** All that speaks of a file's rights. */
export interface RightsSources {
  /** The row, with what its evidence cell led to. */
  readonly row: {
    readonly cells: TableCells;
    readonly evidence: RightsEvidence | null;
    readonly tableSha256: Rights['evidence'][number]['sha256'];
  } | null;
  readonly tags: readonly TagRight[];
  readonly statement: Statement | null;
  readonly dark: boolean;
  /** What was recorded before: the operator's per-use decisions, embargo and darkness stay. */
  readonly before: Rights | null;
  readonly seenAt: string;
}

/**
 * Most texts of tags that are looked at and kept as evidence of one file. Rights are made again from what was kept, so
 * nothing that is not kept may count; a file with so many different texts is at odds with itself.
 */
const MAX_TAG_EVIDENCE = 12;
const MAX_EVIDENCE_TEXT = 4096;

/** The rights of the file called `subject`, and what is to be told of them. */
export function resolveRights(
  subject: string,
  sources: RightsSources,
): { rights: Rights; findings: Finding[] } {
  const { row, statement, before } = sources;
  const tags = sources.tags.slice(0, MAX_TAG_EVIDENCE).map(asKept);
  const claims = [
    claim('the table', row?.cells.licence === undefined ? [] : [row.cells.licence]),
    claim('its tags', licenceTexts(tags), tags.length >= MAX_TAG_EVIDENCE),
    claim('--licence', statement?.licence ? [statement.licence] : []),
  ];
  const vague = vaguelySpoken(claims);
  const speaker = claims.find((one) => one.texts.length > 0 && one !== vague);
  const findings: Finding[] = [];
  if (vague)
    findings.push({
      code: 'RIGHTS_LICENCE_VAGUE',
      subject,
      seen: `${vague.who}: ${quoted(vague.texts)}; --licence: ${speaker?.licence}`,
    });
  if (speaker && speaker.licence === undefined && !speaker.isTorn)
    findings.push({
      code: 'RIGHTS_LICENCE_UNREADABLE',
      subject,
      seen: `${speaker.who}: ${quoted(speaker.texts.slice(0, 1))}`,
    });
  const conflict = conflictOf(claims, speaker);
  if (conflict !== undefined) findings.push({ code: 'RIGHTS_CONFLICT', subject, seen: conflict });
  const holder = row?.cells.holder ?? tagHolder(tags) ?? statement?.holder ?? null;
  const statementSpeaks =
    statement !== null &&
    (speaker?.who === '--licence' || (statement.holder !== null && holder === statement.holder));
  const rights: Rights = {
    ...(before ?? UNKNOWN_RIGHTS),
    licence: speaker?.licence ?? null,
    holder,
    attribution: row?.cells.attribution ?? null,
    evidence: [
      ...rowEvidence(row, sources.seenAt),
      ...tagEvidence(tags, sources.seenAt),
      ...(statementSpeaks
        ? [statementEvidence(statement, sources.seenAt), ...statement.evidence]
        : []),
    ],
    dark: sources.dark || (before?.dark ?? false),
  };
  if (rights.licence === null && !rights.dark)
    findings.push({
      code: 'RIGHTS_UNKNOWN',
      subject,
      seen: 'no readable licence by table, tag or --licence',
    });
  return { rights, findings };
}

/** Whether two records of rights say the same, whenever it was seen and in whichever state of the table. */
export function sameRights(a: Rights, b: Rights): boolean {
  return JSON.stringify(withoutOccasion(a)) === JSON.stringify(withoutOccasion(b));
}

/** The tag texts that were kept as evidence in `rights`. */
export function recordedTags(rights: Rights): TagRight[] {
  return rights.evidence
    .filter((one) => one.kind === 'tag')
    .flatMap(({ value }): TagRight[] => {
      const match = /^(LICENSE|COPYRIGHT)=(.*)$/s.exec(value);
      return match ? [{ field: match[1] as TagRight['field'], text: match[2]! }] : [];
    });
}

/** The statement that was recorded in `rights`, with the evidence given with it. */
export function recordedStatement(rights: Rights): Statement | null {
  const at = rights.evidence.findIndex((one) => one.kind === 'statement');
  const match = at < 0 ? null : /^licence=(.*?); holder=(.*)$/s.exec(rights.evidence[at]!.value);
  if (!match) return null;
  return {
    licence: match[1] || null,
    holder: match[2] || null,
    evidence: rights.evidence.slice(at + 1),
  };
}

/** The row that was recorded in `rights`, for a place that no table of this run speaks of. */
export function recordedRow(rights: Rights): RightsSources['row'] {
  const at = rights.evidence.findIndex((one) => one.kind === 'table');
  if (at < 0) return null;
  const { value, sha256 } = rights.evidence[at]!;
  const cells = readRowText(value);
  if (!cells) return null;
  const next = rights.evidence[at + 1];
  const evidence = next?.kind === 'file' || next?.kind === 'url' ? next : null;
  return { cells, evidence, tableSha256: sha256 };
}

/** The statement `now` over the one made `before`, part by part. */
export function mergeStatements(now: Statement | null, before: Statement | null): Statement | null {
  if (!now || !before) return now ?? before;
  return {
    licence: now.licence ?? before.licence,
    holder: now.holder ?? before.holder,
    evidence: now.evidence.length > 0 ? now.evidence : before.evidence,
  };
}

interface Claim {
  readonly who: string;
  readonly texts: readonly string[];
  readonly licence: string | undefined;
  /** Whether its texts disagree: two licences, or a licence beside words that are none. */
  readonly isTorn: boolean;
  readonly isReserved: boolean;
}

function claim(who: string, texts: readonly string[], isTooMany = false): Claim {
  const read = texts.map((text) => ({ text, id: parseLicence(text) }));
  const ids = new Set(read.flatMap(({ id }) => id ?? []));
  const [licence] = ids;
  const isTorn =
    ids.size > 1 ||
    (isTooMany && texts.length > 0) ||
    (licence !== undefined &&
      read.some(({ text, id }) => id === undefined && !isFamilyOf(text, licence)));
  return {
    who,
    texts,
    licence: isTorn ? undefined : licence,
    isTorn,
    isReserved: texts.some(reservesRights),
  };
}

/** What is told of a disagreement: of licences, of a file with itself, of a licence with words that reserve all rights. */
function conflictOf(claims: readonly Claim[], speaker: Claim | undefined): string | undefined {
  const licences = new Set(claims.flatMap(({ licence }) => licence ?? []));
  const isOverridden = (one: Claim) =>
    one !== speaker && speaker?.licence !== undefined && (one.isTorn || one.isReserved);
  if (licences.size < 2 && !speaker?.isTorn && !claims.some(isOverridden)) return undefined;
  return claims
    .filter((one) => one.licence !== undefined || one === speaker || isOverridden(one))
    .map((one) => `${one.who}: ${one.licence ?? quoted(one.texts)}`)
    .join('; ');
}

/** `texts` as findings show them. */
function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text.slice(0, 200))).join(', ');
}

/**
 * The claim of tags that name only the family of the licence stated by the operator (`GPL` beside GPL-2.0-or-later):
 * the statement makes it precise. Any other unreadable words of a file stand against the statement.
 */
function vaguelySpoken(claims: readonly Claim[]): Claim | undefined {
  const [row, tags, statement] = claims;
  const stated = statement?.licence;
  if (!tags || row?.texts.length !== 0 || stated === undefined) return undefined;
  if (tags.licence !== undefined || tags.isTorn) return undefined;
  const isVaguer = tags.texts.length > 0 && tags.texts.every((text) => isFamilyOf(text, stated));
  return isVaguer ? tags : undefined;
}

/** Whether `text` says no more than the family of `licence`: its id up to the version. */
function isFamilyOf(text: string, licence: string): boolean {
  const family = licence
    .toLowerCase()
    .split(/-(?=\d)/)[0]!
    .replaceAll('-', ' ');
  const words = foldText(text)
    .replaceAll('creative commons', 'cc')
    .replaceAll(/\b(?:the|gnu|licen[cs]e[ds]?|under)\b/g, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
  return words === family || (words === 'cc' && family.startsWith('cc '));
}

/** A LICENSE field always speaks of a licence; a COPYRIGHT field does when it names one or reserves all rights. */
function licenceTexts(tags: readonly TagRight[]): string[] {
  return tags
    .filter(({ field, text }) => field === 'LICENSE' || speaksOfLicence(text))
    .map(({ text }) => text);
}

/** Marks and years round the name in a copyright notice. */
const NOTICE_MARK = String.raw`(?:\(c\)|\(p\)|©|℗|copyright\b|\b\d{4}(?:\s*[-–]\s*\d{4})?\b|[\s,])+`;
const NOTICE_ENDS = new RegExp(`^${NOTICE_MARK}|${NOTICE_MARK}$`, 'gi');

/** Who a copyright notice such as `© 2019 Ann Example` or `Ann Example (C) 2019` names. */
function tagHolder(tags: readonly TagRight[]): string | undefined {
  const notice = tags.find(({ field, text }) => field === 'COPYRIGHT' && !/^\s*https?:/.test(text));
  if (!notice) return undefined;
  const words = notice.text.slice(0, 2048).split(/https?:/)[0] ?? '';
  return readText(withoutReservation(words).replaceAll(NOTICE_ENDS, ''), 1024);
}

/** A row's words on rights as they are kept: JSON, so that no cell can pass for another. */
const rowTextSchema = z.object({
  licence: z.string().exactOptional(),
  holder: z.string().exactOptional(),
  attribution: z.string().exactOptional(),
});

function readRowText(value: string): z.infer<typeof rowTextSchema> | undefined {
  try {
    return rowTextSchema.parse(JSON.parse(value));
  } catch {
    // Words longer than the model keeps were cut: they are still evidence, and free nothing.
    return undefined;
  }
}

function rowEvidence(row: RightsSources['row'], seenAt: string): RightsEvidence[] {
  if (!row) return [];
  const { licence, holder, attribution } = row.cells;
  const value = JSON.stringify({ licence, holder, attribution }).slice(0, MAX_EVIDENCE_TEXT);
  const sha256 = row.tableSha256 === undefined ? {} : { sha256: row.tableSha256 };
  const table: RightsEvidence[] =
    value === '{}' ? [] : [{ kind: 'table', value, ...sha256, seenAt }];
  return row.evidence ? [...table, row.evidence] : table;
}

function tagEvidence(tags: readonly TagRight[], seenAt: string): RightsEvidence[] {
  return tags.map(({ field, text }) => ({ kind: 'tag', value: `${field}=${text}`, seenAt }));
}

/** A tag as evidence keeps it. */
function asKept({ field, text }: TagRight): TagRight {
  return { field, text: text.toWellFormed().slice(0, MAX_EVIDENCE_TEXT - field.length - 1) };
}

function statementEvidence(statement: Statement, seenAt: string): RightsEvidence {
  const value = `licence=${statement.licence ?? ''}; holder=${statement.holder ?? ''}`;
  return { kind: 'statement', value: value.slice(0, MAX_EVIDENCE_TEXT), seenAt };
}

function withoutOccasion(rights: Rights) {
  const { licence, holder, attribution, uses, dark, embargoUntil, places } = rights;
  const evidence = rights.evidence.map(({ kind, value, sha256 }) => [
    kind,
    value,
    kind === 'table' ? '' : (sha256 ?? ''),
  ]);
  return [
    licence,
    holder,
    attribution,
    evidence,
    USES.map((use) => uses[use] ?? null),
    dark,
    embargoUntil ?? '',
    places ?? [],
  ];
}
