/** `fonoteca withdraw`: takes what is held out of every volume and page, on the record, and brings it back. */
import { Option } from '@commander-js/extra-typings';
import type { Archive } from '../archive.ts';
import { FonotecaError } from '../base/errors.ts';
import { formatSize } from '../base/sizes.ts';
import { RESTORE_REASONS, WITHDRAWAL_REASONS } from '../model/tombstone.ts';
import type { WithdrawalReport } from '../rights/carry-out-withdrawal.ts';
import type { WithdrawalPlan } from '../rights/plan-withdrawal.ts';
import {
  prepareWithdrawal,
  publishWithdrawal,
  runWithdraw,
  runWithdrawPreview,
  type WithdrawalSubject,
  type WithdrawalWish,
} from '../withdrawing.ts';
import type { CliContext } from './context.ts';
import { tellPublished } from './publish.ts';
import { printable, type Reporter, stageLine } from './reporter.ts';
import { exitCodeOf, runInArchive, verb } from './verb.ts';

interface WithdrawOptions {
  readonly reason: (typeof RESTORE_REASONS)[number];
  readonly undo?: true | undefined;
  readonly destroy?: true | undefined;
  readonly dryRun?: true | undefined;
  readonly publish: boolean;
  readonly yes?: true | undefined;
  readonly input: boolean;
}

/** The verb `withdraw`. */
export function withdrawVerb(context: CliContext) {
  return verb(
    'withdraw',
    'take a track, an album or a file out of every volume, page and torrent, on the record; --undo brings it back',
  )
    .argument('[id]', 'a track id, an album id or a whole SHA-256')
    .option('--holder <name>', 'all that this rights holder holds the rights of')
    .option('--ended', 'all that is published and may not be distributed any more')
    .addOption(
      new Option('--reason <code>', 'why; it is published, and no free text is')
        .choices(RESTORE_REASONS)
        .makeOptionMandatory(),
    )
    .option('--undo', 'restore it from the sealed copies')
    .option('--destroy', 'keep no sealed copy: it can never be restored')
    .option('--dry-run', 'list what would go, and from where')
    .option('--no-publish', 'do not publish the edition that says so')
    .option('--yes', 'do not ask')
    .action((id, options) =>
      runInArchive(context, options, { write: !options.dryRun }, async (archive, reporter) => {
        const subject = subjectOf(id, options);
        const wish = wishOf(options);
        if (!options.dryRun) await prepareWithdrawal(archive, reporter.watch('withdraw'));
        const plan = await runWithdrawPreview(archive, subject, wish.undo);
        tellPlan(plan, wish, reporter);
        tellMissing(plan, reporter);
        if (options.dryRun) return 0;
        // With --destroy, sealed copies of what was withdrawn before go too, and nothing brings those back.
        const isDue = plan.items.length > 0 || (options.destroy && plan.already.length > 0);
        if (isDue) await requireYes(options, context);
        const report = await runWithdraw(archive, plan, wish, reporter.watch('withdraw'));
        tellReport(report, plan, wish, reporter);
        reporter.findings(report.catalogueFindings);
        if (report.interrupted) return 130;
        await publish(archive, options, context, reporter);
        return exitCodeOf(report.unsealed.length + plan.missing.length);
      }),
    );
}

function subjectOf(
  id: string | undefined,
  { holder, ended }: { holder?: string | undefined; ended?: true | undefined },
): WithdrawalSubject {
  const given = [id, holder, ended].filter((one) => one !== undefined);
  if (given.length !== 1)
    throw new FonotecaError('USAGE', `${given.length} of an id, --holder and --ended; wanted one`);
  if (id !== undefined) return { id };
  return holder === undefined ? 'ended' : { holder };
}

function wishOf({ reason, undo, destroy }: WithdrawOptions): WithdrawalWish {
  if (undo && destroy) throw new FonotecaError('USAGE', '--destroy with --undo');
  if (undo) return { undo: true, reason };
  const known = WITHDRAWAL_REASONS.find((one) => one === reason);
  if (!known) throw new FonotecaError('USAGE', `--reason ${reason} without --undo`);
  return { undo: false, reason: known, destroy: destroy === true };
}

