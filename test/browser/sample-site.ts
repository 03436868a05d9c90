/** A small archive in memory behind the server's own port: what HTTP tests and browser tests ask when no real archive is wanted. */
import { type Digest, sha256 } from '../../src/base/digest.ts';
import { albumIdOf, artistIdOf, trackIdOf } from '../../src/model/ids.ts';
import type { ServedFile, SitePort } from '../../src/server/site-port.ts';
import type {
  AlbumCard,
  AlbumView,
  ArtistView,
  TrackRow,
  TrackView,
} from '../../src/server/views.ts';
import { makeCover, makePeaks, makeWav } from './sample-bytes.ts';

/** The sample: its port and the names tests ask for. */
export interface SampleSite {
  readonly site: SitePort;
  readonly albumIds: readonly string[];
  readonly trackIds: readonly string[];
  readonly streamDigest: Digest;
  readonly streamBytes: Buffer;
  readonly artDigest: Digest;
  readonly volumeName: string;
}

/** Title, artist, year, seconds of each track; the last album has no cover and nothing to play. */
const ALBUMS: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    'Salt Roads',
    'Marta Ilves',
    '2019',
    ['Harbour, Before Light', 'Low Tide Ledger', 'The Weighing House', 'Lanterns on the Spit'],
  ],
  [
    'Nocturnes for Tape and Harmonium',
    'Ensemble Vieux-Port',
    '2011',
    ['I. Lent', 'II. Très calme', 'III. Sans mesure'],
  ],
  ['草の海', '森田 遥', '2016', ['朝霧', '草の海', '帰り道']],
  [
    'Field Recordings, Vol. 3: Mills & Weirs',
    'Orla Tennant',
    '2008',
    ['Weir at Coldharbour', 'Undershot Wheel', 'Miller’s Yard, Rain'],
  ],
  [
    'Polyphonie des montagnes',
    'Chœur de Saint-Aubin',
    '1978',
    ['Kyrie', 'Chant de veillée', 'La transhumance'],
  ],
  ['Тихие поезда', 'Квартет Маяк', '2022', ['Полустанок', 'Ночной вагон']],
  [
    'Two Hours Past the Last Bus',
    'The Night Clerks',
    '2014',
    ['Concrete Garden', 'Fluorescent', 'Two Hours Past the Last Bus'],
  ],
  [
    'An Inventory of Small Machines',
    'P. Okonkwo',
    '2021',
    ['Sewing Machine', 'Adding Machine', '<script>alert(1)</script> & Sons'],
  ],
];

const VOLUME = 'original-0123456789abcdef';
const SECONDS = 40;
const DOCUMENT = Buffer.from('{"number":1}\n');
const EDITION = {
  number: 1,
  at: '2026-11-20T18:00:00Z',
  sha256: sha256(DOCUMENT),
  stage: 'all',
  volumeCount: 1,
  sizeBytes: 40_000,
};
const EDITION_VOLUME = {
  name: VOLUME,
  tier: 'original',
  sizeBytes: 40_000,
  memberCount: 21,
  digest: sha256('volume'),
  infohashV1: sha256('v1').slice(0, 40),
  infohashV2: sha256('v2'),
  magnet: `magnet:?xt=urn:btih:${sha256('v1').slice(0, 40)}&xt=urn:btmh:1220${sha256('v2')}&dn=${VOLUME}.tar`,
  torrent: `volumes/${VOLUME}.torrent`,
  order: 1,
  withdrawnCount: 1,
  superseded: [
    { edition: null, infohashV1: sha256('old').slice(0, 40), infohashV2: sha256('old') },
  ],
};
const METADATA = {
  path: 'editions/0001/catalogue.jsonl',
  torrent: 'editions/0001/catalogue.jsonl.torrent',
  sizeBytes: 9_000,
  infohashV1: sha256('catalogue').slice(0, 40),
  magnet: `magnet:?xt=urn:btih:${sha256('catalogue').slice(0, 40)}`,
  licences: ['CC0-1.0'],
};

/** Makes the sample: eight albums, real audio and pictures. */
export function makeSampleSite(): SampleSite {
  const files = new Map<string, ServedFile>();
  const pictures = new Map<string, ServedFile>();
  const albums = ALBUMS.map((_, index) => makeAlbum(index, files, pictures));
  const tracks = albums.flatMap((album) => album.tracks);
  const first = tracks[0]!.stream!;
  const published = new Map<string, ServedFile>([
    [
      `volumes/${VOLUME}.tar`,
      servedFile(Buffer.alloc(EDITION.sizeBytes, 7), 'application/x-tar', `${VOLUME}.tar`),
    ],
    [
      EDITION_VOLUME.torrent,
      servedFile(Buffer.from('d4:infod4:name3:fooee'), 'application/x-bittorrent', 'a.torrent'),
    ],
    ['editions/0001/edition.json', servedFile(DOCUMENT, 'application/json', 'edition.json')],
  ]);
  return {
    site: {
      ...makePages(albums),
      openFile: async (digest) => files.get(digest),
      openArt: async (digest) => pictures.get(digest),
      openSpectrogram: async (digest) =>
        files.has(digest) ? servedFile(makeCover(64, 3), 'image/png', 'sound.png') : undefined,
      isWithdrawn: async () => false,
      openPublished: async (path) => published.get(path),
      statistics: async () => ({ snapshot: null, report: null }),
      openStatistics: async () => undefined,
    },
    albumIds: albums.map(({ id }) => id),
    trackIds: tracks.map(({ id }) => id),
    streamDigest: first.digest as Digest,
    streamBytes: makeWav(SECONDS, 0),
    artDigest: albums[0]!.artDigest as Digest,
    volumeName: VOLUME,
  };
}

