import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { fixedClock } from '../src/base/clock.ts';
import type { Digest } from '../src/base/digest.ts';
import { type Disk, realDisk } from '../src/base/disk.ts';
import { FonotecaError } from '../src/base/errors.ts';
import { openOutbound } from '../src/base/outbound.ts';
import { unwatched } from '../src/base/progress.ts';
import { follow } from '../src/mirroring/follow.ts';
import { TEST_KEY, testKey } from '../src/publishing/test-archive.ts';
import {
  keysFiles,
  type Moment,
  PUBLIC_KEY,
  pointAt,
  publishForeign,
  publishHistory,
  publishLie,
  rootOf,
  stampLie,
} from './support/follow-history.ts';
import { treeDigests } from './support/published.ts';
import { endless, type Lie, startTreeServer, type TreeServer } from './support/tree-server.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-attacks-'));
const at = (name: string) => path.join(folder, name);
const OTHER_KEY = testKey(9);
const ZEROS = '0'.repeat(64) as Digest;
/** When the follower last found all well, and when it asks again. */
const SEEN = '2026-02-10T12:00:00Z';
const NOW = '2026-02-11T12:00:00Z';
/** The machine's disk without waiting for its platter. */
const QUICK_DISK: Disk = { ...realDisk, fsync: () => {}, syncDirectory: () => {} };
let server: TreeServer;

/** What an attacker does, to a follower that knows edition 3 with its second timestamp. */
interface Attack {
  readonly what: string;
  readonly code: string;
  /** The published tree it begins with; edition 4 when absent. */
  readonly from?: Moment | 'foreign';
  readonly tamper?: (root: string) => void;
  readonly lies?: Readonly<Record<string, Lie>>;
  readonly now?: string;
  readonly timeoutMs?: number;
  /** Whether both sides of a contradiction must lie below evidence/ behind it. */
  readonly evidence?: boolean;
}

const silent: Lie = () => {};
const moved: Lie = (_request, response) =>
  void response.writeHead(302, { location: 'http://169.254.169.254/latest/' }).end();
const status500: Lie = (_request, response) => void response.writeHead(500).end();
const cutShort: Lie = (request, response) => {
  response.writeHead(200, { 'content-length': '60' }).write('{"edition":4,');
  setImmediate(() => request.socket.destroy());
};
const packed: Lie = (_request, response) =>
  void response
    .setHeader('content-encoding', 'gzip')
    .end(gzipSync('{"edition":4,"timestamp":1}\n'));

const RIGHTS = 'editions/0004/rights.jsonl';
const POINTER = 'editions/current.json';
const edit = (name: string, change: (text: string) => string) => (root: string) => {
  const file = path.join(root, name);
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
};
const copyWithin = (from: string, to: string) => (root: string) =>
  fs.copyFileSync(path.join(root, from), path.join(root, to));
const remove = (name: string) => (root: string) => fs.rmSync(path.join(root, name));

