/**
 * What a torrent client must be told so that it seeds the newest edition and nothing older: a plan, then its carrying out.
 *
 * Input: the edition, the ledger and the client's own list. Torrents of the client that are not of this archive are
 * left alone. A removal counts only when the client's list confirms it.
 */
import path from 'node:path';
import { readWhole } from '../base/disk.ts';
import { type Finding, FonotecaError, findingFrom } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { parseMetainfo } from '../formats/metainfo-parse.ts';
import { removeFromSeeders, type Seeder, type SeedStatus } from '../model/seeder.ts';
import { type SeedDeps, type SeedItem, seedItems, supersededItems } from './seed-item.ts';
import { isServable as isVolumeServable } from './servable.ts';

/** What is to be told to a client. */
export interface ClientPlan {
  /** Not there yet. */
  readonly add: readonly SeedItem[];
  /** There, and of this archive, and to be seeded no more. */
  readonly remove: readonly { readonly infohashV1: string; readonly name: string }[];
  /** There already. */
  readonly kept: readonly SeedItem[];
}

/** How a client went along. */
export interface ClientReport {
  readonly added: number;
  readonly removed: number;
  readonly findings: readonly Finding[];
}

/** Where a client sees the folders of this archive. */
export interface ClientPaths {
  readonly volumes: string;
  /** Undefined when it does not see the editions: then it gets volumes alone. */
  readonly editions: string | undefined;
}

/** The plan for `seeder`. */
export async function planClient(
  deps: SeedDeps,
  seeder: Seeder,
  paths: ClientPaths,
): Promise<ClientPlan> {
  const items = (await seedItems(deps)).filter(
    ({ kind }) => kind === 'volume' || paths.editions !== undefined,
  );
  const old = await supersededItems(deps, items);
  const has = await seeder.list();
  return {
    add: items.filter(({ infohashV1 }) => !has.has(infohashV1)),
    remove: [...old]
      .filter(([infohashV1]) => has.has(infohashV1))
      .map(([infohashV1, name]) => ({ infohashV1, name })),
    kept: items.filter(({ infohashV1 }) => has.has(infohashV1)),
  };
}

/** Tells `seeder` what `plan` says: removals first. What goes wrong with one torrent is a finding and costs only it. */
export async function carryOutClient(
  plan: ClientPlan,
  deps: Pick<SeedDeps, 'disk' | 'ledger'>,
  seeder: Seeder,
  paths: ClientPaths,
  watch: Watch,
): Promise<ClientReport> {
  const findings: Finding[] = [];
  const total = plan.remove.length + plan.add.length;
  let done = 0;
  const attempt = async (subject: string, act: () => Promise<void>): Promise<number> => {
    if (watch.stop.aborted) return 0;
    watch.progress({
      stage: 'seed',
      doneItems: done,
      totalItems: total,
      doneBytes: 0,
      totalBytes: 0,
      item: subject,
    });
    done += 1;
    try {
      await act();
      return 1;
    } catch (error) {
      findings.push(findingFrom(error, subject));
      return 0;
    }
  };
  let removed = 0;
  for (const { infohashV1, name } of plan.remove)
    removed += await attempt(name, () => removeFromSeeders([seeder], infohashV1));
  let added = 0;
  for (const item of plan.add)
    added += await attempt(item.fileName, () => addServable(item, deps, seeder, paths));
  return { added, removed, findings };
}

/**
 * Adds `item` while it may be served: a withdrawal that came since the plan was made must not find its torrent added behind its back,
 * so it is asked for before and after, and the file is to be the torrent that was planned. `SEED_TORRENT_WITHDRAWN`, `SEED_TORRENT_WRONG`.
 */
async function addServable(
  item: SeedItem,
  { disk, ledger }: Pick<SeedDeps, 'disk' | 'ledger'>,
  seeder: Seeder,
  paths: ClientPaths,
): Promise<void> {
  const isServable = async () =>
    item.kind === 'metadata' ||
    (await isVolumeServable(ledger, path.parse(item.fileName).name, item.infohashV1));
  const withdrawn = () => new FonotecaError('SEED_TORRENT_WITHDRAWN', item.infohashV1);
  if (!(await isServable())) throw withdrawn();
  const torrent = readWhole(disk, item.torrentFile);
  const { infohashV1 } = parseMetainfo(torrent);
  if (infohashV1 !== item.infohashV1)
    throw new FonotecaError('SEED_TORRENT_WRONG', `${infohashV1}, not ${item.infohashV1}`);
  await seeder.add(torrent, directoryFor(item, paths));
  if (await isServable()) return;
  await removeFromSeeders([seeder], item.infohashV1);
  throw withdrawn();
}

/** What `seeder` says of the torrents of this archive, in the order of the edition. */
export async function clientStatus(deps: SeedDeps, seeder: Seeder): Promise<SeedStatus[]> {
  const rows = new Map((await seeder.status()).map((row) => [row.infohashV1, row]));
  return (await seedItems(deps)).flatMap(({ infohashV1 }) => rows.get(infohashV1) ?? []);
}

function directoryFor({ kind, directory }: SeedItem, paths: ClientPaths): string {
  return kind === 'volume' || paths.editions === undefined
    ? paths.volumes
    : path.posix.join(paths.editions, path.basename(directory));
}
