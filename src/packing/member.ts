/**
 * A holding as a member of a volume: its path, ids and credit. Nothing here depends on the clock, the operator, the
 * machine, or on other members, so that the same holding is the same member everywhere.
 */
import { type SafeRelPath, toSafeName } from '../base/safe-path.ts';
import type { VolumePlanMember } from '../formats/volume-plan.ts';
import { albumArtistOf, type Description } from '../model/description.ts';
import type { Derivative, Holding } from '../model/holding.ts';
import { trackIdOf } from '../model/ids.ts';
import { licenceTerms } from '../model/licence.ts';
import { attributionOf } from '../model/rights.ts';

/** What stands where a permission was recorded without a licence text. */
const PERMISSION_ONLY = 'LicenseRef-holder-permission';
/** Digits of the digest in a member's name: enough to tell any two members of a volume apart. */
const NAME_DIGITS = 8;

/** The member that publishes `holding` as it is. `album` is the album's description, for companions. */
export function originalMember(
  holding: Holding,
  description: Description | null,
): VolumePlanMember {
  return {
    ...creditOf(holding),
    path: memberPath(holding, description, holding),
    digest: holding.digest,
    sizeBytes: holding.sizeBytes,
    kind: holding.kind,
    ids: idsOf(holding, description),
    engine: null,
  };
}

/** The member that publishes `derivative`, made from `holding`. */
export function derivativeMember(
  holding: Holding,
  derivative: Derivative,
  description: Description | null,
): VolumePlanMember {
  return {
    ...creditOf(holding),
    path: memberPath(holding, description, derivative),
    digest: derivative.digest,
    sizeBytes: derivative.sizeBytes,
    kind: holding.kind,
    ids: idsOf(holding, description),
    engine: derivative.engine,
  };
}

function creditOf({
  rights,
}: Holding): Pick<VolumePlanMember, 'licence' | 'licenceUrl' | 'attribution' | 'holder'> {
  const licence = rights.licence ?? PERMISSION_ONLY;
  const url = licenceTerms(licence)?.url;
  return {
    licence,
    ...(url === undefined ? {} : { licenceUrl: url }),
    attribution: attributionOf(rights),
    holder: rights.holder ?? '',
  };
}

/** Source-independent ids first made from the original's own digest: whoever has the bytes finds the same id. */
function idsOf(holding: Holding, description: Description | null): string[] {
  if (holding.kind === 'companion') return [];
  const ids = [trackIdOf(holding.digest)];
  if (description?.isrc !== undefined) ids.push(`isrc:${description.isrc}`);
  if (description?.mbid !== undefined) ids.push(`mbid:${description.mbid}`);
  return ids;
}

function memberPath(
  holding: Holding,
  description: Description | null,
  file: { digest: string; extension: string },
): SafeRelPath {
  const tag = `[${file.digest.slice(0, NAME_DIGITS)}]`;
  const extension = /^[a-z0-9]{1,8}$/.test(file.extension) ? `.${file.extension}` : '';
  const folders =
    description === null
      ? ['Papers']
      : [albumArtistOf(description), description.album ?? 'Single tracks'];
  const name = holding.kind === 'companion' ? (holding.role ?? 'paper') : trackName(description);
  return [
    ...folders.map((folder) => toSafeName(folder)),
    `${toSafeName(name)} ${tag}${extension}`,
  ].join('/') as SafeRelPath;
}

function trackName(description: Description | null): string {
  if (description === null) return 'untitled';
  const disc =
    description.discNumber !== undefined && description.discNumber > 1
      ? `${description.discNumber}-`
      : '';
  const number =
    description.trackNumber === undefined
      ? ''
      : `${disc}${String(description.trackNumber).padStart(2, '0')} `;
  return `${number}${description.title}`;
}
