/**
 * Extended messages of the built-in seeder: our handshake (BEP 10), the info dictionary for magnet links (BEP 9), and
 * the word that a piece is gone (BEP 54). Anything else a peer has is passed over.
 */
import { type Bencode, type BencodeDictionary, decodeBencode } from '../formats/bencode.ts';
import type { OpenTorrent } from './open-torrent.ts';
import { extendedBytes, MESSAGE, messageBytes, uint32s } from './peer-wire.ts';

/** Our numbers for what peers may send us. */
const OUR_METADATA = 1;
/** Parts in which the info dictionary travels (BEP 9). */
const METADATA_PART_BYTES = 16 * 1024;
/** How often a peer may ask for the whole info dictionary. */
const METADATA_ROUNDS = 4;

/** What is known of a peer's extensions. */
export interface ExtendedState {
  metadataAnswers: number;
  metadataId?: number | undefined;
  /** The message that piece `n` is gone, for a peer that understands it. */
  dontHave?: (piece: number) => Buffer;
}

/** What we can do, told once. `queueLength` is how many requests we hold. */
export function ourExtendedHandshake(torrent: OpenTorrent, queueLength: number): Buffer {
  return extendedBytes(
    0,
    new Map<string, Bencode>([
      ['m', new Map([['ut_metadata', OUR_METADATA]])],
      ['metadata_size', torrent.infoBytes.length],
      ['reqq', queueLength],
      // BEP 21: we want nothing back.
      ['upload_only', 1],
      ['v', Buffer.from('Fonoteca')],
    ]),
  );
}

/** The answer to an extended message; undefined when it calls for none, `'broken'` when it is none. */
export function answerExtended(
  state: ExtendedState,
  body: Buffer,
  torrent: OpenTorrent,
): Buffer | 'broken' | undefined {
  const id = body[0];
  if (id === undefined) return 'broken';
  if (id !== 0 && id !== OUR_METADATA) return undefined;
  const header = dictionaryOf(body.subarray(1));
  // Clients write odd handshakes, and live without extensions; what we ourselves offered must be used rightly.
  if (!header) return id === 0 ? undefined : 'broken';
  if (id === 0) {
    learn(state, header);
    return undefined;
  }
  return metadataAnswer(state, header, torrent);
}

function learn(state: ExtendedState, header: BencodeDictionary): void {
  const offered = header.get('m');
  if (!(offered instanceof Map)) return;
  state.metadataId = idOf(offered.get('ut_metadata'));
  const dontHaveId = idOf(offered.get('lt_donthave'));
  if (dontHaveId !== undefined)
    state.dontHave = (piece) =>
      messageBytes(MESSAGE.extended, Buffer.of(dontHaveId), uint32s(piece));
}

function idOf(value: Bencode | undefined): number | undefined {
  return typeof value === 'number' && value > 0 && value < 256 ? value : undefined;
}

function metadataAnswer(
  state: ExtendedState,
  header: BencodeDictionary,
  { infoBytes }: OpenTorrent,
): Buffer | undefined {
  const part = header.get('piece');
  if (header.get('msg_type') !== 0 || typeof part !== 'number' || state.metadataId === undefined)
    return undefined;
  const parts = Math.ceil(infoBytes.length / METADATA_PART_BYTES);
  state.metadataAnswers += 1;
  const isRefused = part < 0 || part >= parts || state.metadataAnswers > METADATA_ROUNDS * parts;
  if (isRefused)
    return extendedBytes(
      state.metadataId,
      new Map<string, Bencode>([
        ['msg_type', 2],
        ['piece', part],
      ]),
    );
  const start = part * METADATA_PART_BYTES;
  return extendedBytes(
    state.metadataId,
    new Map<string, Bencode>([
      ['msg_type', 1],
      ['piece', part],
      ['total_size', infoBytes.length],
    ]),
    infoBytes.subarray(start, start + METADATA_PART_BYTES),
  );
}

function dictionaryOf(bytes: Buffer): BencodeDictionary | undefined {
  try {
    const value = decodeBencode(bytes);
    return value instanceof Map ? value : undefined;
  } catch {
    return undefined;
  }
}
