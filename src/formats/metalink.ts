/**
 * A Metalink 4 document: value → text (RFC 5854). It tells a downloader of every place a file can come from and how
 * to know that it is whole. No clock, no generator, files in the order given.
 */
import type { Digest } from '../base/digest.ts';
import { xmlAttribute, xmlText } from './feed-text.ts';

/** One file. */
export interface MetalinkFile {
  /** A safe name without a folder. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: Digest;
  /** Addresses of the file itself, the one to ask first in front. */
  readonly addresses: readonly string[];
  /** Address of its torrent. */
  readonly torrent: string;
}

/** The document as XML, UTF-8. */
export function encodeMetalink(files: readonly MetalinkFile[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<metalink xmlns="urn:ietf:params:xml:ns:metalink">',
    ...files.flatMap(fileOf),
    '</metalink>',
    '',
  ].join('\n');
}

function fileOf({ name, sizeBytes, sha256, addresses, torrent }: MetalinkFile): string[] {
  return [
    `<file name="${xmlAttribute(name)}">`,
    `<size>${sizeBytes}</size>`,
    `<hash type="sha-256">${sha256}</hash>`,
    `<metaurl mediatype="torrent">${xmlText(torrent)}</metaurl>`,
    ...addresses.map((address, at) => `<url priority="${at + 1}">${xmlText(address)}</url>`),
    '</file>',
  ];
}
