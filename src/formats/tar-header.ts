/**
 * The 512-byte ustar header with fixed metadata: values ⇄ bytes (POSIX.1-2017 pax, "ustar Interchange Format").
 *
 * Everything that would tell of a machine is fixed: mode 0644, owner 0:0 without names, time 0. Only the name field,
 * the size, the kind and the checksum differ. Specified in docs/formats/volume.md.
 */
import assert from 'node:assert/strict';
import { FonotecaError } from '../base/errors.ts';

/** The unit of a tar file. */
export const TAR_BLOCK_BYTES = 512;
/** The largest size the 11 octal digits of a header hold; larger ones go in a pax `size` record. */
export const MAX_OCTAL_SIZE_BYTES = 0o77777777777;

/** What differs between two headers. */
export interface TarHeader {
  /** At most 100 ASCII characters; only programs that know no pax records go by it. */
  readonly name: string;
  readonly sizeBytes: number;
  /** `x`: pax records for the header that follows; `0`: a plain file. */
  readonly kind: 'x' | '0';
}

const NAME_BYTES = 100;
const CHECKSUM_AT = 148;

/** The 512 bytes of a header. */
export function encodeTarHeader({ name, sizeBytes, kind }: TarHeader): Uint8Array {
  assert(/^[\x20-\x7e]{1,100}$/.test(name), `a header name: ${JSON.stringify(name)}`);
  assert(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0 && sizeBytes <= MAX_OCTAL_SIZE_BYTES);
  const block = Buffer.alloc(TAR_BLOCK_BYTES);
  block.write(name, 0, 'ascii');
  block.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'ascii');
  block.write(`${octal(sizeBytes, 11)}\0${octal(0, 11)}\0`, 124, 'ascii');
  block.write(' '.repeat(8), CHECKSUM_AT, 'ascii');
  block.write(`${kind}`, 156, 'ascii');
  block.write('ustar\0' + '00', 257, 'ascii');
  block.write('0000000\0' + '0000000\0', 329, 'ascii');
  block.write(`${octal(sumOf(block), 6)}\0 `, CHECKSUM_AT, 'ascii');
  return block;
}

/**
 * The header in the 512 bytes at `block`. Throws `TAR_MEMBER_KIND` for links, devices, folders and GNU kinds,
 * `TAR_SIZE_INVALID` for sizes that are not octal digits, `TAR_INVALID` for a wrong checksum. The fields that are
 * fixed are not looked at here: who wants them exact compares with `encodeTarHeader`.
 */
export function parseTarHeader(block: Uint8Array): TarHeader {
  if (block.length !== TAR_BLOCK_BYTES) throw invalid(`a header of ${block.length} bytes`);
  const bytes = Buffer.from(block);
  const stated = /^([0-7]{6})\0 $/.exec(bytes.toString('latin1', CHECKSUM_AT, CHECKSUM_AT + 8));
  const blanked = Buffer.from(bytes);
  blanked.write(' '.repeat(8), CHECKSUM_AT, 'ascii');
  if (!stated || Number.parseInt(stated[1]!, 8) !== sumOf(blanked))
    throw invalid('a wrong checksum');
  const kind = String.fromCharCode(bytes[156]!);
  if (kind !== 'x' && kind !== '0')
    throw new FonotecaError('TAR_MEMBER_KIND', `a member of kind ${JSON.stringify(kind)}`);
  const size = bytes.toString('latin1', 124, 136);
  if (!/^[0-7]{11}\0$/.test(size))
    throw new FonotecaError('TAR_SIZE_INVALID', `a size field of ${JSON.stringify(size)}`);
  const name = bytes.toString('latin1', 0, NAME_BYTES).replace(/\0.*$/s, '');
  if (!/^[\x20-\x7e]+$/.test(name)) throw invalid(`the name field ${JSON.stringify(name)}`);
  return { name, sizeBytes: Number.parseInt(size, 8), kind };
}

/**
 * The name field for `path`: its last name, each character outside U+0020–U+007E as `_`, and beyond 100 characters
 * the first 60, `~` and the last 39. A lone file name, so that no cut can make `..` or a folder.
 */
export function fallbackName(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replaceAll(/[^\x20-\x7e]/gu, '_');
  return name.length <= NAME_BYTES ? name : `${name.slice(0, 60)}~${name.slice(-39)}`;
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}

function sumOf(block: Uint8Array): number {
  return block.reduce((sum, byte) => sum + byte, 0);
}

function invalid(what: string): FonotecaError {
  return new FonotecaError('TAR_INVALID', what);
}
