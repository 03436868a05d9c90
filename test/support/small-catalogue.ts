/** A catalogue of generated rows and of rows written by hand, imported and built in a folder as the commands do it. */
import fs from 'node:fs';
import path from 'node:path';
import { systemClock, systemRandom } from '../../src/base/clock.ts';
import { realDisk } from '../../src/base/disk.ts';
import { unwatched } from '../../src/base/progress.ts';
import { generateLines } from '../../src/generating/generate-lines.ts';
import {
  GENERATED_KINDS,
  type GeneratedCatalogue,
  generatedMapping,
} from '../../src/generating/generated-columns.ts';
import { parseMapping } from '../../src/importing/mapping-file.ts';
import { runImport } from '../../src/importing/run-import.ts';
import { buildSnapshot } from '../../src/snapshots/build-snapshot.ts';

/** A row written by hand; its id stands as it is behind `mbid:`. */
export interface HandRow {
  readonly id: string;
  readonly recording_id?: string;
  readonly title: string;
  readonly artist: string;
  readonly artist_ids?: readonly string[];
  readonly album_id?: string;
  readonly album?: string;
  readonly duration_ms?: number;
  readonly isrcs?: readonly string[];
}

/** What a catalogue is made of. */
export interface SmallCatalogue {
  readonly generated?: GeneratedCatalogue;
  readonly rows?: readonly HandRow[];
  /** Albums and artists of these rows, their ids as those of the rows. */
  readonly albums?: readonly HandRow[];
  readonly artists?: readonly { readonly id: string; readonly name: string }[];
  readonly redirects?: readonly { readonly from: string; readonly to: string }[];
  readonly date?: string;
}

const HAND_MAPPING = {
  format: 'fonoteca-mapping/1',
  name: 'hand',
  about: 'Rows written by hand for a test.',
  namespace: 'mbid',
  licence: 'CC0-1.0',
  files: [
    {
      kind: 'tracks',
      match: ['hand-tracks.jsonl'],
      format: 'jsonl',
      rows: [
        {
          table: 'tracks',
          unique: true,
          columns: Object.fromEntries(
            [
              ...['id', 'recording_id', 'title', 'artist', 'artist_ids', 'album_id', 'album'],
              ...['duration_ms', 'isrcs'],
            ].map((name) => [name, name]),
          ),
        },
      ],
    },
    {
      kind: 'albums',
      match: ['hand-albums.jsonl'],
      format: 'jsonl',
      rows: [
        {
          table: 'albums',
          columns: { id: 'id', title: 'title', artist: 'artist', artist_ids: 'artist_ids' },
        },
      ],
    },
    {
      kind: 'artists',
      match: ['hand-artists.jsonl'],
      format: 'jsonl',
      rows: [{ table: 'artists', columns: { id: 'id', name: 'name' } }],
    },
    {
      kind: 'redirects',
      match: ['hand-redirects.jsonl'],
      format: 'jsonl',
      rows: [{ table: 'redirects', columns: { from: 'from', to: 'to' } }],
    },
  ],
};

/** Builds the catalogue in `catalogue`, which it makes the one in use; returns the snapshot's folder. */
export async function buildSmallCatalogue(
  catalogue: string,
  content: SmallCatalogue,
): Promise<string> {
  const input = path.join(catalogue, 'input');
  fs.mkdirSync(input, { recursive: true });
  const { generated, rows = [], redirects = [], date = '2026-01-02' } = content;
  const take = async (mapping: unknown, files: string[]) => {
    await runImport(
      { preset: parseMapping(JSON.stringify(mapping), 'mapping'), paths: files, dumpDate: date },
      { disk: realDisk, clock: systemClock, random: systemRandom, catalogue, watch: unwatched },
    );
  };
  if (generated) {
    const files = GENERATED_KINDS.map((kind) => {
      const file = path.join(input, `${kind}-00000.jsonl`);
      const lines = [...generateLines(generated, kind, { from: 0, to: generated.rows })];
      fs.writeFileSync(file, Buffer.concat(lines.map((line) => Buffer.from(line))));
      return file;
    });
    await take(generatedMapping('made'), files);
  }
  if (rows.length > 0) {
    const { albums = [], artists = [] } = content;
    const files = Object.entries({ tracks: rows, albums, artists, redirects }).flatMap(
      ([kind, lines]) => {
        const file = path.join(input, `hand-${kind}.jsonl`);
        fs.writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
        return lines.length > 0 ? [file] : [];
      },
    );
    await take(HAND_MAPPING, files);
  }
  const { directory } = await buildSnapshot(
    {},
    { disk: realDisk, catalogue, watch: unwatched, threads: 1 },
  );
  return directory;
}
