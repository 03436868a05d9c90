/**
 * The index of a volume held against its tar: a line for each member, in order, at its place, with its digest.
 */
import crypto from 'node:crypto';
import type { FindingSink } from './codes.ts';
import { countField, type Fields, parseDocument, SHA256, textField } from './documents.ts';
import { Problem, tell } from './files.ts';
import type { TarMember, TarWalk } from './tar-walk.ts';

/** A member that holds. */
export interface CheckedMember {
  readonly path: string;
  readonly digest: string;
  readonly sizeBytes: number;
}

const ALIGNMENT_BYTES = 16 * 1024;
const ZEROS = Buffer.alloc(1 << 16);

/**
 * Compares the index of the volume `name` with the members of `tar`. Members of `tombstones` (digests) must be zeros.
 * Returns the members whose line fits, whether or not their payload does.
 */
export function checkIndex(
  { name, tar, tombstones }: { name: string; tar: TarWalk; tombstones: ReadonlySet<string> },
  findings: FindingSink,
): CheckedMember[] {
  const subject = `volumes/${name}.tar`;
  try {
    const { members, index, indexEndBytes } = tar.finish();
    const lines = indexLines(index);
    if (lines.length !== members.length)
      throw new Problem('VERIFY_INDEX', `${lines.length} lines, ${members.length} members`);
    const base = Math.ceil(indexEndBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES;
    const checked = lines.map((line, at) => checkLine(line, members[at]!, base, name));
    checkName(name, checked);
    for (const [at, member] of members.entries())
      checkPayload(subject, lines[at]!, member, tombstones, findings);
    return checked;
  } catch (error) {
    tell(findings, subject, error);
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
  const path = textField(line, 'path');
  const digest = textField(line, 'digest', SHA256);
  const sizeBytes = countField(line, 'length');
  const fits =
    path === member.path &&
    sizeBytes === member.sizeBytes &&
    countField(line, 'offset') + base === member.positionBytes &&
    (line.tombstone !== undefined || line.tier === name.slice(0, name.indexOf('-')));
  if (!fits) throw new Problem('VERIFY_INDEX', `the line of ${path} and the member ${member.path}`);
  return { path, digest, sizeBytes };
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
  line: Fields,
  member: TarMember,
  tombstones: ReadonlySet<string>,
  findings: FindingSink,
): void {
  const digest = String(line.digest);
  const withdrawn = line.tombstone !== undefined;
  const at = `${subject}#${member.path}`;
  if (withdrawn !== tombstones.has(digest))
    findings.add(
      'VERIFY_MEMBER',
      at,
      withdrawn ? 'zeroed without a tombstone' : 'withdrawn and still there',
    );
  const wanted = withdrawn ? digestOfZeros(member.sizeBytes) : digest;
  if (member.sha256 !== wanted) findings.add('VERIFY_MEMBER', at, member.sha256);
}

function digestOfZeros(sizeBytes: number): string {
  const hash = crypto.createHash('sha256');
  for (let left = sizeBytes; left > 0; left -= ZEROS.length)
    hash.update(ZEROS.subarray(0, Math.min(left, ZEROS.length)));
  return hash.digest('hex');
}
