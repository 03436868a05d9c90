/**
 * The speed of bytes against the tools people use: metainfo, packing, verifying, the first byte of a song, memory.
 *
 *   node bench/volumes.ts [MB] [TINY FILES] [RUNS] [--json]     default 600 10000 5
 *   node bench/volumes.ts --large [GB]                          first byte and memory with a volume of 10 GB
 *
 * Every contender is a process of its own; one run of each in turn, the page cache warm, medians quoted. What tells its
 * own time (we, libtorrent) is timed from the start of the work, its modules loaded and nothing run before, the others as
 * processes. One-core rows are pinned, the peers' too. Peers: python3-libtorrent, mktorrent, tar and openssl of Debian.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type FileSet, publishedArchive, writeSet } from './volume-ground.ts';
import { measureLarge } from './volume-large.ts';
import { libtorrent, missingPeers, mktorrent, type TimedRun, timed } from './volume-peers.ts';

/** Somebody who does a job, in one command or several one after the other. */
interface Contender {
  readonly job: string;
  readonly who: string;
  readonly cores: 1 | 2;
  readonly commands: readonly (readonly string[])[];
}

interface Outcome extends Contender {
  readonly runs: TimedRun[];
}

const RUN = path.resolve(import.meta.dirname, 'volume-run.ts');
const PIECE_BYTES = 512 * 1024;
const isJson = process.argv.includes('--json');
const args = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const root = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-volumes-'));

try {
  if (process.argv.includes('--large')) await measureLarge(root, Number(args[0] ?? 10), isJson);
  else await measure(Number(args[0] ?? 600), Number(args[1] ?? 10_000), Number(args[2] ?? 5));
} finally {
  fs.rmSync(root, { recursive: true });
}

async function measure(megabytes: number, tinyFiles: number, runs: number): Promise<void> {
  const missing = missingPeers();
  if (missing.length > 0) {
    say(`without ${missing.join(', ')} there is nothing to compare\n`);
    return;
  }
  const tracks = writeSet(root, 'tracks', {
    totalBytes: megabytes * 1e6,
    smallest: 2e6,
    largest: 6e6,
  });
  const tiny = writeSet(root, 'tiny', { files: tinyFiles, smallest: 500, largest: 4500 });
  const archive = path.join(root, 'archive');
  await publishedArchive(archive, tracks.store);
  const outcomes: Outcome[] = contenders(tracks, tiny, archive).map((one) => ({
    ...one,
    runs: [],
  }));
  for (const { commands, cores, who } of outcomes) {
    // The first run of ours compiles, and fills the page cache.
    if (who === 'ours') runOf({ commands, cores });
  }
  for (let round = 0; round < runs; round += 1)
    for (const outcome of outcomes) outcome.runs.push(runOf(outcome));
  print(outcomes, { tracks, tiny, runs });
}

function contenders(tracks: FileSet, tiny: FileSet, archive: string): Contender[] {
  // What is installed is compiled; run from the sources, each thread would strip types from them first.
  const cache = `NODE_COMPILE_CACHE=${path.join(root, 'compiled')}`;
  const ours = (...rest: (string | number)[]) => [
    ['env', cache, process.execPath, RUN, ...rest.map(String)],
  ];
  const { name: volume } = path.parse(
    fs.readdirSync(path.join(archive, 'volumes')).find((file) => file.endsWith('.tar'))!,
  );
  const tar = path.join(archive, 'volumes', `${volume}.tar`);
  const sets: [string, FileSet][] = [
    ['tracks', tracks],
    ['tiny files', tiny],
  ];
  return ([1, 2] as const).flatMap((cores) => [
    ...sets.flatMap(([name, { folder, store }]): Contender[] => {
      const out = path.join(root, 'peer.torrent');
      const peerTar = path.join(root, 'peer.tar');
      const fresh = ['sh', '-c', 'rm -f "$0"; exec "$@"', peerTar];
      const bundle = [...fresh, 'tar', '-cf', peerTar, '-C', folder, '.'];
      return [
        {
          job: `hybrid, ${name}`,
          who: 'ours',
          cores,
          commands: ours('hash', folder, 'hybrid', PIECE_BYTES, cores),
        },
        {
          job: `hybrid, ${name}`,
          who: 'libtorrent',
          cores,
          commands: [libtorrent(folder, PIECE_BYTES, 'hybrid')],
        },
        {
          job: `v1, ${name}`,
          who: 'ours',
          cores,
          commands: ours('hash', folder, 'v1', PIECE_BYTES, cores),
        },
        {
          job: `v1, ${name}`,
          who: 'mktorrent',
          cores,
          commands: [mktorrent(folder, PIECE_BYTES, cores, out)],
        },
        { job: `pack, ${name}`, who: 'ours', cores, commands: ours('pack', store, cores) },
        {
          job: `pack, ${name}`,
          who: 'tar + libtorrent',
          cores,
          commands: [bundle, libtorrent(peerTar, PIECE_BYTES, 'hybrid')],
        },
      ];
    }),
    ...['full', 'bytes'].flatMap((depth): Contender[] => [
      {
        job: `verify, ${depth}`,
        who: 'ours',
        cores,
        commands: ours('verify', archive, cores, depth),
      },
      {
        job: `verify, ${depth}`,
        who: 'openssl',
        cores,
        commands: [['openssl', 'dgst', '-sha256', tar]],
      },
    ]),
  ]);
}

