/**
 * The archive that browser tests visit: the demonstration label, composed, archived and published by the real command
 * line in a temporary folder, and served by a real `fonoteca serve`. Made once for a run of the tests; about half a minute.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AlbumView, HomeView, TrackView } from '../../src/server/views.ts';
import { runFonoteca } from '../support/run-fonoteca.ts';
import { type Served, startServe } from '../support/start-serve.ts';

/** A served demonstration archive. */
export interface Demo {
  /** Address without a slash at the end, such as `http://127.0.0.1:41234`. */
  readonly baseUrl: string;
  /** The folder of composed music that the archive was made from. */
  readonly music: string;
  /** Every track of every album, as its page tells it. */
  readonly tracks: readonly TrackView[];
  /** Paths of pages to visit, one of each kind. */
  readonly pages: Readonly<Record<PageKind, string>>;
  /** What the server has said on stderr: its own faults, if any. */
  said(): string;
  /** Stops the server, removes the folder, and returns the server's exit code. */
  stop(): Promise<number | null>;
}

type PageKind =
  | 'home'
  | 'search'
  | 'artist'
  | 'album'
  | 'silentAlbum'
  | 'track'
  | 'darkTrack'
  | 'damagedTrack'
  | 'editions'
  | 'statistics'
  | 'withdrawals'
  | 'edition'
  | 'restoredEdition'
  | 'missing';

/** Makes and serves the archive. Throws with what was said when a command fails. */
export async function startDemo(): Promise<Demo> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-demo-'));
  const root = path.join(folder, 'archive');
  try {
    const made = await runFonoteca(['demo', '--dir', root, '--no-serve']);
    if (made.code !== 0) throw new Error(`demo ended with ${made.code}: ${made.stderr}`);
    await withdrawAndRestore(root);
    const served = await startServe(root, 0);
    return { ...(await described(served)), music: `${root}-music`, ...ending(served, folder) };
  } catch (error) {
    fs.rmSync(folder, { recursive: true });
    throw error;
  }
}

/** Withdraws a track and restores it, twice: the volume of edition 5 had each of its infohashes twice. */
async function withdrawAndRestore(root: string): Promise<void> {
  const catalogue = fs.readFileSync(path.join(root, 'editions', '0001', 'catalogue.jsonl'), 'utf8');
  const { id } = JSON.parse(catalogue.split('\n', 1)[0]!);
  for (const wish of [[], ['--undo'], [], ['--undo']]) {
    const words = ['withdraw', id, '--reason', 'mistaken', '--yes', '--archive', root, ...wish];
    const { code, stderr } = await runFonoteca(words);
    if (code !== 0) throw new Error(`withdraw ended with ${code}: ${stderr}`);
  }
}

function ending(served: Served, folder: string): Pick<Demo, 'said' | 'stop'> {
  return {
    said: () => served.said(),
    stop: async () => {
      const code = await served.stop();
      fs.rmSync(folder, { recursive: true });
      return code;
    },
  };
}

async function described({ baseUrl }: Served): Promise<Pick<Demo, 'baseUrl' | 'tracks' | 'pages'>> {
  const twin = async <View>(address: string): Promise<View> =>
    (await (await fetch(`${baseUrl}${address}.json`)).json()) as View;
  const home = await twin<HomeView>('/index');
  const albums = await Promise.all(
    home.latestAlbums.map(({ id }) => twin<AlbumView>(`/album/${id}`)),
  );
  const rows = albums.flatMap((album) => album.tracks);
  const tracks = await Promise.all(rows.map(({ id }) => twin<TrackView>(`/track/${id}`)));
  const loud = albums.find(
    (album) =>
      album.artDigest && album.tracks.length > 2 && album.tracks.every(({ stream }) => stream),
  )!;
  const silent = albums.find((album) => album.tracks.every(({ stream }) => !stream))!;
  const withStatus = (status: string) => tracks.find((track) => track.status === status)!;
  return {
    baseUrl,
    tracks,
    pages: {
      home: '/',
      search: `/search?q=${encodeURIComponent(loud.artist.name)}`,
      artist: `/artist/${loud.artist.id}`,
      album: `/album/${loud.id}`,
      silentAlbum: `/album/${silent.id}`,
      track: `/track/${loud.tracks[0]!.id}`,
      darkTrack: `/track/${withStatus('skipped:no-right').id}`,
      damagedTrack: `/track/${withStatus('skipped:damaged').id}`,
      editions: '/editions',
      edition: '/editions/1',
      restoredEdition: '/editions/5',
      statistics: '/statistics',
      withdrawals: '/withdrawals',
      missing: '/album/nowhere',
    },
  };
}
