/** What `fonoteca torrent --show` prints: a `.torrent` or a magnet link, read strictly, refusals under their codes. */
import type { JsonObject } from '../base/canonical-json.ts';
import { type Disk, readFileChunks } from '../base/disk.ts';
import { FonotecaError } from '../base/errors.ts';
import { formatSize } from '../base/sizes.ts';
import { buildMagnet, type Magnet, parseMagnet } from '../formats/magnet.ts';
import type { Metainfo } from '../formats/metainfo.ts';
import { MAX_METAINFO_BYTES, parseMetainfo } from '../formats/metainfo-parse.ts';
import { printable, type Reporter } from './reporter.ts';

/** Files listed in text before the rest is counted; `--json` lists all. */
const SHOWN_FILES = 50;

/** Prints what `wanted`, a file or a magnet link, says; returns the exit code. Throws the codes of the two readers. */
export function showTorrent(wanted: string, disk: Disk, reporter: Reporter): number {
  if (/^magnet:/i.test(wanted.trim())) tellMagnet(parseMagnet(wanted), reporter);
  else tellTorrent(parseMetainfo(readLimited(disk, wanted)), reporter);
  return 0;
}

/** The bytes of a file that may be far too long to be a torrent. */
function readLimited(disk: Disk, file: string): Uint8Array {
  const chunks: Uint8Array[] = [];
  let sizeBytes = 0;
  for (const chunk of readFileChunks(disk, file)) {
    chunks.push(chunk);
    sizeBytes += chunk.length;
    if (sizeBytes > MAX_METAINFO_BYTES)
      throw new FonotecaError('METAINFO_INVALID', `more than ${MAX_METAINFO_BYTES} bytes`);
  }
  return Buffer.concat(chunks);
}

function tellTorrent(torrent: Metainfo, reporter: Reporter): void {
  const { kind, name, pieceLengthBytes, sizeBytes, files, trackers, webSeeds } = torrent;
  const { infohashV1, infohashV2, refusedAddresses } = torrent;
  const hashes = {
    ...(infohashV1 === undefined ? {} : { infohashV1 }),
    ...(infohashV2 === undefined ? {} : { infohashV2 }),
  };
  const magnet = buildMagnet({ ...hashes, name, sizeBytes, trackers: trackers.flat(), webSeeds });
  const list = files.map((file) => ({
    path: file.path,
    sizeBytes: file.sizeBytes,
    piecesRoot: file.piecesRoot,
  }));
  const json = { kind, name, pieceLengthBytes, sizeBytes, ...hashes, private: torrent.private };
  reporter.result(
    'torrent',
    { ...json, files: list, trackers, webSeeds, refusedAddresses, magnet },
    [
      `${printable(name)}, ${kind}: ${files.length} files, ${formatSize(sizeBytes)}, pieces of ${pieceLengthBytes} bytes`,
      ...hashLines(hashes),
      ...(torrent.private ? ['  private: peers come from its trackers alone'] : []),
      ...trackers.map((tier) => `  tracker ${printable(tier.join(' '))}`),
      ...webSeeds.map((seed) => `  web seed ${printable(seed)}`),
      ...refusedAddresses.map((text) => `  no address ${printable(text)}`),
      ...list
        .slice(0, SHOWN_FILES)
        .map((file) => `  ${formatSize(file.sizeBytes).padStart(8)}  ${printable(file.path)}`),
      ...(list.length > SHOWN_FILES
        ? [`  … and ${list.length - SHOWN_FILES} more (--json lists all)`]
        : []),
      `  ${magnet}`,
    ].join('\n'),
  );
}

function tellMagnet(magnet: Magnet, reporter: Reporter): void {
  const { name, sizeBytes, trackers, webSeeds, selectOnly } = magnet;
  const json: JsonObject = {
    ...{ name, sizeBytes, trackers, webSeeds },
    infohashV1: magnet.infohashV1,
    infohashV2: magnet.infohashV2,
    selectOnly: selectOnly?.map(({ first, last }) => ({ first, last })),
  };
  const size = sizeBytes === undefined ? '' : `, ${formatSize(sizeBytes)}`;
  reporter.result(
    'magnet',
    json,
    [
      `${printable(name ?? 'a magnet link without a name')}${size}`,
      ...hashLines(magnet),
      ...trackers.map((tracker) => `  tracker ${printable(tracker)}`),
      ...webSeeds.map((seed) => `  web seed ${printable(seed)}`),
      ...(selectOnly ?? []).map(({ first, last }) => `  files ${first} to ${last}`),
    ].join('\n'),
  );
}

function hashLines({ infohashV1, infohashV2 }: Pick<Magnet, 'infohashV1' | 'infohashV2'>) {
  return [
    ...(infohashV1 === undefined ? [] : [`  btih ${infohashV1}`]),
    ...(infohashV2 === undefined ? [] : [`  btmh ${infohashV2}`]),
  ];
}
