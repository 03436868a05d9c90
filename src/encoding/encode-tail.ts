/**
 * The stage `encode`: makes the derivatives the plan asks for and that are not there yet. Originals stay as they are.
 * Each derivative is durable and recorded before it is told; killed anywhere, the next run makes what is missing.
 */
import type { OpusDerivative } from '../audio/derivative.ts';
import type { AudioDoor } from '../audio/door.ts';
import { knownSound } from '../audio/known-sound.ts';
import { mapBounded } from '../base/bounded-queue.ts';
import type { Digest } from '../base/digest.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { startAudioReader } from '../formats/audio-reader.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { COVER_SIZES, type CoverSource, type ScaledCover } from '../model/cover.ts';
import type { Derivative, EngineRecord, Holding } from '../model/holding.ts';
import type { Plan } from '../model/plan.ts';
import type { Store } from '../store/store.ts';
import { type AlbumGains, startAlbumGains } from './album-gain.ts';
import { derivativeTags } from './derivative-tags.ts';
import type { OpusTierSettings } from './encode-settings.ts';

const SAMPLES_PER_MS = 48;
/** What 14 seconds of sound take at 75 kbit/s: a picture is beside the sound, not the other way round. */
const MAX_COVER_BYTES = 128 * 1024;

/** What encoding works with. */
export interface EncodeDeps {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly audio: AudioDoor;
  /** Where the covers written into derivatives come from; none are written without. */
  readonly covers?: Pick<CoverSource, 'coverFor'>;
  /** Encodings in hand at once. */
  readonly concurrency: number;
  readonly settings: OpusTierSettings;
}

/** What was encoded. */
export interface EncodeReport {
  readonly made: readonly Derivative[];
  readonly sourceBytes: number;
  readonly madeBytes: number;
  /** Duration of the sound encoded. */
  readonly soundMs: number;
  /** Originals that could not be re-encoded; the next plan keeps them as they are. */
  readonly findings: readonly Finding[];
  readonly interrupted: boolean;
}

/** The originals that `plan` publishes as Opus and that have no derivative yet and were not refused, in the plan's order. */
export async function missingDerivatives(plan: Plan, ledger: Ledger): Promise<Holding[]> {
  const refused = new Set((await ledger.derivativeRefusals()).map(({ digest }) => digest));
  const wanted = plan.entries.filter(({ tier, digest }) => tier === 'opus' && !refused.has(digest));
  return encodable(wanted, ledger);
}

/** The originals that could not be encoded when it was tried, by digest. */
export async function refusedDerivatives(ledger: Ledger): Promise<Holding[]> {
  return encodable(await ledger.derivativeRefusals(), ledger);
}

/** Of `wanted` those that are held and have no derivative. */
async function encodable(
  wanted: readonly { readonly digest: Digest }[],
  ledger: Ledger,
): Promise<Holding[]> {
  const found: Holding[] = [];
  for (const { digest } of wanted) {
    if ((await ledger.derivativesOf(digest)).length > 0) continue;
    const holding = await ledger.holding(digest);
    if (holding && !holding.dropped && !holding.withdrawn) found.push(holding);
  }
  return found;
}

/** Encodes `missing`, as many at once as there are workers, recording them in their order. */
export async function encodeHoldings(
  missing: readonly Holding[],
  deps: EncodeDeps,
  watch: Watch,
): Promise<EncodeReport> {
  const totalBytes = missing.reduce((sum, holding) => sum + holding.sizeBytes, 0);
  const report = {
    made: [] as Derivative[],
    sourceBytes: 0,
    madeBytes: 0,
    soundMs: 0,
    findings: [] as Finding[],
    interrupted: false,
  };
  let doneItems = 0;
  const gains = startAlbumGains(deps.ledger);
  const results = mapBounded(
    untilStopped(missing, watch),
    { concurrency: deps.concurrency, ordered: true },
    (holding) => encodeOne(holding, gains, deps),
  );
  for await (const { holding, derivative, finding } of results) {
    doneItems += 1;
    report.sourceBytes += holding.sizeBytes;
    if (derivative) {
      await deps.ledger.commit([{ kind: 'derivative-made', derivative }]);
      report.made.push(derivative);
      report.madeBytes += derivative.sizeBytes;
      report.soundMs += derivative.technical.durationMs;
    } else if (finding) {
      await deps.ledger.commit([
        {
          kind: 'derivative-refused',
          digest: holding.digest,
          code: finding.code,
          seen: finding.seen,
        },
      ]);
      report.findings.push(finding);
    }
    watch.progress({
      stage: 'encode',
      doneItems,
      totalItems: missing.length,
      doneBytes: report.sourceBytes,
      totalBytes,
      item: holding.description?.title,
    });
  }
  return { ...report, interrupted: doneItems < missing.length };
}

