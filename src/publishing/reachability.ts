/**
 * Who in the world can reach a published archive, told from its settings alone: a plain word at the end of every
 * publication, because an edition that nobody can fetch looks exactly like one that everybody can.
 */
import type { PublishSettings } from './publish-settings.ts';

/** One way to an archive. */
export interface ReachRow {
  readonly way: 'web address' | 'web seeds' | 'trackers' | 'mirrors' | 'contact';
  readonly reachable: boolean;
  /** One sentence for people. */
  readonly say: string;
  /** The setting of `fonoteca.toml` that mends it; null when nothing is amiss. */
  readonly setting: string | null;
}

/** What the world can reach. */
export interface Reachability {
  /** Whether anyone outside this machine can fetch a volume by any way. */
  readonly world: boolean;
  readonly rows: readonly ReachRow[];
  /** The one sentence to print first. */
  readonly summary: string;
}

/** What the world can reach with `settings`. Tells what is set, not what answers: nothing is asked of the network. */
export function reachability(settings: PublishSettings): Reachability {
  const { publicUrl, contact, trackers, webSeeds, mirrors } = settings;
  const rows: ReachRow[] = [
    row('web address', publicUrl !== undefined, {
      yes: `pages, editions and volumes are at ${publicUrl}`,
      no: 'no web address: nobody but you can read the editions, and torrents have no web seed of yours',
      setting: 'public_url = "https://…"',
    }),
    row('web seeds', publicUrl !== undefined || webSeeds.length > 0, {
      yes: `${count(webSeeds.length + (publicUrl === undefined ? 0 : 1), 'web seed')} in every torrent`,
      no: 'no web seed: a torrent gives nothing while no seeder is online',
      setting: 'publish.web_seeds = ["https://…"]',
    }),
    row('trackers', trackers.length > 0, {
      yes: `${count(trackers.length, 'tracker')} in every torrent`,
      no: 'no tracker: clients find one another by the DHT alone',
      setting: 'publish.trackers = ["udp://…"]',
    }),
    row('mirrors', mirrors.length > 0, {
      yes: `${count(mirrors.length, 'mirror')} told to readers`,
      no: 'no mirror known: this is the only copy readers hear of',
      setting: 'publish.mirrors = ["https://…"]',
    }),
    row('contact', contact !== undefined, {
      yes: `rights holders write to ${contact}`,
      no: 'no contact: rights holders cannot reach you',
      setting: 'contact = "…"',
    }),
  ];
  const world = publicUrl !== undefined || webSeeds.length > 0;
  const summary = world
    ? 'The world can fetch this edition, if the addresses below answer.'
    : 'Published here, not to the world: no address is set. Copy it to a web host with `fonoteca publish --to DIR`, or set public_url.';
  return { world, rows, summary };
}

function row(
  way: ReachRow['way'],
  reachable: boolean,
  text: { yes: string; no: string; setting: string },
): ReachRow {
  return {
    way,
    reachable,
    say: reachable ? text.yes : text.no,
    setting: reachable ? null : text.setting,
  };
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
