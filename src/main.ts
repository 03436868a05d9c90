#!/usr/bin/env node
/** The program: the real world, the command line, the exit code. */
import readline from 'node:readline/promises';
import { CommanderError } from '@commander-js/extra-typings';
import { systemRandom } from './base/clock.ts';
import { realDisk } from './base/disk.ts';
import { FonotecaError } from './base/errors.ts';
import type { CliContext } from './cli/context.ts';
import { createProgram } from './cli/program.ts';
import { errorText } from './cli/reporter.ts';
import { type Environment, readEnvironment } from './config.ts';

const USAGE_EXIT = 2;

process.exitCode = await main();

/** Runs the command that argv names and returns the exit code. */
async function main(): Promise<number> {
  let environment: Environment;
  try {
    environment = readEnvironment();
  } catch (error) {
    process.stderr.write(errorText(error));
    return error instanceof FonotecaError ? error.exit : 1;
  }
  const context = realContext(environment);
  try {
    const program = await createProgram(context, process.argv[2]);
    await program.parseAsync(process.argv);
  } catch (error) {
    // Commander has told what was wrong; what it throws for --help and --version is no error.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE_EXIT;
    throw error;
  }
  return context.exitCode;
}

function realContext(environment: Environment): CliContext {
  const stop = new AbortController();
  const interrupt = () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
    process.stderr.write('\nStopping after the piece at hand; once more to stop at once.\n');
  };
  process.on('SIGINT', interrupt);
  process.on('SIGTERM', interrupt);
  // A closed pipe (`| head`) ends the talk, not the work at hand.
  process.stdout.on('error', () => stop.abort());
  return {
    world: { disk: realDisk, clock: environment.clock, random: systemRandom },
    environment,
    out: (text) => void process.stdout.write(text),
    talk: (text) => void process.stderr.write(text),
    isTerminal: process.stderr.isTTY === true && !environment.plain,
    columns: process.stderr.columns ?? 80,
    stop: stop.signal,
    ask,
    exitCode: 0,
  };
}

async function ask(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) return false;
  const prompt = readline.createInterface({ input: process.stdin, output: process.stderr });
  const answer = await prompt.question(`${question} [y/N] `);
  prompt.close();
  return /^y(?:es)?$/i.test(answer.trim());
}
