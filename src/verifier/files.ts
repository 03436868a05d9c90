/**
 * Files of a published tree: where a listed path lies, what is there, and small files read whole.
 *
 * Only four shapes of path can be listed, so that no listing leads out of the tree. Nothing follows a link.
 */
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { FindingSink, VerifyCode } from './codes.ts';

/** Where the parts of a published tree lie. */
export interface Tree {
  readonly editions: string;
  readonly volumes: string;
  /** An edition that lies elsewhere until it is published. */
  readonly staged?: { readonly number: number; readonly directory: string } | undefined;
}

/** A file with the size and SHA-256 it should have. */
export interface ListedFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** A problem that ends the check of one file. */
export class Problem extends Error {
  readonly code: VerifyCode;
  readonly seen: string;
  constructor(code: VerifyCode, seen: string) {
    super(`${code}: ${seen}`);
    this.code = code;
    this.seen = seen;
  }
}

const EDITION_FILE = /^editions\/(\d{4,9})\/([A-Za-z0-9][A-Za-z0-9._-]{0,99})$/;
const VOLUME_FILE = /^volumes\/(?:original|opus)-[0-9a-f]{16}\.(?:tar|torrent|leaves)$/;
const TORRENT_FILE = /^editions\/torrents\/[0-9a-f]{16}\/(?:original|opus)-[0-9a-f]{16}\.torrent$/;
/** A verifier that is shipped with the editions, named by the first sixteen digits of its SHA-256. */
const TOOL_FILE = /^editions\/tools\/verify-[0-9a-f]{16}\.py$/;
const CHUNK_BYTES = 1 << 20;

/** The folder name of edition `number`. */
export function editionFolder(number: number): string {
  return String(number).padStart(4, '0');
}

/** The absolute path of a listed `name`, or undefined when a listing may not name it. */
export function locate(tree: Tree, name: string): string | undefined {
  if (VOLUME_FILE.test(name)) return path.join(tree.volumes, name.slice('volumes/'.length));
  if (TORRENT_FILE.test(name) || TOOL_FILE.test(name))
    return path.join(tree.editions, name.slice('editions/'.length));
  const match = EDITION_FILE.exec(name);
  if (!match || editionFolder(Number(match[1])) !== match[1]) return undefined;
  return path.join(editionDirectory(tree, Number(match[1])), match[2]!);
}

/** The folder of edition `number`. */
export function editionDirectory(tree: Tree, number: number): string {
  if (tree.staged?.number === number) return tree.staged.directory;
  return path.join(tree.editions, editionFolder(number));
}

/** Opens a regular file without following a link. Throws a `Problem`. */
export function openFile(file: string): number {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
  let descriptor: number;
  try {
    descriptor = fs.openSync(file, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  } catch (error) {
    const errno = errnoOf(error);
    if (errno === 'ENOENT' || errno === 'ENOTDIR')
      throw new Problem('VERIFY_FILE_MISSING', 'nothing');
    throw new Problem(errno === 'ELOOP' ? 'VERIFY_FILE_KIND' : 'VERIFY_FILE_UNREADABLE', errno);
  }
  if (fs.fstatSync(descriptor).isFile()) return descriptor;
  fs.closeSync(descriptor);
  throw new Problem('VERIFY_FILE_KIND', 'not a regular file');
}

/** The bytes of a file of at most `maxBytes`. Throws a `Problem`. */
export function readWhole(file: string, maxBytes: number): Buffer {
  const descriptor = openFile(file);
  try {
    const { size } = fs.fstatSync(descriptor);
    if (size > maxBytes)
      throw new Problem('VERIFY_FILE_SIZE', `${size} bytes, more than ${maxBytes}`);
    return fs.readFileSync(descriptor);
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem('VERIFY_FILE_UNREADABLE', errnoOf(error));
  } finally {
    fs.closeSync(descriptor);
  }
}

/** Compares size and SHA-256 of a listed file with what lies there; says what differs. Returns whether all was right. */
export function checkListedFile(tree: Tree, listed: ListedFile, findings: FindingSink): boolean {
  try {
    const { sizeBytes, sha256 } = digestOf(locate(tree, listed.path)!, listed.sizeBytes);
    if (sizeBytes !== listed.sizeBytes)
      throw new Problem('VERIFY_FILE_SIZE', `${sizeBytes} bytes, not ${listed.sizeBytes}`);
    if (sha256 !== listed.sha256) throw new Problem('VERIFY_FILE_DIGEST', sha256);
    return true;
  } catch (error) {
    tell(findings, listed.path, error);
    return false;
  }
}

/** Throws a `Problem` unless `file` is a regular file of `sizeBytes`. */
export function checkSize(file: string, sizeBytes: number): void {
  const descriptor = openFile(file);
  const { size } = fs.fstatSync(descriptor);
  fs.closeSync(descriptor);
  if (size !== sizeBytes) throw new Problem('VERIFY_FILE_SIZE', `${size} bytes, not ${sizeBytes}`);
}

/** Tells `findings` of a `Problem` with `subject`; anything else goes on being thrown. */
export function tell(findings: FindingSink, subject: string, error: unknown): void {
  if (!(error instanceof Problem)) throw error;
  findings.add(error.code, subject, error.seen);
}

/** What lies in `directory`, by name; empty when it is not there. */
export function listDirectory(directory: string): fs.Dirent[] {
  try {
    const entries = fs.readdirSync(directory, { withFileTypes: true });
    return entries.sort((a, b) => Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(errnoOf(error))) return [];
    throw error;
  }
}

/** The system's name of an error. */
export function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}

/** Size and SHA-256 of a file; the digest only when the size is the one wanted, so that a grown file costs nothing. */
function digestOf(file: string, wantedBytes: number): { sizeBytes: number; sha256: string } {
  const descriptor = openFile(file);
  try {
    const sizeBytes = fs.fstatSync(descriptor).size;
    if (sizeBytes !== wantedBytes) return { sizeBytes, sha256: '' };
    const hash = crypto.createHash('sha256');
    const buffer = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, Math.max(1, wantedBytes)));
    let read = 0;
    for (let at = 0; at < sizeBytes; at += read) {
      read = fs.readSync(descriptor, buffer, 0, buffer.length, at);
      if (read === 0) break;
      hash.update(buffer.subarray(0, read));
    }
    return { sizeBytes, sha256: hash.digest('hex') };
  } catch (error) {
    throw new Problem('VERIFY_FILE_UNREADABLE', errnoOf(error));
  } finally {
    fs.closeSync(descriptor);
  }
}
