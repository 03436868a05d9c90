/**
 * Rights of a holding and the one decision every gate calls. Unknown never means free: what has no known licence
 * and no recorded permission is dark.
 */
import { z } from 'zod';
import { digestSchema } from './digest-schema.ts';
import { licenceTerms } from './licence.ts';

/** The uses a decision is asked for. */
export const USES = ['hold', 'stream', 'distribute', 'derive', 'train'] as const;
/** One use of a holding. */
export type Use = (typeof USES)[number];

const evidenceSchema = z.strictObject({
  /** Where the right was read: the operator's own statement, a row of their table, a tag of the file, a file or an address. */
  kind: z.enum(['statement', 'table', 'tag', 'file', 'url']),
  /** The statement, the tag's text, the file's path in the source folder, or the address. */
  value: z.string().max(4096),
  sha256: digestSchema.optional(),
  seenAt: z.iso.datetime(),
});

/** Rights as recorded for one holding. */
export const rightsSchema = z.strictObject({
  /** SPDX id, `LicenseRef-…` or rightsstatements.org URI; null when unknown. */
  licence: z.string().max(256).nullable(),
  holder: z.string().max(1024).nullable(),
  /** The credit to print wherever the work is shown. */
  attribution: z.string().max(2048).nullable(),
  evidence: z.array(evidenceSchema).max(16),
  /** The operator's own decision, which wins over the licence's terms in both directions for each use it names. */
  uses: z.partialRecord(z.enum(USES), z.boolean()),
  /** Held and shown to nobody, whatever the licence says. */
  dark: z.boolean(),
  /** First day of publication, `YYYY-MM-DD`. */
  embargoUntil: z.iso.date().optional(),
  /** Countries (ISO 3166-1 alpha-2) the right is limited to; absent means everywhere. */
  places: z.array(z.string().regex(/^[A-Z]{2}$/)).optional(),
});
/** Rights as recorded for one holding. */
export type Rights = z.infer<typeof rightsSchema>;
/** One piece of evidence for a right. */
export type RightsEvidence = Rights['evidence'][number];

/** An answer with its printed reason. */
export interface Decision {
  readonly allowed: boolean;
  readonly because: string;
}

/** Rights of which nothing is known. */
export const UNKNOWN_RIGHTS: Rights = {
  licence: null,
  holder: null,
  attribution: null,
  evidence: [],
  uses: {},
  dark: false,
};

/**
 * Whether `use` is allowed for something with `rights`, at `place` (a country, or `everywhere`) and `day` (`YYYY-MM-DD`).
 * Total: every input has an answer and a reason. Holding is refused only by the operator's own word, because what is
 * held in good faith stays safe while its rights are cleared.
 */
export function decide(rights: Rights, use: Use, place: string, day: string): Decision {
  const word = rights.uses[use];
  if (use === 'hold')
    return answer(
      word !== false,
      word === false ? 'the operator refuses to hold it' : 'what the operator received may be held',
    );
  if (rights.dark) return answer(false, 'kept dark by the operator');
  if (rights.embargoUntil !== undefined && day < rights.embargoUntil)
    return answer(false, `under embargo until ${rights.embargoUntil}`);
  if (rights.places !== undefined && !rights.places.includes(place))
    return answer(false, `only for ${rights.places.join(', ')}`);
  if (word !== undefined)
    return answer(
      word,
      word
        ? 'allowed by the operator’s recorded decision'
        : 'refused by the operator’s recorded decision',
    );
  if (rights.licence === null) return answer(false, 'no licence is recorded');
  const terms = licenceTerms(rights.licence);
  if (terms === undefined) return answer(false, `the terms of ${rights.licence} are not known`);
  return byTerms(terms.id, use, terms.distribute, terms.derive);
}

/** Whether a holding may be published: distributed everywhere, on `day`. */
export function decideDistribution(rights: Rights, day: string): Decision {
  return decide(rights, 'distribute', 'everywhere', day);
}

/** Whether a re-encoding of a holding may be published on `day`: both distribution and derivation are allowed. */
export function decideDerivative(rights: Rights, day: string): Decision {
  const distribute = decideDistribution(rights, day);
  return distribute.allowed ? decide(rights, 'derive', 'everywhere', day) : distribute;
}

/** The credit line of a holding: the recorded one, else its holder with its licence. */
export function attributionOf(rights: Rights): string {
  if (rights.attribution !== null) return rights.attribution;
  return [rights.holder, rights.licence].filter((part) => part !== null).join(', ');
}

function byTerms(licence: string, use: Use, distribute: boolean, derive: boolean): Decision {
  if (use === 'derive')
    return answer(derive, derive ? `${licence} allows it` : `${licence} allows no adapted copies`);
  if (use === 'train') return answer(false, 'training needs a recorded permission');
  return answer(distribute, distribute ? `${licence} allows it` : `${licence} does not allow it`);
}

function answer(allowed: boolean, because: string): Decision {
  return { allowed, because };
}
