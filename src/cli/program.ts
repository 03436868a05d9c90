/** The program's verbs, in the order a person meets them. Each is loaded when it is named, since one run needs one. */
import { Command } from '@commander-js/extra-typings';
import { VERSION } from '../version.ts';
import type { CliContext } from './context.ts';
import type { AnyVerb } from './verb.ts';

type VerbMaker = (context: CliContext) => AnyVerb;

const VERBS: Readonly<Record<string, () => Promise<VerbMaker>>> = {
  demo: async () => (await import('./demo.ts')).demoVerb,
  up: async () => (await import('./up.ts')).upVerb,
  start: async () => (await import('./demo.ts')).startVerb,
  init: async () => (await import('./init.ts')).initVerb,
  add: async () => (await import('./add.ts')).addVerb,
  plan: async () => (await import('./plan.ts')).planVerb,
  encode: async () => (await import('./encode.ts')).encodeVerb,
  retry: async () => (await import('./retry.ts')).retryVerb,
  pack: async () => (await import('./pack.ts')).packVerb,
  publish: async () => (await import('./publish.ts')).publishVerb,
  verify: async () => (await import('./verify.ts')).verifyVerb,
  catalogue: async () => (await import('./catalogue.ts')).catalogueVerb,
  report: async () => (await import('./report.ts')).reportVerb,
  match: async () => (await import('./match.ts')).matchVerb,
  search: async () => (await import('./search.ts')).searchVerb,
  show: async () => (await import('./show.ts')).showVerb,
  get: async () => (await import('./get.ts')).getVerb,
  drop: async () => (await import('./drop.ts')).dropVerb,
  log: async () => (await import('./log.ts')).logVerb,
  keys: async () => (await import('./keys.ts')).keysVerb,
  serve: async () => (await import('./serve.ts')).serveVerb,
  torrent: async () => (await import('./torrent.ts')).torrentVerb,
  seed: async () => (await import('./seed.ts')).seedVerb,
  withdraw: async () => (await import('./withdraw.ts')).withdrawVerb,
  redact: async () => (await import('./redact.ts')).redactVerb,
  doctor: async () => (await import('./doctor.ts')).doctorVerb,
  config: async () => (await import('./config-show.ts')).configVerb,
};

/**
 * The command line for `verb`, the first word given, or with every verb when it names none; none for `--version`. Wrong usage, `--help` and
 * `--version` throw commander's `CommanderError`.
 */
export async function createProgram(
  context: CliContext,
  verb: string | undefined,
): Promise<AnyVerb> {
  const program = new Command('fonoteca')
    .description('Build, publish, mirror and use an open music preservation archive.')
    .version(VERSION)
    .configureOutput({
      writeOut: (text) => context.out(text),
      writeErr: (text) => context.talk(text),
    })
    .showHelpAfterError('(--help lists the verbs)');
  for (const name of verbsFor(verb)) {
    const make = await VERBS[name]!();
    program.addCommand(make(context));
  }
  return throwing(program);
}

function verbsFor(word: string | undefined): readonly string[] {
  if (word === '--version' || word === '-V') return [];
  return word !== undefined && Object.hasOwn(VERBS, word) ? [word] : Object.keys(VERBS);
}

/** Sub-commands do not inherit the override. */
function throwing(command: AnyVerb): AnyVerb {
  command.exitOverride();
  for (const child of command.commands) throwing(child);
  return command;
}
