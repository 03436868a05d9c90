/** `fonoteca log [DIR]`: what the log says, whether it is what the editions lead to, and proofs of it. */
import path from 'node:path';
import type { Json } from '../base/canonical-json.ts';
import { type ReadableLog, readLog } from '../read-log.ts';
import type { CliContext } from './context.ts';
import { printable, type Reporter } from './reporter.ts';
import { countOption, run, verb } from './verb.ts';

const DAMAGE_EXIT = 12;

interface LogWishes {
  readonly check?: true | undefined;
  readonly prove?: number | undefined;
  readonly since?: string | undefined;
}

/** The verb `log`. */
export function logVerb(context: CliContext) {
  return verb('log', 'list the append-only log of what was published, withdrawn and changed')
    .argument(
      '[dir]',
      'an archive, or a folder written by `publish --to`; the archive when left out',
    )
    .option('--check', 'make the whole log again from the editions and compare')
    .option('--prove <number>', 'prove that edition NUMBER is in the log', countOption(1, 1e9))
    .option('--since <head>', 'prove that the log extends an older one, SIZE:ROOT; exit 12 if not')
    .action((directory, options) =>
      run(context, options, async (reporter) => {
        const log = readLog(path.resolve(directory ?? options.archive), context.world.disk);
        const isSound = answer(log, options, reporter);
        const { size, root } = log.head;
        reporter.result(
          'log-head',
          { size, root, edition: log.edition },
          `${size} entries up to edition ${log.edition}; head ${size}:${root}`,
        );
        return isSound ? 0 : DAMAGE_EXIT;
      }),
    );
}

/** Answers what was asked, or lists the entries. Returns false when the log is not what it must be. */
function answer(log: ReadableLog, wishes: LogWishes, reporter: Reporter): boolean {
  const { check, prove, since } = wishes;
  if (!check && prove === undefined && since === undefined) listEntries(log, reporter);
  if (prove !== undefined) tellEdition(log, prove, reporter);
  if (since !== undefined) tellExtension(log, since, reporter);
  return !check || tellCheck(log, reporter);
}

function listEntries(log: ReadableLog, reporter: Reporter): void {
  let index = 0;
  for (const entry of log.entries()) {
    const json = JSON.parse(entry) as Json;
    reporter.result('log-entry', { index, entry: json }, `${index}  ${printable(entry)}`);
    index += 1;
  }
}

function tellEdition(log: ReadableLog, number: number, reporter: Reporter): void {
  const { index, entry, leaf, proof } = log.prove(number);
  reporter.result(
    'log-inclusion',
    { edition: number, index, entry, leaf, proof: [...proof], head: { ...log.head } },
    [`entry ${index}: ${printable(entry)}`, `leaf  ${leaf}`, ...proof.map(proofLine)].join('\n'),
  );
}

function tellExtension(log: ReadableLog, since: string, reporter: Reporter): void {
  const { from, proof } = log.since(since);
  reporter.result(
    'log-extension',
    { from: { ...from }, head: { ...log.head }, proof: [...proof] },
    [`begins with the ${from.size} entries of ${since}`, ...proof.map(proofLine)].join('\n'),
  );
}

function tellCheck(log: ReadableLog, reporter: Reporter): boolean {
  const findings = log.check();
  reporter.findings(findings);
  const isSound = findings.length === 0;
  reporter.result(
    'log-checked',
    { isSound, findings: findings.length },
    isSound ? 'the log is what the editions lead to' : `${findings.length} findings`,
  );
  return isSound;
}

function proofLine(hash: string): string {
  return `proof ${hash}`;
}
