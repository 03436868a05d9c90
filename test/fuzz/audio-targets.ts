/** Fuzz targets for the readers of audio, for the tags behind it, and for what is written into derivatives. */
import assert from 'node:assert/strict';
import type { SeededRandom } from '../../src/base/seeded-random.ts';
import { startAudioReader } from '../../src/formats/audio-reader.ts';
import { startTrailer } from '../../src/formats/audio-trailer.ts';
import type { AudioReading, ReadFormat } from '../../src/formats/audio-verdict.ts';
import { decodeStreamInfo, writeFlacTags } from '../../src/formats/flac-metadata.ts';
import { oggCrc } from '../../src/formats/ogg-crc.ts';
import { demuxOggPackets } from '../../src/formats/ogg-demuxer.ts';
import { encodeOggPages } from '../../src/formats/ogg-muxer.ts';
import {
  decodeOpusHead,
  encodeOpusHead,
  opusPacketSamples,
} from '../../src/formats/opus-headers.ts';
import {
  sampleAiff,
  sampleFlac,
  sampleMp3,
  sampleMp4,
  sampleOpus,
  sampleVorbis,
  sampleWav,
} from '../../src/formats/test-audio-samples.ts';
import { sampleBroadcastWav } from '../../src/formats/test-broadcast-wav.ts';
import { encodeId3v2 } from '../../src/formats/test-tag-frames.ts';
import {
  type CommentField,
  decodeVorbisComment,
  encodeVorbisComment,
  isCommentName,
} from '../../src/formats/vorbis-comment.ts';
import { assertSameBytes, type CaseEnd, type FuzzTarget } from './fuzz-target.ts';
import { HOSTILE_TEXTS, mutateBytes } from './mutations.ts';

const ID3 = encodeId3v2([{ id: 'TIT2', text: 'A title' }] as never);
const ID3V1 = Buffer.from(`TAG${'x'.repeat(125)}`);
const APE = apeTag(60);
const LYRICS = Buffer.from('LYRICSBEGININD0000200LYR00003abc000035LYRICS200');

const AUDIO: Readonly<Record<string, readonly [ReadFormat, Uint8Array][]>> = {
  opus: [['ogg-opus', sampleOpus()]],
  vorbis: [['ogg-vorbis', sampleVorbis()]],
  flac: [
    ['flac', sampleFlac()],
    ['flac', sampleFlac({ withMd5: false, withCount: false })],
  ],
  mpeg: [
    ['mp3', sampleMp3()],
    ['mp3', Buffer.concat([ID3, sampleMp3({ withInfo: true }), APE, ID3V1])],
  ],
  wav: [
    ['wav', sampleWav()],
    ['wav', sampleBroadcastWav()],
  ],
  aiff: [
    ['aiff', sampleAiff()],
    ['aiff', sampleAiff({ compression: 'sowt', soundFirst: true })],
  ],
};

const AUDIO_TOKENS = [
  'OggS',
  'fLaC',
  'RIFF',
  'data',
  'SSND',
  'COMM',
  'ID3',
  'TAG',
  'APETAGEX',
  'vorbis',
  'OpusHead',
  'OpusTags',
  'Xing',
  Uint8Array.of(0xff, 0xfb, 0x90, 0x00),
  Uint8Array.of(0xff, 0xf8),
];

const BOXES = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'stsd', 'stsz', 'stco', 'mdat', 'free'];

function audioTarget(name: string): FuzzTarget {
  const samples = AUDIO[name]!;
  return {
    name: `audio-${name}`,
    run(random) {
      const [format, bytes] = random.pick(samples);
      const isWhole = random.below(16) === 0;
      const [, other] = random.pick(AUDIO[random.pick(Object.keys(AUDIO))]!);
      const input = isWhole ? bytes : mutateBytes(bytes, random, { tokens: AUDIO_TOKENS, other });
      if (!isWhole && random.below(2) === 0) mendOggPages(input);
      const reading = readWhole(input);
      if (isWhole) {
        assert.deepEqual([reading.verdict.state, reading.format], ['intact', format]);
      }
      checkReading(reading, input.length);
      checkChecksums(input, reading);
      if (random.below(8) === 0) assert.deepEqual(readInParts(input, random), reading, 'in parts');
      return isWhole ? 'written' : endOf(reading);
    },
  };
}

/** What is whole is whole by its checksums too, and sounds as long. */
function checkChecksums(input: Uint8Array, { verdict, samples }: AudioReading): void {
  const reader = startAudioReader('checksums');
  reader.push(input);
  const scanned = reader.finish();
  assert.equal(scanned.audioDigest, null);
  if (verdict.state !== 'intact') return;
  assert.deepEqual([scanned.verdict.state, scanned.samples], ['intact', samples]);
}

