/** The tier of one candidate, or the reason it is passed over: the rules of the `default` policy before the budget. */
import { fileBitrateBps } from '../audio/opus-settings.ts';
import { formatSize } from '../base/sizes.ts';
import type { Technical } from '../model/holding.ts';
import type { PlanEntry } from '../model/plan.ts';
import { decideDerivative, decideDistribution } from '../model/rights.ts';
import { type Candidate, popularityOf } from './candidate.ts';

/** What the rules are applied with. */
export interface TierRules {
  /** `YYYY-MM-DD`, for embargoes. */
  readonly day: string;
  readonly tail: 'opus' | 'original';
  readonly opusBitrateKbps: number;
}

/** An Ogg page header every second or so, and the tag block: what a derivative weighs beyond its packets. */
const CONTAINER_SHARE = 1.03;
/** A source must be this many times the target's bit rate before a second loss is worth it. */
const WORTHWHILE_RATIO = 1.25;
/** Most channels that Opus has loudspeakers for. */
const MAX_CHANNELS = 8;
const ENCODABLE = new Set(['ogg-vorbis', 'ogg-opus', 'flac', 'mp3', 'wav', 'aiff']);

/** Makes the entry of `candidate` passed over for a reason, told in one sentence. */
export function passingOver({
  holding,
}: Candidate): (reason: NonNullable<PlanEntry['reason']>, because: string) => PlanEntry {
  return (reason, because) => ({ digest: holding.digest, tier: null, reason, because, bytes: 0 });
}

/** The plan's word on `candidate` alone: what other candidates and the budget change comes after. */
export function tierOf(candidate: Candidate, rules: TierRules): PlanEntry {
  const { holding } = candidate;
  const pass = passingOver(candidate);
  const right = decideDistribution(holding.rights, rules.day);
  if (!right.allowed) return pass('no-right', right.because);
  if (holding.verdict.state === 'damaged')
    return pass(
      'damaged',
      `damaged at source: ${holding.verdict.detail ?? holding.verdict.code ?? 'see its verdict'}`,
    );
  if (holding.verdict.state === 'not-audio' && holding.kind === 'audio')
    return pass('not-audio', 'not audio');
  const keep = keepOriginal(candidate, rules);
  if (keep === undefined) {
    const bytes = candidate.derivativeBytes ?? estimateOpusBytes(candidate, rules);
    return {
      digest: holding.digest,
      tier: 'opus',
      reason: null,
      because: `popularity 0: kept as Opus at ${rules.opusBitrateKbps} kbit/s, about ${formatSize(bytes)}`,
      bytes,
    };
  }
  if (candidate.dropped && !candidate.packedOriginal)
    return pass('not-available', 'its original was dropped');
  return {
    digest: holding.digest,
    tier: 'original',
    reason: null,
    because: keep,
    bytes: holding.sizeBytes,
  };
}

/** Why the original is what is published, or undefined when the Opus tier is. */
function keepOriginal(candidate: Candidate, rules: TierRules): string | undefined {
  const { holding } = candidate;
  if (holding.kind === 'companion') return 'goes with its album';
  if (candidate.packedOriginal) return 'its original already lies in a volume, which never changes';
  if (candidate.derivativePacked) return undefined;
  const popularity = popularityOf(candidate);
  if (popularity === null) return 'popularity unknown is not popularity 0: stays original';
  if (popularity > 0) return `popularity ${popularity}: stays original`;
  if (rules.tail === 'original') return 'popularity 0, and re-encoding is turned off';
  const derive = decideDerivative(holding.rights, rules.day);
  if (!derive.allowed) return `popularity 0, but ${derive.because}: stays original`;
  if (candidate.encodeRefusal !== undefined)
    return `popularity 0, but it could not be re-encoded (${candidate.encodeRefusal}): stays original`;
  return unworthy(candidate, rules);
}

function unworthy({ holding }: Candidate, rules: TierRules): string | undefined {
  const technical = holding.technical;
  if (holding.verdict.state !== 'intact' || technical === null)
    return 'popularity 0, but its format is not read here: stays original';
  if (!ENCODABLE.has(technical.format))
    return `popularity 0, but ${technical.format} is not re-encoded here: stays original`;
  if (technical.channels > MAX_CHANNELS)
    return `popularity 0, but ${technical.channels} channels are not re-encoded here: stays original`;
  if (technical.durationMs <= 0) return 'popularity 0, but it has no length: stays original';
  if (
    technical.bitrateKbps > 0 &&
    technical.bitrateKbps < opusKbps(technical, rules) * WORTHWHILE_RATIO
  ) {
    return `popularity 0, but ${Math.round(technical.bitrateKbps)} kbit/s is near the Opus tier already: stays original`;
  }
  return undefined;
}

function estimateOpusBytes({ holding: { technical } }: Candidate, rules: TierRules): number {
  if (technical === null) return 0;
  return Math.ceil((technical.durationMs * opusKbps(technical, rules) * CONTAINER_SHARE) / 8);
}

/** What the derivative will have in all its channels. */
function opusKbps({ channels }: Pick<Technical, 'channels'>, rules: TierRules): number {
  const bitrateBps = rules.opusBitrateKbps * 1000;
  return fileBitrateBps(Math.min(MAX_CHANNELS, Math.max(1, channels)), { bitrateBps }) / 1000;
}
