/**
 * Same bytes everywhere: the same music packed again and again, each time in other surroundings drawn from a seed (time
 * zone, locale, user, mask, processors, workers, path, order of the folder, times of the files, clock, key).
 *
 * `FONOTECA_REBUILDS` says how many; each must give every byte of volume, torrent and leaves.
 */
import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { type SeededRandom, seededRandom } from '../../src/base/seeded-random.ts';
import { roundsOf } from '../support/counts.ts';
import { judge } from '../support/outside-tools.ts';
import { PROGRAM } from '../support/program.ts';
import { treeDigests } from '../support/published.ts';
import { runFonoteca, TEST_EPOCH } from '../support/run-fonoteca.ts';
import { writeSampleMusic } from '../support/sample-music.ts';

const REBUILDS = roundsOf('REBUILDS', 10);
const SEED = 20_260_102;
const ZONES = [
  'UTC',
  'Pacific/Kiritimati',
  'Pacific/Marquesas',
  'Asia/Kathmandu',
  'Africa/Casablanca',
  'America/St_Johns',
  'Antarctica/Troll',
];
const LOCALES = [
  'C',
  'C.UTF-8',
  'tr_TR.UTF-8',
  'th_TH.UTF-8',
  'ar_EG.UTF-8',
  'fa_IR.UTF-8',
  'de_DE.ISO-8859-1',
  'ja_JP.eucJP',
];
/** root, daemon, nobody. */
const USERS = [0, 1, 65_534];
const YEAR_S = 365 * 24 * 3600;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-rebuilds-'));
after(() => fs.rmSync(folder, { recursive: true }));
const music = path.join(folder, 'music');

interface Surroundings {
  readonly zone: string;
  readonly locale: string;
  readonly user: number;
  readonly mask: string;
  readonly processors: string;
  readonly workers: number;
  readonly epoch: number;
  readonly directory: string;
}

function surroundingsOf(random: SeededRandom, round: number): Surroundings {
  const name = random.pick(['a', 'ünder way', '-dash', 'x'.repeat(100), 'with "quotes" & more']);
  return {
    zone: random.pick(ZONES),
    locale: random.pick(LOCALES),
    user: canBecomeOthers ? random.pick(USERS) : 0,
    mask: random.pick(['022', '077', '002']),
    processors: random.pick(['0', os.availableParallelism() > 1 ? '0,1' : '0']),
    workers: 1 + random.below(4),
    epoch: Number(TEST_EPOCH) + random.pick([0, 1, YEAR_S, 9 * YEAR_S, random.below(YEAR_S)]),
    directory: path.join(folder, `${round}`, name),
  };
}

/** Whether another user can run the program: this one may become one, and may read it then. */
const canBecomeOthers =
  process.getuid?.() === 0 &&
  judge('setpriv', [
    ...['--reuid=1', '--regid=1', '--clear-groups', process.execPath],
    ...[PROGRAM, '--version'],
  ]).status === 0;

/** A copy of the music whose files were made in another order, at other times, with other modes. */
function copyShuffled(to: string, random: SeededRandom): void {
  const names = fs
    .readdirSync(music, { recursive: true, encoding: 'utf8' })
    .filter((name) => fs.statSync(path.join(music, name)).isFile())
    .sort();
  while (names.length > 0) {
    const [name] = names.splice(random.below(names.length), 1);
    const target = path.join(to, name!);
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.copyFileSync(path.join(music, name!), target);
    fs.utimesSync(target, random.below(2 ** 31), random.below(2 ** 31));
    fs.chmodSync(target, random.pick([0o444, 0o644, 0o755]));
  }
}

/** The digests of all volumes, torrents and leaves of a new archive of the music in these surroundings. */
async function rebuild(where: Surroundings, random: SeededRandom): Promise<Record<string, string>> {
  const copy = path.join(where.directory, 'music');
  const archive = path.join(where.directory, 'archive');
  copyShuffled(copy, random);
  const become = [`--reuid=${where.user}`, `--regid=${where.user}`, '--clear-groups'];
  const wrapper = [
    ...['taskset', '-c', where.processors],
    ...(where.user === 0 ? [] : ['setpriv', ...become]),
    ...['sh', '-c', `umask ${where.mask}; exec "$@"`, 'sh'],
  ];
  if (where.user !== 0) {
    fs.chmodSync(folder, 0o711);
    const owned = [path.dirname(where.directory), where.directory, copy];
    for (const name of fs.readdirSync(copy, { recursive: true, encoding: 'utf8' }))
      owned.push(path.join(copy, name));
    for (const name of owned) fs.chownSync(name, where.user, where.user);
  }
  const env = {
    ...{ TZ: where.zone, LANG: where.locale, LC_ALL: where.locale, HOME: where.directory },
    SOURCE_DATE_EPOCH: String(where.epoch),
  };
  const run = async (...args: string[]) => {
    const ran = await runFonoteca(args, { wrapper, env });
    assert.equal(ran.code, 0, ran.stdout + ran.stderr);
  };
  await run('init', archive, '--name', `Archive ${random.below(1000)}`);
  const settings = path.join(archive, 'fonoteca.toml');
  fs.appendFileSync(
    settings,
    `\n[audio]\nworkers = ${where.workers}\n\n[pack]\nworkers = ${where.workers}\n`,
  );
  for (const [verb, ...rest] of [['add', copy], ['plan'], ['encode'], ['pack']] as const)
    await run(verb, ...rest, '--archive', archive);
  const digests = treeDigests(path.join(archive, 'volumes'));
  fs.rmSync(path.join(folder, path.relative(folder, where.directory).split('/')[0]!), {
    recursive: true,
  });
  return digests;
}

describe(`${REBUILDS} rebuilds`, () => {
  let wanted: Record<string, string>;
  before(async () => {
    await writeSampleMusic(music);
    const plain = { zone: 'UTC', locale: 'C', user: 0, mask: '022', processors: '0', workers: 1 };
    const directory = path.join(folder, 'first', 'here');
    wanted = await rebuild({ ...plain, epoch: Number(TEST_EPOCH), directory }, seededRandom(SEED));
    assert.equal(Object.keys(wanted).length, 6, 'two volumes of three files');
  });

  for (let round = 1; round <= REBUILDS; round += 1) {
    const random = seededRandom(SEED + round);
    const where = surroundingsOf(random, round);
    const { zone, locale, user, mask, processors, workers } = where;
    const told = `${zone}, ${locale}, user ${user}, mask ${mask}, processors ${processors}, ${workers} workers`;
    test(`${round}: ${told}: no byte differs`, async () =>
      assert.deepEqual(await rebuild(where, random), wanted));
  }
});
