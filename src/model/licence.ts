/**
 * Licences as data: SPDX ids and rightsstatements.org URIs with what each allows. How people write them is read in
 * `read-licence.ts`. Sources: spdx.org/licenses, creativecommons.org, rightsstatements.org.
 */

/** What a licence allows to anyone. `true` also where it asks for something in return (named in `conditions`). */
export interface LicenceTerms {
  /** The SPDX id or rightsstatements.org URI. */
  readonly id: string;
  readonly distribute: boolean;
  /** Whether an adapted copy, such as a re-encoding, may be distributed. */
  readonly derive: boolean;
  readonly conditions: readonly (
    | 'attribution'
    | 'share-alike'
    | 'non-commercial'
    | 'no-derivatives'
  )[];
  /** The address of the text, where there is one. */
  readonly url?: string;
}

const FREE = [
  'CC0-1.0',
  'CC-PDDC',
  'CC-PDM-1.0',
  'PDDL-1.0',
  'Unlicense',
  'WTFPL',
  '0BSD',
] as const;
const ATTRIBUTION = [
  'MIT',
  'MIT-0',
  'ISC',
  'Zlib',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'Artistic-2.0',
  'ODC-By-1.0',
] as const;
const SHARE_ALIKE = [
  'GPL-2.0-only',
  'GPL-2.0-or-later',
  'GPL-3.0-only',
  'GPL-3.0-or-later',
  'LGPL-2.1-only',
  'LGPL-2.1-or-later',
  'LGPL-3.0-only',
  'LGPL-3.0-or-later',
  'AGPL-3.0-only',
  'AGPL-3.0-or-later',
  'LAL-1.2',
  'LAL-1.3',
  'ODbL-1.0',
  'GFDL-1.2-or-later',
  'GFDL-1.3-or-later',
  'MPL-2.0',
] as const;
const CREATIVE_COMMONS =
  /^CC-(BY(?:-NC)?(?:-ND|-SA)?)-(1\.0|2\.0|2\.1|2\.5|3\.0|4\.0)(?:-([A-Z]{2,3}))?$/;
const RIGHTS_STATEMENT =
  /^https?:\/\/rightsstatements\.org\/(?:vocab|page)\/([A-Za-z-]+)\/1\.0\/?(?:[?#]\S*)?$/;
/** The twelve statements: only those that say "no copyright" everywhere allow distribution without more. */
const STATEMENTS: Readonly<Record<string, boolean>> = {
  InC: false,
  'InC-OW-EU': false,
  'InC-EDU': false,
  'InC-NC': false,
  'InC-RUU': false,
  'NoC-CR': false,
  'NoC-NC': true,
  'NoC-OKLR': false,
  'NoC-US': false,
  CNE: false,
  UND: false,
  NKC: false,
};
/**
 * What `id` allows, or undefined when its terms are not known here: a `LicenseRef-…`, an id not in the table. An
 * unknown licence is never taken for a free one.
 */
export function licenceTerms(id: string): LicenceTerms | undefined {
  if (includes(FREE, id)) return terms(id, []);
  if (includes(ATTRIBUTION, id)) return terms(id, ['attribution']);
  if (includes(SHARE_ALIKE, id)) return terms(id, ['attribution', 'share-alike']);
  const statement = RIGHTS_STATEMENT.exec(id)?.[1];
  if (statement !== undefined && Object.hasOwn(STATEMENTS, statement)) {
    return {
      id,
      distribute: STATEMENTS[statement]!,
      derive: STATEMENTS[statement]!,
      conditions: statement.endsWith('-NC') ? ['non-commercial'] : [],
      url: id,
    };
  }
  const cc = CREATIVE_COMMONS.exec(id);
  return cc ? creativeCommons(id, cc) : undefined;
}

/** The id that is `text` in any case, or undefined. Creative Commons licences have an id each by their parts. */
export function knownLicence(text: string): string | undefined {
  const known = [...FREE, ...ATTRIBUTION, ...SHARE_ALIKE].find(
    (id) => id.toLowerCase() === text.toLowerCase(),
  );
  return known ?? (/^CC-/i.test(text) ? creativeCommonsId(text) : undefined);
}

/** The rightsstatements.org URI that `text` is a form of, or undefined. */
export function knownStatement(text: string): string | undefined {
  const statement = RIGHTS_STATEMENT.exec(text)?.[1];
  return statement !== undefined && Object.hasOwn(STATEMENTS, statement)
    ? `http://rightsstatements.org/vocab/${statement}/1.0/`
    : undefined;
}

/** `id`, such as `cc-by-sa-3.0`, as the id of a Creative Commons licence that exists, or undefined. */
export function creativeCommonsId(id: string): string | undefined {
  const upper = id.toUpperCase();
  return CREATIVE_COMMONS.test(upper) ? upper : undefined;
}

function creativeCommons(id: string, match: RegExpExecArray): LicenceTerms {
  const kind = match[1]!;
  const conditions: LicenceTerms['conditions'][number][] = ['attribution'];
  if (kind.includes('-SA')) conditions.push('share-alike');
  if (kind.includes('-NC')) conditions.push('non-commercial');
  if (kind.includes('-ND')) conditions.push('no-derivatives');
  const port = match[3] ? `${match[3].toLowerCase()}/` : '';
  const url = `https://creativecommons.org/licenses/${kind.toLowerCase()}/${match[2]}/${port}`;
  return { id, distribute: true, derive: !kind.includes('-ND'), conditions, url };
}

function terms(id: string, conditions: LicenceTerms['conditions']): LicenceTerms {
  if (id === 'CC0-1.0')
    return {
      id,
      distribute: true,
      derive: true,
      conditions,
      url: 'https://creativecommons.org/publicdomain/zero/1.0/',
    };
  if (id === 'CC-PDM-1.0')
    return {
      id,
      distribute: true,
      derive: true,
      conditions,
      url: 'https://creativecommons.org/publicdomain/mark/1.0/',
    };
  return {
    id,
    distribute: true,
    derive: true,
    conditions,
    url: `https://spdx.org/licenses/${id}.html`,
  };
}

function includes(list: readonly string[], id: string): boolean {
  return list.includes(id);
}
