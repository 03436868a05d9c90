/** `fonoteca verify URL`: follows an archive by its key, and reads its volumes one at a time. */
import { FonotecaError } from '../base/errors.ts';
import { runFollow } from '../following.ts';
import type { FollowReport } from '../mirroring/follow.ts';
import type { CliContext } from './context.ts';
import { type Reporter, rateText, stageLine } from './reporter.ts';

/** What may be wished of an address. */
export interface UrlWishes {
  readonly publicKey?: string | undefined;
  readonly since?: string | undefined;
  readonly dir?: string | undefined;
  readonly metadata?: true | undefined;
  readonly bytes?: true | undefined;
  readonly volume?: readonly string[] | undefined;
  readonly keep?: true | undefined;
  readonly sample?: number | undefined;
}

/** Whether what was typed is an address and no path. */
export function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** Whether all that was asked of the archive at `address` is well. */
export async function verifyUrl(
  address: string,
  wishes: UrlWishes,
  context: CliContext,
  reporter: Reporter,
): Promise<boolean> {
  if (wishes.sample !== undefined)
    throw new FonotecaError('USAGE', '--sample is for a folder; --volume names what to fetch');
  const { publicKey, since, dir } = wishes;
  const { world, environment } = context;
  using following = await runFollow(
    { address, publicKey, since, directory: dir },
    world,
    environment.stateHome,
    reporter.watch('follow'),
  );
  tellFollowed(following.report, following.directory, reporter);
  if (wishes.metadata) return true;
  const startMs = world.clock.elapsedMs();
  const report = await following.checkVolumes(
    {
      names: wishes.volume,
      keep: wishes.keep === true,
      depth: wishes.bytes ? 'bytes' : undefined,
    },
    reporter.watch('verify'),
  );
  const elapsedMs = world.clock.elapsedMs() - startMs;
  reporter.findings(report.findings);
  const { volumes, members, checkedBytes, findings } = report;
  const intact = findings.length === 0;
  const verdict = intact ? 'all well' : `DAMAGE FOUND (${findings.length} findings)`;
  reporter.result(
    'verified',
    { intact, volumes, members, checkedBytes, findingCount: findings.length },
    stageLine(
      'verify',
      `${verdict}: ${volumes} volumes, ${members} members, ${rateText(checkedBytes, elapsedMs)}`,
    ),
  );
  if (wishes.keep) reporter.say(stageLine('copy', following.directory));
  return intact;
}

function tellFollowed(report: FollowReport, directory: string, reporter: Reporter): void {
  const { state, isNew, address, refused } = report;
  reporter.findings(refused.map(({ address: subject, code, seen }) => ({ code, subject, seen })));
  const { edition, timestamp, archiveId } = state;
  const head = state.log && `${state.log.size}:${state.log.root}`;
  const news = isNew ? '' : ', nothing new';
  reporter.result(
    'followed',
    {
      archiveId,
      address,
      isNew,
      edition: edition.number,
      sha256: edition.sha256,
      timestamp: timestamp.sequence,
      expires: timestamp.expires,
      head,
      directory,
      refused: refused.map(({ code, seen, ...rest }) => ({ ...rest, code, seen })),
    },
    stageLine(
      'follow',
      `edition ${edition.number} of ${archiveId}${news}, signed until ${timestamp.expires}, at ${address}`,
    ),
  );
  if (head) reporter.say(stageLine('head', `${head}   (keep it: --since asks for it)`));
}
