/**
 * The torrents that the built-in seeder offers: small rows for all of them, hashes only for those in use.
 *
 * Input: the newest edition and the ledger. Output: an opened torrent for an infohash, and the word whether it is
 * current, which is asked before every block.
 */
import { openVolumeReader, type VolumeReader } from '../store/volume-reader.ts';
import { type OpenTorrent, openTorrent } from './open-torrent.ts';
import { newestEdition, type SeedDeps, type SeedItem, seedItems } from './seed-item.ts';
import { isServable, type TurnWatch, watchTurns } from './servable.ts';

/** Torrents held open: each holds its hashes, and there are fewer upload slots than this. */
const MAX_OPEN_TORRENTS = 64;

/** The torrents that are offered. */
export interface Shelf {
  /** The edition they are of; undefined while nothing is published. */
  edition(): number | undefined;
  items(): readonly SeedItem[];
  /** Whether the v1 infohash is offered, by what was known last. */
  offers(infohashV1: string): boolean;
  /** The torrent with this v1 infohash or first half of a v2 one, opened; undefined when it is not offered. */
  find(infohash: string): Promise<OpenTorrent | undefined>;
  /** Whether the ledger lets `torrent` be served now. */
  isCurrent(torrent: OpenTorrent): Promise<boolean>;
  /** Takes up a newer edition. Returns whether there was one. */
  refresh(): Promise<boolean>;
}

/** The shelf over what is published now. */
export async function openShelf(deps: SeedDeps): Promise<Shelf> {
  const shelf = new ShelfOfItems(deps, await watchTurns(deps.ledger));
  await shelf.load();
  return shelf;
}

class ShelfOfItems implements Shelf {
  readonly #deps: SeedDeps;
  readonly #turns: TurnWatch;
  readonly #reader: VolumeReader;
  readonly #open = new Map<string, OpenTorrent>();
  /** At which turn of the ledger an infohash was last found current. */
  readonly #foundAt = new Map<string, number>();
  #edition: number | undefined;
  #items: readonly SeedItem[] = [];
  #byInfohash = new Map<string, SeedItem>();

  constructor(deps: SeedDeps, turns: TurnWatch) {
    this.#deps = deps;
    this.#turns = turns;
    this.#reader = openVolumeReader(deps.disk, deps.layout);
  }

  edition(): number | undefined {
    return this.#edition;
  }

  items(): readonly SeedItem[] {
    return this.#items;
  }

  offers(infohashV1: string): boolean {
    return this.#byInfohash.has(infohashV1);
  }

  async load(): Promise<void> {
    this.#edition = newestEdition(this.#deps);
    this.#put(await seedItems(this.#deps));
  }

  async refresh(): Promise<boolean> {
    if (newestEdition(this.#deps) === this.#edition) return false;
    await this.load();
    return true;
  }

  async find(infohash: string): Promise<OpenTorrent | undefined> {
    const item = this.#byInfohash.get(infohash);
    if (!item || !(await this.#isItemCurrent(item))) return undefined;
    const known = this.#open.get(item.infohashV1);
    if (known) return known;
    const torrent = openTorrent(this.#deps.disk, this.#reader, item);
    if (this.#open.size >= MAX_OPEN_TORRENTS) this.#open.delete(this.#open.keys().next().value!);
    this.#open.set(item.infohashV1, torrent);
    return torrent;
  }

  isCurrent(torrent: OpenTorrent): Promise<boolean> {
    return this.#isItemCurrent(torrent.item);
  }

  async #isItemCurrent(item: SeedItem): Promise<boolean> {
    const { infohashV1, kind, fileName } = item;
    const turn = await this.#turns.turn();
    if (!this.offers(infohashV1)) return false;
    if (kind === 'metadata' || this.#foundAt.get(infohashV1) === turn) return true;
    const name = fileName.replace(/\.tar$/, '');
    if (await isServable(this.#deps.ledger, name, infohashV1)) {
      this.#foundAt.set(infohashV1, turn);
      return true;
    }
    this.#put(this.#items.filter((one) => one.infohashV1 !== infohashV1));
    this.#reader.forget(name);
    return false;
  }

  #put(items: readonly SeedItem[]): void {
    this.#items = items;
    this.#byInfohash = new Map(
      items.flatMap((item) => [
        [item.infohashV1, item] as const,
        // Trackers and v2 peers know the v2 infohash by its first 20 bytes (BEP 52).
        [item.infohashV2.slice(0, 40), item] as const,
      ]),
    );
    // Opened again when asked for: another edition may mean other files.
    this.#open.clear();
    this.#foundAt.clear();
  }
}
