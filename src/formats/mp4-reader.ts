/**
 * The structure of an MP4 or M4A file in one pass: its boxes against the length of the file, the positions and sizes
 * of the samples against both (ISO/IEC 14496-12). The sound itself carries no checksum that is read here, so a file
 * without a fault is `not-checked`.
 *
 * Boxes are walked with a stack of ends; only the small ones that say something are looked at whole.
 */
import {
  type AudioReader,
  type AudioReading,
  type AudioVerdict,
  noteDamage,
  noteWarning,
  readingWithoutSound,
  soundNumbers,
  startNotes,
} from './audio-verdict.ts';
import {
  type ByteWindow,
  consumeWindow,
  extendWindow,
  startWindow,
  windowSteps,
} from './audio-window.ts';
import {
  type Mp4MediaTime,
  type Mp4SoundEntry,
  readHandler,
  readLastOffset,
  readMediaTime,
  readSampleBytes,
  readSoundEntry,
} from './mp4-boxes.ts';

/** A reader of an MP4 file that begins at position `offset`; positions in the file count from there. */
export function startMp4Reader(offset = 0): AudioReader {
  return new Mp4Reader(offset);
}

/** Boxes that are gone into; all others are passed over whole. */
const PARENTS = new Set(['moov', 'trak', 'mdia', 'minf', 'stbl']);
const KEPT = new Set(['mdhd', 'hdlr', 'stsd', 'stsz', 'stco', 'co64']);
const AT_TOP =
  /^(ftyp|styp|moov|moof|mdat|free|skip|wide|udta|uuid|meta|sidx|ssix|mfra|pdin|prft|emsg|pnot)$/;
/** A table of two million chunks or samples, some twelve hours of sound; a larger one is passed over. */
const MAX_KEPT_BYTES = 8 * 2 ** 20;
/** Fragmented files have two boxes at the top for each second or so. */
const MAX_BOXES = 200_000;
const MAX_TRACKS = 64;
/** moov, trak, mdia, minf, stbl. */
const MAX_DEPTH = 5;

interface Track {
  handler: string;
  time: Mp4MediaTime | null;
  entry: Mp4SoundEntry | null;
  sampleBytes: number;
  lastOffset: number;
}

interface Body {
  readonly type: string;
  readonly atByte: number;
  readonly statedBytes: number;
  /** Infinite for a box that goes on to the end of the file. */
  leftBytes: number;
}

class Mp4Reader implements AudioReader {
  readonly #notes = startNotes();
  readonly #window: ByteWindow;
  readonly #offset: number;
  /** Ends of the boxes that are open, outermost first. */
  readonly #ends: number[] = [];
  readonly #tracks: Track[] = [];
  readonly #seen = new Set<string>();
  #body: Body | null = null;
  #boxes = 0;
  #isOver = false;
  #dataBytes = 0;
  #junkAt: number | null = null;
  #sizeBytes: number;