const ATTACKS: readonly Attack[] = [
  { what: 'shows the edition before', code: 'FOLLOW_ROLLBACK', from: 'two' },
  {
    what: 'points at an old edition',
    code: 'FOLLOW_ROLLBACK',
    tamper: (root) => pointAt(root, 1, 1),
  },
  { what: 'shows an older timestamp', code: 'FOLLOW_ROLLBACK', from: 'three' },
  {
    what: 'signs a later timestamp with an earlier date',
    code: 'FOLLOW_ROLLBACK',
    from: 'renewed',
    tamper: (root) => stampLie(root, { edition: 3, sequence: 3, date: '2026-02-09T12:00:00Z' }),
  },
  {
    what: 'shows the same for longer than it was signed for',
    code: 'FOLLOW_FROZEN',
    from: 'renewed',
    now: '2026-04-01T00:00:00Z',
  },
  {
    what: 'shows a newer edition that has run out',
    code: 'FOLLOW_FROZEN',
    now: '2026-04-01T00:00:00Z',
  },
  {
    what: 'points far ahead',
    code: 'FOLLOW_FAST_FORWARD',
    tamper: (root) => pointAt(root, 999_999_999, 1),
  },
  {
    what: 'leaves an edition out',
    code: 'FOLLOW_FAST_FORWARD',
    tamper: (root) => {
      fs.renameSync(path.join(root, 'editions/0004'), path.join(root, 'editions/0005'));
      pointAt(root, 5, 1);
    },
  },
  {
    what: 'puts a file of the edition before in its place',
    code: 'FOLLOW_MIXED',
    tamper: copyWithin('editions/0003/rights.jsonl', RIGHTS),
  },
  {
    what: 'puts the edition before in its place',
    code: 'FOLLOW_MIXED',
    tamper: copyWithin('editions/0003/edition.json', 'editions/0004/edition.json'),
  },
  {
    what: 'signs a timestamp of another edition.json',
    code: 'FOLLOW_MIXED',
    tamper: (root) => stampLie(root, { edition: 4, sequence: 1, sha256: ZEROS }),
  },
  {
    what: 'gives the timestamp of the edition before',
    code: 'VERIFY_SIGNATURE_FORM',
    tamper: (root) => {
      for (const end of ['', '.minisig'])
        copyWithin(
          `editions/timestamps/0003-2.json${end}`,
          `editions/timestamps/0004-1.json${end}`,
        )(root);
    },
  },
  { what: 'never ends the pointer', code: 'OUTBOUND_TOO_LARGE', lies: { [POINTER]: endless } },
  {
    what: 'never ends the keys',
    code: 'OUTBOUND_TOO_LARGE',
    lies: { 'editions/0004/keys.json': endless },
  },
  { what: 'never ends a listed file', code: 'OUTBOUND_TOO_LARGE', lies: { [RIGHTS]: endless } },
  {
    what: 'appends to a listed file',
    code: 'OUTBOUND_TOO_LARGE',
    tamper: edit(RIGHTS, (text) => text + text),
  },
  {
    what: 'cuts a listed file',
    code: 'VERIFY_FILE_SIZE',
    tamper: edit(RIGHTS, (text) => text.slice(0, -1)),
  },
  {
    what: 'changes a listed file',
    code: 'VERIFY_FILE_DIGEST',
    tamper: edit(RIGHTS, (text) => text.replace('Ana', 'Eva')),
  },
  { what: 'keeps a listed file back', code: 'VERIFY_FILE_MISSING', tamper: remove(RIGHTS) },
  {
    what: 'keeps a signature back',
    code: 'VERIFY_FILE_MISSING',
    tamper: remove('editions/0004/keys.json.minisig'),
  },
  {
    what: 'keeps the timestamp back',
    code: 'VERIFY_FILE_MISSING',
    tamper: remove('editions/timestamps/0004-1.json'),
  },
  {
    what: 'signs a list that leads out of the tree',
    code: 'VERIFY_DOCUMENT',
    tamper: (root) =>
      publishLie(root, 4, {
        change: (edition) => ({
          ...edition,
          files: [...edition.files, { path: 'zoo/../../.bashrc', sizeBytes: 1, sha256: ZEROS }],
        }),
      }),
  },
  {
    what: 'changes the edition without signing',
    code: 'VERIFY_SIGNATURE_WRONG',
    tamper: edit('editions/0004/edition.json', (text) => text.replace('prueba', 'pruebo')),
  },
  {
    what: 'signs the edition with another key',
    code: 'VERIFY_KEY_UNKNOWN',
    tamper: (root) => publishLie(root, 4, { keys: [OTHER_KEY] }),
  },
  {
    what: 'spells a signature otherwise',
    code: 'VERIFY_SIGNATURE_FORM',
    tamper: edit('editions/0004/edition.json.minisig', (text) => text.replace('signature', 'sign')),
  },
  {
    what: 'signs the timestamp with another key',
    code: 'VERIFY_KEY_UNKNOWN',
    tamper: (root) => stampLie(root, { edition: 4, sequence: 2, key: OTHER_KEY }),
  },
  {
    what: 'brings keys of its own, signed by themselves alone',
    code: 'VERIFY_KEY_UNKNOWN',
    tamper: (root) =>
      publishLie(root, 4, {
        files: keysFiles(root, 4, { keys: [OTHER_KEY], signers: [OTHER_KEY] }),
        keys: [OTHER_KEY],
      }),
  },
  {
    what: 'signs with fewer keys than its keys call for',
    code: 'VERIFY_THRESHOLD',
    tamper: (root) =>
      publishLie(root, 4, {
        files: keysFiles(root, 4, {
          keys: [TEST_KEY, OTHER_KEY],
          signers: [TEST_KEY],
          threshold: 2,
        }),
        keys: [TEST_KEY],
      }),
  },
  {
    what: 'breaks the chain with the right key',
    code: 'VERIFY_CHAIN_BROKEN',
    tamper: (root) =>
      publishLie(root, 4, { change: (edition) => ({ ...edition, previous: ZEROS }) }),
  },
  {
    what: 'signs a list of withdrawals that forgets',
    code: 'VERIFY_TOMBSTONES',
    tamper: (root) => {
      const digest = publishLie(root, 4, {
        files: { 'tombstones.jsonl': '' },
        change: (edition) => ({
          ...edition,
          tombstones: { ...edition.tombstones, count: 0, head: null },
        }),
      });
      stampLie(root, { edition: 4, sequence: 1, sha256: digest });
    },
  },
  { what: 'is another archive', code: 'FOLLOW_OTHER_ARCHIVE', from: 'foreign' },
  {
    what: 'signs a second head of one size',
    code: 'FOLLOW_FORKED',
    from: 'renewed',
    evidence: true,
    tamper: (root) =>
      stampLie(root, { edition: 3, sequence: 3, log: { size: logOf(root).size, root: ZEROS } }),
  },
  {
    what: 'signs a second edition 3',
    code: 'FOLLOW_FORKED',
    from: 'renewed',
    evidence: true,
    tamper: (root) => stampLie(root, { edition: 3, sequence: 3, sha256: ZEROS }),
  },
  {
    what: 'signs a second timestamp of one sequence',
    code: 'FOLLOW_FORKED',
    from: 'renewed',
    evidence: true,
    tamper: (root) => stampLie(root, { edition: 3, sequence: 2, expires: '2026-03-11T00:00:00Z' }),
  },
  {
    what: 'signs a smaller log',
    code: 'FOLLOW_LOG_SHRUNK',
    from: 'renewed',
    evidence: true,
    tamper: (root) => stampLie(root, { edition: 3, sequence: 3, log: { size: 1, root: ZEROS } }),
  },
  {
    what: 'signs that there is no log',
    code: 'FOLLOW_LOG_SHRUNK',
    from: 'renewed',
    tamper: (root) => stampLie(root, { edition: 3, sequence: 3, log: undefined }),
  },
  {
    what: 'signs a log with another beginning',
    code: 'FOLLOW_LOG_REWRITTEN',
    evidence: true,
    tamper: (root) => {
      const { size } = logOf(root, 4);
      const leaves = Array.from({ length: size }, (_, index) => Buffer.alloc(32, index));
      fs.writeFileSync(levelZero(root, size), Buffer.concat(leaves));
      stampLie(root, { edition: 4, sequence: 2, log: { size, root: rootOf(leaves) } });
    },
  },
  {
    what: 'gives tiles that do not lead to the signed head',
    code: 'FOLLOW_LOG_WRONG',
    tamper: (root) => {
      const file = levelZero(root, logOf(root, 4).size);
      const bytes = fs.readFileSync(file);
      bytes[0] = bytes[0]! ^ 1;
      fs.writeFileSync(file, bytes);
    },
  },
  {
    what: 'signs a head of a log that is not there',
    code: 'FOLLOW_LOG_WRONG',
    tamper: (root) => stampLie(root, { edition: 4, sequence: 2, log: { size: 500, root: ZEROS } }),
  },
  {
    what: 'keeps a tile back',
    code: 'VERIFY_FILE_MISSING',
    tamper: (root) => fs.rmSync(levelZero(root, logOf(root, 4).size)),
  },
  {
    what: 'gives an older checkpoint',
    code: 'VERIFY_LOG',
    tamper: (root) =>
      fs.copyFileSync(
        path.join(at('two'), 'editions/log/checkpoint'),
        path.join(root, 'editions/log/checkpoint'),
      ),
  },
  {
    what: 'spells the pointer otherwise',
    code: 'VERIFY_POINTER',
    tamper: edit(POINTER, (text) => text.replace(':', ': ')),
  },
  {
    what: 'meets a clock that was set back',
    code: 'FOLLOW_CLOCK',
    now: '2026-01-22T00:00:00Z',
  },
  {
    what: 'is slow',
    code: 'OUTBOUND_TIMEOUT',
    lies: { [RIGHTS]: silent },
    timeoutMs: 100,
  },
  { what: 'sends elsewhere', code: 'OUTBOUND_REFUSED', lies: { [RIGHTS]: moved } },
  { what: 'sends the pointer elsewhere', code: 'OUTBOUND_REFUSED', lies: { [POINTER]: moved } },
  { what: 'ends too early', code: 'OUTBOUND_FAILED', lies: { [POINTER]: cutShort } },
  { what: 'packs what it sends', code: 'OUTBOUND_FAILED', lies: { [POINTER]: packed } },
  { what: 'fails', code: 'OUTBOUND_FAILED', lies: { [RIGHTS]: status500 } },
];

