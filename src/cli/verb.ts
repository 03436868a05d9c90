/** What every verb shares: its common options, and the way its end is told and becomes an exit code. */
import {
  Command,
  type CommandUnknownOpts,
  InvalidArgumentError,
} from '@commander-js/extra-typings';
import { type Archive, openArchive } from '../archive.ts';
import type { CliContext, CommonOptions } from './context.ts';
import { createReporter, type Reporter } from './reporter.ts';

/** A new verb with the options all verbs have. */
export function verb<Name extends string>(name: Name, description: string) {
  return new Command(name)
    .description(description)
    .option('--archive <dir>', 'the archive', '.')
    .option('--json', 'print JSON lines on stdout instead of text')
    .option('--quiet', 'no progress and no remarks: results and what is wrong alone')
    .option('--no-input', 'never ask; take the safe answer')
    .showHelpAfterError('(--help lists the options)');
}

/** Any command, whatever its options are. */
export type AnyVerb = CommandUnknownOpts;

/** Runs the body of a verb and turns its end into an exit code; an error is told with what to do next. */
export async function run(
  context: CliContext,
  options: CommonOptions,
  body: (reporter: Reporter) => Promise<number>,
): Promise<void> {
  const reporter = createReporter(context, options);
  try {
    context.exitCode = await body(reporter);
  } catch (error) {
    context.exitCode = reporter.failed(error);
  } finally {
    reporter.close();
  }
}

/** Like `run`, with the archive open for the time of the body. */
export async function runInArchive(
  context: CliContext,
  options: CommonOptions,
  access: { write: boolean },
  body: (archive: Archive, reporter: Reporter) => Promise<number>,
): Promise<void> {
  await run(context, options, async (reporter) => {
    await using archive = await openArchive(options.archive, access, context.world);
    return await body(archive, reporter);
  });
}

/** The exit code of a batch with `findings`: 0, or 3 when something was refused. */
export function exitCodeOf(refused: number): number {
  return refused > 0 ? 3 : 0;
}

/** A parser of an option that is a whole number from `least` to `most`. */
export function countOption(least: number, most: number): (text: string) => number {
  return (text) => {
    const count = Number(text);
    if (Number.isInteger(count) && count >= least && count <= most) return count;
    throw new InvalidArgumentError(`Wanted a whole number from ${least} to ${most}.`);
  };
}
