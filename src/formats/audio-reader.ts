/**
 * One pass over the bytes of any file: what it is, whether it is whole, how long it sounds, and the digest of its
 * sound. Bytes in chunks of any size; bounded memory; the name is never asked and nothing is thrown at bad bytes.
 */
import { startAiffReader } from './aiff-reader.ts';
import {
  type AudioReader,
  type AudioReading,
  type ForeignData,
  type ReadingDepth,
  readingWithoutSound,
} from './audio-verdict.ts';
import { startFlacReader } from './flac-reader.ts';
import { ID3V2_HEADER_BYTES, id3v2TagBytes } from './id3v2-size.ts';
import { startMp4Reader } from './mp4-reader.ts';
import { startMpegReader } from './mpeg-reader.ts';
import { startOggReader } from './ogg-reader.ts';
import { SNIFF_BYTES, type Sniffed, sniffAudio } from './sniff.ts';
import { startWavReader } from './wav-reader.ts';

const READERS = {
  aiff: startAiffReader,
  flac: startFlacReader,
  mp4: startMp4Reader,
  mpeg: startMpegReader,
  ogg: startOggReader,
  wav: startWavReader,
} as const;

/** More tags in front than a file needs: each is skipped, a million of them would be a game. */
const MAX_LEADING_TAGS = 16;

/** A reader that looks at the signature and then reads what it has found, to `depth`. */
export function startAudioReader(depth: ReadingDepth = 'whole'): AudioReader {
  return new SniffingReader(depth);
}

class SniffingReader implements AudioReader {
  readonly #depth: ReadingDepth;
  readonly #leading: ForeignData[] = [];
  #head: Uint8Array = new Uint8Array(0);
  #headAt = 0;
  #skipBytes = 0;
  #sizeBytes = 0;
  #sniffed: Sniffed | null = null;
  #reader: AudioReader | null = null;

  constructor(depth: ReadingDepth) {
    this.#depth = depth;
  }

  push(chunk: Uint8Array): void {
    this.#sizeBytes += chunk.length;
    if (this.#sniffed) {
      this.#reader?.push(chunk);
      return;
    }
    let rest = chunk;
    while (rest.length > 0 && !this.#sniffed) {
      const skipped = Math.min(this.#skipBytes, rest.length);
      this.#skipBytes -= skipped;
      this.#headAt += skipped;
      const taken = rest.subarray(skipped, skipped + SNIFF_BYTES);
      this.#head = joined(this.#head, taken);
      rest = rest.subarray(skipped + taken.length);
      this.#takeHead(false);
    }
    if (rest.length > 0) this.#reader?.push(rest);
  }

  finish(): AudioReading {
    if (!this.#sniffed) this.#takeHead(true);
    if (this.#reader) return this.#withLeading(this.#reader.finish());
    const rest = { sizeBytes: this.#sizeBytes, foreign: this.#leading };
    const sniffed = this.#sniffed;
    if (sniffed?.kind === 'unread') {
      const detail = `${sniffed.format} is recognised and not read`;
      const verdict = { state: 'not-checked', code: 'AUDIO_NOT_CHECKED', detail } as const;
      return readingWithoutSound(verdict, sniffed.format, rest);
    }
    const onlyTag = this.#leading.length > 0 ? 'an ID3v2 tag and no sound' : null;
    const detail = onlyTag ?? (sniffed?.kind === 'not-audio' ? sniffed.detail : 'no bytes at all');
    return readingWithoutSound({ state: 'not-audio', code: 'AUDIO_NOT_AUDIO', detail }, null, rest);
  }

  /** Skips ID3v2 tags in front and decides once enough has come. */
  #takeHead(atEnd: boolean): void {
    if (this.#skipBytes > 0) {
      // The file ends inside the tag: its stated length is not its length.
      const last = this.#leading.pop();
      if (atEnd && last)
        this.#leading.push({ ...last, sizeBytes: last.sizeBytes - this.#skipBytes });
      else if (last) this.#leading.push(last);
      return;
    }
    const isTagSeen = this.#head.length >= ID3V2_HEADER_BYTES || atEnd;
    if (!isTagSeen) return;
    const tagBytes = this.#leading.length < MAX_LEADING_TAGS ? id3v2TagBytes(this.#head) : 0;
    if (tagBytes > 0) {
      this.#leading.push({ kind: 'id3v2', atByte: this.#headAt, sizeBytes: tagBytes });
      const inHead = Math.min(tagBytes, this.#head.length);
      this.#head = this.#head.subarray(inHead);
      this.#headAt += inHead;
      this.#skipBytes = tagBytes - inHead;
      this.#takeHead(atEnd);
      return;
    }
    if (this.#head.length < SNIFF_BYTES && !atEnd) return;
    this.#sniffed = sniffAudio(this.#head);
    if (this.#sniffed.kind === 'read') {
      this.#reader = READERS[this.#sniffed.family](this.#headAt, this.#depth);
      this.#reader.push(this.#head);
    }
    this.#head = new Uint8Array(0);
  }

  #withLeading(reading: AudioReading): AudioReading {
    if (this.#leading.length === 0) return reading;
    const foreign = [...this.#leading, ...reading.foreign];
    if (/^mp[123]$/.test(reading.format ?? '')) return { ...reading, foreign };
    const warnings = this.#leading.map((part) => ({
      code: 'AUDIO_FOREIGN_DATA' as const,
      seen: `${part.kind}, ${part.sizeBytes} bytes`,
      atByte: part.atByte,
    }));
    return { ...reading, foreign, warnings: [...warnings, ...reading.warnings] };
  }
}

function joined(head: Uint8Array, more: Uint8Array): Uint8Array {
  if (head.length === 0) return new Uint8Array(more);
  const both = new Uint8Array(head.length + more.length);
  both.set(head);
  both.set(more, head.length);
  return both;
}
