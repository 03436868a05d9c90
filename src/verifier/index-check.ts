/**
 * The index of a volume held against its tar: a line for each member, in order, at its place, with its digest.
 */
import crypto from 'node:crypto';
import type { FindingSink } from './codes.ts';
import {
  countField,
  type Fields,
  parseDocument,
  requireFields,
  SHA256,
  textField,
} from './documents.ts';
import { Problem, tell } from './files.ts';
import { wrongPath } from './member-paths.ts';
import { INDEX_PATH, type TarMember, type WalkedTar } from './tar-walk.ts';

/** A member that holds. */
export interface CheckedMember {
  readonly path: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly withdrawn: boolean;
}

/** What an index is held against. */
export interface IndexGround {
  /** Of the volume. */
  readonly name: string;
  readonly tar: WalkedTar;
  /** Digests that tombstones withdraw: their members must be zeros. */
  readonly withdrawn: ReadonlySet<string>;
  /** Whether a payload is zeros, asked where it was not digested. */
  readonly isZeros: (member: TarMember) => boolean;
}

const LINE_FIELDS = [
  ...['attribution', 'digest', 'engine', 'holder', 'ids', 'kind', 'length', 'licence', 'offset'],
  ...['path', 'tier'],
];
const TOMBSTONE_FIELDS = ['digest', 'length', 'offset', 'path', 'tombstone'];
const ALIGNMENT_BYTES = 16 * 1024;
const ZEROS = Buffer.alloc(1 << 16);

/**
 * Compares the index of a volume with the members of its tar. Returns the members, whether or not their payloads fit;
 * none when index or tar do not hold.
 */
export function checkIndex(ground: IndexGround, findings: FindingSink): CheckedMember[] {
  const { name, tar } = ground;
  const subject = `volumes/${name}.tar`;
  try {
    if ('wrong' in tar) throw new Problem('VERIFY_TAR', tar.wrong);
    const { members, indexEndBytes } = tar;
    const lines = indexLines(Buffer.from(tar.index));
    if (lines.length !== members.length)
      throw new Problem('VERIFY_INDEX', `${lines.length} lines, ${members.length} members`);
    const base = Math.ceil(indexEndBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    const checked = lines.map((line, at) => checkLine(line, members[at]!, base, name));
    const paths = checked.map(({ path }) => path);
    const wrong = wrongPath(INDEX_PATH, paths);
    if (wrong !== undefined) throw new Problem('VERIFY_INDEX', wrong);
    checkName(name, checked);
    for (const [at, member] of members.entries())
      checkPayload(subject, checked[at]!, member, ground, findings);
    return checked;
  } catch (error) {
    const isLine = error instanceof Problem && error.code === 'VERIFY_DOCUMENT';
    tell(findings, subject, isLine ? new Problem('VERIFY_INDEX', error.seen) : error);
    return [];
  }
}

/** Each line is canonical JSON, filled with spaces before its newline. */
function indexLines(index: Buffer): Fields[] {
  const lines: Fields[] = [];
  for (let from = 0; from < index.length; ) {
    const end = index.indexOf(0x0a, from);
    if (end < 0) throw new Problem('VERIFY_INDEX', 'no newline at the end');
    const json = index.toString('utf8', from, end).replace(/ +$/, '');
    try {
      lines.push(parseDocument(Buffer.from(`${json}\n`)));
    } catch (error) {
      const seen = error instanceof Problem ? error.seen : String(error);
      throw new Problem('VERIFY_INDEX', `${seen}, line ${lines.length + 1}`);
    }
    from = end + 1;
  }
  return lines;
}

function checkLine(line: Fields, member: TarMember, base: number, name: string): CheckedMember {
  const withdrawn = line.tombstone !== undefined;
  if (withdrawn) requireFields(line, TOMBSTONE_FIELDS);
  else requireFields(line, LINE_FIELDS, ['licenceUrl']);
  const path = textField(line, 'path');
  const digest = textField(line, 'digest', SHA256);
  const sizeBytes = countField(line, 'length');
  const fits =
    path === member.path &&
    sizeBytes === member.sizeBytes &&
    countField(line, 'offset') + base === member.positionBytes &&
    (withdrawn || line.tier === name.slice(0, name.indexOf('-')));
  if (!fits) throw new Problem('VERIFY_INDEX', `the line of ${path} and the member ${member.path}`);
  return { path, digest, sizeBytes, withdrawn };
}

/** A volume is named by its tier and the digests and paths of its members. */
function checkName(name: string, members: readonly CheckedMember[]): void {
  const text = members.map(({ digest, path }) => `${digest} ${path}\n`).join('');
  const tier = name.slice(0, name.indexOf('-'));
  const wanted = `${tier}-${crypto.hash('sha256', text, 'hex').slice(0, 16)}`;
  if (wanted !== name) throw new Problem('VERIFY_VOLUME_NAME', wanted);
}

function checkPayload(
  subject: string,
  { digest, withdrawn }: CheckedMember,
  member: TarMember,
  ground: IndexGround,
  findings: FindingSink,
): void {
  const at = `${subject}#${member.path}`;
  if (withdrawn !== ground.withdrawn.has(digest))
    findings.add(
      'VERIFY_MEMBER',
      at,
      withdrawn ? 'zeroed without a tombstone' : 'withdrawn and still there',
    );
  const { sha256 } = member;
  if (sha256 === undefined && withdrawn && !ground.isZeros(member))
    findings.add('VERIFY_MEMBER', at, 'bytes where zeros belong');
  if (sha256 === undefined) return;
  const wanted = withdrawn ? digestOfZeros(member.sizeBytes) : digest;
  if (sha256 !== wanted) findings.add('VERIFY_MEMBER', at, sha256);
}

function digestOfZeros(sizeBytes: number): string {
  const hash = crypto.createHash('sha256');
  for (let left = sizeBytes; left > 0; left -= ZEROS.length)
    hash.update(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  return hash.digest('hex');
}
