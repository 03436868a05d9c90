/** `fonoteca redact DIR`: applies the withdrawals of a signed edition to a copy of its volumes, in place and offline. */
import fs from 'node:fs';
import path from 'node:path';
import { FonotecaError } from '../base/errors.ts';
import { editionFilePath } from '../model/edition.ts';
import { VOLUME_NAME } from '../model/volume.ts';
import type { CopyPlan, CopyRedaction } from '../rights/redact-copy.ts';
import { runMendCopy, runRedact, runRedactPreview, signedWithdrawals } from '../withdrawing.ts';
import type { CliContext } from './context.ts';
import { type Reporter, stageLine } from './reporter.ts';
import { exitCodeOf, run, verb } from './verb.ts';
import { typedKey } from './verify.ts';

const DAMAGE_EXIT = 12;

/** The verb `redact`. */
export function redactVerb(context: CliContext) {
  return verb(
    'redact',
    'apply the withdrawals of a signed edition to a copy of its volumes, in place; nothing is downloaded',
  )
    .argument('<dir>', 'the copy: a folder with volumes/, or one that holds the .tar files')
    .option('--from <tree>', 'the published tree whose newest edition counts; DIR when left out')
    .option('--key <file|text>', 'the public key that must have signed')
    .option('--dry-run', 'list what would change')
    .action((directory, options) =>
      run(context, options, async (reporter) => {
        const copy = path.resolve(directory);
        const volumes = volumesIn(copy);
        const tree = path.resolve(options.from ?? copy);
        requireWord({ ...options, isOwn: tree === copy });
        const withdrawals = await signedWithdrawals(tree, typedKey(options.key));
        const { edition, withdrawn, archiveId } = withdrawals;
        const mended = options.dryRun ? [] : runMendCopy(volumes, withdrawals);
        if (mended.length > 0)
          reporter.say(`leaves and torrents of ${mended.length} volumes were made again`);
        const plan = runRedactPreview(volumes, withdrawals);
        const due = plan.volumes.filter((volume) => volume.plan !== undefined);
        reporter.result(
          'redaction-plan',
          {
            edition: edition.number,
            archiveId: archiveId ?? null,
            withdrawn: withdrawn.size,
            volumes: due.map(({ name, before }) => ({ name, infohashV1: before })),
          },
          stageLine(
            'redact',
            `edition ${edition.number} of ${archiveId ?? 'nobody'}${options.key ? '' : ', on the tree’s own word,'} withdraws ${withdrawn.size} files; ${due.length} of ${plan.volumes.length} volumes here change`,
          ),
        );
        if (options.dryRun) return tellDryRun(plan, reporter);
        const done = await runRedact(plan, withdrawals, reporter.watch('redact'));
        for (const { name, before, after, members } of done.redacted)
          reporter.result(
            'redacted',
            { name, before, after, members },
            `  ${name}  ${before} → ${after}  ${members} members are zeros now`,
          );
        if (done.interrupted) return 130;
        tellOlderEditions(copy, tree, edition.number, reporter);
        return tellFindings(done, reporter);
      }),
    );
}

/** Bytes go for good here, so a tree from elsewhere needs a key that says whose word it is; a copy is believed of itself. */
function requireWord(given: {
  key?: string | undefined;
  dryRun?: true | undefined;
  isOwn: boolean;
}): void {
  if (given.key === undefined && !given.isOwn && !given.dryRun)
    throw new FonotecaError('USAGE', '--from without --key; nothing says whose edition it must be');
}

/** A copy whose editions end before the withdrawal reads as damaged, and whoever mends it would fetch the bytes again. */
function tellOlderEditions(copy: string, tree: string, newest: number, reporter: Reporter): void {
  const editions = path.join(copy, 'editions');
  if (!fs.existsSync(editions) || fs.existsSync(path.join(copy, editionFilePath(newest, ''))))
    return;
  const from = path.join(tree, 'editions');
  reporter.result(
    'editions-behind',
    { editions, wanted: newest, from },
    `${editions} ends before edition ${newest}, so verify takes the zeros for damage: copy ${from} over it, then verify again`,
  );
}

/** Leaves and torrents that are missing are no fault of the copy: redaction makes them again before it begins. */
function tellDryRun({ findings }: CopyPlan, reporter: Reporter): number {
  const isMissing = ({ code }: { code: string }) => code === 'STORE_OBJECT_MISSING';
  const names = findings.filter(isMissing).map(({ subject }) => subject);
  if (names.length > 0)
    reporter.say(`leaves and torrent would be made again first, then redacted: ${names.join(' ')}`);
  return tellFindings({ findings: findings.filter((one) => !isMissing(one)) }, reporter);
}

function tellFindings(
  { findings }: Pick<CopyPlan | CopyRedaction, 'findings'>,
  reporter: Reporter,
): number {
  reporter.findings(findings);
  const isDamaged = findings.some(({ code }) => code === 'STORE_OBJECT_DAMAGED');
  return isDamaged ? DAMAGE_EXIT : exitCodeOf(findings.length);
}

/**
 * Where the volumes of the copy lie: in its `volumes/`, or in itself, as in the folder of a BitTorrent client. In an archive
 * the ledger must know of every change, so there `withdraw` does it.
 */
function volumesIn(directory: string): string {
  if (fs.existsSync(path.join(directory, 'fonoteca.toml')))
    throw new FonotecaError('USAGE', `${directory} is an archive, not a copy; use withdraw`);
  const volumes = path.join(directory, 'volumes');
  if (fs.existsSync(volumes)) return volumes;
  const names = fs.existsSync(directory) ? fs.readdirSync(directory) : [];
  const isVolume = (name: string) => name.endsWith('.tar') && VOLUME_NAME.test(name.slice(0, -4));
  if (names.some(isVolume)) return directory;
  throw new FonotecaError('FILE_MISSING', volumes);
}