async function requireYes(options: WithdrawOptions, context: CliContext): Promise<void> {
  const question = options.undo
    ? 'These files come back into volumes and pages. Restore them?'
    : options.destroy
      ? 'These files leave for good, and no copy is kept. Withdraw them?'
      : 'These files leave every volume, page and torrent. Withdraw them?';
  const isAgreed = options.yes === true || (options.input && (await context.ask(question)));
  if (!isAgreed) throw new FonotecaError('WITHDRAW_UNCONFIRMED', 'no answer, or no');
}

function tellPlan(plan: WithdrawalPlan, wish: WithdrawalWish, reporter: Reporter): void {
  const { items, already, volumes, loose, bytes } = plan;
  const { undo } = wish;
  const destroy = !wish.undo && wish.destroy;
  const count = (kind: string) => items.filter((item) => item.kind === kind).length;
  const what = `${count('original')} originals, ${count('derivative')} derivatives, ${count('companion')} companions`;
  const lines = items.map(
    ({ digest, kind, sizeBytes, title }) =>
      `  ${digest.slice(0, 12)}  ${kind.padEnd(10)}  ${formatSize(sizeBytes).padStart(8)}  ${printable(title)}`,
  );
  const torrents = volumes.map(({ name, infohashV1 }) => `  ${name}  ${infohashV1} leaves`);
  const state = undo ? 'not withdrawn' : 'withdrawn already';
  const rest = already.length > 0 ? [`  ${state}: ${already.length} more`] : [];
  if (destroy && items.length + already.length > 0)
    rest.push('  no sealed copy is kept of any of them, and those of before are destroyed');
  reporter.result(
    'withdrawal-plan',
    {
      undo,
      destroy,
      digests: items.map(({ digest }) => digest),
      already: already.map(({ digest }) => digest),
      missing: plan.missing.map(({ digest }) => digest),
      volumes: volumes.map(({ name, infohashV1 }) => ({ name, infohashV1 })),
      loose: [...loose],
      bytes,
    },
    [
      `${undo ? 'restore' : 'withdraw'} ${what}, ${formatSize(bytes)}, in ${volumes.length} volumes, ${loose.length} loose`,
      ...lines,
      ...torrents,
      ...rest,
    ].join('\n'),
  );
}

/** Names what no sealed copy is kept of: it stays withdrawn. */
function tellMissing({ missing }: WithdrawalPlan, reporter: Reporter): void {
  reporter.findings(
    missing.map(({ digest, title }) => ({ code: 'SEALED_MISSING', subject: digest, seen: title })),
  );
}

function tellReport(
  report: WithdrawalReport,
  plan: WithdrawalPlan,
  { undo }: WithdrawalWish,
  reporter: Reporter,
): void {
  reporter.findings(
    report.unsealed.map((digest) => ({
      code: 'SEALED_NONE',
      subject: digest,
      seen: 'damaged bytes',
    })),
  );
  const volumes = report.volumes.map(({ volume, before }) => ({
    name: volume.name,
    before,
    after: volume.infohashV1,
  }));
  const what = undo ? 'restored' : 'withdrew';
  reporter.result(
    undo ? 'restored' : 'withdrawn',
    { digests: plan.items.map(({ digest }) => digest), volumes, loose: report.looseRemoved },
    [
      stageLine(
        'withdraw',
        `${what} ${plan.items.length} files, ${volumes.length} volumes changed`,
      ),
      ...volumes.map(({ name, before, after }) => `  ${name}  ${before} → ${after}`),
    ].join('\n'),
  );
}

/** A withdrawal is public, and binding for mirrors, once a signed edition says so. */
async function publish(
  archive: Archive,
  options: WithdrawOptions,
  context: CliContext,
  reporter: Reporter,
): Promise<void> {
  if (!options.publish) {
    const text = 'nothing is published yet of this: run `fonoteca publish`';
    return reporter.result('publish-due', { due: true }, stageLine('publish', text));
  }
  const startMs = context.world.clock.elapsedMs();
  const report = await publishWithdrawal(archive, reporter.watch('publish'));
  if (report) tellPublished(report, context.world.clock.elapsedMs() - startMs, reporter);
}
