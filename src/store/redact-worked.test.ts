import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { type Digest, sha256 } from '../base/digest.ts';
import type { MemberLine } from '../formats/volume-index.ts';
import { planVolume } from '../formats/volume-plan.ts';
import { hashedWhole, redactedBytes } from './test-volume.ts';

const PAGE = fs.readFileSync(
  path.resolve(import.meta.dirname, '../../docs/formats/volume.md'),
  'utf8',
);

test('the worked redaction of the volume page is what its own index gives', () => {
  const lines = PAGE.split('\n')
    .filter((line) => line.startsWith('{"attribution"'))
    .map((line) => JSON.parse(line) as MemberLine);
  const members = lines.map(({ length, ...line }) => ({
    ...line,
    sizeBytes: length,
    engine: null,
  }));
  const plan = planVolume({ tier: 'original', members });
  const contents = ['hello', 'cover'].map((text) => Buffer.from(text));
  const parts = [...plan.segments()].map((segment) => {
    if (segment.kind === 'bytes') return segment.bytes;
    if (segment.kind === 'zeros') return new Uint8Array(segment.sizeBytes);
    return contents.find((bytes) => sha256(bytes) === segment.digest)!;
  });
  const before = Buffer.concat(parts);
  const after = redactedBytes({ bytes: before }, new Set<Digest>([lines[0]!.digest]));
  const [was, is] = [hashedWhole(plan.name, before), hashedWhole(plan.name, after)];
  const block = [
    `sha256 ${sha256(after)}`,
    `infohash v1 ${was.infohashV1} becomes ${is.infohashV1}`,
    `infohash v2 ${was.infohashV2} becomes ${is.infohashV2}`,
  ].join('\n');
  assert.ok(PAGE.includes(`\`\`\`\n${block}\n\`\`\``), block);
});
