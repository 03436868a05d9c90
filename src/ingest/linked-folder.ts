/** Whether a name in the operator's folders lies behind a link: looking at the last name alone would follow it. */
import type { ByteNameDisk } from '../base/byte-name-disk.ts';
import { pathText } from './source-path.ts';

/**
 * The first folder on the way from `root` to the file `below` it that is a link, as text below the root, or undefined
 * when none is. `root` itself is not looked at. Cost: one look a folder.
 */
export function linkedFolder(
  { look }: Pick<ByteNameDisk, 'look'>,
  root: string,
  below: Buffer,
): string | undefined {
  for (let cut = below.indexOf('/'); cut >= 0; cut = below.indexOf('/', cut + 1)) {
    const folder = below.subarray(0, cut);
    const way = Buffer.concat([Buffer.from(`${root}/`), folder]);
    if (look(way)?.kind === 'link') return pathText(folder).path;
  }
  return undefined;
}