interface Encoded {
  readonly holding: Holding;
  readonly derivative?: Derivative;
  readonly finding?: Finding;
}

/** A refusal of the sound is a finding; trouble with the store or the disk ends the stage, since the next item would meet it too. */
async function encodeOne(holding: Holding, gains: AlbumGains, deps: EncodeDeps): Promise<Encoded> {
  const track = holding.trackId === null ? undefined : await deps.ledger.track(holding.trackId);
  const albumId = track?.albumId ?? holding.albumId;
  const cover = await coverOf(holding, deps);
  const albumGainQ8 = albumId === null ? null : await gains(albumId);
  const description = track?.description ?? holding.description;
  const { kbps, complexity } = deps.settings;
  const source = { sizeBytes: holding.sizeBytes, chunks: () => deps.store.read(holding.digest) };
  const outcome = await deps.audio.encodeOpus(source, {
    subject: holding.description?.title ?? holding.digest,
    settings: { bitrateBps: kbps * 1000, complexity },
    tags: derivativeTags(holding, description, { albumGainQ8, cover }),
    known: knownSound(holding),
  });
  if (outcome.ok) return { holding, derivative: keep(holding.digest, outcome.value, cover, deps) };
  const { finding } = outcome;
  if (!/^(?:AUDIO|SUBPROCESS)_/.test(finding.code))
    throw new FonotecaError(finding.code, finding.seen);
  return { holding, finding };
}

/** The cover to write into the derivative, or null where there is none or even the smallest is too large. */
async function coverOf(holding: Holding, deps: EncodeDeps): Promise<ScaledCover | null> {
  const largest = deps.settings.cover_px;
  for (const sizePx of COVER_SIZES.toReversed()) {
    if (sizePx > largest || !deps.covers) continue;
    const cover = await deps.covers.coverFor(holding.digest, sizePx);
    if (cover === null || cover.bytes.length <= MAX_COVER_BYTES) return cover;
  }
  return null;
}

/** The engine's record with the picture that is in the file. */
function recordWith(record: EngineRecord, cover: ScaledCover | null): EngineRecord {
  if (cover === null) return record;
  const { digest, mimeType, widthPx, heightPx, origin } = cover;
  return { ...record, cover: { digest, mimeType, widthPx, heightPx, origin } };
}

/** Reads the new file with our own reader before it is kept: what the engine says of it is not evidence. */
function keep(
  sourceDigest: Digest,
  encoded: OpusDerivative,
  cover: ScaledCover | null,
  { store }: EncodeDeps,
): Derivative {
  const reader = startAudioReader();
  reader.push(encoded.bytes);
  const reading = reader.finish();
  if (reading.verdict.state !== 'intact' || reading.audioDigest === null) {
    throw new FonotecaError(
      'ENCODE_UNSOUND',
      `${reading.verdict.code ?? reading.verdict.state} in the derivative of ${sourceDigest}`,
    );
  }
  const durationMs = encoded.samples48k / SAMPLES_PER_MS;
  const sizeBytes = encoded.bytes.length;
  return {
    ...putObject(store, `opus-${sourceDigest}`, encoded.bytes),
    sizeBytes,
    tier: 'opus',
    sourceDigest,
    extension: 'opus',
    mimeType: 'audio/ogg',
    technical: {
      format: 'ogg-opus',
      channels: encoded.channels,
      sampleRateHz: 48_000,
      durationMs,
      bitrateKbps: (sizeBytes * 8) / Math.max(1, durationMs),
      audioDigest: reading.audioDigest,
    },
    engine: recordWith(encoded.record, cover),
  };
}

function putObject(
  store: Store,
  name: string,
  bytes: Uint8Array,
): Pick<Derivative, 'digest' | 'leavesRoot'> {
  const writer = store.loose.startPut(name);
  try {
    writer.write(bytes);
    const [digest, leavesRoot] = [writer.finish(), writer.leavesRoot()];
    writer.commit();
    return { digest, leavesRoot };
  } catch (error) {
    writer.abort();
    throw error;
  }
}

function* untilStopped<T>(items: readonly T[], watch: Watch): Generator<T> {
  for (const item of items) {
    if (watch.stop.aborted) return;
    yield item;
  }
}
