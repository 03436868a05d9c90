/**
 * What an edition says of its members, held against what lies in its volumes: rights, tombstones, catalogue, torrents.
 */
import type { FindingSink } from './codes.ts';
import { countField, type Fields, listField, SHA256, textField, wrong } from './documents.ts';
import type { CheckedEdition } from './edition-check.ts';
import { forEachLine } from './edition-lines.ts';
import { editionPath } from './edition-shape.ts';
import type { Tree } from './files.ts';
import type { CheckedMember } from './index-check.ts';

/** Rights of members by digest; undefined when the overlay cannot be read. */
export type RightsOverlay = ReadonlyMap<string, boolean> | undefined;

/** Whether each digest of `rights.jsonl` may be distributed. Tells of lines that say it may not: an edition lists only what may. */
export function readRights(
  tree: Tree,
  edition: CheckedEdition,
  findings: FindingSink,
): RightsOverlay {
  const rights = new Map<string, boolean>();
  const whole = forEachLine({ tree, edition, findings }, 'rights.jsonl', (line) => {
    const digest = textField(line, 'digest', SHA256);
    for (const key of ['licence', 'holder']) if (line[key] !== null) textField(line, key);
    textField(line, 'attribution');
    textField(line, 'because', /./);
    if (rights.has(digest)) throw wrong(`${digest} twice`);
    rights.set(digest, line.distributable === true);
  });
  return whole ? rights : undefined;
}

/** The digests that `tombstones.jsonl` withdraws. */
export function readTombstones(
  tree: Tree,
  edition: CheckedEdition,
  findings: FindingSink,
): ReadonlySet<string> {
  const digests = new Set<string>();
  forEachLine({ tree, edition, findings }, 'tombstones.jsonl', (line) =>
    digests.add(textField(line, 'digest', SHA256)),
  );
  return digests;
}

/** Tells of members of volume `name` without rights, or with rights that do not let them be published. */
export function checkRights(
  {
    rights,
    tombstones,
    name,
    members,
  }: {
    rights: NonNullable<RightsOverlay>;
    tombstones: ReadonlySet<string>;
    name: string;
    members: readonly CheckedMember[];
  },
  findings: FindingSink,
): void {
  for (const { path, digest } of members) {
    if (tombstones.has(digest)) continue;
    const allowed = rights.get(digest);
    const subject = `volumes/${name}.tar#${path}`;
    if (allowed === undefined) findings.add('VERIFY_RIGHTS_MISSING', subject, digest);
    else if (!allowed) findings.add('VERIFY_NOT_DISTRIBUTABLE', subject, digest);
  }
}

/** Tells of catalogue files that do not lie where the catalogue says, as far as `members` (by volume) were read. */
export function checkCatalogue(
  tree: Tree,
  edition: CheckedEdition,
  members: ReadonlyMap<string, readonly CheckedMember[]>,
  findings: FindingSink,
): void {
  const places = new Map<string, CheckedMember>();
  for (const [volume, list] of members)
    for (const member of list) places.set(`${volume}/${member.path}`, member);
  for (const name of ['catalogue.jsonl', 'albums.jsonl']) {
    const subject = editionPath(edition.number, name);
    forEachLine({ tree, edition, findings }, name, (line) =>
      checkCatalogueLine(line, subject, members, places, findings),
    );
  }
}

/** Tells when `torrents.json` and the edition do not name the same volumes and infohashes. */
export function checkTorrentList(tree: Tree, edition: CheckedEdition, findings: FindingSink): void {
  forEachLine({ tree, edition, findings }, 'torrents.json', (document) => {
    textField(document, 'format', /^fonoteca-torrents\/1$/);
    const told = listField(document, 'torrents').map((item) =>
      ['name', 'infohashV1', 'infohashV2', 'torrent'].map((key) => textField(item, key)).join(' '),
    );
    const listed = edition.volumes.map((volume) =>
      [volume.name, volume.infohashV1, volume.infohashV2, volume.torrent].join(' '),
    );
    if (told.join('\n') !== listed.join('\n')) throw wrong('other volumes than edition.json');
  });
}

function checkCatalogueLine(
  line: Fields,
  subject: string,
  members: ReadonlyMap<string, unknown>,
  places: ReadonlyMap<string, CheckedMember>,
  findings: FindingSink,
): void {
  const id = textField(line, 'id');
  for (const file of listField(line, 'files')) {
    const volume = textField(file, 'volume');
    if (!members.has(volume)) continue;
    const place = places.get(`${volume}/${textField(file, 'path')}`);
    if (place?.digest !== file.digest || place?.sizeBytes !== countField(file, 'sizeBytes'))
      findings.add('VERIFY_CATALOGUE', `${subject}#${id}`, `${volume}/${String(file.path)}`);
  }
}
