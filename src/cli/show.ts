/** `fonoteca show ID`: what is known and held of a track, album or digest; on request its sound as a picture. */
import path from 'node:path';
import type { Archive } from '../archive.ts';
import { FonotecaError } from '../base/errors.ts';
import { formatDuration, formatSize } from '../base/sizes.ts';
import { isLookUp } from '../catalogue/look-up-any.ts';
import { drawSpectrogram } from '../draw-spectrogram.ts';
import { openFingerprintIndex } from '../fingerprint-index.ts';
import { parseRecordedText, toAcoustidText } from '../fingerprints/fingerprint-text.ts';
import type { HeldHolding } from '../ledger/ledger.ts';
import { findHoldings } from '../look-up.ts';
import type { Technical } from '../model/holding.ts';
import { attributionOf, decideDistribution } from '../model/rights.ts';
import type { TagEvidence } from '../model/tag-evidence.ts';
import { type SameRecording, sameRecordings } from '../same-recordings.ts';
import { today } from '../stages.ts';
import { matchLine, tellCatalogued } from './catalogue-match.ts';
import type { CliContext } from './context.ts';
import { printable } from './reporter.ts';
import { runInArchive, verb } from './verb.ts';

/** The verb `show`. */
export function showVerb(context: CliContext) {
  return verb(
    'show',
    'tell what is held of a track, album or digest, or known of an id of the catalogue',
  )
    .argument(
      '<id>',
      'a stable id such as local:… or mbid:…, an MBID, ISRC or UPC, rank:N, a digest, or the first 8 digits of one',
    )
    .option('--spectrogram <file>', 'draw its sound into a PNG file')
    .action((id, options) =>
      runInArchive(context, options, { write: false }, async (archive, reporter) => {
        if (options.spectrogram !== undefined) {
          const file = path.resolve(options.spectrogram);
          const digest = await drawSpectrogram({ id, file }, archive);
          reporter.result('spectrogram', { digest, file }, `drew ${digest} into ${file}`);
          return 0;
        }
        const isKnown = isLookUp(id) && (await tellCatalogued(archive, id, reporter));
        const holdings = await findHoldings(archive.ledger, id);
        if (holdings.length === 0 && isKnown) return 0;
        if (holdings.length === 0) throw new FonotecaError('NOT_HELD', JSON.stringify(id));
        using index = await openFingerprintIndex(archive);
        for (const holding of holdings) {
          const files = await filesOf(archive, holding);
          const sources = await archive.ledger.sourcesOf(holding.digest);
          const alike = await sameRecordings(archive.ledger, index.parts, holding);
          const { seq: _, technical, ...rest } = holding;
          const json = {
            ...rest,
            technical: technical && { ...technical, peaks: undefined, fingerprint: undefined },
            tagEvidence: await tagEvidenceOf(archive, holding),
            acoustid: acoustidOf(holding),
            sameRecordings: alike,
            match:
              holding.trackId === null ? undefined : await archive.ledger.matchOf(holding.trackId),
            files,
            sources,
          };
          reporter.result(
            'holding',
            JSON.parse(JSON.stringify(json)),
            [
              textOf(
                archive,
                holding,
                files,
                sources.map(({ path }) => path),
                alike,
              ),
              ...(await matchLine(archive, holding.trackId)),
            ].join('\n'),
          );
        }
        return 0;
      }),
    );
}

/** What the file's tags said in their own words when it was taken in last; nothing of what is withdrawn. */
async function tagEvidenceOf(
  { ledger }: Archive,
  { digest, withdrawn }: HeldHolding,
): Promise<TagEvidence | undefined> {
  const told = (await ledger.historyOf(digest)).map(({ fact }) =>
    fact.kind === 'holding-added' ? fact.tagEvidence : undefined,
  );
  return withdrawn ? undefined : told.findLast((evidence) => evidence !== undefined);
}

