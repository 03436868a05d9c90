/** One job inside the worker: what all kinds of them have, and how one says that it cannot go on. */
import type { ErrorCode } from '../base/error-catalogue.ts';
import { FonotecaError, messageOf } from '../base/errors.ts';

/** A job being fed; `finish` gives the result and the bytes that go with it. */
export interface RunningJob<Result> extends Disposable {
  push(chunk: Uint8Array): Promise<void>;
  /** Takes sound that was decoded elsewhere; of a job that does not listen it is a fault. */
  hear?(sound: Uint8Array): void;
  finish(sourceDigest: string): Promise<{ result: Result; output: Iterable<Uint8Array> }>;
}

/** Why a job was refused. */
export interface Refusal {
  code: ErrorCode;
  seen: string;
}

/** Why a job cannot go on: a coded error as it is, and whatever a decoder threw as undecodable. */
export function refusalOf(error: unknown): Refusal {
  if (error instanceof FonotecaError) return { code: error.code, seen: error.seen.slice(0, 500) };
  return { code: 'AUDIO_UNDECODABLE', seen: messageOf(error) };
}
