import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Digest, sha256 } from '../base/digest.ts';
import { keyIdText, publicKeyBase64 } from '../formats/minisign.ts';
import { checkpointText, noteVerifierKey, signNote } from '../formats/signed-note.ts';
import { EMPTY_EDGE, growEdge, headOf } from '../formats/tlog-edge.ts';
import { tilePath } from '../formats/tlog-tiles.ts';
import { documentText, logOrigin } from '../model/edition.ts';
import { changeEntries, publishedEntry } from './log-entries.ts';
import { headText, logHeadOf } from './log-state.ts';
import { TEST_KEY } from './test-archive.ts';

const EDITION_DIGEST = '1'.repeat(64) as Digest;
const NO_LINES = { sha256: sha256(''), lines: () => [] };
const document = (name: string) =>
  fs.readFileSync(path.resolve(import.meta.dirname, '../../docs/formats', name), 'utf8');

test('the worked bytes of the specification of the log are those that the codecs give', () => {
  const id = keyIdText(TEST_KEY.publicKey);
  const keys = documentText({
    format: 'fonoteca-keys/1',
    keys: [{ id, publicKey: publicKeyBase64(TEST_KEY.publicKey) }],
    roles: { edition: [id], timestamp: [id] },
    threshold: 1,
  });
  assert.ok(document('keys.md').includes(keys));
  const logged = { number: 1, keys: sha256(keys), tombstones: NO_LINES, rights: NO_LINES };
  const changes = [...changeEntries(undefined, logged)];
  const date = '2026-01-02T03:04:05Z';
  const entries = [...changes, publishedEntry({ number: 1, date, sha256: EDITION_DIGEST })];
  const { edge, tiles } = growEdge(EMPTY_EDGE, entries);
  const origin = logOrigin(id);
  const text = checkpointText({ origin, ...headOf(edge) });
  const shown = [
    entries.map((entry) => `${Buffer.from(entry)}\n`).join(''),
    headText(logHeadOf(headOf(growEdge(EMPTY_EDGE, changes).edge))),
    headText(logHeadOf(headOf(edge))),
    ...tiles.map(tilePath),
    ...Buffer.from(tiles[0]!.bytes).toString('hex').match(/.{64}/g)!,
    ...entries.map(({ length }) => length.toString(16).padStart(4, '0')),
    signNote(text, { name: origin, keys: [TEST_KEY] }),
    noteVerifierKey(origin, TEST_KEY.publicKey),
  ];
  for (const part of shown) assert.ok(document('log.md').includes(part), part);
});