/** Lets changed Ogg pages past their checksums. */
function mendOggPages(bytes: Uint8Array): void {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = view.indexOf('OggS'); at >= 0; at = view.indexOf('OggS', at + 4)) {
    const lacing = view.subarray(at + 27, at + 27 + (view[at + 26] ?? 0));
    const end = at + 27 + lacing.length + lacing.reduce((sum, value) => sum + value, 0);
    if (at + 27 > view.length || end > view.length) continue;
    view.writeUInt32LE(0, at + 22);
    view.writeUInt32LE(oggCrc(0, view, at, end) >>> 0, at + 22);
  }
}

function endOf({ verdict }: AudioReading): CaseEnd {
  return verdict.state === 'intact' ? 'read' : 'refused';
}

function readWhole(bytes: Uint8Array): AudioReading {
  const reader = startAudioReader();
  reader.push(bytes);
  return reader.finish();
}

function readInParts(bytes: Uint8Array, random: SeededRandom): AudioReading {
  const reader = startAudioReader();
  for (let at = 0; at < bytes.length; ) {
    const end = at + random.pick([1, 2, 7, 100, 1000, 4096, 100_000]);
    // The chunk is overwritten after use, as a reader with one buffer does.
    const chunk = Uint8Array.from(bytes.subarray(at, end));
    reader.push(chunk);
    chunk.fill(0xee);
    at = end;
  }
  return reader.finish();
}

function checkReading(reading: AudioReading, sizeBytes: number): void {
  const { verdict, foreign, warnings, samples, durationMs, audioDigest } = reading;
  assert.equal(reading.sizeBytes, sizeBytes);
  assert.equal(verdict.code === undefined, verdict.state === 'intact', verdict.code);
  if (verdict.state === 'intact') assert.match(audioDigest ?? '', /^[0-9a-f]{64}$/);
  if (verdict.state === 'not-audio' || verdict.state === 'not-checked')
    assert.equal(audioDigest, null);
  for (const at of [verdict.atByte ?? 0, ...warnings.map((one) => one.atByte ?? 0)])
    assert(Number.isSafeInteger(at) && at >= 0 && at <= sizeBytes, `byte ${at} of ${sizeBytes}`);
  for (const part of foreign) {
    assert(part.atByte >= 0 && part.sizeBytes >= 0, JSON.stringify(part));
    assert(part.atByte + part.sizeBytes <= sizeBytes, JSON.stringify(part));
  }
  for (const number of [samples, durationMs, reading.bitrateKbps, reading.channels])
    assert(number === null || (Number.isSafeInteger(number) && number >= 0), `${number}`);
  assert(warnings.length <= 32 && foreign.length <= 256);
}

/** MP4 is never intact: a file without a fault is not checked. */
const mp4: FuzzTarget = {
  name: 'audio-mp4',
  run(random) {
    const forms = [{}, { toEnd: true }, { isLong: true }];
    const bytes = sampleMp4(random.pick(forms));
    const isWhole = random.below(16) === 0;
    const input = isWhole ? bytes : mutateBytes(bytes, random, { tokens: BOXES, other: bytes });
    const reading = readWhole(input);
    if (isWhole) assert.equal(reading.verdict.state, 'not-checked');
    checkReading(reading, input.length);
    if (random.below(8) === 0) assert.deepEqual(readInParts(input, random), reading, 'in parts');
    return isWhole ? 'written' : reading.verdict.state === 'not-checked' ? 'read' : 'refused';
  },
};

const TRAILERS = [ID3V1, APE, LYRICS, ID3, new Uint8Array(300), Buffer.from('junk '.repeat(20))];

const trailer: FuzzTarget = {
  name: 'audio-trailer',
  run(random) {
    const parts = Array.from({ length: 1 + random.below(4) }, () => random.pick(TRAILERS));
    const whole = Buffer.concat(parts);
    const isWhole = random.below(4) === 0;
    const bytes = isWhole ? whole : mutateBytes(whole, random, { tokens: AUDIO_TOKENS });
    const offset = random.pick([0, 1, 5000]);
    const found = trailing(bytes, offset, () => bytes.length);
    let at = offset;
    for (const part of found) {
      assert.equal(part.atByte, at, 'parts one behind the other');
      at += part.sizeBytes;
    }
    assert.equal(at, offset + bytes.length, 'up to the end');
    const cut = trailing(bytes, offset, () => random.pick([1, 3, 50]));
    assert.deepEqual(cut, found, 'in parts');
    return isWhole ? 'written' : 'read';
  },
};

function trailing(bytes: Uint8Array, offset: number, step: () => number) {
  const reader = startTrailer(offset);
  for (let at = 0; at < bytes.length; ) {
    const end = at + Math.max(1, step());
    reader.push(bytes.subarray(at, end));
    at = end;
  }
  return reader.finish();
}