function runOf({ commands, cores }: Pick<Contender, 'commands' | 'cores'>): TimedRun {
  return commands
    .map((command) => timed(command, { oneCore: cores === 1 }))
    .reduce((a, b) => ({
      seconds: a.seconds + b.seconds,
      processSeconds: a.processSeconds + b.processSeconds,
      cpuSeconds: a.cpuSeconds + b.cpuSeconds,
      peakMiB: Math.max(a.peakMiB, b.peakMiB),
      told: { ...a.told, ...b.told },
    }));
}

function print(
  outcomes: readonly Outcome[],
  ground: { tracks: FileSet; tiny: FileSet; runs: number },
): void {
  const machine = `${os.availableParallelism()} × ${os.cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
  if (isJson) {
    say(`${JSON.stringify({ machine, ...ground, outcomes })}\n`);
    return;
  }
  const { tracks, tiny, runs } = ground;
  say(`${tracks.files} tracks, ${(tracks.bytes / 1e6).toFixed(0)} MB; ${tiny.files} tiny files, `);
  say(`${(tiny.bytes / 1e6).toFixed(0)} MB; median of ${runs}; ${machine}\n\n`);
  say(
    '| job | cores | who | seconds | CPU s | peak MiB | against the peer on one core | on as many | by CPU |\n',
  );
  say('|---|---|---|---|---|---|---|---|---|\n');
  for (const outcome of outcomes) {
    const { job, cores, who, runs: list } = outcome;
    const peer = (count: 1 | 2) =>
      outcomes.find((one) => one.job === job && one.cores === count && one.who !== 'ours')!;
    const ratio = (count: 1 | 2, of: 'seconds' | 'cpuSeconds' = 'seconds') =>
      who === 'ours' ? ratioText(peer(count).runs, list, of) : '';
    const cells = [
      ...[job, cores, who, median(list.map(({ seconds }) => seconds)).toFixed(3)],
      median(list.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
      Math.max(...list.map(({ peakMiB }) => peakMiB)).toFixed(0),
      ...[ratio(1), ratio(cores), ratio(cores, 'cpuSeconds')],
    ];
    say(`| ${cells.join(' | ')} |\n`);
  }
  for (const { job, cores, who, runs: list } of outcomes) {
    if (who !== 'ours' || !job.startsWith('pack')) continue;
    const of = (key: string) => median(list.map(({ told }) => told[key] ?? 0)).toFixed(3);
    say(
      `\n${job}, ${cores} cores: fsync ${of('fsyncSeconds')} s, read-back ${of('readBackSeconds')} s, `,
    );
    say(`${((list[0]?.told.sizeBytes ?? 0) / 1e6).toFixed(1)} MB\n`);
  }
}

/** How many times as fast the second is, run by run: the median of the ratios, since the machine's speed drifts. */
function ratioText(
  peer: readonly TimedRun[],
  own: readonly TimedRun[],
  of: 'seconds' | 'cpuSeconds',
): string {
  return `${median(own.map((run, at) => peer[at]![of] / run[of])).toFixed(2)}x`;
}

function median(numbers: readonly number[]): number {
  return [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;
}

function say(text: string): void {
  process.stdout.write(text);
}
