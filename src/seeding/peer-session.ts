/**
 * One connection of the built-in seeder: it reads requests, holds a bounded queue of them, and sends verified blocks.
 *
 * Input: a socket and what the house gives. Everything a peer can make us hold or do has a limit; past it the
 * connection is closed and the reason counted. Blocks are sent one after the other, each after the ledger was asked.
 */
import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.ts';
import { findingFrom } from '../base/errors.ts';
import type { OpenTorrent } from './open-torrent.ts';
import type { Guest, Slots, UploadLimit } from './pacing.ts';
import { answerExtended, type ExtendedState, ourExtendedHandshake } from './peer-extensions.ts';
import {
  type BlockRequest,
  bitfieldOf,
  type Frame,
  HANDSHAKE_BYTES,
  type Handshake,
  handshakeBytes,
  KEEP_ALIVE,
  MAX_BLOCK_BYTES,
  MESSAGE,
  mayBeHandshake,
  messageBytes,
  readBlockRequest,
  readHandshake,
  startFraming,
  uint32s,
} from './peer-wire.ts';
import {
  type CloseReason,
  countClose,
  countFinding,
  countUpload,
  type SeedCounters,
} from './seed-counters.ts';

/** What a connection asks of the seeder it belongs to. */
export interface PeerHouse {
  readonly peerId: Uint8Array;
  readonly clock: Clock;
  readonly slots: Slots;
  readonly counters: SeedCounters;
  readonly limit: UploadLimit;
  /** The torrent whose v1 infohash, or first half of v2's, is `infohash`; undefined when it is not served. */
  find(infohash: string): Promise<OpenTorrent | undefined>;
  /** Whether `torrent` may be served still. */
  isCurrent(torrent: OpenTorrent): Promise<boolean>;
}

/** Blocks a peer may have asked for at a time; told to it as `reqq` (BEP 10). */
const MAX_QUEUED = 512;
/** Requests beyond the queue that are refused before the peer is sent away. */
const MAX_OVERFLOW = 4096;
/** Messages that ask for nothing, beside two a piece: enough for any honest peer's haves and changes of mind. */
const MAX_CHATTER = 4096;
const CHATTER_PER_BLOCK = 4;
const HANDSHAKE_MS = 10_000;
/** A peer that says nothing for this long is gone: BEP 3 asks for a sign every two minutes. */
const IDLE_MS = 180_000;
/** A peer that takes nothing for this long while bytes wait for it. */
const STALL_MS = 60_000;
const KEEP_ALIVE_MS = 90_000;

/** One peer. It closes itself; `onClosed` hears of it once. */
export class PeerSession implements Guest {
  /** Where it calls from. */
  readonly address: string | undefined;
  readonly #socket: Socket;
  readonly #house: PeerHouse;
  readonly #framing = startFraming();
  readonly #queue: BlockRequest[] = [];
  #torrent: OpenTorrent | undefined;
  #isGreeting = false;
  #hasFast = false;
  #extended: ExtendedState = { metadataAnswers: 0 };
  #isUnchoked = false;
  #isPumping = false;
  #isClosed = false;
  #overflow = 0;
  #chatter = 0;
  #heardMs: number;
  #spokeMs: number;
  #stalledMs: number | undefined;
  readonly #startMs: number;

