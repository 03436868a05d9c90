/**
 * The names under which a restore lays files out: the folders and names they came under, or
 * `Artist/Album/NN Title.ext` made from what the ledger says.
 */
import path from 'node:path';
import type { Digest } from '../base/digest.ts';
import type { Finding } from '../base/errors.ts';
import { compareBytes, escapingPathReason, toSafeName } from '../base/safe-path.ts';
import { albumArtistOf } from '../model/description.ts';
import type { SourceFile } from '../model/fact.ts';
import type { RestoreItem, RestorePlan } from './restore-plan.ts';

/** One file of a restore. */
export interface RestoreFile {
  /** The bytes to write: those of the original, or of what stands in for it. */
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Below the folder restored into. */
  readonly path: string;
  /** The path's bytes in hex, only where `path` does not give them back. */
  readonly pathHex?: string;
}

/** How a plan is laid out. */
export interface RestoreLayout {
  /** Sorted by the bytes of their paths. */
  readonly files: readonly RestoreFile[];
  readonly findings: readonly Finding[];
}

/** The files of `plan`, and a finding for each holding that is not among them or comes as a derivative. */
export function layOutRestore(
  plan: RestorePlan,
  options: { originalNames: boolean },
): RestoreLayout {
  const findings: Finding[] = [];
  const files = options.originalNames
    ? originalFiles(plan.items, findings)
    : namedFiles(plan.items, findings);
  return { files: files.sort((a, b) => compareBytes(a.path, b.path)), findings };
}

function originalFiles(items: readonly RestoreItem[], findings: Finding[]): RestoreFile[] {
  const roots = [...new Set(items.flatMap(({ places }) => places.map(({ root }) => root)))];
  const folders = topFolders(roots.sort(compareBytes));
  return items.flatMap(({ digest, sizeBytes, isDropped, places }): RestoreFile[] => {
    if (isDropped)
      findings.push({ code: 'RESTORE_ORIGINAL_DROPPED', subject: digest, seen: nameOf(places) });
    else if (places.length === 0)
      findings.push({ code: 'RESTORE_NO_PLACE', subject: digest, seen: `${sizeBytes} bytes` });
    return isDropped
      ? []
      : places.flatMap((place) => atPlace(place, folders, { digest, sizeBytes }, findings));
  });
}

function atPlace(
  place: SourceFile,
  folders: ReadonlyMap<string, string>,
  bytes: Pick<RestoreFile, 'digest' | 'sizeBytes'>,
  findings: Finding[],
): RestoreFile[] {
  const reason = escapingPathReason(place.path);
  if (reason) {
    findings.push({ code: 'PATH_UNSAFE', subject: place.path.slice(0, 200), seen: reason });
    return [];
  }
  const folder = folders.get(place.root)!;
  if (place.pathHex === undefined) return [{ ...bytes, path: folder + place.path }];
  const pathHex = Buffer.from(folder).toString('hex') + place.pathHex;
  return [{ ...bytes, path: folder + place.path, pathHex }];
}

/** One root lies in the folder itself; several get numbered folders, since their names may be alike. */
function topFolders(roots: readonly string[]): Map<string, string> {
  const width = String(roots.length).length;
  return new Map(
    roots.map((root, index) => {
      const number = String(index + 1).padStart(width, '0');
      return [root, roots.length === 1 ? '' : `${number} ${toSafeName(path.basename(root))}/`];
    }),
  );
}

function namedFiles(items: readonly RestoreItem[], findings: Finding[]): RestoreFile[] {
  const taken = new Set<string>();
  return items.flatMap((item): RestoreFile[] => {
    const bytes = standIn(item);
    if (!bytes) {
      findings.push({
        code: 'STORE_OBJECT_MISSING',
        subject: item.digest,
        seen: 'dropped, and no derivative is held',
      });
      return [];
    }
    const file = {
      digest: bytes.digest,
      sizeBytes: bytes.sizeBytes,
      path: freeName(item, bytes, taken),
    };
    if (item.isDropped)
      findings.push({ code: 'RESTORE_FROM_DERIVATIVE', subject: file.path, seen: item.digest });
    return [file];
  });
}

function standIn({ isDropped, derivative, ...item }: RestoreItem) {
  return isDropped ? derivative : item;
}

/** The item's name, with the start of its digest where another file has that name already, in whatever case. */
function freeName(
  item: RestoreItem,
  { digest, extension }: { digest: Digest; extension: string },
  taken: Set<string>,
): string {
  const folder = folderNames(item)
    .map((name) => toSafeName(name))
    .join('/');
  const stem = toSafeName(stemOf(item));
  const ending = extension === '' ? '' : `.${extension}`;
  const names = [stem, `${stem} [${digest.slice(0, 8)}]`, `${stem} [${digest}]`];
  const paths = names.map((name) => `${folder}/${name}${ending}`);
  const free = paths.find((one) => !taken.has(one.toLowerCase())) ?? paths[2]!;
  taken.add(free.toLowerCase());
  return free;
}

function folderNames({ description }: RestoreItem): string[] {
  if (description === null) return ['Without album'];
  return [albumArtistOf(description), description.album ?? 'Single tracks'];
}

/** A companion keeps the name it came under; a track is named by what is known of it. */
function stemOf({ role, places, description, digest, extension }: RestoreItem): string {
  if (role !== null || description === null) {
    const name = places[0] ? path.posix.basename(places[0].path) : (role ?? digest);
    const ending = `.${extension}`;
    return name.toLowerCase().endsWith(ending) ? name.slice(0, -ending.length) : name;
  }
  const { discNumber = 1, trackNumber, title } = description;
  if (trackNumber === undefined) return title;
  const disc = discNumber > 1 ? `${discNumber}-` : '';
  return `${disc}${String(trackNumber).padStart(2, '0')} ${title}`;
}

function nameOf(places: readonly SourceFile[]): string {
  return places[0]?.path ?? 'without a place';
}