function makeAlbum(
  index: number,
  files: Map<string, ServedFile>,
  pictures: Map<string, ServedFile>,
): AlbumView {
  const [title, artistName, date, titles] = ALBUMS[index]!;
  const open = index < ALBUMS.length - 1;
  const artist = { id: artistIdOf(artistName), name: artistName };
  const album = { id: albumIdOf(artistName, title), name: title };
  const cover = servedFile(makeCover(200, index), 'image/png', 'cover.png');
  if (open) pictures.set(cover.identity, cover);
  const artDigest = open ? cover.identity : null;
  const tracks = titles.map((trackTitle, position): TrackRow => {
    const wav = servedFile(
      makeWav(SECONDS, index * 4 + position),
      'audio/wav',
      `${trackTitle}.wav`,
    );
    if (open) files.set(wav.identity, wav);
    return {
      id: trackIdOf(wav.identity as Digest),
      title: trackTitle,
      artist,
      album,
      disc: 1,
      number: position + 1,
      durationMs: SECONDS * 1000,
      artDigest,
      status: open ? 'published' : 'skipped:no-right',
      stream: open ? { digest: wav.identity, mimeType: 'audio/wav' } : null,
      unplayed: null,
    };
  });
  return {
    id: album.id,
    title,
    artist,
    date,
    artDigest,
    genres: ['experimental'],
    ...{ label: null, language: null, upc: null, evidence: [], nextCursor: null },
    trackCount: tracks.length,
    durationMs: tracks.length * SECONDS * 1000,
    sizeBytes: tracks.length * 320_044,
    licences: open
      ? [{ id: 'CC-BY-SA-4.0', url: 'https://creativecommons.org/licenses/by-sa/4.0/' }]
      : [],
    tracks,
    companions: open
      ? [
          {
            digest: cover.identity,
            fileName: 'cover.png',
            role: 'cover',
            mimeType: 'image/png',
            sizeBytes: cover.sizeBytes,
          },
        ]
      : [],
  };
}

function makePages(
  albums: readonly AlbumView[],
): Omit<
  SitePort,
  | 'openFile'
  | 'openArt'
  | 'openSpectrogram'
  | 'isWithdrawn'
  | 'openPublished'
  | 'openStatistics'
  | 'statistics'
> {
  const tracks = albums.flatMap((album) => album.tracks);
  const cards = albums.map(cardOf);
  return {
    archive: async () => ({
      name: 'Coastal Sound Archive',
      operator: 'Coastal Sound Archive, Tallinn',
      contact: 'mailto:rights@archive.example',
      publicKey: 'RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3',
    }),
    home: async () => ({
      counts: {
        artists: 8,
        albums: 8,
        tracks: tracks.length,
        publishedTracks: 27,
        heldFiles: 31,
        heldBytes: 15_360_000,
        volumes: 1,
        editions: 1,
      },
      latestAlbums: cards,
      latestEdition: EDITION,
      licences: [{ id: 'CC-BY-SA-4.0', files: tracks.length - 3 }],
    }),
    search: async (query, cursor) => search(query, cursor, tracks, cards),
    artist: async (id) => artistView(id, cards),
    album: async (id) => albums.find((album) => album.id === id),
    recording: async () => undefined,
    lookUp: async () => undefined,
    track: async (id) => {
      const index = tracks.findIndex((track) => track.id === id);
      return index < 0 ? undefined : trackView(tracks[index]!, albums);
    },
    editions: async () => ({ editions: [EDITION], nextCursor: null }),
    edition: async (number) =>
      number === 1
        ? {
            ...EDITION,
            volumes: [EDITION_VOLUME],
            nextCursor: null,
            metadata: [METADATA],
            tombstoneCount: 1,
            files: [
              {
                path: 'editions/0001/edition.json',
                sizeBytes: DOCUMENT.length,
                sha256: sha256(DOCUMENT),
              },
            ],
          }
        : undefined,
    trackTags: async () => ({ files: [] }),
    withdrawals: async () => withdrawalsOf(tracks[0]!.id),
  };
}

function artistView(id: string, cards: readonly AlbumCard[]): ArtistView | undefined {
  const own = cards.filter(({ artist }) => artist.id === id);
  const [first] = own;
  return first && { id, name: first.artist.name, albums: own, tracks: [], nextCursor: null };
}

