/**
 * The one visibility predicate of the site: what may be shown, heard and taken, from recorded rights.
 * The place is `everywhere`: the site asks nobody where they are.
 */
import { z } from 'zod';
import type { HeldHolding } from '../ledger/ledger.ts';
import { licenceTerms } from '../model/licence.ts';
import { attributionOf, decide, type Rights } from '../model/rights.ts';
import type { RightsView } from './views.ts';

const EVERYWHERE = 'everywhere';
const SHOWN_USES = ['stream', 'distribute', 'derive', 'train'] as const;

/** Whether a holding may be mentioned at all. */
export function isShown({ rights }: Pick<HeldHolding, 'rights'>): boolean {
  return !rights.dark;
}

/** Whether `use` of a holding, or of a derivative made from it, is allowed on `day`. */
export function isGiven(
  rights: Rights,
  file: { use: 'stream' | 'distribute'; isDerivative: boolean; day: string },
): boolean {
  if (!decide(rights, file.use, EVERYWHERE, file.day).allowed) return false;
  return !file.isDerivative || decide(rights, 'derive', EVERYWHERE, file.day).allowed;
}

/** Whether anything made from a holding's sound or file is told, such as its peaks or its digest: where it may be heard or taken. */
export function isOpen(rights: Rights, day: string): boolean {
  return (['stream', 'distribute'] as const).some((use) =>
    isGiven(rights, { use, isDerivative: false, day }),
  );
}

const rowSchema = z.record(z.string(), z.string());

/** Rights as a page shows them. */
export function rightsView(rights: Rights, day: string): RightsView {
  const terms = rights.licence === null ? undefined : licenceTerms(rights.licence);
  return {
    licence: rights.licence === null ? null : { id: rights.licence, url: terms?.url ?? null },
    holder: rights.holder,
    attribution: attributionOf(rights) || null,
    conditions: [...(terms?.conditions ?? [])],
    evidence: rights.evidence.map(({ kind, value, sha256, seenAt }) => ({
      kind,
      value: shownEvidence(kind, value),
      sha256: sha256 ?? null,
      seenAt,
    })),
    decisions: SHOWN_USES.map((use) => ({ use, ...decide(rights, use, EVERYWHERE, day) })),
  };
}

/** A file is told by its name, since where it lies is the operator's own business; a row of the table by its cells. */
function shownEvidence(kind: string, value: string): string {
  if (kind === 'file') return value.slice(value.lastIndexOf('/') + 1);
  const cells = kind === 'table' ? rowCells(value) : undefined;
  return cells ? cells.map(([name, text]) => `${name}: ${text}`).join('; ') : value;
}

/** The cells of a row as it was recorded (JSON), or undefined when the record was cut. */
function rowCells(value: string): [string, string][] | undefined {
  try {
    return Object.entries(rowSchema.parse(JSON.parse(value)));
  } catch {
    return undefined;
  }
}
