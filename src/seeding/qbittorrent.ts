/**
 * The seeder that is a qBittorrent, by its Web API v2 (qBittorrent 4.4 to 5, wiki "WebUI API").
 *
 * Input: the address and name from the settings. Login gives a cookie, which is kept here; without a user none is
 * asked for, which qBittorrent allows on its own machine. It names a hybrid torrent by half its v2 infohash, so its
 * own list says which torrent has which v1 infohash.
 */
import { z } from 'zod';
import { FonotecaError } from '../base/errors.ts';
import { parseMetainfo } from '../formats/metainfo-parse.ts';
import type { Seeder, SeedStatus } from '../model/seeder.ts';
import { askClient, type ClientAccess, type ClientAnswer, parseAnswer } from './client-door.ts';

const torrentSchema = z.object({
  hash: z.string().regex(/^[0-9a-f]{40}$/),
  /** Empty for a torrent of v2 alone. */
  infohash_v1: z.string().regex(/^(?:[0-9a-f]{40})?$/),
  name: z.string(),
  state: z.string(),
  num_seeds: z.number(),
  num_leechs: z.number(),
  uploaded: z.number().nonnegative(),
  progress: z.number(),
});
const torrentsSchema = z.array(torrentSchema);
type Torrent = z.infer<typeof torrentSchema>;

/** Between the parts of a form with a file; no torrent holds it, since a torrent is bencode. */
const BOUNDARY = '----fonoteca-form-part';
/** What qBittorrent calls its states; whatever is not here is a download. */
const STATES: readonly (readonly [RegExp, SeedStatus['state']])[] = [
  [/^(?:error|missingFiles|unknown)$/, 'failed'],
  [/^checking|^moving/, 'checking'],
  [/^(?:paused|stopped)/, 'stopped'],
  [/^(?:uploading|stalledUP|forcedUP|queuedUP)$/, 'seeding'],
];

type Send = (path: string, form?: { type: string; body: Uint8Array }) => Promise<ClientAnswer>;

/** The qBittorrent at `access.url`. Its calls throw `SEED_UNREACHABLE`, `SEED_ANSWER`, `SEED_REFUSED`. */
export function qbittorrentSeeder(access: ClientAccess): Seeder {
  const send = sendsTo(access);
  const torrents = async (): Promise<Torrent[]> =>
    parseAnswer(torrentsSchema, await send('torrents/info'), access.url);
  return {
    name: `qbittorrent at ${access.url}`,
    async list() {
      return new Set((await torrents()).map(infohashOf));
    },
    async add(torrent, directory) {
      const answer = await send('torrents/add', addForm(torrent, directory));
      const said = answer.bytes.toString('utf8').slice(0, 100);
      if (said.startsWith('Ok')) return;
      // It says `Fails.` of a torrent that is there already, too: its list decides.
      const { infohashV1 = '' } = parseMetainfo(torrent);
      if ((await torrents()).some((one) => infohashOf(one) === infohashV1)) return;
      throw new FonotecaError('SEED_REFUSED', `torrents/add: status ${answer.status} ${said}`);
    },
    async remove(infohashV1) {
      const ours = (await torrents()).filter((torrent) => infohashOf(torrent) === infohashV1);
      if (ours.length === 0) return;
      const hashes = ours.map(({ hash }) => hash).join('|');
      await send('torrents/delete', urlForm({ hashes, deleteFiles: 'false' }));
    },
    async status() {
      return (await torrents()).map(statusOf);
    },
  };
}

function infohashOf({ infohash_v1, hash }: Torrent): string {
  return infohash_v1 === '' ? hash : infohash_v1;
}

function statusOf(torrent: Torrent): SeedStatus {
  const state = STATES.find(([pattern]) => pattern.test(torrent.state))?.[1] ?? 'downloading';
  return {
    infohashV1: infohashOf(torrent),
    name: torrent.name,
    state,
    peers: torrent.num_seeds + torrent.num_leechs,
    uploadedBytes: torrent.uploaded,
    complete: torrent.progress === 1,
    ...(state === 'failed' ? { trouble: torrent.state } : {}),
  };
}

/** `skip_checking=false`: the client must find the data whole itself. Version 5 reads `stopped` where 4 reads `paused`. */
function addForm(torrent: Uint8Array, directory: string): { type: string; body: Uint8Array } {
  const fields = {
    savepath: directory,
    skip_checking: 'false',
    paused: 'false',
    stopped: 'false',
    autoTMM: 'false',
    contentLayout: 'Original',
  };
  const parts: Uint8Array[] = [];
  for (const [name, value] of Object.entries(fields))
    parts.push(
      Buffer.from(
        `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
      ),
    );
  const head = 'Content-Disposition: form-data; name="torrents"; filename="volume.torrent"';
  parts.push(
    Buffer.from(`--${BOUNDARY}\r\n${head}\r\nContent-Type: application/x-bittorrent\r\n\r\n`),
    torrent,
    Buffer.from(`\r\n--${BOUNDARY}--\r\n`),
  );
  return { type: `multipart/form-data; boundary=${BOUNDARY}`, body: Buffer.concat(parts) };
}

function urlForm(fields: Record<string, string>): { type: string; body: Uint8Array } {
  const body = Buffer.from(new URLSearchParams(fields).toString());
  return { type: 'application/x-www-form-urlencoded', body };
}

function sendsTo(access: ClientAccess): Send {
  const { url, user, password = '' } = access;
  let cookie: string | undefined;
  const post = (path: string, form: Parameters<Send>[1]) =>
    askClient(access, `${url}/api/v2/${path}`, {
      method: form ? 'POST' : 'GET',
      headers: {
        // The Web UI takes no request whose origin is another page.
        origin: new URL(url).origin,
        ...(form ? { 'content-type': form.type } : {}),
        ...(cookie === undefined ? {} : { cookie }),
      },
      ...(form ? { body: form.body } : {}),
    });
  const logIn = async () => {
    if (user === undefined) return;
    const answer = await post('auth/login', urlForm({ username: user, password }));
    const given = /^[^;\s]+=[^;\s]+/.exec(answer.headers['set-cookie'] ?? '')?.[0];
    // With the right name already, or on its own machine, it gives no cookie and wants none.
    if (given !== undefined) cookie = given;
    else if (answer.status >= 300 || answer.bytes.toString('utf8').startsWith('Fails'))
      throw new FonotecaError('SEED_UNREACHABLE', `${url}: name or password refused`);
  };
  return async (path, form) => {
    if (cookie === undefined) await logIn();
    let answer = await post(path, form);
    if (answer.status === 403 && user !== undefined) {
      cookie = undefined;
      await logIn();
      answer = await post(path, form);
    }
    if (answer.status === 403 || answer.status === 404)
      throw new FonotecaError('SEED_UNREACHABLE', `${url}/${path}: status ${answer.status}`);
    return answer;
  };
}
