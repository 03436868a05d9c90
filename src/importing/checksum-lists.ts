/**
 * Lists of checksums that lie beside a dump, as publishers give them: `SHA256SUMS` (MusicBrainz), `…_CHECKSUM.txt` (Discogs),
 * `NAME.sha256` (ListenBrainz). Lines as sha256sum writes them, or a digest alone beside the file it is of. Of MD5 and
 * SHA-1 nothing is compared.
 */
import path from 'node:path';
import { type Digest, isDigest } from '../base/digest.ts';
import { type Disk, readWhole } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import type { InputFile } from './source-files.ts';

/** What a list says of one file. */
interface Stated {
  readonly list: string;
  /** None where the digest stands alone. */
  readonly name: string | undefined;
  readonly digest: Digest;
}

/** The lists in a folder. */
interface Lists {
  /** Of many files, by the names of those. */
  readonly stated: ReadonlyMap<string | undefined, readonly Stated[]>;
  /** Everything in the folder, among it the lists of one file. */
  readonly names: ReadonlySet<string>;
}

const LIST_NAME = /^(?:.*[._-])?(?:sha256sums?|checksums?)(?:\.txt)?$/i;
const OWN_SUFFIXES = ['.sha256', '.sha256sum', '.sha256.txt'];
/** Lists of dumps have some hundred bytes; what is larger is something else. */
const MOST_LIST_BYTES = 1024 * 1024;
/** The digest, whether it is of text or bytes, and the name; a backslash before it when the name has one escaped. */
const LINE = /^\\?([0-9a-f]{64})(?: [ *](?:\.\/)?(.+))?$/i;

/**
 * Compares inputs, each given as a path, with what the lists beside them say: `SOURCE_CHECKSUM` when one says something else.
 * Each folder is looked through once.
 */
export function createChecksumLists(disk: Disk): (file: string, input: InputFile) => void {
  const folders = new Map<string, Lists>();
  const listsIn = (folder: string): Lists => {
    const known = folders.get(folder) ?? readLists(disk, folder);
    folders.set(folder, known);
    return known;
  };
  return (file, input) => {
    // Whoever names a link may have the list beside it, or beside the dump.
    for (const place of new Set([path.resolve(file), input.path])) {
      const folder = path.dirname(place);
      const name = path.basename(place);
      const { stated, names } = listsIn(folder);
      const own = OWN_SUFFIXES.map((suffix) => name + suffix)
        .filter((list) => names.has(list))
        .flatMap((list) => statedIn(disk, folder, list))
        .filter((each) => each.name === undefined || each.name === name);
      const other = [...(stated.get(name) ?? []), ...own].find(
        ({ digest }) => digest !== input.sha256,
      );
      if (other)
        throw new FonotecaError(
          'SOURCE_CHECKSUM',
          `${name} is ${input.sha256}, ${other.list} says ${other.digest}`,
        );
    }
  };
}

function readLists(disk: Disk, folder: string): Lists {
  const names = disk.list(folder);
  const lists = names.filter((name) => LIST_NAME.test(name));
  const stated = lists.flatMap((list) => statedIn(disk, folder, list));
  return { stated: Map.groupBy(stated, ({ name }) => name), names: new Set(names) };
}

/** What `list` in `folder` says: nothing where it is no list. */
function statedIn(disk: Disk, folder: string, list: string): Stated[] {
  const file = path.join(folder, list);
  const stat = disk.stat(file);
  if (stat?.kind !== 'file' || stat.sizeBytes > MOST_LIST_BYTES) return [];
  const text = readWhole(disk, file)
    .toString('utf8')
    .replace(/^\ufeff/, '');
  return text.split(/\r?\n/).flatMap((line) => {
    const [, written = '', name] = LINE.exec(line.trim()) ?? [];
    const digest = written.toLowerCase();
    return isDigest(digest) ? [{ list, name, digest }] : [];
  });
}
