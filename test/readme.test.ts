import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before, describe } from 'node:test';
import { realDisk } from '../src/base/disk.ts';
import { composeLabel } from '../src/demo/write-label.ts';
import { PROGRAM } from './support/program.ts';
import { runFonoteca } from './support/run-fonoteca.ts';

/** A row of a table: its cells, Markdown left as it is. */
type Row = readonly string[];

interface Outcome {
  readonly exit: number | null;
  /** stdout, then stderr. */
  readonly said: string;
}

const ROOT = path.resolve(import.meta.dirname, '..');
const README = fs.readFileSync(path.join(ROOT, 'README.md'), 'utf8');
const [WORKS, THIN, NOT_YET] = ['Works', 'Thin', 'Not yet'].map(tableUnder) as [
  Row[],
  Row[],
  Row[],
];
const PROMISED = [...WORKS, ...THIN];
const ABSENT = NOT_YET.flatMap((row) => row[1]!.split(', '));
const ABSENT_PLACES = ABSENT.map(code).filter((absent) => absent.startsWith('/'));
const MUSIC = 'archive-music';
/** Where the README says that the site is; a row that names it is run while the site is up. */
const SITE = 'http://127.0.0.1:8484';
/** Three pieces are enough: one goes out as it came, one as Opus, one has no right. */
const PIECES = /Kettle Songs.*\/0[14] |Found in a Drawer/;

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-readme-'));
const outcomes = new Map<string, Outcome>();
/** Where the site was asked, and how it answered. */
const statuses = new Map<string, number>();
/** The track that stands for ID; its id comes from its bytes, as search prints it. */
let ID = '';
after(() => fs.rmSync(folder, { recursive: true }));

describe('what the README says', () => {
  before(async () => {
    await composeLabel({
      directory: path.join(folder, MUSIC),
      disk: realDisk,
      only: (file) => PIECES.test(file),
    });
    const sound = 'The Hazel Telegraph/Kettle Songs (2017)/01 The Kettle Knows the Way.ogg';
    const bytes = fs.readFileSync(path.join(folder, MUSIC, sound));
    ID = `local:${createHash('sha256').update(bytes).digest('hex').slice(0, 24)}`;
    const commands = PROMISED.map((row) => row[1]!).filter((command) => !command.includes(SITE));
    // The rows about `mine` make an archive beside the other, so the lines of work go on at once.
    const isMine = (command: string) => /\bmine\b/.test(command);
    await Promise.all([
      runInOrder(commands.filter((command) => !isMine(command))),
      runInOrder(commands.filter(isMine)),
      runInOrder(ABSENT.filter((absent) => !ABSENT_PLACES.includes(code(absent)))),
    ]);
  });

  for (const [what, command, prints] of PROMISED)
    test(`${code(command!)} ends well and prints ${prints}`, () => {
      const { exit, said } = outcomes.get(command!)!;
      assert.equal(exit, 0, `${what}:\n${said}`);
      assert.ok(said.includes(code(prints!)), `${what}:\n${said}`);
    });

  test('the site answers, and ID is what search prints', () => {
    assert.equal(statuses.get('/'), 200);
    const search = PROMISED.find((row) => wordsOf(row[1]!)[0] === 'search')!;
    assert.ok(outcomes.get(search[1]!)!.said.includes(ID));
  });

  test('npm start is the verb start', () => {
    const { scripts } = JSON.parse(fs.readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    assert.equal(scripts.start, 'node bin/fonoteca.cjs start');
  });

  test('every verb stands in a table', async () => {
    const { said } = await run(['--help']);
    const verbs = [...said.matchAll(/^ {2}([a-z]+)\b/gm)].map(([, verb]) => verb!);
    assert.ok(verbs.length > 15, said);
    const told = new Set(PROMISED.map((row) => wordsOf(row[1]!)[0]));
    assert.deepEqual(
      verbs.filter((verb) => !told.has(verb)),
      [],
    );
  });

  for (const absent of ABSENT)
    test(`${absent} is not there yet`, () => {
      const status = statuses.get(code(absent));
      if (status !== undefined) return assert.equal(status, 404);
      const { exit, said } = outcomes.get(absent)!;
      assert.equal(exit, 2, said);
      assert.match(said, /unknown (?:command|option)/);
    });

  test('the excerpt tells the stages that a run tells, in their order', () => {
    const excerpt = /```\n(compose[\s\S]*?)```/.exec(README)![1]!;
    const { said } = outcomes.get(WORKS[0]![1]!)!;
    const stages = (text: string) =>
      [...text.matchAll(/^([a-z]+) {2,}\S/gm)].map(([, name]) => name);
    // The label is composed before, and the row ends before serving.
    assert.deepEqual(stages(excerpt), ['compose', ...stages(said), 'serve']);
  });

  test('every link and picture is there', () => {
    const links = [...README.matchAll(/\]\(([^)]+)\)|src="([^"]+)"/g)].map(([, a, b]) => a ?? b!);
    const own = links.filter((link) => !link.startsWith('https:'));
    assert.ok(own.length > 20);
    assert.deepEqual(
      own.filter((link) => !fs.existsSync(path.join(ROOT, link))),
      [],
    );
  });
});

async function runInOrder(commands: readonly string[]): Promise<void> {
  for (const command of commands) {
    const args = wordsOf(command);
    outcomes.set(command, args[0] === 'serve' ? await serve(args) : await run(args));
  }
}

async function run(args: readonly string[]): Promise<Outcome> {
  const { code: exit, stdout, stderr } = await runFonoteca(args, { cwd: folder });
  return { exit, said: stdout + stderr };
}

/** Serves until each address that is said not to be there has answered and each row about the site is run; any free port will do. */
async function serve(args: readonly string[]): Promise<Outcome> {
  const child = spawn(process.execPath, [PROGRAM, ...args, '--port', '0'], { cwd: folder });
  let said = '';
  const listening = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk;
      if (said.includes('\n')) resolve();
    });
  });
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  await Promise.race([listening, ended]);
  const address = /http:\/\/[\d.:]+/.exec(said)?.[0];
  for (const place of address === undefined ? [] : ['/', ...ABSENT_PLACES])
    statuses.set(place, (await fetch(address + place)).status);
  for (const command of PROMISED.map((row) => row[1]!).filter((one) => one.includes(SITE)))
    outcomes.set(command, await run(wordsOf(command).map((word) => word.replace(SITE, address!))));
  child.kill('SIGINT');
  return { exit: (await ended)[0], said };
}

/** The rows of the table under a heading of the third level. */
function tableUnder(heading: string): Row[] {
  const part = README.split(/^#{2,3} /m).find((one) => one.startsWith(`${heading}\n`)) ?? '';
  const rows = part.split('\n').filter((line) => line.startsWith('|'));
  assert.ok(rows.length > 2, `no table under ${heading}`);
  return rows.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What a cell shows as code. */
function code(cell: string): string {
  return cell.replace(/^`(.*)`$/, '$1');
}

/** A command as the words that the program gets. */
function wordsOf(cell: string): string[] {
  const [, start, rest] = /^(npm start --|npx fonoteca) (.+)$/.exec(code(cell)) ?? [];
  assert.ok(start && rest, `${cell} is no command`);
  const words = [...rest.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare!);
  const stood: Record<string, string> = { FOLDER: MUSIC, ID };
  return [
    ...(start === 'npm start --' ? ['start'] : []),
    ...words.map((word) => stood[word] ?? word),
  ];
}
