/**
 * Magnet links of torrents: text ⇄ value (BEP 9; select-only of BEP 53; btmh as BEP 52 clients write it).
 *
 * `xt` names the v1 infohash (`urn:btih:`, 40 hex digits or 32 of base32) and the v2 infohash (`urn:btmh:1220` and 64
 * hex digits), `dn` the name, `xl` the size, `tr` trackers, `ws` web seeds, `so` the files wanted. Specified in
 * docs/formats/bencode-metainfo.md.
 */
import assert from 'node:assert/strict';
import { type Digest, isDigest } from '../base/digest.ts';
import { FonotecaError } from '../base/errors.ts';
import { unsafeNameReason, unsafePathReason } from '../base/safe-path.ts';
import { MAX_TORRENT_FILES } from './metainfo-files.ts';
import { trackerAddress, webSeedAddress } from './torrent-addresses.ts';

/** What a magnet link says. At least one infohash is there. */
export interface Magnet {
  /** 40 lower-case hex digits. */
  readonly infohashV1?: string;
  readonly infohashV2?: Digest;
  /** One safe name. */
  readonly name?: string;
  readonly sizeBytes?: number;
  readonly trackers: readonly string[];
  readonly webSeeds: readonly string[];
  /** The files wanted, as ranges of their indices from 0, both ends included, ascending and apart; all when absent. */
  readonly selectOnly?: readonly IndexRange[];
}

/** Indices from `first` to `last`, both included. */
export interface IndexRange {
  readonly first: number;
  readonly last: number;
}

/** Longest link read. */
export const MAX_MAGNET_LENGTH = 16 * 1024;

/** The magnet link that says `magnet`, its parts always in the same order. */
export function buildMagnet(magnet: Magnet): string {
  const { infohashV1, infohashV2, name, sizeBytes, trackers, webSeeds } = magnet;
  assert(infohashV1 !== undefined || infohashV2 !== undefined, 'a magnet with an infohash');
  const parts: string[] = [];
  if (infohashV1 !== undefined) parts.push(`xt=urn:btih:${infohashV1}`);
  if (infohashV2 !== undefined) parts.push(`xt=urn:btmh:1220${infohashV2}`);
  if (name !== undefined) parts.push(`dn=${percentEncode(name)}`);
  if (sizeBytes !== undefined) parts.push(`xl=${sizeBytes}`);
  for (const tracker of trackers) parts.push(`tr=${percentEncode(tracker)}`);
  for (const seed of webSeeds) parts.push(`ws=${percentEncode(seed)}`);
  if (magnet.selectOnly) parts.push(`so=${magnet.selectOnly.map(rangeText).join(',')}`);
  return `magnet:?${parts.join('&')}`;
}

/**
 * What `text` says. Parts it does not know are passed over, as are addresses that cannot be called. Throws
 * `MAGNET_INVALID` without a topic we know, on a part that lies, and on a part twice where one belongs; `PATH_UNSAFE`
 * for a name that could not be a file's.
 */
export function parseMagnet(text: string): Magnet {
  if (text.length > MAX_MAGNET_LENGTH) throw invalid(`a link of ${text.length} characters`);
  const query = /^magnet:\?(.*)$/i.exec(text.trim())?.[1];
  if (query === undefined) throw invalid(JSON.stringify(text.slice(0, 100)));
  const found: { -readonly [Key in keyof Magnet]?: Magnet[Key] } = {};
  const trackers: string[] = [];
  const webSeeds: string[] = [];
  for (const part of query.split('&')) {
    const [, key, , raw] = /^([a-z]+)(\.\d+)?=(.*)$/s.exec(part) ?? [];
    if (key === undefined || raw === undefined) continue;
    const value = percentDecode(raw);
    if (key === 'xt') Object.assign(found, once(found, topicOf(value)));
    else if (key === 'dn') Object.assign(found, once(found, { name: safeName(value) }));
    else if (key === 'xl') Object.assign(found, once(found, { sizeBytes: sizeOf(value) }));
    else if (key === 'so') Object.assign(found, once(found, { selectOnly: rangesOf(value) }));
    else if (key === 'tr') addAddress(trackers, trackerAddress(value));
    else if (key === 'ws') addAddress(webSeeds, webSeedAddress(value));
  }
  if (found.infohashV1 === undefined && found.infohashV2 === undefined)
    throw invalid('no btih or btmh topic');
  return { ...found, trackers, webSeeds };
}

function topicOf(topic: string): Partial<Magnet> {
  const btih = /^urn:btih:(?:([0-9a-f]{40})|([a-z2-7]{32}))$/i.exec(topic);
  if (btih) return { infohashV1: btih[1]?.toLowerCase() ?? hexFromBase32(btih[2]!) };
  const btmh = /^urn:btmh:1220([0-9a-f]{64})$/i.exec(topic)?.[1]?.toLowerCase();
  if (btmh !== undefined && isDigest(btmh)) return { infohashV2: btmh };
  if (/^urn:bt[im]h:/i.test(topic)) throw invalid(`the topic ${topic.slice(0, 100)}`);
  return {};
}

/** `part`, unless `found` already holds another value for it. */
function once(found: Partial<Magnet>, part: Partial<Magnet>): Partial<Magnet> {
  for (const key of Object.keys(part) as (keyof Magnet)[]) {
    if (found[key] !== undefined && found[key] !== part[key]) throw invalid(`two values of ${key}`);
  }
  return part;
}

function safeName(name: string): string {
  const reason = unsafePathReason(name) ?? unsafeNameReason(name.replaceAll('/', '\\'));
  if (reason === undefined) return name;
  throw new FonotecaError('PATH_UNSAFE', `${reason} in ${JSON.stringify(name.slice(0, 200))}`);
}

function sizeOf(text: string): number {
  const size = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(size)) return size;
  throw invalid(`the size ${JSON.stringify(text.slice(0, 40))}`);
}

/** The ranges of `so` sorted and joined where they touch (BEP 53). */
function rangesOf(text: string): IndexRange[] {
  const ranges = text.split(',').map((part) => {
    const [, from, to] = /^(\d{1,6})(?:-(\d{1,6}))?$/.exec(part) ?? [];
    const [first, last] = [Number(from), Number(to ?? from)];
    if (from !== undefined && first <= last && last < MAX_TORRENT_FILES) return { first, last };
    throw invalid(`the selection ${JSON.stringify(text.slice(0, 100))}`);
  });
  const joined: IndexRange[] = [];
  for (const range of ranges.sort((a, b) => a.first - b.first)) {
    const before = joined.at(-1);
    if (before === undefined || range.first > before.last + 1) joined.push(range);
    else joined[joined.length - 1] = { ...before, last: Math.max(before.last, range.last) };
  }
  return joined;
}

function rangeText({ first, last }: IndexRange): string {
  return first === last ? String(first) : `${first}-${last}`;
}

function addAddress(list: string[], address: string | undefined): void {
  if (address !== undefined && !list.includes(address)) list.push(address);
}

function hexFromBase32(text: string): string {
  let bits = 0n;
  for (const letter of text.toLowerCase())
    bits = (bits << 5n) | BigInt('abcdefghijklmnopqrstuvwxyz234567'.indexOf(letter));
  return bits.toString(16).padStart(40, '0');
}

/** RFC 3986 encoding: everything but unreserved characters. */
function percentEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function percentDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '));
  } catch (error) {
    throw new FonotecaError('MAGNET_INVALID', `the encoding of ${text.slice(0, 100)}`, {
      cause: error,
    });
  }
}

function invalid(seen: string): FonotecaError {
  return new FonotecaError('MAGNET_INVALID', seen);
}
