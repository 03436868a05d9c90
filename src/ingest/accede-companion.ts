/**
 * One companion from staging to holding: its album by the audio beside it, its rights by its row or its folder's rows;
 * those of a paper by its row alone.
 */
import { readImageHeader } from '../audio/image-header.ts';
import type { Digest } from '../base/digest.ts';
import { type Disk, readInto } from '../base/disk.ts';
import type { Finding } from '../base/errors.ts';
import type { Holding } from '../model/holding.ts';
import { parseLicence } from '../model/read-licence.ts';
import { holdAsCopy } from './accede-audio.ts';
import { type AddSession, fileRead, reportDark, rowSource, statementOf } from './add-session.ts';
import type { CompanionRole } from './classify.ts';
import { companionMime, extensionOf, isPaper } from './classify.ts';
import type { FolderIndex } from './folder-neighbours.ts';
import { type MatchedRow, placeKey } from './match-table.ts';
import type { RightsSources } from './resolve-rights.ts';
import { resolveRights } from './resolve-rights.ts';
import type { ScannedFile } from './scan-folder.ts';
import type { SourcePlace } from './source-path.ts';
import type { StagedFile } from './stage-file.ts';
import type { TableCells } from './tracks-table.ts';

/** A JPEG's size stands behind its notes, a colour profile and a preview among them. */
const PICTURE_HEAD_BYTES = 512 * 1024;

/** What lies in the folders round a companion. */
export interface Neighbours {
  /** Digests of audio. */
  readonly audio: FolderIndex<Digest>;
  /** Rows about audio. */
  readonly rows: FolderIndex<MatchedRow>;
}

/** Holds the companion `file`. `isPlaced` is false for a file beside the folders added, which has no place in them. */
export async function accedeCompanion(
  session: AddSession,
  file: ScannedFile & { readonly role: CompanionRole; readonly isPlaced: boolean },
  staged: StagedFile,
  neighbours: Neighbours,
): Promise<void> {
  const asRead = { ...file, sizeBytes: staged.sizeBytes, mtimeMs: staged.mtimeMs };
  if (file.isPlaced && (await holdAsCopy(session, asRead, staged))) return;
  const { digest, sizeBytes, leavesRoot } = staged;
  const extension = extensionOf(file.path);
  const { rights, findings } = resolveRights(file.path, {
    row: companionRow(session, file, neighbours),
    tags: [],
    statement: isPaper(file.role) ? null : statementOf(session),
    dark: session.plan.options.dark ?? false,
    before: null,
    seenAt: session.seenAt,
  });
  tellRights(session, file.role, findings);
  const holding: Holding = {
    digest,
    sizeBytes,
    ...(leavesRoot === undefined ? {} : { leavesRoot }),
    kind: 'companion',
    extension,
    mimeType: companionMime(extension),
    trackId: null,
    albumId: await albumBeside(session, file, neighbours),
    role: file.role,
    ...picturesOf(session, file.role, staged),
    verdict: { state: 'not-checked' },
    technical: null,
    description: null,
    rights,
  };
  staged.object.commit();
  session.pending.set(digest, holding);
  session.newDigests.add(digest);
  session.report.count('acceptedCompanions');
  reportDark(session, file, holding, rights);
  const read = file.isPlaced ? [fileRead(asRead, { digest, outcome: 'held' })] : [];
  await session.batch.add([{ kind: 'holding-added', holding }, ...read], () => {
    session.pending.delete(digest);
    session.onHeld({ path: file.path, digest, kind: 'companion', sizeBytes, trackId: null });
  });
}

/** Reports what is to be told of a companion's rights. That a paper has none is as it should be. */
export function tellRights(
  { report }: AddSession,
  role: Holding['role'],
  findings: readonly Finding[],
): void {
  for (const finding of findings)
    if (!isPaper(role) || finding.code !== 'RIGHTS_UNKNOWN') report.find(finding);
}

/** A picture's own header: what it is and how large, whatever its name says; none where it is no picture. */
function picturesOf(
  { deps }: AddSession,
  role: CompanionRole,
  { stagedFile, digest, sizeBytes }: StagedFile,
): Pick<Holding, 'pictures'> {
  if (role !== 'cover' && role !== 'artwork') return {};
  const header = readImageHeader(readHead(deps.disk, stagedFile));
  if (!header) return { pictures: [] };
  const { mime: mimeType, widthPx, heightPx } = header;
  return { pictures: [{ digest, mimeType, widthPx, heightPx, sizeBytes, shows: '' }] };
}

function readHead(disk: Disk, file: string): Uint8Array {
  const head = new Uint8Array(PICTURE_HEAD_BYTES);
  const descriptor = disk.openForReading(file);
  try {
    return head.subarray(0, readInto(disk, descriptor, head, 0));
  } finally {
    disk.close(descriptor);
  }
}

/** A companion's own row, else, but for a paper, the one right on which all rows of its folder agree, else none. */
export function companionRow(
  session: AddSession,
  place: Pick<SourcePlace, 'root' | 'path'> & Pick<Holding, 'role'>,
  { rows }: Neighbours,
): RightsSources['row'] {
  const own = session.rows.get(placeKey(place));
  if (own) return rowSource(session, own);
  if (isPaper(place.role)) return null;
  const beside = rows.beside(place);
  const [first, ...others] = beside.map(({ row }) => rightCells(row.cells));
  if (first?.licence === undefined || others.some((cells) => !isSameRight(first, cells)))
    return null;
  const { evidence, ...rest } = first;
  const agreed = others.every((cells) => cells.evidence === evidence) ? first : rest;
  return rowSource(session, { table: beside[0]!.table, row: { cells: agreed } });
}

type RightCells = Pick<TableCells, 'licence' | 'holder' | 'attribution' | 'evidence'>;

function rightCells({ licence, holder, attribution, evidence }: TableCells): RightCells {
  return {
    ...(licence === undefined ? {} : { licence }),
    ...(holder === undefined ? {} : { holder }),
    ...(attribution === undefined ? {} : { attribution }),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

function isSameRight(a: RightCells, b: RightCells): boolean {
  const licence = (cells: RightCells) =>
    cells.licence === undefined ? '' : (parseLicence(cells.licence) ?? cells.licence);
  return licence(a) === licence(b) && a.holder === b.holder && a.attribution === b.attribution;
}

/** The one album of the audio beside `place`, or null when there are none or several. */
async function albumBeside(
  { deps }: AddSession,
  place: Pick<SourcePlace, 'root' | 'path'>,
  { audio }: Neighbours,
): Promise<string | null> {
  const albums = new Set<string | null>();
  for (const digest of audio.beside(place)) {
    const holding = await deps.ledger.holding(digest);
    if (holding?.kind === 'audio') albums.add(holding.albumId);
    if (albums.size > 1) return null;
  }
  return [...albums][0] ?? null;
}