before(async () => {
  server = await startTreeServer();
  await publishHistory(folder);
  await publishForeign(folder, OTHER_KEY);
  server.serve(at('renewed'));
  await ask({ now: SEEN, publicKey: PUBLIC_KEY });
});
after(async () => {
  await server.close();
  fs.rmSync(folder, { recursive: true });
});

describe('an address that attacks is refused, and what was good stays byte for byte', () => {
  for (const [number, { what, code, from = 'four', tamper, lies, ...asked }] of ATTACKS.entries())
    test(`one that ${what}: ${code}`, async () => {
      const root = at(`attack-${number}`);
      fs.cpSync(path.join(at(from), 'editions'), path.join(root, 'editions'), { recursive: true });
      tamper?.(root);
      server.serve(root, lies);
      const good = goodState(at('state'));
      const evidence = evidenceCount();
      await assert.rejects(ask({ now: NOW, ...asked }), refusal(code));
      assert.deepEqual(goodState(at('state')), good);
      assert.equal(evidenceCount() - evidence, asked.evidence ? 1 : 0);
    });

  test('and behind all of them the next edition is followed', async () => {
    server.serve(at('four'));
    const { state } = await ask({ now: NOW });
    assert.deepEqual([state.edition.number, state.timestamp.sequence], [4, 1]);
  });
});