const vorbisComment: FuzzTarget = {
  name: 'vorbis-comment',
  run(random) {
    const comments = Array.from({ length: random.below(6) }, (): CommentField => {
      const name = random.pick(['TITLE', 'artist', 'X Y', 'METADATA_BLOCK_PICTURE', '}']);
      return [name, random.pick(HOSTILE_TEXTS).toWellFormed()];
    });
    const made = { vendor: random.pick(['', 'Fonoteca', 'ü']), comments };
    const bytes = encodeVorbisComment(made);
    if (random.below(4) === 0) {
      const read = decodeVorbisComment(bytes);
      const { vendor, comments: fields, end, refusedFields, cutShort } = read;
      // A decoder of UTF-8 takes a mark at the start away, which no name begins with.
      assert.deepEqual({ vendor, comments: fields }, made);
      assert.deepEqual([end, refusedFields, cutShort], [bytes.length, 0, false]);
      return 'written';
    }
    const mutant = mutateBytes(bytes, random, { tokens: ['TITLE=', '='] });
    const read = decodeVorbisComment(mutant);
    assert(read.end <= mutant.length);
    assert(read.comments.every(([name]) => isCommentName(name)));
    return read.cutShort || read.refusedFields > 0 ? 'refused' : 'read';
  },
};

const ogg: FuzzTarget = {
  name: 'ogg-pages',
  run(random) {
    const packets = Array.from({ length: 1 + random.below(6) }, (_, at) => ({
      bytes: random.bytes(random.pick([0, 1, 254, 255, 256, 510, 1000])),
      granule: at,
      endsPage: random.below(3) === 0,
    }));
    const serial = random.pick([0, 1, 0xffffffff, 0x80000000]);
    const bytes = Buffer.concat(encodeOggPages(packets, { serial, endsStream: true }));
    if (random.below(4) === 0) {
      const read = demuxOggPackets(bytes);
      assert.equal(read.length, packets.length);
      for (const [at, packet] of read.entries()) {
        assertSameBytes(packet.bytes, packets[at]!.bytes, `packet ${at}`);
        assert.equal(packet.serial, serial);
      }
      return 'written';
    }
    const mutant = mutateBytes(bytes, random, { tokens: AUDIO_TOKENS });
    if (random.below(4) > 0) mendOggPages(mutant);
    const read = demuxOggPackets(mutant);
    const total = read.reduce((sum, packet) => sum + packet.bytes.length, 0);
    assert(total <= mutant.length, 'more than came in');
    return read.length === packets.length ? 'read' : 'refused';
  },
};

const FLAC_FILE = sampleFlac();

const headers: FuzzTarget = {
  name: 'audio-headers',
  run(random) {
    const head = {
      channels: 1 + random.below(2),
      preSkip: random.below(65_536),
      inputSampleRateHz: random.pick([0, 44_100, 0xffffffff]),
      outputGainQ8: random.pick([-32_768, 0, 32_767]),
    };
    const packet = encodeOpusHead(head);
    assert.deepEqual(decodeOpusHead(packet), { ...head, mappingFamily: 0 });
    if (random.below(4) === 0) {
      const title = random.pick(HOSTILE_TEXTS).toWellFormed();
      const tagged = writeFlacTags(FLAC_FILE, { vendor: 'v', comments: [['TITLE', title]] });
      assert.equal(readWhole(tagged).verdict.state, 'intact');
      assert.equal(readWhole(tagged).audioDigest, readWhole(FLAC_FILE).audioDigest);
      return 'written';
    }
    const mutant = mutateBytes(packet, random, { tokens: ['OpusHead'] });
    const samples = opusPacketSamples(mutant);
    assert(samples >= 0 && samples <= 5760);
    const info = decodeStreamInfo(mutateBytes(FLAC_FILE.subarray(8, 42), random));
    assert(info === null || (info.channels <= 8 && info.bitsPerSample <= 32));
    return decodeOpusHead(mutant) === null ? 'refused' : 'read';
  },
};

/** An APEv2 tag of `bodyBytes` with header and footer. */
function apeTag(bodyBytes: number): Uint8Array {
  const part = (flags: number): Buffer => {
    const header = Buffer.alloc(32);
    header.write('APETAGEX');
    header.writeUInt32LE(2000, 8);
    header.writeUInt32LE(bodyBytes + 32, 12);
    header.writeUInt32LE(1, 16);
    header.writeUInt32LE(flags, 20);
    return header;
  };
  return Buffer.concat([part(0xa0000000), Buffer.alloc(bodyBytes, 'a'), part(0x80000000)]);
}

/** The targets of this file. */
export const AUDIO_TARGETS: readonly FuzzTarget[] = [
  ...Object.keys(AUDIO).map(audioTarget),
  mp4,
  trailer,
  vorbisComment,
  ogg,
  headers,
];
