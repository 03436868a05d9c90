/** The examinations of `fonoteca doctor`: each a sentence on one topic, with the way to mend what is bad. */
import fs from 'node:fs';
import path from 'node:path';
import { type Archive, openArchive, type World } from './archive.ts';
import { openAttempts } from './audio/sandbox-report.ts';
import { FonotecaError } from './base/errors.ts';
import { formatSize } from './base/sizes.ts';
import { seedersOf } from './seeders.ts';
import { WEB_BUILD_DIRECTORY } from './server/create-server.ts';
import { pagesEntry } from './server/pages.ts';

/** One examined topic. */
export interface Examination {
  readonly topic: string;
  readonly state: 'good' | 'note' | 'bad';
  readonly text: string;
  readonly next?: string;
}

const OLDEST_NODE = 24;
/** Below this an archive soon cannot stage its next volume. */
const LOW_SPACE_BYTES = 2e9;

/** Examines the machine, and the archive in `root` when there is one. Changes nothing. */
export async function examine(root: string, world: World): Promise<Examination[]> {
  const found = [node(), webPages()];
  try {
    await using archive = await openArchive(root, { write: false }, world);
    found.push(
      ...(await sandbox(archive)),
      space(archive),
      ...(await contents(archive)),
      ...settings(archive),
      ...(await seeding(archive)),
    );
  } catch (error) {
    if (!(error instanceof FonotecaError)) throw error;
    const state = error.code === 'ARCHIVE_MISSING' ? 'note' : 'bad';
    found.push({ topic: 'archive', state, text: `${error.code}: ${error.seen}`, next: error.next });
  }
  return found;
}

function node(): Examination {
  const major = Number(process.versions.node.split('.')[0]);
  const state = major >= OLDEST_NODE ? 'good' : 'bad';
  return {
    topic: 'node',
    state,
    text: `Node ${process.versions.node}, SQLite ${process.versions.sqlite}`,
    ...(state === 'bad' ? { next: `use Node ${OLDEST_NODE} or newer` } : {}),
  };
}

function webPages(): Examination {
  const isBuilt = fs.existsSync(pagesEntry(WEB_BUILD_DIRECTORY));
  if (isBuilt) return { topic: 'site', state: 'good', text: 'the pages are built' };
  return {
    topic: 'site',
    state: 'note',
    text: 'the pages are not built: `serve` cannot start',
    next: 'npm run build -w web',
  };
}

async function sandbox(archive: Archive): Promise<Examination[]> {
  const door = await archive.audio();
  const layers = door.sandbox();
  const found = layers.map(
    ({ name, isInForce, covers }): Examination => ({
      topic: 'sandbox',
      state: isInForce ? 'good' : 'note',
      text: `${name} ${isInForce ? 'in force' : 'not in force here'}: ${covers}`,
    }),
  );
  const open = openAttempts(layers);
  if (open.length === 0)
    found.push({
      topic: 'sandbox',
      state: 'good',
      text: 'a decoder gone bad is denied everything',
    });
  for (const attempt of open)
    found.push({
      topic: 'sandbox',
      state: 'note',
      text: `not denied here: a decoder gone bad could ${attempt}`,
      next: 'install bubblewrap and allow unprivileged user namespaces',
    });
  return found;
}

function space({ layout }: Archive): Examination {
  const { bavail, bsize } = fs.statfsSync(layout.root);
  const free = bavail * bsize;
  const text = `${formatSize(free)} free where the archive lives`;
  return free < LOW_SPACE_BYTES
    ? { topic: 'space', state: 'note', text, next: 'free some space before the next pack' }
    : { topic: 'space', state: 'good', text };
}

async function contents({ ledger, layout }: Archive): Promise<Examination[]> {
  const counts = await ledger.counts();
  const text = `${counts.tracks} tracks in ${counts.albums} albums, ${formatSize(counts.heldBytes)} held, ${counts.volumes} volumes, ${counts.editions} editions`;
  const missing = (await ledger.volumes()).filter(
    ({ name }) => !fs.existsSync(path.join(layout.volumes, `${name}.tar`)),
  );
  const found: Examination[] = [{ topic: 'archive', state: 'good', text }];
  for (const { name } of missing)
    found.push({
      topic: 'volumes',
      state: 'bad',
      text: `${name}.tar is gone`,
      next: 'restore it from a copy or a mirror',
    });
  return found;
}

function settings({ config, layout }: Archive): Examination[] {
  const found: Examination[] = [];
  const key = path.join(layout.keys, 'edition.key');
  if (!fs.existsSync(key))
    found.push({
      topic: 'key',
      state: 'bad',
      text: 'the signing key is gone',
      next: `put back ${key} from its copy`,
    });
  else if ((fs.statSync(key).mode & 0o077) !== 0)
    found.push({
      topic: 'key',
      state: 'bad',
      text: 'others can read the signing key',
      next: `chmod 600 ${key}`,
    });
  else
    found.push({
      topic: 'key',
      state: 'good',
      text: `the signing key of archive ${config.archive_id} is here and private`,
    });
  if (config.public_url === undefined)
    found.push({
      topic: 'reach',
      state: 'note',
      text: 'no public_url: the world cannot fetch this archive',
      next: 'set public_url in fonoteca.toml',
    });
  if (config.contact === undefined)
    found.push({
      topic: 'contact',
      state: 'note',
      text: 'no contact: rights holders cannot write to you',
      next: 'set contact in fonoteca.toml',
    });
  return found;
}

const WRITABLE_BY_OTHERS = 0o002;

/** Whether the torrent client of the settings answers, and whether the volumes lie where it could change them. */
async function seeding(archive: Archive): Promise<Examination[]> {
  const found: Examination[] = [];
  for (const seeder of seedersOf(archive))
    try {
      const text = `${seeder.name} answers, ${(await seeder.list()).size} torrents there`;
      found.push({ topic: 'seeder', state: 'good', text });
    } catch (error) {
      if (!(error instanceof FonotecaError)) throw error;
      const text = `${error.code}: ${error.seen}`;
      found.push({ topic: 'seeder', state: 'bad', text, next: error.next });
    }
  const { volumes } = archive.layout;
  const files = [volumes, ...fs.readdirSync(volumes).map((name) => path.join(volumes, name))];
  const open = files.find((file) => (fs.statSync(file).mode & WRITABLE_BY_OTHERS) !== 0);
  if (open !== undefined)
    found.push({
      topic: 'volumes',
      state: 'bad',
      text: `EVERYBODY MAY WRITE to ${open}: a torrent client could put back what was withdrawn`,
      next: `chmod -R o-w ${volumes}`,
    });
  return found;
}
