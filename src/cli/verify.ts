/** `fonoteca verify [PATH]`: checks everything a stranger can check, and in one's own archive all that is held. */
import fs from 'node:fs';
import path from 'node:path';
import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type Archive, openArchive } from '../archive.ts';
import { type Finding, FonotecaError } from '../base/errors.ts';
import { formatSize } from '../base/sizes.ts';
import { trustedKey } from '../change-keys.ts';
import { parsePublicKey } from '../formats/minisign.ts';
import { requireVolumes } from '../mirroring/check-volumes.ts';
import { parseLogHead } from '../mirroring/follow-state.ts';
import { editionFilePath } from '../model/edition.ts';
import { runVerifyHoldings } from '../stages.ts';
import { type VerifyReport, verifyArchive } from '../verifier/verify-archive.ts';
import type { CliContext } from './context.ts';
import { type Reporter, rateText, stageLine } from './reporter.ts';
import { run, verb } from './verb.ts';
import { regenerateOption, verifyRegenerated } from './verify-regenerate.ts';
import { isAddress, type UrlWishes, verifyUrl } from './verify-url.ts';

const DAMAGE_EXIT = 12;
/** The same share of the same bytes each time; a time-boxed pass over other parts comes with scheduling. */
const SAMPLE_SEED = 1;

interface VerifyWishes {
  readonly publicKey?: string | undefined;
  readonly sample?: number | undefined;
  readonly bytes?: boolean | undefined;
  readonly metadata?: boolean | undefined;
  readonly since?: string | undefined;
  readonly volume?: readonly string[] | undefined;
  readonly regenerate?: number | 'all' | true | undefined;
}

/** The verb `verify`. */
export function verifyVerb(context: CliContext) {
  return verb(
    'verify',
    'check a published tree: signatures, log, digests, torrents, members, rights; a path offline, an address by following it; in your own archive also all that is held',
  )
    .argument(
      '[path|url]',
      'an archive, a folder written by `publish --to`, or the address of one; the archive when left out',
    )
    .option(
      '--key <file|text>',
      'the public key that must have signed; without it the tree’s own keys are believed',
    )
    .addOption(
      new Option('--sample <percent>', 'read only this share of each volume')
        .argParser(percentOption)
        .conflicts(['bytes', 'metadata']),
    )
    .addOption(
      new Option(
        '--bytes',
        'prove every byte of a volume by its signed leaves, and leave its other digests aside: three times as quick',
      ).conflicts('metadata'),
    )
    .option(
      '--metadata',
      'read no volume, of an address fetch none: editions, log, lists and torrents alone',
    )
    .option('--since <size:root>', 'a head of the log that was kept, which the log must begin with')
    .option(
      '--regenerate [number|all]',
      'in your own archive: also make this many Opus copies again from their originals, and compare the bytes; 10 when no number is said',
      regenerateOption,
    )
    .option(
      '--volume <name...>',
      'only these volumes: of an address fetch, of a folder read no other',
    )
    .option('--keep', 'of an address: keep the volumes, so that --dir becomes a copy')
    .option(
      '--dir <folder>',
      'of an address: where to remember it; below ~/.local/state when left out',
    )
    .action((directory, options) =>
      run(context, options, async (reporter) => {
        const publicKey = typedKey(options.key);
        // A slip of the pen must not read as a forked log.
        if (options.since !== undefined) parseLogHead(options.since);
        const wishes = { ...options, publicKey, volume: options.volume?.map(volumeName) };
        requireFitting(directory, wishes);
        if (directory !== undefined && isAddress(directory))
          return (await verifyUrl(directory, wishes, context, reporter)) ? 0 : DAMAGE_EXIT;
        const root = path.resolve(directory ?? options.archive);
        if (!fs.existsSync(root)) throw new FonotecaError('FILE_MISSING', root);
        const isOwn = fs.existsSync(path.join(root, 'fonoteca.toml'));
        if (options.regenerate !== undefined && !isOwn)
          throw new FonotecaError('USAGE', `--regenerate, and ${root} holds no originals`);
        if (wishes.volume) requireVolumes(root, wishes.volume);
        const verify = isOwn ? verifyOwn : verifyPublished;
        const isSound = await verify(root, wishes, context, reporter);
        if (context.stop.aborted) return 130;
        return isSound ? 0 : DAMAGE_EXIT;
      }),
    );
}

