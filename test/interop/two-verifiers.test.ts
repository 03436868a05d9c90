import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { testKey } from '../../src/publishing/test-archive.ts';
import { verifyArchive } from '../../src/verifier/verify-archive.ts';
import { roundsOf } from '../support/counts.ts';
import { stampLie, TERMS } from '../support/follow-history.ts';
import { publishSteps, REPLAYS, replayKeys } from '../support/key-history.ts';
import { judge, missingTools } from '../support/outside-tools.ts';
import {
  namedByStranger,
  PUBLISHER_LIES,
  ROTATIONS,
  rotate,
  twoEditions,
} from '../support/publisher-lies.ts';
import { COPY_KEY, publishedHistory } from '../support/tampered-archive.ts';
import { flips, publishedPaths, tamperings } from '../support/tamperings.ts';

const ROUNDS = roundsOf('TAMPERINGS', 150);
const FLIPS = roundsOf('FLIPS', 8);
const SEED = 20261121;
const skip = missingTools('python3');
const script = path.resolve(import.meta.dirname, '../../verify/fonoteca_verify.py');
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-two-'));
after(() => fs.rmSync(folder, { recursive: true }));
let copy = '';

/** One process that answers for many trees: a path a line in, what was found a line out. */
const LOOP = `
import json, sys
sys.path.insert(0, ${JSON.stringify(path.dirname(script))})
sys.dont_write_bytecode = True
import fonoteca_verify
for line in sys.stdin:
    findings, head = fonoteca_verify.verify(line.rstrip("\\n"), ${JSON.stringify(COPY_KEY)})
    print(json.dumps([[each["code"], each["subject"]] for each in findings]), flush=True)
`;

let python: ReturnType<typeof spawn> | undefined;
let answers: AsyncIterator<string> | undefined;

async function second(root: string): Promise<[string, string][]> {
  if (!python || !answers) {
    python = spawn('python3', ['-c', LOOP], { stdio: ['pipe', 'pipe', 'inherit'] });
    answers = readline.createInterface({ input: python.stdout! })[Symbol.asyncIterator]();
  }
  python.stdin!.write(`${root}\n`);
  const { value, done } = await answers.next();
  assert.ok(!done, 'the second verifier ended');
  return JSON.parse(value);
}
after(() => python?.kill());

async function first(root: string): Promise<[string, string][]> {
  const { findings } = await verifyArchive(root, { publicKey: COPY_KEY });
  return findings.map(({ code, subject }) => [code, subject]);
}

/**
 * Each finding as file and code. The inside of a damaged tar is told in other words: the one follows what stands in it, the
 * other makes it again from the index. So these codes count as one, and members as their volume.
 */
function alike(findings: readonly [string, string][]): string[] {
  const told = findings.map(([code, subject]) => {
    const inside = /_(?:TAR|INDEX|MEMBER|VOLUME_NAME|RIGHTS_MISSING)$/.test(code);
    return `${inside ? 'inside' : code} ${subject.split('#')[0]}`;
  });
  return [...new Set(told)].sort();
}

