import assert from 'node:assert/strict';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ImportRecord } from '../model/import-record.ts';
import { findPreset } from './presets.ts';
import { folderOf, importInto, rowsOf } from './test-import.ts';

type Row = Record<string, unknown>;

/** `n` as a gid. */
const gid = (n: number) => `${String(n).padStart(8, '0')}-1111-4111-8111-111111111111`;
const mbid = (n: number) => `mbid:${gid(n)}`;
const N = '\\N';
const NO_DATES = [N, N, N, N, N, N];
const EDITED = '2024-05-16 10:00:00.1+00';

const [ANA, BO, LABEL, OTHER_LABEL] = [1, 2, 3, 4];
const [SOLD, ALONE, COPIED] = [11, 12, 13];
const [ALBUM, BARE] = [21, 22];
const [GROUP, BARE_GROUP] = [31, 32];
const [FIRST, SECOND, DATA_TRACK] = [41, 42, 43];

/** A small dump in the layout of a real one: the cells of each row as CREATE TABLE orders them. */
const TABLES: Readonly<Record<string, readonly (readonly (string | number)[])[]>> = {
  artist: [
    [1, gid(ANA), 'Ana', 'Ana, A.', ...NO_DATES, 1, 81, N, '', 0, EDITED, 'f', N, N],
    [2, gid(BO), 'Bo', 'Bo', ...NO_DATES, 1, N, N, 'of two', 0, EDITED, 'f', N, N],
  ],
  artist_credit: [
    [5, 'Ana feat. Bo', 2, 4, EDITED, 0, gid(91)],
    [6, 'Bo', 1, 2, EDITED, 0, gid(92)],
  ],
  // Their order is that of their positions, not of their lines.
  artist_credit_name: [
    [5, 1, 2, 'Bo', ''],
    [5, 0, 1, 'Ana', ' feat. '],
    [6, 0, 2, 'Bo', ''],
  ],
  iso_3166_1: [
    [81, 'DE'],
    [222, 'US'],
  ],
  isrc: [
    [1, 101, 'USAB12012346', 0, EDITED],
    [2, 101, 'USAB12012345', 0, EDITED],
    [3, 101, 'wrong', 0, EDITED],
    [4, 102, 'DEAB12000001', 0, EDITED],
  ],
  label: [
    [8, gid(LABEL), 'First Label', ...NO_DATES, N, N, N, '', 0, EDITED, 'f'],
    [9, gid(OTHER_LABEL), 'Second Label', ...NO_DATES, N, N, N, '', 0, EDITED, 'f'],
  ],
  language: [[120, 'eng', 'eng', 'en', 'English', 2, 'eng']],
  medium: [
    [301, 201, 1, 1, '', 0, EDITED, 1, gid(93)],
    [302, 201, 2, 1, 'Bonus', 0, EDITED, 2, gid(94)],
    [303, 202, 1, N, '', 0, EDITED, 0, gid(95)],
  ],
  recording: [
    [101, gid(SOLD), 'A recording', 5, 200_000, '', 0, EDITED, 'f'],
    [102, gid(ALONE), 'On no release', 6, 61_000, '', 0, EDITED, 'f'],
    [103, gid(COPIED), 'Another\\trecording', 6, N, '', 0, EDITED, 'f'],
  ],
  release: [
    [201, gid(ALBUM), 'An album', 5, 401, 1, N, 120, N, '036000291452', '', 0, -1, EDITED],
    [202, gid(BARE), 'A bare one', 6, 402, 1, N, N, N, '036000291453', '', 0, -1, EDITED],
  ],
  release_country: [
    [201, 81, 2001, 5, 7],
    [201, 222, 2000, 12, N],
  ],
  release_unknown_country: [[202, 1999, N, N]],
  release_group: [
    [401, gid(GROUP), 'An album', 5, 1, '', 0, EDITED],
    [402, gid(BARE_GROUP), 'A bare one', 6, N, '', 0, EDITED],
  ],
  release_group_primary_type: [[1, 'Album', N, 1, N, gid(96)]],
  // The one that was entered first counts.
  release_label: [
    [52, 201, 9, 'X-2', EDITED],
    [51, 201, 8, 'X-1', EDITED],
  ],
  track: [
    [501, gid(FIRST), 101, 301, 1, 'A1', 'A track', 5, N, 0, EDITED, 'f'],
    [502, gid(SECOND), 103, 302, 1, '1', 'A bonus', 6, 5000, 0, EDITED, 'f'],
    [503, gid(DATA_TRACK), 103, 302, 2, '2', 'Not of sound', 6, 5000, 0, EDITED, 't'],
  ],
  url: [
    [601, gid(61), 'http://creativecommons.org/licenses/by/4.0/', 0, EDITED],
    [602, gid(62), 'https://ana.example/buy', 0, EDITED],
    [603, gid(63), 'https://patrons.example/ana', 0, EDITED],
    [604, gid(64), 'https://closed.example/', 0, EDITED],
    [605, gid(65), 'http://creativecommons.org/licenses/by-sa/4.0/', 0, EDITED],
    [606, gid(66), 'https://ana.example/', 0, EDITED],
    [607, gid(67), 'https://crowd.example/bo', 0, EDITED],
    [608, gid(68), 'https://mail.example/order', 0, EDITED],
    [609, gid(69), 'https://ana.example/free.flac', 0, EDITED],
    [610, gid(70), 'https://reviews.example/', 0, EDITED],
  ],
  // Of each type in turn; then two that have ended.
  link: [
    ...Array.from({ length: 8 }, (_, index) => [
      701 + index,
      801 + index,
      ...NO_DATES,
      0,
      EDITED,
      'f',
    ]),
    [709, 802, N, N, N, 2019, 1, N, 0, EDITED, 't'],
    [710, 801, N, N, N, 2019, 1, N, 0, EDITED, 't'],
  ],
  link_type: [
    ...['license', 'purchase for download', 'patronage', 'official homepage', 'crowdfunding'],
    ...['purchase for mail-order', 'download for free', 'review'],
  ].map((name, index) => [
    ...[801 + index, N, 0, gid(80), 'release', 'url', name, 'two\\nlines', 'is', 'was'],
    ...['is', EDITED, 'f', 'f', 0, 0],
  ]),
  l_artist_url: [
    [1, 703, 1, 603, 0, EDITED, 0, '', ''],
    [2, 709, 1, 604, 0, EDITED, 0, '', ''],
    [3, 704, 1, 606, 0, EDITED, 0, '', ''],
    [4, 705, 2, 607, 0, EDITED, 0, '', ''],
    [5, 708, 1, 610, 0, EDITED, 0, '', ''],
  ],
  l_recording_url: [
    [1, 701, 103, 605, 0, EDITED, 0, '', ''],
    [2, 707, 101, 609, 0, EDITED, 0, '', ''],
    [3, 710, 102, 601, 0, EDITED, 0, '', ''],
  ],
  l_release_url: [
    [1, 701, 201, 601, 0, EDITED, 0, '', ''],
    [2, 702, 201, 602, 0, EDITED, 0, '', ''],
    [3, 706, 202, 608, 0, EDITED, 0, '', ''],
  ],
  artist_gid_redirect: [
    [gid(71), 1, EDITED],
    [gid(79), 9999, EDITED],
  ],
  recording_gid_redirect: [[gid(72), 101, EDITED]],
  release_gid_redirect: [[gid(73), 201, EDITED]],
  track_gid_redirect: [[gid(74), 501, EDITED]],
};

