/** The program's verbs, in the order a person meets them. */
import { Command } from '@commander-js/extra-typings';
import { VERSION } from '../version.ts';
import { addVerb } from './add.ts';
import { configVerb } from './config-show.ts';
import type { CliContext } from './context.ts';
import { demoVerb, startVerb } from './demo.ts';
import { doctorVerb } from './doctor.ts';
import { dropVerb } from './drop.ts';
import { encodeVerb } from './encode.ts';
import { getVerb } from './get.ts';
import { initVerb } from './init.ts';
import { packVerb } from './pack.ts';
import { planVerb } from './plan.ts';
import { publishVerb } from './publish.ts';
import { searchVerb } from './search.ts';
import { serveVerb } from './serve.ts';
import { showVerb } from './show.ts';
import { upVerb } from './up.ts';
import type { AnyVerb } from './verb.ts';
import { verifyVerb } from './verify.ts';

const VERBS: readonly ((context: CliContext) => AnyVerb)[] = [
  demoVerb,
  upVerb,
  startVerb,
  initVerb,
  addVerb,
  planVerb,
  encodeVerb,
  packVerb,
  publishVerb,
  verifyVerb,
  searchVerb,
  showVerb,
  getVerb,
  dropVerb,
  serveVerb,
  doctorVerb,
  configVerb,
];

/** The whole command line over `context`. Wrong usage, `--help` and `--version` throw commander's `CommanderError`. */
export function createProgram(context: CliContext): AnyVerb {
  const program = new Command('fonoteca')
    .description('Build, publish, mirror and use an open music preservation archive.')
    .version(VERSION)
    .configureOutput({
      writeOut: (text) => context.out(text),
      writeErr: (text) => context.talk(text),
    })
    .showHelpAfterError('(--help lists the verbs)');
  for (const verb of VERBS) program.addCommand(verb(context));
  return throwing(program);
}

/** Sub-commands do not inherit the override. */
function throwing(command: AnyVerb): AnyVerb {
  command.exitOverride();
  for (const child of command.commands) throwing(child);
  return command;
}