  constructor(socket: Socket, house: PeerHouse, onClosed: () => void) {
    this.#socket = socket;
    this.address = socket.remoteAddress;
    this.#house = house;
    this.#startMs = house.clock.elapsedMs();
    this.#heardMs = this.#startMs;
    this.#spokeMs = this.#startMs;
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#onData(chunk));
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#isClosed = true;
      this.#queue.length = 0;
      house.slots.leave(this);
      onClosed();
    });
  }

  /** The v1 infohash it asked for; undefined before its handshake. */
  get infohashV1(): string | undefined {
    return this.#torrent?.item.infohashV1;
  }

  /** Ends the connection, counting why. */
  close(reason: CloseReason): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    countClose(this.#house.counters, reason);
    this.#socket.destroy();
  }

  /** Looks at the time: called every few seconds. */
  tick() {
    const now = this.#house.clock.elapsedMs();
    if (!this.#torrent && now - this.#startMs > HANDSHAKE_MS) return this.close('no-handshake');
    if (now - this.#heardMs > IDLE_MS) return this.close('idle');
    if (this.#stalledMs !== undefined && now - this.#stalledMs > STALL_MS)
      return this.close('stalled');
    if (this.#torrent && now - this.#spokeMs > KEEP_ALIVE_MS) this.#send(KEEP_ALIVE);
  }

  /** Lets the peer ask. */
  unchoke(): void {
    this.#isUnchoked = true;
    this.#send(messageBytes(MESSAGE.unchoke));
  }

  /** Stops the peer from asking; what it has asked for is refused. */
  choke(): void {
    this.#isUnchoked = false;
    this.#send(messageBytes(MESSAGE.choke));
    for (const request of this.#queue.splice(0)) this.#reject(request);
  }

  #send(bytes: Buffer): void {
    if (this.#isClosed) return;
    this.#spokeMs = this.#house.clock.elapsedMs();
    if (this.#socket.write(bytes) || this.#stalledMs !== undefined) return;
    // What the peer does not take must not pile up here: it is not listened to until it has taken it.
    this.#stalledMs = this.#spokeMs;
    this.#socket.pause();
    this.#socket.once('drain', () => {
      this.#stalledMs = undefined;
      this.#socket.resume();
      this.#pumpSoon();
    });
  }

  #onData(chunk: Buffer): void {
    this.#framing.push(chunk);
    if (this.#torrent) this.#readMessages();
    else if (!this.#isGreeting) this.#readGreeting();
    // What comes while the torrent is being looked up is read after it, and TCP holds back the rest.
    else this.#socket.pause();
  }

  #readGreeting() {
    const bytes = this.#framing.take(HANDSHAKE_BYTES);
    if (bytes === undefined) {
      if (!mayBeHandshake(this.#framing.rest())) this.close('no-handshake');
      return;
    }
    const handshake = readHandshake(bytes);
    if (!handshake) return this.close('no-handshake');
    this.#isGreeting = true;
    this.#greet(handshake).catch((error: unknown) => {
      countFinding(this.#house.counters, findingFrom(error, handshake.infohash));
      this.close('unreadable');
    });
  }

  async #greet(handshake: Handshake): Promise<void> {
    const torrent = await this.#house.find(handshake.infohash);
    if (!torrent) return this.close('unknown-torrent');
    const { item, pieceCount, damaged } = torrent;
    const { v2, infohash } = handshake;
    // A peer that found both swarms of a hybrid may expect either infohash; one that says so is taken to v2 (BEP 52).
    const answered = v2 ? item.infohashV2.slice(0, 40) : infohash;
    this.#hasFast = handshake.fast;
    this.#framing.limit(Math.max(MAX_BLOCK_BYTES, Math.ceil(pieceCount / 8) + 1));
    this.#send(handshakeBytes(answered, this.#house.peerId, answered !== item.infohashV1));
    if (handshake.extended) this.#send(ourExtendedHandshake(torrent, MAX_QUEUED));
    const hasAll = handshake.fast && damaged.size === 0;
    this.#send(
      hasAll
        ? messageBytes(MESSAGE.haveAll)
        : messageBytes(MESSAGE.bitfield, bitfieldOf(pieceCount, damaged)),
    );
    this.#torrent = torrent;
    this.#readMessages();
    if (this.#stalledMs === undefined) this.#socket.resume();
  }

  #readMessages() {
    while (!this.#isClosed) {
      const frame = this.#framing.next();
      if (frame === undefined) return;
      if (frame === 'oversize') return this.close('oversize-message');
      this.#heardMs = this.#house.clock.elapsedMs();
      this.#onMessage(frame, this.#torrent!);
    }
  }

  #onMessage({ id, body }: Frame, torrent: OpenTorrent) {
    if (id === MESSAGE.request) return this.#onRequest(readBlockRequest(body), torrent);
    this.#chatter += 1;
    if (this.#chatter > MAX_CHATTER + 2 * torrent.pieceCount) return this.close('flood');
    if (id === MESSAGE.interested) this.#house.slots.want(this);
    else if (id === MESSAGE.notInterested) this.#onNotInterested();
    else if (id === MESSAGE.cancel) this.#onCancel(readBlockRequest(body));
    else if (id === MESSAGE.extended) this.#onExtended(body, torrent);
    else if (id === MESSAGE.hashRequest) this.#onHashRequest(body, torrent);
    // We ask for nothing, so nobody has a piece to send us.
    else if (id === MESSAGE.piece) this.close('unasked-piece');
  }

  #onNotInterested(): void {
    if (this.#isUnchoked) this.choke();
    this.#house.slots.leave(this);
  }

  #onRequest(request: BlockRequest | undefined, torrent: OpenTorrent) {
    if (!request) return this.close('broken-message');
    if (!isInside(request, torrent)) return this.close('outside-request');
    if (this.#isUnchoked && this.#queue.length < MAX_QUEUED) {
      this.#queue.push(request);
      return this.#pumpSoon();
    }
    this.#overflow += 1;
    if (this.#overflow > MAX_OVERFLOW) return this.close('flood');
    this.#reject(request);
  }

  #onCancel(request: BlockRequest | undefined) {
    if (!request) return this.close('broken-message');
    const at = this.#queue.findIndex(
      ({ piece, begin }) => piece === request.piece && begin === request.begin,
    );
    if (at < 0) return;
    this.#queue.splice(at, 1);
    this.#reject(request);
  }

  #onExtended(body: Buffer, torrent: OpenTorrent) {
    const answer = answerExtended(this.#extended, body, torrent);
    if (answer === 'broken') return this.close('broken-message');
    if (answer) this.#send(answer);
  }

  #onHashRequest(body: Buffer, torrent: OpenTorrent): void {
    const hashes = torrent.hashes.answer(body);
    this.#send(
      hashes ? messageBytes(MESSAGE.hashes, body, hashes) : messageBytes(MESSAGE.hashReject, body),
    );
  }

  /** BEP 6: every request is answered, by a block or by a reject; a peer without it just waits and asks again. */
  #reject({ piece, begin, length }: BlockRequest): void {
    if (this.#hasFast) this.#send(messageBytes(MESSAGE.reject, uint32s(piece, begin, length)));
  }

  #pumpSoon(): void {
    if (this.#isPumping || this.#isClosed || !this.#torrent) return;
    this.#isPumping = true;
    this.#pump(this.#torrent)
      .catch((error: unknown) => {
        countFinding(this.#house.counters, findingFrom(error, this.#torrent!.item.fileName));
        this.close('unreadable');
      })
      .finally(() => {
        this.#isPumping = false;
      });
  }

  async #pump(torrent: OpenTorrent): Promise<void> {
    while (!this.#isClosed && this.#stalledMs === undefined) {
      const request = this.#queue[0];
      if (!request) return;
      await this.#house.limit(request.length);
      if (!(await this.#house.isCurrent(torrent))) return this.close('superseded');
      // Cancelled or choked meanwhile: it was answered then.
      if (this.#queue[0] !== request) continue;
      this.#queue.shift();
      this.#serve(request, torrent);
    }
  }

  #serve(request: BlockRequest, torrent: OpenTorrent) {
    const block = this.#readBlock(request, torrent);
    if (!block) return this.#reject(request);
    this.#chatter -= CHATTER_PER_BLOCK;
    this.#overflow = Math.max(0, this.#overflow - 1);
    countUpload(this.#house.counters, torrent.item.infohashV1, block.length);
    this.#send(messageBytes(MESSAGE.piece, uint32s(request.piece, request.begin), block));
  }

  /** The block, or undefined when its piece is damaged, which the peer is told where it can understand (BEP 54). */
  #readBlock({ piece, begin, length }: BlockRequest, torrent: OpenTorrent): Uint8Array | undefined {
    if (torrent.damaged.has(piece)) return undefined;
    try {
      return torrent.read(piece * torrent.item.pieceLengthBytes + begin, length);
    } catch (error) {
      torrent.damaged.add(piece);
      countFinding(this.#house.counters, findingFrom(error, torrent.item.fileName));
      const dontHave = this.#extended.dontHave?.(piece);
      if (dontHave) this.#send(dontHave);
      return undefined;
    }
  }
}

function isInside({ piece, begin, length }: BlockRequest, torrent: OpenTorrent): boolean {
  const { sizeBytes, pieceLengthBytes } = torrent.item;
  const end = begin + length;
  return (
    length > 0 &&
    length <= MAX_BLOCK_BYTES &&
    end <= pieceLengthBytes &&
    piece * pieceLengthBytes + end <= sizeBytes
  );
}
