/** The report of an archive's catalogue: which snapshot, which sources, what is held, and the door that counts. */
import os from 'node:os';
import path from 'node:path';
import { COMPARED, compareResults } from './analytics/compare-snapshots.ts';
import { type Counted, countReport } from './analytics/count-report.ts';
import type { HeldFacts, NamedTrack, ReportInput, SourceFacts } from './analytics/report-input.ts';
import type { ReportHead } from './analytics/result.ts';
import { STATISTICS } from './analytics/statistics.ts';
import { checkReportFolder, type WrittenReport, writeReport } from './analytics/write-report.ts';
import type { Archive } from './archive.ts';
import { ensureDirectory } from './base/durable.ts';
import { FonotecaError } from './base/errors.ts';
import { unwatched, type Watch } from './base/progress.ts';
import { compareBytes } from './base/safe-path.ts';
import { parseSize } from './base/sizes.ts';
import { type FinishedImport, listImports } from './catalogue/imports.ts';
import { SNAPSHOTS } from './catalogue/snapshot-files.ts';
import type { CatalogueTrack, Snapshot } from './catalogue/snapshot-look-up.ts';
import { openCatalogue, openCatalogueTables } from './catalogue-snapshots.ts';
import { catalogueOf } from './cataloguing.ts';
import type { HeldHolding } from './ledger/ledger.ts';
import { type Told, tellOf, toldFlags, writeFlags } from './report-flags.ts';
import { importFiles, requireImportFiles } from './snapshots/check-imports.ts';
import { statisticsSources } from './snapshots/statistics-source.ts';
import { parquetFiles } from './tables/tables.ts';

/** What a person may wish of a report. */
export interface ReportWishes {
  /** Another snapshot than the one in use. */
  readonly snapshot?: string | undefined;
  /** A snapshot to put beside it. */
  readonly compare?: string | undefined;
  /** DuckDB's memory, such as `4GB`. */
  readonly memory?: string | undefined;
}

/** What a report would be made of. */
export interface ReportPlan {
  readonly snapshot: string;
  readonly tracks: number;
  readonly statistics: readonly string[];
}

/** DuckDB goes a quarter beyond what it is told: this keeps a report of any size under 6 GB. */
const MEMORY_BYTES = 4 * 2 ** 30;

/** Where the report on the snapshot `id` is kept when it is to go nowhere else: with the snapshot, and as long as it. */
export function keptReportFolder(archive: Pick<Archive, 'layout'>, id: string): string {
  return path.join(catalogueOf(archive), SNAPSHOTS, id, 'report');
}

/** What `runReport` would count, without counting. `SNAPSHOT_MISSING`, `REPORT_FOLDER`. */
export function previewReport(
  archive: Archive,
  directory: string | undefined,
  { snapshot: id }: ReportWishes,
): ReportPlan {
  using snapshot = openCatalogue(archive, id);
  checkReportFolder(archive.disk, ownFolder(archive, snapshot, directory));
  const { manifest } = snapshot;
  return {
    snapshot: manifest.id,
    tracks: manifest.rows.tracks,
    statistics: STATISTICS.map(({ name }) => name),
  };
}

/**
 * Counts everything over the snapshot in use and writes the report into `directory`, or without one to where the site shows
 * it, in place of an earlier one. Null
 * when it was stopped. `SNAPSHOT_MISSING`, `REPORT_EMPTY`, `REPORT_FOLDER`, `SNAPSHOT_BLOCK`, `TABLES_SQL`.
 */
export async function runReport(
  archive: Archive,
  directory: string | undefined,
  { snapshot: id, compare, memory }: ReportWishes,
  watch: Watch,
): Promise<WrittenReport | null> {
  const { disk } = archive;
  const memoryBytes = memory === undefined ? MEMORY_BYTES : parseSize(memory);
  using snapshot = openCatalogue(archive, id);
  const out = ownFolder(archive, snapshot, directory);
  checkReportFolder(disk, out);
  const { input, told } = await inputOf(archive, snapshot);
  const counting = { input, list: STATISTICS, memoryBytes, told };
  const counted = await countSnapshot(archive, snapshot, counting, watch);
  if (counted === null) return null;
  let { results } = counted;
  if (compare !== undefined) {
    using other = openCatalogue(archive, compare);
    const list = STATISTICS.filter(({ name }) => COMPARED.has(name));
    const { input: otherInput } = await inputOf(archive, other);
    const others = await countSnapshot(
      archive,
      other,
      // By the classes of this snapshot: those of a smaller one would be wider.
      { input: { ...otherInput, classedBy: input.classedBy }, list, memoryBytes },
      watch,
    );
    if (others === null) return null;
    const pair = { results, others: others.results };
    results = [...results, ...compareResults(pair, other.manifest.id)];
  }
  return await writeReport({ head: input.head, statistics: results }, counted, out, {
    disk,
    watch,
  });
}

/** What is counted. With `told`, the bitmaps of the flags are written too. */
interface Counting {
  readonly input: ReportInput;
  readonly list: typeof STATISTICS;
  readonly memoryBytes: number;
  readonly told?: Told;
}

async function countSnapshot(
  archive: Archive,
  snapshot: Snapshot,
  { input, list, memoryBytes, told }: Counting,
  watch: Watch,
): Promise<Counted | null> {
  const { disk } = archive;
  const folders = [snapshot.directory, path.join(catalogueOf(archive), 'imports')];
  for (const folder of folders) ensureDirectory(disk, folder);
  await using tables = await openCatalogueTables(archive, folders, memoryBytes);
  const counted = await countReport(input, list, { disk, tables, watch });
  if (counted !== null && told) await writeFlags(archive, snapshot, tables, told);
  return counted;
}