  constructor(offset: number) {
    this.#offset = offset;
    this.#sizeBytes = offset;
    this.#window = startWindow(offset);
  }

  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    for (const part of windowSteps(chunk)) {
      extendWindow(this.#window, part);
      while (this.#step());
    }
  }

  finish(): AudioReading {
    this.#judgeEnd();
    const sound = this.#tracks.find(({ handler }) => handler === 'soun');
    if (this.#seen.has('moov') && !sound && this.#notes.verdict.state === 'intact')
      return this.#withoutSound('an MP4 file without a sound track');
    if (!this.#seen.has('moov') && this.#seen.has('meta') && !this.#seen.has('moof'))
      return this.#withoutSound('pictures in the boxes of MP4');
    for (const track of this.#tracks) this.#judgeTrack(track);
    const time = sound?.time ?? null;
    const entry = sound?.entry ?? null;
    const numbers = soundNumbers({
      channels: entry?.channels || null,
      sampleRateHz: entry?.sampleRateHz || null,
      samples: null,
      audioBytes: this.#dataBytes,
    });
    const durationMs = time ? Math.round((time.ticks / time.ticksPerS) * 1000) : null;
    return {
      ...numbers,
      format: 'mp4',
      verdict: this.#verdict(entry),
      warnings: this.#notes.warnings,
      foreign: this.#trailing(),
      durationMs,
      bitrateKbps: durationMs ? Math.round((this.#dataBytes * 8) / durationMs) : null,
      audioDigest: null,
      sizeBytes: this.#sizeBytes,
    };
  }

  #step(): boolean {
    const { start, end, offset: atByte } = this.#window;
    const held = end - start;
    if (this.#isOver) consumeWindow(this.#window, held);
    else if (this.#body) return this.#takeBody(this.#body, held);
    else {
      const isClosed = this.#ends.length > 0 && atByte >= this.#ends.at(-1)!;
      if (isClosed) this.#ends.pop();
      return isClosed || this.#takeHeader(held);
    }
    return false;
  }

  #takeHeader(held: number): boolean {
    const { bytes, start, offset: atByte } = this.#window;
    const parentEnd = this.#ends.at(-1) ?? Number.POSITIVE_INFINITY;
    if (parentEnd - atByte < 8) {
      // Some writers close a list with four zeros.
      this.#body = bodyOf('', atByte, parentEnd - atByte);
      return true;
    }
    if (held < 8) return false;
    const head = Buffer.from(bytes.subarray(start, Math.min(start + 16, start + held)));
    const type = head.toString('latin1', 4, 8);
    const short = head.readUInt32BE(0);
    if (this.#ends.length === 0 && this.#isBehindAll(type)) {
      this.#junkAt = atByte;
      this.#isOver = true;
      return true;
    }
    if (short === 1 && held < 16) return false;
    const headerBytes = short === 1 ? 16 : 8;
    const stated = short === 1 ? Number(head.readBigUInt64BE(8)) : short;
    const size = stated === 0 ? parentEnd - atByte : stated;
    this.#boxes += 1;
    const fault = this.#faultOf(type, { size, headerBytes, roomBytes: parentEnd - atByte });
    if (fault) noteDamage(this.#notes, 'AUDIO_MP4_BOX', fault, atByte);
    if (fault || this.#boxes > MAX_BOXES) {
      this.#isOver = true;
      return true;
    }
    consumeWindow(this.#window, headerBytes);
    this.#enter(type, { atByte, size, headerBytes });
    return true;
  }

  /** Why no box of that kind and size can stand here, or null. */
  #faultOf(
    type: string,
    { size, headerBytes, roomBytes }: { size: number; headerBytes: number; roomBytes: number },
  ): string | null {
    // QuickTime names a few boxes with the sign ©.
    if (!/^[\x20-\x7e\xa9]{4}$/.test(type)) return 'no box where one was due';
    if (size < headerBytes) return `a ${JSON.stringify(type)} box of ${size} bytes`;
    if (size > roomBytes) return `a ${JSON.stringify(type)} box is longer than the one around it`;
    return null;
  }

  #enter(
    type: string,
    { atByte, size, headerBytes }: { atByte: number; size: number; headerBytes: number },
  ): void {
    if (this.#ends.length === 0) this.#seen.add(type);
    if (type === 'trak' && this.#tracks.length < MAX_TRACKS)
      this.#tracks.push({
        handler: '',
        time: null,
        entry: null,
        sampleBytes: 0,
        lastOffset: 0,
      });
    const depth = this.#ends.length;
    const isParent = PARENTS.has(type) && depth < MAX_DEPTH && (depth > 0 || type === 'moov');
    if (isParent) this.#ends.push(atByte + size);
    else this.#body = bodyOf(type, atByte, size - headerBytes);
  }

  #takeBody(body: Body, held: number): boolean {
    const isKept = KEPT.has(body.type) && this.#ends.length > 1;
    if (isKept && body.statedBytes <= MAX_KEPT_BYTES) {
      if (held < body.statedBytes) return false;
      const { bytes, start } = this.#window;
      this.#read(
        body.type,
        Buffer.from(bytes.subarray(start, start + body.statedBytes)),
        body.atByte,
      );
    }
    const count = Math.min(held, body.leftBytes);
    if (body.type === 'mdat') this.#dataBytes += count;
    body.leftBytes -= count;
    consumeWindow(this.#window, count);
    if (body.leftBytes > 0) return false;
    this.#body = null;
    return true;
  }

  #read(type: string, content: Buffer, atByte: number): void {
    const track = this.#tracks.at(-1);
    if (!track) return;
    let isWhole = true;
    if (type === 'mdhd') track.time = readMediaTime(content);
    else if (type === 'hdlr') track.handler ||= readHandler(content);
    else if (type === 'stsd') track.entry = readSoundEntry(content);
    else if (type === 'stsz') {
      const total = readSampleBytes(content);
      isWhole = total !== null;
      track.sampleBytes = total ?? 0;
    } else {
      const last = readLastOffset(content, type === 'co64' ? 8 : 4);
      isWhole = last !== null;
      track.lastOffset = last ?? 0;
    }
    if (!isWhole)
      noteDamage(this.#notes, 'AUDIO_MP4_BOX', `${type} states more entries than it has`, atByte);
  }

  #judgeEnd(): void {
    const at = this.#sizeBytes;
    const body = this.#body;
    if (body && Number.isFinite(body.leftBytes)) {
      const missing = body.leftBytes - (this.#window.end - this.#window.start);
      const seen = `${missing} bytes of the ${JSON.stringify(body.type)} box are missing`;
      noteDamage(this.#notes, 'AUDIO_MP4_SIZE', seen, at);
    } else if (this.#ends.some((end) => end > at))
      noteDamage(this.#notes, 'AUDIO_MP4_SIZE', 'the file ends inside its moov box', at);
    for (const type of ['moov', 'mdat'])
      if (!this.#seen.has(type) && !this.#isTooMany() && !this.#seen.has('meta'))
        noteDamage(this.#notes, 'AUDIO_MP4_BOX', `there is no ${type} box`, at);
    if (this.#seen.has('moof'))
      noteWarning(this.#notes, 'AUDIO_CUT_INVISIBLE', 'a file of fragments, each whole by itself');
  }

  #judgeTrack({ handler, sampleBytes, lastOffset }: Track): void {
    const fileBytes = this.#sizeBytes - this.#offset;
    const name = JSON.stringify(handler);
    if (lastOffset >= fileBytes)
      noteDamage(
        this.#notes,
        'AUDIO_MP4_SIZE',
        `track ${name} has samples at ${lastOffset}, behind the end`,
        this.#sizeBytes,
      );
    if (sampleBytes > this.#dataBytes && this.#seen.has('mdat'))
      noteDamage(
        this.#notes,
        'AUDIO_MP4_SIZE',
        `track ${name} has ${sampleBytes} bytes of samples and mdat ${this.#dataBytes}`,
        this.#sizeBytes,
      );
  }

  #verdict(entry: Mp4SoundEntry | null): AudioVerdict {
    if (this.#notes.verdict.state !== 'intact') return this.#notes.verdict;
    const boxes = this.#isTooMany()
      ? `more than ${MAX_BOXES} boxes`
      : 'its boxes fit the length of the file';
    const detail = `${entry?.codec ?? 'sound'} in MP4, whose sound is not read: ${boxes}`;
    return { state: 'not-checked', code: 'AUDIO_NOT_CHECKED', detail };
  }

  #isTooMany(): boolean {
    return this.#boxes > MAX_BOXES;
  }

  /** Whether `type` is no box of a file that is complete without it. */
  #isBehindAll(type: string): boolean {
    return this.#seen.has('moov') && this.#seen.has('mdat') && !AT_TOP.test(type);
  }

  #trailing(): AudioReading['foreign'] {
    const left = this.#window.end - this.#window.start;
    const isShortRest = !this.#body && this.#ends.length === 0 && left > 0 && left < 8;
    const from = this.#junkAt ?? (isShortRest ? this.#sizeBytes - left : null);
    if (from === null) return [];
    const sizeBytes = this.#sizeBytes - from;
    noteWarning(this.#notes, 'AUDIO_FOREIGN_DATA', `${sizeBytes} bytes behind the boxes`, from);
    return [{ kind: 'junk', atByte: from, sizeBytes }];
  }

  #withoutSound(detail: string): AudioReading {
    const verdict = { state: 'not-audio', code: 'AUDIO_NOT_AUDIO', detail } as const;
    return readingWithoutSound(verdict, null, { sizeBytes: this.#sizeBytes });
  }
}

function bodyOf(type: string, atByte: number, statedBytes: number): Body {
  return { type, atByte, statedBytes, leftBytes: statedBytes };
}
