/** What the command line is given of the world: streams, a clock, a way to be stopped, a way to ask. */

import type { World } from '../archive.ts';
import type { Environment } from '../config.ts';

/** The surroundings of one run of the program. */
export interface CliContext {
  readonly world: World;
  readonly environment: Environment;
  /** Writes data: stdout. */
  out(text: string): void;
  /** Writes talk: stderr. */
  talk(text: string): void;
  /** Whether stderr is a terminal, where a line may be drawn anew. */
  readonly isTerminal: boolean;
  /** Width of the terminal in columns. */
  readonly columns: number;
  /** Aborted by the first Ctrl-C. */
  readonly stop: AbortSignal;
  /** Asks a yes-or-no question on the terminal; false where nobody can answer. */
  ask(question: string): Promise<boolean>;
  /** Set by a verb: what the process exits with. */
  exitCode: number;
}

/** The options every verb has. */
export interface CommonOptions {
  readonly archive: string;
  readonly json?: true | undefined;
  readonly quiet?: true | undefined;
  /** False with `--no-input`. */
  readonly input: boolean;
}