/** Refuses with `USAGE` what is neither an address nor a path, and wishes that only the other of the two can fulfil. */
function requireFitting(
  place: string | undefined,
  wishes: Pick<UrlWishes, 'keep' | 'dir'> & Pick<VerifyWishes, 'regenerate'>,
): void {
  const isUrl = place !== undefined && isAddress(place);
  if (isUrl && wishes.regenerate !== undefined)
    throw new FonotecaError('USAGE', `--regenerate, and ${place} is an address`);
  if (isUrl) return;
  if (place !== undefined && /^[a-z][a-z0-9+.-]+:\/\//i.test(place))
    throw new FonotecaError('USAGE', `${place}; addresses begin with http:// or https://`);
  for (const name of ['keep', 'dir'] as const)
    if (wishes[name] !== undefined)
      throw new FonotecaError('USAGE', `--${name}, and ${place ?? 'an archive'} is no address`);
}

/** The name of a volume, also where its file is named. */
function volumeName(text: string): string {
  return text.replace(/\.tar$/, '');
}

/** Runs the separate verifier over the tree in `root`. */
export async function verifyTree(
  root: string,
  options: VerifyWishes,
  reporter: Reporter,
): Promise<VerifyReport> {
  const watch = reporter.watch('verify');
  const verifying = verifyArchive(root, {
    publicKey: options.publicKey,
    since: options.since,
    only: options.volume,
    depth: options.metadata ? 'metadata' : options.bytes ? 'bytes' : 'full',
    ...(options.sample === undefined
      ? {}
      : { sample: { share: options.sample / 100, seed: SAMPLE_SEED } }),
    onProgress: ({ doneVolumes, totalVolumes, doneBytes, totalBytes, item }) =>
      watch.progress({
        stage: 'verify',
        doneItems: doneVolumes,
        totalItems: totalVolumes,
        doneBytes,
        totalBytes,
        item,
      }),
    stop: watch.stop,
  });
  return verifying.catch((error) => {
    throw watch.stop.aborted
      ? new FonotecaError('INTERRUPTED', 'while verifying', { cause: error })
      : error;
  });
}

/** Prints what the separate verifier found. */
export function tellVerified(report: VerifyReport, elapsedMs: number, reporter: Reporter): void {
  reporter.findings(report.findings as readonly Finding[]);
  const { editions, volumes, members, checkedBytes, trust, findingCount } = report;
  const { archiveId, logHead } = report;
  const key = {
    'given-key': `archive ${archiveId} by the given key`,
    'own-keys': `archive ${archiveId} on the tree’s own word`,
    none: 'signed by nobody',
  }[trust];
  const verdict = report.intact ? 'all well' : `DAMAGE FOUND (${findingCount} findings)`;
  const text = `${verdict}: ${editions.length} editions, ${volumes} volumes, ${members} members, ${key}, ${rateText(checkedBytes, elapsedMs)}`;
  reporter.result(
    'verified',
    {
      intact: report.intact,
      editions: [...editions],
      volumes,
      members,
      checkedBytes,
      trust,
      archiveId,
      findingCount,
      logHead,
    },
    stageLine('verify', text),
  );
  // The head of a tree that the given key has not signed is nothing to keep.
  if (logHead !== undefined && trust !== 'none')
    reporter.say(`head of the log, to keep for --since: ${logHead}`);
}

/** The published tree as a stranger sees it. */
async function verifyPublished(
  root: string,
  options: VerifyWishes,
  context: CliContext,
  reporter: Reporter,
): Promise<boolean> {
  const startMs = context.world.clock.elapsedMs();
  const report = await verifyTree(root, options, reporter);
  tellVerified(report, context.world.clock.elapsedMs() - startMs, reporter);
  return report.intact;
}

/** One's own archive: the published tree by the archive's own key, then what is held and not published. */
async function verifyOwn(
  root: string,
  options: VerifyWishes,
  context: CliContext,
  reporter: Reporter,
): Promise<boolean> {
  await using archive = await openArchive(root, { write: false }, context.world);
  const hasEdition = (await archive.ledger.editions()).length > 0;
  const publicKey = options.publicKey ?? (await trustedKey(archive)) ?? undefined;
  if (!hasEdition) reporter.say('nothing is published yet');
  const isTreeSound =
    !hasEdition || (await verifyPublished(root, { ...options, publicKey }, context, reporter));
  // Between a withdrawal and its edition the volumes differ from what is signed, and nothing is to be fetched again.
  if (!isTreeSound && (await hasUnpublishedWithdrawals(archive, root)))
    reporter.say(
      'what was withdrawn or restored is in no edition yet, and its volumes differ: run `fonoteca publish`, then verify again',
    );
  const report = await runVerifyHoldings(archive, { all: false }, reporter.watch('verify'));
  reporter.findings(report.findings);
  const { checked, bytes, findings } = report;
  reporter.result(
    'holdings-verified',
    { checked, bytes, findings: findings.length },
    stageLine(
      '',
      `held outside volumes: ${checked} files, ${formatSize(bytes)}, ${findings.length} findings`,
    ),
  );
  const isSound = isTreeSound && findings.length === 0;
  if (options.regenerate === undefined || context.stop.aborted) return isSound;
  return (await verifyRegenerated(archive, options.regenerate, reporter)) && isSound;
}

async function hasUnpublishedWithdrawals(archive: Archive, root: string): Promise<boolean> {
  const newest = (await archive.ledger.editions()).at(-1);
  if (!newest) return false;
  const file = path.join(root, editionFilePath(newest.number, 'tombstones.jsonl'));
  const published = fs.existsSync(file) ? fs.readFileSync(file, 'utf8').split('\n').length - 1 : 0;
  return (await archive.ledger.tombstones()).length > published;
}

/** The public key that `--key` names, as text or as a file. Throws `USAGE` when it is none. */
export function typedKey(key: string | undefined): string | undefined {
  if (key === undefined) return undefined;
  const text = fs.existsSync(key) ? fs.readFileSync(key, 'utf8') : key;
  try {
    parsePublicKey(text);
  } catch (error) {
    if (!(error instanceof FonotecaError)) throw error;
    throw new FonotecaError(
      'USAGE',
      `--key ${key}: neither a public key of minisign nor a file with one`,
      { cause: error },
    );
  }
  return text;
}

function percentOption(text: string): number {
  const percent = Number(text.replace(/%$/, ''));
  if (percent > 0 && percent <= 100) return percent;
  throw new InvalidArgumentError('Wanted a share such as 5%.');
}
