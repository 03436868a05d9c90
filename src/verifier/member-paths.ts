/**
 * The paths of a volume's members: each means the same on every file system, they come in the order of their bytes, and none
 * meets another where case does not count. Whoever extracts a volume relies on it. Specified in docs/formats/volume.md.
 */

const MAX_PATH_BYTES = 4095;
const MAX_NAME_BYTES = 255;
const MAX_NAMES = 64;
/** Control characters, what Windows refuses, what breaks lines or turns the direction of writing, and no characters. */
const FORBIDDEN = /[\p{Cc}\\:*?"<>|\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]/u;
const DEVICE_NAME = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(?:\.|$)/iu;

/** Whether `path` is relative, in Unicode NFC, and made of names that every file system takes. */
export function isSafePath(path: string): boolean {
  const names = path.split('/');
  return (
    path.isWellFormed() &&
    path.normalize('NFC') === path &&
    Buffer.byteLength(path) <= MAX_PATH_BYTES &&
    names.length <= MAX_NAMES &&
    names.every(isSafeName)
  );
}

/** Why the first of `paths` that may not stand behind `first` and those before it may not; undefined when all may. */
export function wrongPath(first: string, paths: readonly string[]): string | undefined {
  const files = new Set([keyOf(first)]);
  const folders = new Set<string>();
  let last = Buffer.alloc(0);
  for (const path of paths) {
    const shown = JSON.stringify(path.slice(0, 200));
    if (!isSafePath(path)) return `${shown} is no safe path`;
    const bytes = Buffer.from(path);
    if (last.compare(bytes) >= 0) return `${shown} out of order`;
    const key = keyOf(path);
    const above = foldersOf(key);
    if (files.has(key) || folders.has(key) || above.some((folder) => files.has(folder)))
      return `${shown} meets an earlier path`;
    for (const folder of above) folders.add(folder);
    files.add(key);
    last = bytes;
  }
  return undefined;
}

/** A name that ends in a dot is refused, so `.` and `..` are. */
function isSafeName(name: string): boolean {
  const taken = name !== '' && !FORBIDDEN.test(name) && !/[. ]$/.test(name);
  return taken && !DEVICE_NAME.test(name) && Buffer.byteLength(name) <= MAX_NAME_BYTES;
}

/** A path as a file system that ignores case compares it. */
function keyOf(path: string): string {
  return path.toUpperCase().toLowerCase().normalize('NFC');
}

function foldersOf(key: string): string[] {
  return [...key.matchAll(/\//g)].map(({ index }) => key.slice(0, index));
}
