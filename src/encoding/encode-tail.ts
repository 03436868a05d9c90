/**
 * The stage `encode`: makes the derivatives the plan asks for and that are not there yet. Originals stay as they are.
 * Each derivative is durable and recorded before it is told; killed anywhere, the next run makes what is missing.
 */
import type { OpusDerivative } from '../audio/derivative.ts';
import type { AudioDoor } from '../audio/door.ts';
import { OPUS_SETTINGS } from '../audio/opus-encode.ts';
import { mapBounded } from '../base/bounded-queue.ts';
import type { Digest } from '../base/digest.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { startAudioReader } from '../formats/audio-reader.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { CoverSource } from '../model/cover.ts';
import type { Derivative, Holding } from '../model/holding.ts';
import type { Plan } from '../model/plan.ts';
import type { Store } from '../store/store.ts';
import { derivativeTags } from './derivative-tags.ts';

const SAMPLES_PER_MS = 48;

/** What encoding works with. */
export interface EncodeDeps {
  readonly ledger: Ledger;
  readonly store: Store;
  readonly audio: AudioDoor;
  /** Where the covers written into derivatives come from; none are written without. */
  readonly covers?: CoverSource;
  /** Encodings in hand at once. */
  readonly concurrency: number;
  readonly bitrateKbps: number;
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

/** The originals that `plan` publishes as Opus and that have no derivative yet, in the plan's order. */
export async function missingDerivatives(plan: Plan, ledger: Ledger): Promise<Holding[]> {
  const missing: Holding[] = [];
  for (const entry of plan.entries) {
    if (entry.tier !== 'opus' || (await ledger.derivativesOf(entry.digest)).length > 0) continue;
    const holding = await ledger.holding(entry.digest);
    if (holding && !holding.dropped && !holding.withdrawn) missing.push(holding);
  }
  return missing;
}

/** Encodes what is missing, as many at once as there are workers, recording them in the plan's order. */
export async function encodeTail(
  plan: Plan,
  deps: EncodeDeps,
  watch: Watch,
): Promise<EncodeReport> {
  const missing = await missingDerivatives(plan, deps.ledger);
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
  const results = mapBounded(
    untilStopped(missing, watch),
    { concurrency: deps.concurrency, ordered: true },
    (holding) => encodeOne(holding, deps),
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
async function encodeOne(holding: Holding, deps: EncodeDeps): Promise<Encoded> {
  const track = holding.trackId === null ? undefined : await deps.ledger.track(holding.trackId);
  const tags = derivativeTags(holding, track?.description ?? holding.description);
  const source = { sizeBytes: holding.sizeBytes, chunks: () => deps.store.read(holding.digest) };
  const subject = holding.description?.title ?? holding.digest;
  const settings = { ...OPUS_SETTINGS, bitrateBps: deps.bitrateKbps * 1000 };
  const outcome = await deps.audio.encodeOpus(source, { subject, settings, tags });
  if (outcome.ok) return { holding, derivative: keep(holding.digest, outcome.value, deps) };
  const { finding } = outcome;
  if (!/^(?:AUDIO|SUBPROCESS)_/.test(finding.code))
    throw new FonotecaError(finding.code, finding.seen);
  return { holding, finding };
}

/** Reads the new file with our own reader before it is kept: what the engine says of it is not evidence. */
function keep(sourceDigest: Digest, encoded: OpusDerivative, { store }: EncodeDeps): Derivative {
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
    engine: encoded.record,
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