function withdrawalsOf(subject: string) {
  return {
    withdrawnCount: 1,
    entries: [
      {
        number: 1,
        kind: 'withdrawn' as const,
        at: '2026-11-20T19:00:00Z',
        reason: 'holder-request',
        digest: sha256('gone'),
        subject,
      },
    ],
    nextCursor: null,
  };
}

function search(
  query: string,
  cursor: string | null,
  tracks: readonly TrackRow[],
  cards: readonly AlbumCard[],
) {
  const word = query.toLowerCase();
  const has = (text: string) => word !== '' && text.toLowerCase().includes(word);
  const found = tracks.filter(
    (track) => has(track.title) || has(track.artist.name) || has(track.album!.name),
  );
  const start = cursor ? Number(cursor) : 0;
  return {
    query,
    artists: cards.flatMap(({ artist: { id, name } }) =>
      id !== null && has(name) ? [{ id, name }] : [],
    ),
    bounds: [],
    albums: cards.filter((card) => has(card.title)),
    tracks: found.slice(start, start + 2),
    nextCursor: found.length > start + 2 ? String(start + 2) : null,
  };
}

function cardOf(album: AlbumView): AlbumCard {
  const { id, title, artist, date, artDigest, tracks } = album;
  return { id, title, artist, year: date, artDigest, trackCount: tracks.length };
}

const FEATURES: TrackView['features'] = [
  { name: 'silenceShare', value: 0.012, confidence: 1, algorithm: 'below-60-dbfs/1' },
  { name: 'tempoBpm', value: 120.1, confidence: 0.62, algorithm: 'onset-autocorrelation/1' },
  { name: 'key', value: 'F#', confidence: 0.9, algorithm: 'chroma-temperley/1' },
  { name: 'mode', value: 'minor', confidence: 0.3, algorithm: 'chroma-temperley/1' },
];

/** What a stranger may put into a tag: it stays text, and turns round nothing outside itself. */
const TAGS = [
  ['TITLE', '\u202Egnp.exe'],
  ['COMMENT', '<script>document.title = "owned"</script>'],
  ['COMMENT', 'x'.repeat(3000)],
] as const;

function trackView(track: TrackRow, albums: readonly AlbumView[]): TrackView {
  const seed = albums.findIndex((album) => album.id === track.album!.id) * 4 + track.number! - 1;
  const digest = track.stream?.digest;
  return {
    ...track,
    date: albums[Math.floor(seed / 4)]!.date,
    ...{ recordingId: null, evidence: [] },
    genre: 'experimental',
    isrc: null,
    mbid: null,
    peaks: makePeaks(SECONDS, seed, 800),
    loudnessLufs: -17.4,
    loudnessRangeLu: 6.2,
    truePeakDbtp: -1.1,
    features: [...FEATURES],
    spectrogram: digest ?? null,
    tags: TAGS.map(([name, value]) => ({ name, value })),
    files: digest
      ? [
          {
            digest,
            fileName: `${track.title}.wav`,
            tier: 'original',
            mimeType: 'audio/wav',
            format: 'wav',
            sizeBytes: 320_044,
            durationMs: SECONDS * 1000,
            bitrateKbps: 64,
            sampleRateHz: 4000,
            channels: 1,
            status: track.status,
            open: true,
            verdict: { state: 'intact', detail: null },
            audioDigest: sha256(`audio ${digest}`),
            provenance: null,
            volumes: [
              {
                name: VOLUME,
                path: `${track.artist.name}/${track.title}.wav`,
                positionBytes: 16_384,
              },
            ],
          },
        ]
      : [],
    rights: {
      licence: track.stream
        ? { id: 'CC-BY-SA-4.0', url: 'https://creativecommons.org/licenses/by-sa/4.0/' }
        : null,
      holder: track.artist.name,
      attribution: `“${track.title}” by ${track.artist.name}, CC BY-SA 4.0`,
      conditions: ['attribution', 'share-alike'],
      evidence: [
        {
          kind: 'url',
          value: 'https://archive.example/licence',
          sha256: null,
          seenAt: '2026-11-01T09:00:00Z',
        },
      ],
      decisions: ['stream', 'distribute', 'derive', 'train'].map((use) => ({
        use,
        allowed: track.stream !== null && use !== 'train',
        because:
          use === 'train' ? 'training needs a recorded permission' : 'CC-BY-SA-4.0 allows it',
      })),
    },
  };
}

function servedFile(
  bytes: Buffer,
  mimeType: string,
  fileName: string,
): ServedFile & { identity: Digest } {
  return {
    sizeBytes: bytes.length,
    mimeType,
    fileName,
    identity: sha256(bytes),
    // Pieces of 16 KiB, as a verified read yields them.
    async *read(start, end) {
      for (let at = start; at < end; at += 16_384)
        yield bytes.subarray(at, Math.min(end, at + 16_384));
    },
  };
}