async function inputOf(
  archive: Archive,
  snapshot: Snapshot,
): Promise<{ input: ReportInput; told: Told }> {
  const { disk, ledger } = archive;
  const { manifest } = snapshot;
  const head = headOf(snapshot);
  const dates = [...head.sources.map(({ date }) => date), head.popularity?.date ?? null];
  const years = dates.flatMap((date) => (date === null ? [] : [Number(date.slice(0, 4))]));
  const holdings = await ledger.holdings();
  const told = await tellOf(archive, snapshot, holdings);
  const input: ReportInput = {
    head,
    classedBy: manifest.rows.tracks,
    tables: statisticsSources(disk, snapshot),
    sources: await sourcesOf(
      archive,
      manifest.sources.map((each) => each.import),
    ),
    merges: manifest.merges,
    held: heldFacts(holdings),
    sounds: told.sounds,
    titles: told.titles,
    told: toldFlags(told),
    year: years.length === 0 ? null : Math.max(...years),
    names: {
      tracks: namedTracks(snapshot),
      artists: (ranks) =>
        snapshot
          .artistsAt(ranks)
          .map((artist) => ({ name: artist?.name ?? '', id: artist?.id ?? '' })),
    },
  };
  return { input, told };
}

function headOf({ manifest }: Snapshot): ReportHead {
  const { id, rows, popularity } = manifest;
  const sources = manifest.sources.map(({ source, licence, dump }) => ({
    ...{ source, licence, date: dump.date },
  }));
  return { snapshot: id, rows, sources, popularity };
}

/** Tracks by name. Without links there is nobody's to look up, and a name is a fifth of a row. */
function namedTracks(snapshot: Snapshot): (ranks: readonly number[]) => NamedTrack[] {
  const [link] = snapshot.sideRows('links');
  if (link !== undefined)
    return (ranks) =>
      snapshot.tracksAt(ranks).map((track) => {
        const { title = '', artist = '', id = '' } = track ?? {};
        return { title, artist, id, pays: track ? paysOf(snapshot, track) : [] };
      });
  return (ranks) =>
    ranks.map((rank) => {
      const { title, artist } = snapshot.names('tracks', rank);
      const [id = ''] = snapshot.idsFrom('tracks', rank);
      return { title: title ?? '', artist: artist ?? '', id, pays: [] };
    });
}

/** Where whoever made a track is paid: its own links, those of its album, and those of its first artist. */
function paysOf(snapshot: Snapshot, { id, albumId, artistIds }: CatalogueTrack): string[] {
  const ids = [id, albumId, artistIds[0]].filter((each) => each !== null && each !== undefined);
  const links = ids.flatMap((each) => snapshot.linksOf(each));
  return links
    .filter(({ kind }) => kind === 'purchase' || kind === 'patronage')
    .map(({ url }) => url);
}

/** What is known of each import. The tables of several that lie there are compared; of one alone there is nothing to compare. */
async function sourcesOf(archive: Archive, ids: readonly string[]): Promise<SourceFacts[]> {
  const all = listImports(archive.disk, catalogueOf(archive));
  const found = ids.map((id) => all.find(({ record }) => record.id === id));
  const isComparable = found.filter((each) => each !== undefined).length > 1;
  const facts: SourceFacts[] = [];
  for (const each of found) {
    const counts = each?.record.tables.tracks;
    facts.push({
      tracksRead: counts?.read ?? null,
      tracksKept: counts?.kept ?? null,
      tracks: each && isComparable ? await importedTracks(archive, each) : null,
    });
  }
  return facts;
}

/** The tracks of an import, its files read and compared with their digests first; null when it has none or they are gone. */
async function importedTracks({ disk }: Archive, found: FinishedImport): Promise<string | null> {
  const files = importFiles(found).filter(({ table }) => table === 'tracks');
  if (files.length === 0 || files.some((file) => !disk.stat(file.path))) return null;
  await requireImportFiles(files, {
    ...{ disk, threads: os.availableParallelism(), watch: unwatched },
  });
  return parquetFiles(files.map((file) => file.path));
}

function heldFacts(holdings: readonly HeldHolding[]): HeldFacts[] {
  const facts = new Map<string, { -readonly [Key in keyof HeldFacts]: HeldFacts[Key] }>();
  for (const { kind, technical, extension, verdict, sizeBytes, withdrawn, dropped } of holdings) {
    if (withdrawn || dropped) continue;
    const format = technical?.format ?? extension;
    const key = `${kind} ${format} ${verdict.state}`;
    const fact = facts.get(key) ?? { kind, format, state: verdict.state, files: 0, sizeBytes: 0 };
    fact.files += 1;
    fact.sizeBytes += sizeBytes;
    facts.set(key, fact);
  }
  return [...facts.keys()].sort(compareBytes).map((key) => facts.get(key)!);
}

/** A report takes the place of what is there, so it never lies where the archive's own files are. */
function ownFolder(
  archive: Archive,
  { manifest }: Snapshot,
  directory: string | undefined,
): string {
  if (directory === undefined) return keptReportFolder(archive, manifest.id);
  const { layout } = archive;
  const out = path.resolve(directory);
  const inside = path.relative(layout.root, out);
  if (inside !== '' && (inside.startsWith('..') || path.isAbsolute(inside))) return out;
  if (inside.startsWith(`report`)) return out;
  throw new FonotecaError('REPORT_FOLDER', `${out} is in the archive`);
}
