/**
 * The licence that a text names: an id, a customary name, an address, or a notice in which an address stands behind
 * words that say what it is. Input: a cell, a tag, an option. Output: an id that `licence.ts` knows, or nothing.
 *
 * Prose is not understood, so whatever leaves a doubt is read as nothing: two licences, a reservation, a `not`, a part
 * of the work, words that call for more than the address does.
 */
import { creativeCommonsId, knownLicence, knownStatement } from './licence.ts';

const OLD_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'gpl-2': 'GPL-2.0-only',
    'gpl-2+': 'GPL-2.0-or-later',
    'gpl-3': 'GPL-3.0-only',
    'gpl-3+': 'GPL-3.0-or-later',
    'gpl-2.0': 'GPL-2.0-only',
    'gpl-2.0+': 'GPL-2.0-or-later',
    'gpl-3.0': 'GPL-3.0-only',
    'gpl-3.0+': 'GPL-3.0-or-later',
    cc0: 'CC0-1.0',
    'public domain': 'CC-PDDC',
    'cc-pd': 'CC-PDDC',
    'free art license': 'LAL-1.3',
  }),
);

/** Longer than any notice: the text of a licence, or of something else. */
const MAX_NOTICE = 2000;

/** An address of Creative Commons that is no part of another one, to the end of its last name. */
const ADDRESS =
  /(?<![\w/.?=&%-])(?:https?:\/\/)?(?:www\.)?creativecommons\.org\/(?:publicdomain\/(zero|mark)|licenses\/([a-z+-]{2,20}))\/(\d\.\d)(?!\w)(?:\/([a-z]{2,3})(?![\w-]))?(?:[/?#][^\s<>"'()[\],;]*)?/gi;

const RESERVED =
  /all rights? (?:are )?reserved|alle rechte vorbehalten|tous droits r[ée]serv[ée]s|todos los derechos reservados|todos os direitos reservados|tutti i diritti riservati/i;

/** Words that turn a notice round, end it, or speak of a part of the work. */
const DOUBT =
  /\b(?:not|never|except|unless|only|formerly|previously|revoked|expired|lyrics?|artwork|cover art|photos?|images?|video|samples?)\b|n['’]t\b/i;

/** What words call for, as parts of an id have it. */
const CONDITIONS: readonly (readonly [RegExp, string])[] = [
  [/non-?\s?commercial|\bnc\b/i, '-NC'],
  [/no-?\s?deriv|\bnd\b/i, '-ND'],
  [/share-?\s?alike|\bsa\b/i, '-SA'],
];

const NAME = String.raw`(?:creative commons|cc\b|attribution|public domain)[^:<]{0,160}`;
const BEGIN = String.raw`(?:^|[.;,!|(\n–—]\s*|\s-\s+)`;
const WORK =
  '(?:th(?:is|e) (?:work|song|track|music|recording|file|album|release|composition|piece) (?:is|was) )?';
/** What may stand before an address for it to be the licence. */
const LEADS: readonly RegExp[] = [
  new RegExp(
    `${BEGIN}${WORK}(?:licen[cs]ed|released|published|distributed|(?:made )?available)(?: to the public)? under(?: the terms of)?(?: an?| the)?(?: ${NAME})?[\\s:<(]*$`,
    'i',
  ),
  new RegExp(`${BEGIN}licen[cs]e(?: url)?\\s*[:=][\\s<(]*$`, 'i'),
  new RegExp(`^${NAME}[\\s:<(–—-]*$`, 'i'),
  /\bverify at\s*$/i,
  // A copyright notice: a mark or year, one name, the end of a sentence.
  /^(?:(?:©|℗|\([cp]\)|copyright\b|\d{4})[\s,–-]*)+[^.:;,–—()]{0,100}[.,;]\s*<?$/i,
];
/** What may follow such an address: the end of the sentence, or where it can be checked. */
const FOLLOWS = /^[)>\]"']*\s*(?:$|[.;\n]|verify at\b|or (?:send|write)\b)/i;

/** The licence that `text` names, or undefined; a `LicenseRef-…` is one. */
export function parseLicence(text: string): string | undefined {
  const trimmed = text.trim();
  if (trimmed.length > MAX_NOTICE) return undefined;
  if (/^LicenseRef-[A-Za-z0-9.-]+$/.test(trimmed)) return trimmed;
  return (
    knownStatement(trimmed) ??
    knownLicence(trimmed) ??
    OLD_NAMES.get(trimmed.toLowerCase()) ??
    fromName(trimmed) ??
    fromAddresses(trimmed)
  );
}

/** Whether `text` reserves all rights, in the words people put there in six languages. */
export function reservesRights(text: string): boolean {
  return RESERVED.test(text);
}

/** `text` without the words that reserve all rights, and the marks before and after them. */
export function withoutReservation(text: string): string {
  const marks = String.raw`[\s.,;:–—-]`;
  return text.replaceAll(
    new RegExp(`${marks}{0,20}(?:${RESERVED.source})${marks}{0,20}`, 'gi'),
    ' ',
  );
}

/** Whether `text` speaks of licences at all: it names one, reserves all rights, or has an address of Creative Commons. */
export function speaksOfLicence(text: string): boolean {
  return parseLicence(text) !== undefined || reservesRights(text) || addressesIn(text).length > 0;
}

function addressesIn(text: string): RegExpExecArray[] {
  return [...text.slice(0, MAX_NOTICE).matchAll(ADDRESS)];
}

function fromAddresses(text: string): string | undefined {
  const addresses = addressesIn(text);
  const [first] = addresses;
  const ids = new Set(addresses.map(idOf));
  const [id] = ids;
  if (!first || id === undefined || ids.size > 1) return undefined;
  const before = text.slice(0, first.index);
  const behind = text.slice(first.index + first[0].length);
  if (/^[\s<("']*$/.test(before) && /^[\s>.)"']*$/.test(behind)) return id;
  const words = text.replaceAll(/https?:\S+/gi, ' ');
  if (reservesRights(words) || DOUBT.test(words)) return undefined;
  if (CONDITIONS.some(([word, part]) => word.test(words) && !id.includes(part))) return undefined;
  const isLed = LEADS.some((lead) => lead.test(before));
  return isLed && FOLLOWS.test(behind) ? id : undefined;
}

function idOf([, domain, kind, version, port]: RegExpExecArray): string | undefined {
  if (domain !== undefined)
    return version === '1.0'
      ? { zero: 'CC0-1.0', mark: 'CC-PDM-1.0' }[domain.toLowerCase()]
      : undefined;
  return creativeCommonsId(`CC-${kind}-${version}${port === undefined ? '' : `-${port}`}`);
}

function fromName(text: string): string | undefined {
  const match =
    /^(?:CC|Creative Commons)[\s-]+(BY(?:[\s-]NC)?(?:[\s-](?:ND|SA))?)[\s-]v?(\d\.\d)(?:[\s-]([A-Z]{2,3}))?$/i.exec(
      text,
    );
  return match
    ? creativeCommonsId(
        `CC-${match[1]!.replaceAll(' ', '-')}-${match[2]}${match[3] ? `-${match[3]}` : ''}`,
      )
    : undefined;
}
