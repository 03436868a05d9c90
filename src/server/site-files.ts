/**
 * The files of what is held, as far as the site may know of them: originals and derivatives with their places in
 * volumes. Bytes are given out of volumes alone, where each range is verified before it leaves.
 */
import type { Digest } from '../base/digest.ts';
import type { HeldHolding, MemberPlace } from '../ledger/ledger.ts';
import { type Derivative, stated, type Tier } from '../model/holding.ts';
import { decideDistribution } from '../model/rights.ts';
import type { Status } from '../model/status.ts';
import type { ServedFile } from './site-port.ts';
import { isGiven, isShown } from './site-rights.ts';
import type { SiteSources } from './site-sources.ts';
import { dayOf } from './until-next-fact.ts';
import type { FileView } from './views.ts';

/** A file with what decides its fate. */
export interface SiteFile {
  readonly digest: Digest;
  readonly tier: Tier;
  readonly holding: HeldHolding;
  /** Absent for an original. */
  readonly derivative: Derivative | undefined;
  readonly places: readonly MemberPlace[];
  /** Those of `places` that the latest edition carries. */
  readonly publishedPlaces: readonly MemberPlace[];
  readonly status: Status;
  readonly mayStream: boolean;
  readonly mayTake: boolean;
}

/** The files of `holdings` that may be shown, each original followed by its derivatives. */
export async function filesOf(
  sources: SiteSources,
  holdings: readonly HeldHolding[],
): Promise<SiteFile[]> {
  const published = await sources.publishedVolumes();
  const files: SiteFile[] = [];
  for (const holding of holdings.filter(isShown)) {
    files.push(await fileOf(sources, published, { holding, derivative: undefined }));
    for (const derivative of await sources.ledger.derivativesOf(holding.digest))
      files.push(await fileOf(sources, published, { holding, derivative }));
  }
  return files;
}

async function fileOf(
  sources: SiteSources,
  published: ReadonlySet<string>,
  { holding, derivative }: Pick<SiteFile, 'holding' | 'derivative'>,
): Promise<SiteFile> {
  const { digest } = derivative ?? holding;
  const places = await sources.ledger.places(digest);
  const publishedPlaces = places.filter(({ volume }) => published.has(volume));
  const isWithdrawn = await sources.ledger.isWithdrawn(digest);
  const about = { isDerivative: derivative !== undefined, day: dayOf(sources) };
  const given = (use: 'stream' | 'distribute'): boolean =>
    !isWithdrawn && places.length > 0 && isGiven(holding.rights, { use, ...about });
  return {
    digest,
    tier: derivative?.tier ?? 'original',
    holding,
    derivative,
    places,
    publishedPlaces,
    status: isWithdrawn ? 'withdrawn' : statusOf(holding, { places, publishedPlaces, ...about }),
    mayStream: given('stream'),
    mayTake: given('distribute'),
  };
}

function statusOf(
  holding: HeldHolding,
  about: Pick<SiteFile, 'places' | 'publishedPlaces'> & { isDerivative: boolean; day: string },
): Status {
  if (about.publishedPlaces.length > 0) return 'published';
  if (about.places.length > 0) return 'packed';
  if (holding.dropped && !about.isDerivative) return 'dropped';
  if (!decideDistribution(holding.rights, about.day).allowed) return 'skipped:no-right';
  return holding.verdict.state === 'damaged' ? 'skipped:damaged' : 'held';
}

/** A file as a track's page shows it. */
export function fileView({
  digest,
  tier,
  holding,
  derivative,
  places,
  publishedPlaces,
  status,
  mayTake,
}: SiteFile): FileView {
  const { mimeType, sizeBytes, technical } = derivative ?? holding;
  const engine = derivative?.engine;
  return {
    digest,
    fileName: fileName({ digest, holding, derivative, places }),
    tier,
    mimeType,
    format: technical?.format ?? mimeType,
    sizeBytes,
    durationMs: stated(Math.round(technical?.durationMs ?? 0)),
    bitrateKbps: stated(Math.round(technical?.bitrateKbps ?? 0)),
    sampleRateHz: stated(Math.round(technical?.sampleRateHz ?? 0)),
    channels: stated(technical?.channels),
    status,
    open: mayTake,
    verdict: derivative
      ? { state: 'intact', detail: null }
      : { state: holding.verdict.state, detail: holding.verdict.detail ?? null },
    audioDigest: technical?.audioDigest ?? null,
    provenance: engine
      ? {
          sourceDigest: engine.sourceDigest,
          engine: `${engine.engine} ${engine.build}`,
          settings: Object.entries(engine.settings)
            .map(([name, value]) => `${name} ${value}`)
            .join(', '),
        }
      : null,
    volumes: publishedPlaces.map(({ volume, path, positionBytes }) => ({
      name: volume,
      path,
      positionBytes,
    })),
  };
}

/** The name a file has in its volume, or one made from its digest. */
export function fileName({
  digest,
  holding,
  derivative,
  places,
}: Pick<SiteFile, 'digest' | 'holding' | 'derivative' | 'places'>): string {
  const path = places[0]?.path;
  if (path !== undefined) return path.slice(path.lastIndexOf('/') + 1);
  const { extension } = derivative ?? holding;
  return extension === '' ? digest : `${digest.slice(0, 16)}.${extension}`;
}

/** The held file with `digest` for `use`, or undefined when there is none or it is not allowed. */
export async function openHeldFile(
  sources: SiteSources,
  digest: Digest,
  use: 'stream' | 'distribute',
): Promise<ServedFile | undefined> {
  const file = await findFile(sources, digest);
  if (!file || !(use === 'stream' ? file.mayStream : file.mayTake)) return undefined;
  const { mimeType, sizeBytes } = file.derivative ?? file.holding;
  return {
    sizeBytes,
    mimeType,
    fileName: fileName(file),
    identity: digest,
    read: (start, end) => sources.store.read(digest, { start, end }),
  };
}

/** Whether `digest` was shown once and is withdrawn. */
export async function isFileWithdrawn(sources: SiteSources, digest: Digest): Promise<boolean> {
  return (await findFile(sources, digest))?.status === 'withdrawn';
}

/** The file with `digest`, whatever may be done with it. Bytes that are an original and somebody's derivative at once have the original's rights. */
export async function findFile(
  sources: SiteSources,
  digest: Digest,
): Promise<SiteFile | undefined> {
  const holding = await sources.ledger.holding(digest);
  const derivative = holding ? undefined : await sources.ledger.derivative(digest);
  const source = derivative ? await sources.ledger.holding(derivative.sourceDigest) : holding;
  if (!source) return undefined;
  return (await filesOf(sources, [source])).find((file) => file.digest === digest);
}
