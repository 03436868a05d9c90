/**
 * A published tree at an address, read through the door to other machines. Input: an address and paths below it, with
 * the most bytes each may have. Output: bytes in memory, or on disk. What comes back is believed by nobody yet.
 */
import { type Digest, startSha256 } from '../base/digest.ts';
import type { Disk } from '../base/disk.ts';
import { abortQuietly, startDurable } from '../base/durable.ts';
import { FonotecaError } from '../base/errors.ts';
import type { Outbound, OutboundAnswer } from '../base/outbound.ts';

/** How other machines are called. */
export interface RemoteDoor {
  readonly door: Outbound;
  /** Longest wait for an answer; the door's own when absent. */
  readonly timeoutMs?: number | undefined;
  readonly stop: AbortSignal;
}

/** A published tree at an address. */
export interface RemoteTree {
  readonly address: string;
  /** The bytes of the file at `path`, or undefined when the address has none. At most `maxBytes` are taken. */
  whole(path: string, maxBytes: number): Promise<Buffer | undefined>;
  /** The first bytes of the file at `path`, at most `maxBytes`; undefined when the address has none. */
  start(path: string, maxBytes: number): Promise<Buffer | undefined>;
  /** Writes the file at `path` to `to` through `temporary` and returns its size and digest; undefined when the address has none. */
  save(
    path: string,
    maxBytes: number,
    to: { readonly file: string; readonly temporary: string; readonly disk: Disk },
  ): Promise<{ sizeBytes: number; sha256: Digest } | undefined>;
  /** The answer for the bytes of `path` from `start` on: 206 with those, or 200 with all; undefined when the address has none. */
  range(path: string, start: number, sizeBytes: number): Promise<OutboundAnswer | undefined>;
}

const GONE: readonly number[] = [404, 410];

/** The published tree at `address`. Requests throw the codes of the door; another status than was hoped for is `OUTBOUND_FAILED`. */
export function remoteTree(address: string, { door, timeoutMs, stop }: RemoteDoor): RemoteTree {
  const base = address.replace(/\/+$/, '');
  const ask = (path: string, maxBytes: number, range?: { start: number; end: number }) =>
    door.request(`${base}/${path}`, {
      maxBytes,
      stop,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
      ...(range ? { range } : {}),
    });
  const found = async (
    path: string,
    maxBytes: number,
    range?: { start: number; end: number },
  ): Promise<OutboundAnswer | undefined> => {
    const answer = await ask(path, maxBytes, range);
    if (answer.status === 200 || (range && answer.status === 206)) return answer;
    answer.close();
    if (GONE.includes(answer.status)) return undefined;
    throw unexpected(base, path, answer.status);
  };
  return {
    address: base,
    async whole(path, maxBytes) {
      const answer = await found(path, maxBytes);
      if (!answer) return undefined;
      const parts: Uint8Array[] = [];
      for await (const part of answer.body) parts.push(part);
      return Buffer.concat(parts);
    },
    async start(path, maxBytes) {
      // An address that knows no ranges sends all of it; what is beyond the start is not waited for.
      const answer = await found(path, Number.MAX_SAFE_INTEGER, { start: 0, end: maxBytes });
      if (!answer) return undefined;
      const parts: Uint8Array[] = [];
      let taken = 0;
      for await (const part of answer.body) {
        parts.push(part);
        taken += part.length;
        if (taken >= maxBytes) break;
      }
      answer.close();
      return Buffer.concat(parts).subarray(0, maxBytes);
    },
    async save(path, maxBytes, { file, temporary, disk }) {
      const answer = await found(path, maxBytes);
      if (!answer) return undefined;
      disk.unlink(temporary);
      const writer = startDurable(disk, temporary);
      const hasher = startSha256();
      try {
        for await (const part of answer.body) {
          writer.write(part);
          hasher.update(part);
        }
        const { sizeBytes } = writer;
        writer.commit(file, { replace: true });
        return { sizeBytes, sha256: hasher.finish() };
      } catch (error) {
        answer.close();
        abortQuietly(writer);
        throw error;
      }
    },
    range: (path, start, sizeBytes) =>
      found(path, sizeBytes, start === 0 ? undefined : { start, end: sizeBytes }),
  };
}

function unexpected(base: string, path: string, status: number): FonotecaError {
  return new FonotecaError('OUTBOUND_FAILED', `${base}/${path}: status ${status}`);
}