describe('what musicbrainz-core puts together', () => {
  let record: ImportRecord | null = null;
  const rows: Record<string, Row[]> = {};
  const folder = folderOf({
    'in/SCHEMA_SEQUENCE': '31\n',
    'in/REPLICATION_SEQUENCE': '180000\n',
    'in/TIMESTAMP': '2026-11-18 00:21:05.1+00\n',
    ...Object.fromEntries(
      Object.entries(TABLES).map(([table, lines]) => [
        `in/mbdump/${table}`,
        lines.map((cells) => `${cells.join('\t')}\n`).join(''),
      ]),
    ),
  });
  after(() => folder[Symbol.dispose]());
  before(async () => {
    const preset = findPreset('musicbrainz-core');
    const report = await importInto(folder.path, preset, [path.join(folder.path, 'in')]);
    record = report.record;
    for (const table of ['tracks', 'albums', 'artists', 'links', 'redirects'])
      rows[table] = await rowsOf(report.directory, table);
  });
  const track = (n: number): Row => rows.tracks!.find(({ id }) => id === mbid(n))!;
  const album = (n: number): Row => rows.albums!.find(({ id }) => id === mbid(n))!;

  test('accounts for every row of every table', () => {
    for (const [table, lines] of Object.entries(TABLES))
      assert.deepEqual(
        record!.inputs[table.replaceAll('_', '-')],
        { read: lines.length, taken: lines.length, passed: 0, refused: 0 },
        table,
      );
    // An ISRC that is none, and a barcode whose check digit does not fit.
    assert.equal(record!.refusedValues, 2);
    assert.deepEqual(
      Object.values(record!.tables).map(({ kept }) => kept),
      [3, 2, 2, 8, 4],
    );
  });

  test('a track has its recording, its place, the length of the recording where it has none, and no data track is one', () => {
    assert.deepEqual(track(FIRST), {
      id: mbid(FIRST),
      recording_id: mbid(SOLD),
      title: 'A track',
      artist: 'Ana feat. Bo',
      artist_ids: [mbid(ANA), mbid(BO)],
      album_id: mbid(ALBUM),
      album: 'An album',
      disc_number: '1',
      track_number: '1',
      duration_ms: '200000',
      isrcs: ['USAB12012345', 'USAB12012346'],
      release_date: '2000-12',
      explicit: null,
      popularity: null,
      listens: null,
      listeners: null,
      label: 'First Label',
      genres: [],
      licence: 'http://creativecommons.org/licenses/by/4.0/',
    });
    const bonus = track(SECOND);
    assert.deepEqual(
      [bonus.title, bonus.recording_id, bonus.artist_ids, bonus.disc_number, bonus.duration_ms],
      ['A bonus', mbid(COPIED), [mbid(BO)], '2', '5000'],
    );
    assert.equal(track(DATA_TRACK), undefined);
  });

  test('the licence of a recording is its own before that of its release, and none that has ended', () => {
    assert.equal(track(SECOND).licence, 'http://creativecommons.org/licenses/by-sa/4.0/');
    assert.equal(track(ALONE).licence, null);
  });

  test('a recording on no release is a track of its own, with its ISRC', () => {
    const alone = track(ALONE);
    assert.deepEqual(
      [
        alone.recording_id,
        alone.title,
        alone.artist,
        alone.album_id,
        alone.isrcs,
        alone.duration_ms,
      ],
      [mbid(ALONE), 'On no release', 'Bo', null, ['DEAB12000001'], '61000'],
    );
  });

  test('a release has its barcode, first label, earliest date, type, language and number of tracks', () => {
    assert.deepEqual(album(ALBUM), {
      id: mbid(ALBUM),
      title: 'An album',
      artist: 'Ana feat. Bo',
      artist_ids: [mbid(ANA), mbid(BO)],
      upc: '036000291452',
      release_date: '2000-12',
      type: 'album',
      label: 'First Label',
      track_count: '3',
      popularity: null,
      markets: null,
      language: 'eng',
    });
    const { upc, release_date, type, label, language } = album(BARE);
    assert.deepEqual([upc, release_date, type, label, language], [null, '1999', null, null, null]);
  });

  test('an artist has the country of its area', () => {
    assert.deepEqual(
      rows.artists!.map(({ id, name, sort_name, place }) => [id, name, sort_name, place]),
      [
        [mbid(ANA), 'Ana', 'Ana, A.', 'DE'],
        [mbid(BO), 'Bo', 'Bo', null],
      ],
    );
  });

  test('links to licences, shops, patronage, homepages and sound are taken, and none that has ended or says something else', () => {
    assert.deepEqual(
      rows.links!.map(({ id, kind, url }) => [id, kind, url]),
      [
        [mbid(ANA), 'homepage', 'https://ana.example/'],
        [mbid(ANA), 'patronage', 'https://patrons.example/ana'],
        [mbid(BO), 'patronage', 'https://crowd.example/bo'],
        [mbid(SOLD), 'audio', 'https://ana.example/free.flac'],
        [mbid(COPIED), 'licence', 'http://creativecommons.org/licenses/by-sa/4.0/'],
        [mbid(ALBUM), 'licence', 'http://creativecommons.org/licenses/by/4.0/'],
        [mbid(ALBUM), 'purchase', 'https://ana.example/buy'],
        [mbid(BARE), 'purchase', 'https://mail.example/order'],
      ],
    );
  });

  test('an id that now means another leads to it, for artists, recordings, releases and tracks', () => {
    assert.deepEqual(
      rows.redirects!.map(({ from, to }) => [from, to]),
      [
        [mbid(71), mbid(ANA)],
        [mbid(72), mbid(SOLD)],
        [mbid(73), mbid(ALBUM)],
        [mbid(74), mbid(FIRST)],
      ],
    );
  });
});
