/**
 * The search for a recording among many: `node bench/fingerprints.ts [recordings] [queries]`.
 *
 * Fingerprints are generated (948 words, a third of them held tones); queries are copies with 5, 10 and 15 % of the bits turned over and
 * up to ten seconds cut away at the front. Each query is a search in segments on
 * disk, page cache warm, and the comparison of its candidates.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { type Digest, sha256 } from '../src/base/digest.ts';
import { realDisk } from '../src/base/disk.ts';
import { timesOf } from '../src/benching/percentiles.ts';
import { compareFingerprints } from '../src/fingerprints/compare.ts';
import { openSegment, writeSegment } from '../src/fingerprints/index-segment.ts';
import { startPostings } from '../src/fingerprints/postings.ts';
import { findCandidates, type IndexPart } from '../src/fingerprints/recording-index.ts';

const RECORDINGS = Number(process.argv[2] ?? 1_000_000);
const QUERIES = Number(process.argv[3] ?? 200);
const WORDS = 948;
const PART = 2 ** 18;

/** 32 bits that depend on all bits of both numbers (the finaliser of MurmurHash3). */
function mixed(a: number, b: number): number {
  let hash = Math.imul(a + 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

const buffer = new Uint32Array(WORDS);
function fill(recording: number): Uint32Array {
  for (let at = 0; at < WORDS; at += 1)
    buffer[at] =
      at > 0 && mixed(recording, at + 5000) % 3 === 0 ? buffer[at - 1]! : mixed(recording, at);
  return buffer;
}

function mutated(words: Uint32Array, share: number, seed: number): Uint32Array {
  const limit = share * 2 ** 32;
  return words.map((word, at) => {
    let flips = 0;
    for (let bit = 0; bit < 32; bit += 1)
      if (mixed(seed * 1009 + at, bit) < limit) flips |= 1 << bit;
    return word ^ flips;
  });
}

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-fingerprints-'));
const numbers = new Map<string, number>();

function build(): IndexPart[] {
  const parts: IndexPart[] = [];
  for (let from = 0; from < RECORDINGS; from += PART) {
    const builder = startPostings();
    const names: Digest[] = [];
    for (let number = from; number < Math.min(RECORDINGS, from + PART); number += 1) {
      builder.add(fill(number));
      names.push(sha256(String(number)));
      numbers.set(names.at(-1)!, number);
    }
    const file = path.join(folder, `${from}.fpi`);
    writeSegment(realDisk, { file, temporary: `${file}.tmp` }, builder.build(), names);
    parts.push(openSegment(realDisk, file));
  }
  return parts;
}

/** The median and the 99th percentile of `times`. */
function percentiles(times: readonly number[]): string {
  const { p50Ms, p99Ms } = timesOf(times);
  return `${p50Ms.toFixed(1)}, ${p99Ms.toFixed(1)} ms`;
}

const print = (line: string) => process.stdout.write(`${line}\n`);
const started = performance.now();
const parts = build();
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const sizes = fs.readdirSync(folder).map((name) => fs.statSync(path.join(folder, name)).size);
const bytes = sizes.reduce((sum, size) => sum + size, 0);
print(
  `${RECORDINGS} recordings in ${parts.length} parts, built in ${seconds} s; ${(bytes / RECORDINGS).toFixed(0)} bytes for each; at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB of memory`,
);
print('wrong bits, found first, found, CPU p50, p99, wall p50, p99');
for (const share of [0, 0.05, 0.1, 0.15]) {
  const times: number[] = [];
  const cpuTimes: number[] = [];
  let [first, found] = [0, 0];
  for (let query = 0; query < QUERIES; query += 1) {
    const recording = mixed(query, 77) % RECORDINGS;
    const cut = mixed(query, 78) % 81;
    const words = mutated(fill(recording).slice(cut), share, query + 1);
    const from = performance.now();
    const cpu = process.cpuUsage();
    const candidates = findCandidates(parts, words);
    const same = candidates.filter(
      ({ name, offsetWords }) =>
        compareFingerprints(words, fill(numbers.get(name)!), offsetWords)?.same,
    );
    times.push(performance.now() - from);
    const { user, system } = process.cpuUsage(cpu);
    cpuTimes.push((user + system) / 1000);
    if (candidates[0]?.name === sha256(String(recording))) first += 1;
    if (same.some(({ name }) => name === sha256(String(recording)))) found += 1;
  }
  print(
    `${share * 100} %, ${first}, ${found} of ${QUERIES}, ${percentiles(cpuTimes)}, ${percentiles(times)}`,
  );
}
fs.rmSync(folder, { recursive: true });