/** Follows at the server's address into the one state, unless told otherwise. */
function ask({
  now,
  directory = at('state'),
  publicKey,
  timeoutMs,
}: {
  now: string;
  directory?: string;
  publicKey?: string;
  timeoutMs?: number;
}) {
  return follow(
    { directory, address: server.address, publicKey },
    {
      disk: QUICK_DISK,
      clock: fixedClock(now),
      typed: openOutbound({ allow: 'typed' }),
      found: openOutbound({ allow: 'public' }),
      watch: unwatched,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    },
  );
}

function refusal(code: string) {
  return (error: unknown) => {
    assert.ok(error instanceof FonotecaError, String(error));
    assert.equal(error.code, code, error.message);
    return true;
  };
}

/** Everything in a follower's folder but evidence. */
function goodState(directory: string): Record<string, string> {
  const digests = Object.entries(treeDigests(directory));
  return Object.fromEntries(digests.filter(([name]) => !name.startsWith('evidence')));
}

function evidenceCount(): number {
  const found = at('state/evidence');
  return fs.existsSync(found) ? fs.readdirSync(found).length : 0;
}

/** The head that the timestamp of edition `number` signs. */
function logOf(root: string, number = 3): { size: number; root: string } {
  const file = path.join(root, `editions/timestamps/000${number}-1.json`);
  return JSON.parse(fs.readFileSync(file, 'utf8')).log;
}

function levelZero(root: string, size: number): string {
  return path.join(root, `editions/log/tile/0/000.p/${size}`);
}
