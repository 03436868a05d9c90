/** The log of a running server: JSON lines on stderr, by pino. Says what was answered, never who asked or for which words. */
import pino from 'pino';
import type { Environment } from '../config.ts';

/** A log of what a server does. */
export interface ServerLog {
  /** A request was answered: the route it took, not the address asked for. */
  answered(request: { method: string; route: string; status: number; elapsedMs: number }): void;
  /** A request failed by our own fault. */
  fault(error: unknown, address: string): void;
}

/** A log at the level FONOTECA_LOG asks for (`warn` when it asks for none). */
export function openServerLog({ logLevel }: Environment): ServerLog {
  const log = pino(
    { level: logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime },
    pino.destination({ dest: 2, sync: true }),
  );
  return {
    answered: (request) => log.info(request, 'answered'),
    fault: (error, address) => log.error({ err: error, address }, 'fault'),
  };
}