/** The fingerprint as AcoustID takes it; nothing of what is withdrawn. */
function acoustidOf({ technical, withdrawn }: HeldHolding): string | undefined {
  if (withdrawn || technical?.fingerprint === undefined) return undefined;
  return toAcoustidText(parseRecordedText(technical.fingerprint));
}

function sameText({ digest, trackId, title, artist, likeness }: SameRecording): string {
  const name = [artist, title].filter((part) => part !== null).join(' – ');
  return `same recording as ${trackId ?? digest} ${name}, confidence ${likeness.confidence.toFixed(2)} (${likeness.evidence})`;
}

interface HeldFile {
  readonly digest: string;
  readonly tier: string;
  readonly sizeBytes: number;
  /** Volume and path inside it, or `loose`. */
  readonly place: string;
}

async function filesOf({ ledger }: Archive, holding: HeldHolding): Promise<HeldFile[]> {
  const derivatives = await ledger.derivativesOf(holding.digest);
  const files = [
    { digest: holding.digest, tier: 'original', sizeBytes: holding.sizeBytes },
    ...derivatives.map(({ digest, tier, sizeBytes }) => ({ digest, tier, sizeBytes })),
  ];
  return Promise.all(
    files.map(async (file) => {
      const [place] = await ledger.places(file.digest);
      if (await ledger.isWithdrawn(file.digest)) return { ...file, place: 'withdrawn' };
      const loose = holding.dropped && file.tier === 'original' ? 'dropped' : 'loose';
      return { ...file, place: place ? `${place.volume}.tar: ${place.path}` : loose };
    }),
  );
}

function textOf(
  archive: Archive,
  holding: HeldHolding,
  files: readonly HeldFile[],
  sources: readonly string[],
  alike: readonly SameRecording[],
): string {
  const { description, technical, verdict, rights } = holding;
  const decision = decideDistribution(rights, today(archive));
  const rows: (readonly [string, string | undefined])[] = [
    ['title', description?.title ?? holding.role ?? undefined],
    ['artist', description?.artist],
    ['album', description?.album],
    ['track', holding.trackId ?? undefined],
    [
      'popularity',
      description === null ? undefined : String(description.popularity?.value ?? 'unknown'),
    ],
    ['sound', technical === null ? undefined : soundOf(technical)],
    [
      'verdict',
      `${verdict.state}${verdict.code === undefined ? '' : ` (${verdict.code}: ${verdict.detail ?? ''})`}`,
    ],
    ...(holding.pictures ?? []).map(
      ({ mimeType, widthPx, heightPx, shows }) =>
        [
          'picture',
          `${mimeType}, ${widthPx} × ${heightPx}${shows === '' ? '' : `, ${shows}`}`,
        ] as const,
    ),
    ['licence', rights.licence ?? 'unknown'],
    ['credit', attributionOf(rights) || undefined],
    holding.withdrawn
      ? ['published', 'no: withdrawn']
      : ['published', `${decision.allowed ? 'may be' : 'no'}: ${decision.because}`],
    ...rights.evidence.map(
      (item) => ['evidence', `${item.kind}: ${item.value} (seen ${item.seenAt})`] as const,
    ),
    ...files.map(
      (file) =>
        [
          'file',
          `${file.tier}  ${file.digest}  ${formatSize(file.sizeBytes)}  ${file.place}`,
        ] as const,
    ),
    ...sources.map((source) => ['came as', source] as const),
    ...alike.map((one) => ['sounds like', sameText(one)] as const),
  ];
  return rows
    .flatMap(([name, value]) =>
      value === undefined ? [] : [`${name.padEnd(11)} ${printable(value)}`],
    )
    .join('\n');
}

/** What is stated of the sound. */
function soundOf({ format, channels, sampleRateHz, durationMs }: Technical): string {
  return [
    format,
    channels > 0 ? `${channels} channels` : undefined,
    sampleRateHz > 0 ? `${sampleRateHz} Hz` : undefined,
    durationMs > 0 ? formatDuration(durationMs) : 'length unknown',
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}