describe('the verifier of the program and the one in Python', { skip }, () => {
  before(async () => {
    copy = await publishedHistory(folder);
  });

  test('find nothing wrong with a tree that is whole', async () => {
    assert.deepEqual(await first(copy), []);
    assert.deepEqual(await second(copy), []);
    const { logHead } = await verifyArchive(copy, { publicKey: COPY_KEY });
    const args = [script, copy, '--key', COPY_KEY, '--since', logHead!];
    const { status, said } = judge('python3', args);
    assert.deepEqual([status, said.startsWith('all well')], [0, true], said);
  });

  test(`agree on ${ROUNDS} random tamperings, and find each (seed ${SEED})`, async (t) => {
    const stranger = testKey(77);
    const kinds = new Set<string>();
    let round = 0;
    for (const tampering of tamperings(copy, { count: ROUNDS, seed: SEED, stranger })) {
      round += 1;
      kinds.add(tampering.what.split(' ')[0]!);
      const [one, other] = [await first(copy), await second(copy)];
      tampering.undo();
      const what = `round ${round}: ${tampering.what}`;
      assert.ok(one.length > 0, `${what}: the first found nothing, the second ${other.join(' ')}`);
      assert.deepEqual(alike(other), alike(one), what);
    }
    assert.ok(kinds.size >= Math.min(8, ROUNDS / 5), [...kinds].join(' '));
    assert.deepEqual(await first(copy), [], 'every tampering was undone');
    t.diagnostic(`${round} tamperings found by both`);
  });

  test('agree on what its own publisher signed and should not have', async () => {
    const { copy: base, volume } = await twoEditions(folder);
    const told = [
      ...PUBLISHER_LIES.map(([name, , tell]) => [name, tell] as const),
      ...ROTATIONS.map(
        ([, keys], at) => [`keys ${at}`, (root: string) => rotate(root, keys)] as const,
      ),
    ];
    for (const [what, tell] of told) {
      const root = path.join(folder, 'lie');
      fs.cpSync(base, root, { recursive: true });
      tell(root, volume);
      const [one, other] = [await first(root), await second(root)];
      assert.deepEqual(alike(other), alike(one), what);
      fs.rmSync(root, { recursive: true });
    }
  });

  test('agree on how long a timestamp may hold', async () => {
    const root = path.join(folder, 'terms');
    fs.cpSync(copy, root, { recursive: true });
    for (const [date, expires, isBelieved] of TERMS) {
      stampLie(root, { edition: 3, sequence: 1, date, expires });
      const [one, other] = [await first(root), await second(root)];
      assert.deepEqual(alike(other), alike(one), `${date} to ${expires}`);
      assert.equal(one.length === 0, isBelieved, `${date} to ${expires}`);
    }
  });

  for (const { what, steps, number, from } of REPLAYS)
    test(`take ${what} for gone, though an old list of keys with its old signatures says otherwise`, async () => {
      const place = path.join(folder, what);
      await publishSteps(place, steps);
      const root = path.join(place, String(number));
      assert.deepEqual([await first(root), await second(root)], [[], []]);
      replayKeys(root, number, from);
      const [one, other] = [await first(root), await second(root)];
      assert.deepEqual(alike(other), alike(one));
      assert.deepEqual(one[0], [
        'VERIFY_SIGNATURE_FORM',
        `editions/000${number}/keys.json.minisig`,
      ]);
    });

  test('trust no key that keys.json names and that signed nothing', async () => {
    const root = await namedByStranger(folder);
    const wanted = [['VERIFY_KEY_OTHER', 'editions']];
    assert.deepEqual([await first(root), await second(root)], [wanted, wanted]);
  });

  test('a head that was kept is in the log, another is not', async () => {
    const { logHead } = await verifyArchive(copy);
    const forged = logHead!.replace(/:./, (digit) => (digit === ':0' ? ':1' : ':0'));
    const longer = logHead!.replace(/^\d+/, '99');
    assert.equal(judge('python3', [script, copy, '--since', 'nonsense']).status, 2);
    for (const since of [forged, longer]) {
      const { findings } = await verifyArchive(copy, { since });
      assert.deepEqual(
        findings.map(({ code }) => code),
        ['VERIFY_LOG_FORKED'],
      );
      const judged = judge('python3', [script, copy, '--json', '--since', since]);
      assert.equal(judged.status, 12);
      assert.deepEqual(
        JSON.parse(judged.stdout).findings.map(({ code }: { code: string }) => code),
        ['VERIFY_LOG_FORKED'],
      );
    }
  });

  test(`every one of ${FLIPS} flipped bits in each kind of file is found, and the file named`, async (t) => {
    const kinds = new Map(publishedPaths(copy).map((name) => [kindOf(name), name]));
    for (const name of kinds.values())
      for (const tampering of flips(copy, name, { count: FLIPS, seed: SEED })) {
        const one = await first(copy);
        tampering.undo();
        assert.ok(
          one.some(([, subject]) => subject.startsWith(name.replace(/\.minisig$/, ''))),
          `${tampering.what}: ${one.join(' ')}`,
        );
      }
    t.diagnostic(`${kinds.size} kinds of files: ${[...kinds.keys()].join(' ')}`);
  });

  test('the second ends with 2 when it is asked wrongly, and is one short file without packages', () => {
    assert.equal(judge('python3', [script]).status, 2);
    assert.equal(judge('python3', [script, path.join(folder, 'nothing')]).status, 2);
    const text = fs.readFileSync(script, 'utf8');
    const lines = text.trimEnd().split('\n');
    assert.ok(lines.length <= 750, `${lines.length} lines`);
    assert.deepEqual(
      lines.filter((line) => line.length > 120),
      [],
    );
    const imports = [...text.matchAll(/^(?:import|from) .*$/gm)].map(([line]) => line);
    assert.deepEqual(imports, [
      'import argparse, base64, contextlib, hashlib, json, os, re, stat, sys, unicodedata',
      'from datetime import datetime, timedelta',
      'from decimal import Decimal',
    ]);
  });
});

/** What a file is, whatever its edition or volume. */
function kindOf(name: string): string {
  return name
    .replace(/(?:original|opus)-[0-9a-f]{16}/, 'NAME')
    .replace(/[0-9A-F]{16}|[0-9a-f]{16}/, 'ID')
    .replace(/\/\d{4}(?:-\d+)?/, '/N')
    .replace(/\d+$/, 'W');
}
