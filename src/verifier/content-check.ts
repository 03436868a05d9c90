/**
 * What an edition says of its members, held against what lies in its volumes: rights, catalogue, torrents.
 */
import type { FindingSink } from './codes.ts';
import {
  canonical,
  countField,
  type Fields,
  listField,
  requireFields,
  SHA256,
  textField,
  wrong,
} from './documents.ts';
import type { CheckedEdition } from './edition-check.ts';
import { forEachLine } from './edition-lines.ts';
import { editionPath } from './edition-shape.ts';
import type { Tree } from './files.ts';
import type { CheckedMember } from './index-check.ts';

/** What the checks of content work on. */
export interface ContentGround {
  readonly tree: Tree;
  readonly edition: CheckedEdition;
  /** Digests that tombstones withdraw. */
  readonly withdrawn: ReadonlySet<string>;
  readonly findings: FindingSink;
}

const RIGHTS_FIELDS = ['attribution', 'because', 'digest', 'distributable', 'holder', 'licence'];
const TRACK_FIELDS = [
  ...['album', 'albumArtist', 'albumId', 'artist', 'date', 'disc', 'files', 'genre', 'id', 'isrc'],
  ...['mbid', 'number', 'popularity', 'title'],
];
const ALBUM_FIELDS = ['artist', 'date', 'files', 'id', 'title', 'tracks'];
const PLACE_FIELDS = ['digest', 'path', 'sizeBytes', 'volume'];

/** The digests that `rights.jsonl` has a line for; undefined when it does not hold. Tells of what may not be distributed. */
export function readRights(ground: ContentGround): ReadonlySet<string> | undefined {
  const { edition, withdrawn, findings } = ground;
  const rights = new Set<string>();
  const subject = editionPath(edition.number, 'rights.jsonl');
  let last = '';
  const whole = forEachLine(ground, 'rights.jsonl', (line) => {
    requireFields(line, RIGHTS_FIELDS);
    const digest = textField(line, 'digest', SHA256);
    for (const key of ['licence', 'holder']) if (line[key] !== null) textField(line, key);
    textField(line, 'attribution');
    textField(line, 'because', /./);
    if (digest <= last) throw wrong(`${digest} out of order`);
    if (withdrawn.has(digest)) throw wrong(`${digest}, which is withdrawn`);
    if (line.distributable !== true)
      findings.add('VERIFY_NOT_DISTRIBUTABLE', `${subject}#${digest}`, 'listed all the same');
    last = digest;
    rights.add(digest);
  });
  if (whole) checkCount(ground, 'rights.jsonl', rights.size, edition.counts.rights);
  return whole ? rights : undefined;
}

/** Tells of `members` of volume `name` without rights. */
export function checkRights(
  { withdrawn, findings }: ContentGround,
  rights: ReadonlySet<string>,
  name: string,
  members: readonly CheckedMember[],
): void {
  for (const { path, digest } of members)
    if (!withdrawn.has(digest) && !rights.has(digest))
      findings.add('VERIFY_RIGHTS_MISSING', `volumes/${name}.tar#${path}`, digest);
}

/**
 * Tells of catalogue files without rights, and of those that do not lie where the catalogue says, as far as `members` (by
 * volume) were read.
 */
export function checkCatalogue(
  ground: ContentGround,
  rights: ReadonlySet<string> | undefined,
  members: ReadonlyMap<string, readonly CheckedMember[]>,
): void {
  const { counts, number, volumes } = ground.edition;
  const places = new Map<string, CheckedMember>();
  for (const [volume, list] of members)
    for (const member of list) places.set(`${volume}/${member.path}`, member);
  const listed = new Set(volumes.map(({ name }) => name));
  const parts = [
    ['catalogue.jsonl', TRACK_FIELDS, ['durationMs', 'format', 'tier'], counts.tracks],
    ['albums.jsonl', ALBUM_FIELDS, ['mimeType', 'role'], counts.albums],
  ] as const;
  for (const [name, fields, more, count] of parts) {
    const subject = editionPath(number, name);
    let lines = 0;
    const whole = forEachLine(ground, name, (line) => {
      requireFields(line, fields);
      const id = textField(line, 'id');
      lines += 1;
      for (const file of listField(line, 'files')) {
        requireFields(file, [...PLACE_FIELDS, ...more]);
        const volume = textField(file, 'volume');
        const place = places.get(`${volume}/${textField(file, 'path')}`);
        const digest = textField(file, 'digest', SHA256);
        const sizeBytes = countField(file, 'sizeBytes');
        const fits =
          listed.has(volume) &&
          !ground.withdrawn.has(digest) &&
          (!members.has(volume) || (place?.digest === digest && place.sizeBytes === sizeBytes));
        const at = `${volume}/${String(file.path)}`;
        if (!fits) ground.findings.add('VERIFY_CATALOGUE', `${subject}#${id}`, at);
        else if (rights && !rights.has(digest))
          ground.findings.add('VERIFY_RIGHTS_MISSING', `${subject}#${id}`, at);
      }
    });
    if (whole) checkCount(ground, name, lines, count);
  }
}

/** Tells when `torrents.json` and the edition do not name the same volumes, metadata and infohashes. */
export function checkTorrentList(ground: ContentGround): void {
  const { volumes, metadata } = ground.edition;
  const own = (each: object, keys: readonly string[]) =>
    canonical(Object.fromEntries(keys.map((key) => [key, (each as Fields)[key]])));
  let lines = 0;
  const whole = forEachLine(ground, 'torrents.json', (document) => {
    lines += 1;
    textField(document, 'format', /^fonoteca-torrents\/1$/);
    requireFields(document, ['format', 'torrents', 'metadata']);
    const lists = [
      ['torrents', TORRENT_KEYS, volumes],
      ['metadata', METADATA_KEYS, metadata],
    ] as const;
    for (const [name, keys, wanted] of lists) {
      const told = listField(document, name).map((each) => own(each, keys));
      if (told.join('\n') !== wanted.map((each) => own(each, keys)).join('\n'))
        throw wrong(`other ${name} than edition.json`);
    }
  });
  if (whole) checkCount(ground, 'torrents.json', lines, 1);
}

const TORRENT_KEYS = [
  ...['infohashV1', 'infohashV2', 'members', 'name', 'order', 'sizeBytes', 'superseded', 'tier'],
  ...['torrent', 'withdrawn'],
];
const METADATA_KEYS = ['infohashV1', 'infohashV2', 'path', 'sizeBytes', 'torrent'];

function checkCount(
  { edition, findings }: ContentGround,
  name: string,
  lines: number,
  wanted: number,
): void {
  if (lines !== wanted)
    findings.add(
      'VERIFY_DOCUMENT',
      editionPath(edition.number, name),
      `${lines} lines, not ${wanted}`,
    );
}
