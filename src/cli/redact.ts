/** `fonoteca redact DIR`: applies the withdrawals of a signed edition to a copy of its volumes, in place and offline. */
import fs from 'node:fs';
import path from 'node:path';
import { FonotecaError } from '../base/errors.ts';
import type { CopyPlan, CopyRedaction } from '../rights/redact-copy.ts';
import { runMendCopy, runRedact, runRedactPreview, signedWithdrawals } from '../withdrawing.ts';
import type { CliContext } from './context.ts';
import { type Reporter, stageLine } from './reporter.ts';
import { exitCodeOf, run, verb } from './verb.ts';

const DAMAGE_EXIT = 12;

/** The verb `redact`. */
export function redactVerb(context: CliContext) {
  return verb(
    'redact',
    'apply the withdrawals of a signed edition to a copy of its volumes, in place; nothing is downloaded',
  )
    .argument('<dir>', 'the copy: a folder with volumes/')
    .option('--from <tree>', 'the published tree whose newest edition counts; DIR when left out')
    .option('--key <file|text>', 'the public key that must have signed')
    .option('--dry-run', 'list what would change')
    .action((directory, options) =>
      run(context, options, async (reporter) => {
        const copy = path.resolve(directory);
        requireCopy(copy);
        const tree = path.resolve(options.from ?? copy);
        const withdrawals = await signedWithdrawals(tree, keyText(options.key));
        const { edition, withdrawn, archiveId } = withdrawals;
        const mended = options.dryRun ? [] : runMendCopy(path.join(copy, 'volumes'), withdrawals);
        if (mended.length > 0)
          reporter.say(`leaves and torrents of ${mended.length} volumes were made again`);
        const plan = runRedactPreview(path.join(copy, 'volumes'), withdrawals);
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
            `edition ${edition.number} of ${archiveId ?? 'nobody'} withdraws ${withdrawn.size} files; ${due.length} of ${plan.volumes.length} volumes here change`,
          ),
        );
        if (options.dryRun) return tellFindings(plan, reporter);
        const done = await runRedact(plan, withdrawals, reporter.watch('redact'));
        for (const { name, before, after, members } of done.redacted)
          reporter.result(
            'redacted',
            { name, before, after, members },
            `  ${name}  ${before} → ${after}  ${members} members are zeros now`,
          );
        return done.interrupted ? 130 : tellFindings(done, reporter);
      }),
    );
}

function tellFindings(
  { findings }: Pick<CopyPlan | CopyRedaction, 'findings'>,
  reporter: Reporter,
): number {
  reporter.findings(findings);
  const isDamaged = findings.some(({ code }) => code === 'STORE_OBJECT_DAMAGED');
  return isDamaged ? DAMAGE_EXIT : exitCodeOf(findings.length);
}

/** In an archive the ledger must know of every change, so there `withdraw` does it. */
function requireCopy(directory: string): void {
  if (!fs.existsSync(path.join(directory, 'volumes')))
    throw new FonotecaError('FILE_MISSING', path.join(directory, 'volumes'));
  if (fs.existsSync(path.join(directory, 'fonoteca.toml')))
    throw new FonotecaError('USAGE', `${directory} is an archive, not a copy; use withdraw`);
}

function keyText(key: string | undefined): string | undefined {
  return key !== undefined && fs.existsSync(key) ? fs.readFileSync(key, 'utf8') : key;
}
