import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AudioReading } from './audio-verdict.ts';
import { decodeFlac } from './flac-decoder.ts';
import { startFlacReader } from './flac-reader.ts';
import { demuxOggPackets } from './ogg-demuxer.ts';
import { encodeOggPages, muxOpus } from './ogg-muxer.ts';
import { encodeOggPage, OGG_HEADER_BYTES } from './ogg-page.ts';
import { startOggPages } from './ogg-pages.ts';
import { startOggReader } from './ogg-reader.ts';
import { sampleFlac, sampleOpus, sampleVorbis } from './test-audio-samples.ts';

function read(bytes: Uint8Array): AudioReading {
  const reader = startOggReader();
  reader.push(bytes);
  return reader.finish();
}

interface Page {
  flags: number;
  granule: number;
  serial: number;
  sequence: number;
  lacing: Uint8Array;
  body: Uint8Array;
}

function pagesOf(file: Uint8Array): Page[] {
  const pages: Page[] = [];
  const reader = startOggPages({
    page: (view) =>
      pages.push({
        ...view.header,
        lacing: view.bytes.slice(view.lacingAt, view.lacingAt + view.segments),
        body: view.bytes.slice(view.bodyAt, view.bodyEnd),
      }),
    gap: () => assert.fail('an intact file has no gap'),
  });
  reader.push(file);
  reader.finish();
  return pages;
}

function join(pages: readonly Page[]): Uint8Array {
  return Buffer.concat(pages.map((page) => encodeOggPage(page, page.lacing, page.body)));
}

function pageStart(pages: readonly Page[], index: number): number {
  return join(pages.slice(0, index)).length;
}

test('each kind of damage has its own code and place', () => {
  const file = sampleOpus();
  const pages = pagesOf(file);
  const at = (index: number): number => pageStart(pages, index);
  const patched = (index: number, change: Partial<Page>): Uint8Array =>
    join(pages.map((page, number) => (number === index ? { ...page, ...change } : page)));
  const flipped = new Uint8Array(file);
  flipped[at(3) + 60]! ^= 4;
  const lost = new Uint8Array(file);
  lost[at(3)]! ^= 4;
  const rows: [what: string, bytes: Uint8Array, code: string, atByte: number][] = [
    ['a bit of page 3', flipped, 'AUDIO_OGG_CRC', at(3)],
    ['a capture pattern', lost, 'AUDIO_OGG_PAGE', at(3)],
    ['page 3 missing', join(pages.filter((_, index) => index !== 3)), 'AUDIO_OGG_SEQUENCE', at(3)],
    [
      'the last page missing',
      join(pages.slice(0, -1)),
      'AUDIO_OGG_TRUNCATED',
      at(pages.length - 1),
    ],
    [
      'half the last page missing',
      file.subarray(0, file.length - 20),
      'AUDIO_OGG_TRUNCATED',
      at(pages.length - 1),
    ],
    ['time running back', patched(4, { granule: 960 }), 'AUDIO_OGG_GRANULE', at(4)],
    ['a second half without a first', patched(4, { flags: 1 }), 'AUDIO_OGG_PAGE', at(4)],
    [
      'another codec header',
      patched(0, { body: Buffer.from('OpusHead\x01\x00'), lacing: Uint8Array.of(10) }),
      'AUDIO_OGG_HEADER',
      0,
    ],
    [
      'junk between pages',
      Buffer.concat([file.subarray(0, at(3)), Buffer.from('junk'), file.subarray(at(3))]),
      'AUDIO_OGG_PAGE',
      at(3),
    ],
  ];
  for (const [what, bytes, code, atByte] of rows) {
    const { verdict } = read(bytes);
    assert.deepEqual(
      [verdict.state, verdict.code, verdict.atByte],
      ['damaged', code, atByte],
      what,
    );
  }
});

test('positions that do not agree with the packets are a warning only', () => {
  const pages = pagesOf(sampleOpus());
  pages[3] = { ...pages[3]!, granule: pages[3]!.granule + 100 };
  const { verdict, warnings } = read(join(pages));
  assert.equal(verdict.state, 'intact');
  assert.deepEqual(
    warnings.map((warning) => warning.code),
    ['AUDIO_OGG_GRANULE'],
  );
});

test('other pages, other tags and another output gain leave the audio digest as it is', () => {
  const file = sampleOpus();
  const packets = demuxOggPackets(file).slice(2);
  const digest = read(file).audioDigest;
  const again = muxOpus({
    serial: 1,
    channels: 2,
    preSkip: 312,
    inputSampleRateHz: 48_000,
    samples48k: 160 * 960 - 312 - 77,
    packets: packets.map((packet) => packet.bytes),
    comments: [['TITLE', 'Another']],
    vendor: 'another',
    outputGainQ8: -256,
  });
  assert.equal(read(again).audioDigest, digest);
  const [head, tags] = demuxOggPackets(file);
  const repaged = encodeOggPages(
    [head!, tags!, ...packets].map((packet, index) => ({
      bytes: packet.bytes,
      granule: Math.max(0, (index - 1) * 960),
      endsPage: index < 2 || index % 3 === 0,
    })),
    { serial: 5, endsStream: true },
  );
  assert.equal(read(Buffer.concat(repaged)).audioDigest, digest);
});

test('chained files add up, and a file that starts late counts from there', () => {
  const one = read(sampleOpus());
  const two = read(Buffer.concat([sampleOpus(), sampleOpus()]));
  assert.deepEqual(two.verdict, { state: 'intact' });
  assert.equal(two.samples, one.samples! * 2);
  const late = pagesOf(sampleVorbis()).map((page, index) =>
    index > 1 ? { ...page, granule: page.granule + 1_000_000 } : page,
  );
  assert.equal(read(join(late)).samples, read(sampleVorbis()).samples);
});

test('FLAC in Ogg is decoded, held against its MD5, and has the digest of the FLAC file', () => {
  const flac = sampleFlac();
  const { info, frames } = decodeFlac(flac);
  let at = 42;
  const sound = frames.map((frame) => {
    at += frame.sizeBytes;
    return flac.subarray(at - frame.sizeBytes, at);
  });
  const head = Buffer.concat([
    Buffer.from('\x7fFLAC\x01\x00\x00\x01fLaC\x00\x00\x00\x22', 'latin1'),
    info!.bytes,
  ]);
  const comment = Buffer.concat([Uint8Array.of(0x84, 0, 0, 8), Buffer.alloc(8)]);
  const muxed = (packets: readonly Uint8Array[]): Uint8Array =>
    Buffer.concat(
      encodeOggPages(
        [head, comment, ...packets].map((bytes, index) => ({
          bytes,
          granule: Math.max(0, (index - 1) * 192),
          endsPage: index < 2 || index % 5 === 0,
        })),
        { serial: 9, endsStream: true },
      ),
    );
  const reading = read(muxed(sound));
  const reader = startFlacReader();
  reader.push(flac);
  assert.deepEqual(
    [reading.verdict, reading.format, reading.samples],
    [{ state: 'intact' }, 'ogg-flac', 3840],
  );
  assert.equal(reading.audioDigest, reader.finish().audioDigest);
  assert.equal(read(muxed(sound.slice(1))).verdict.code, 'AUDIO_FLAC_COUNT');
});

test('a stream that is not read here is named and not judged', () => {
  const speex = encodeOggPages(
    [{ bytes: Buffer.from('Speex   1.2'), granule: 0, endsPage: true }],
    { serial: 1, endsStream: true },
  );
  const { verdict, format } = read(Buffer.concat(speex));
  assert.deepEqual(
    [verdict.state, verdict.detail, format],
    ['not-checked', 'Ogg with Speex', 'ogg-other'],
  );
});

test('a megabyte made to be checked over and over, or of endless streams, is read within a second', () => {
  const huge = new Uint8Array(OGG_HEADER_BYTES + 255).fill(255);
  huge.set(Buffer.from('OggS\x00\x00'));
  huge[26] = 255;
  const flood = new Uint8Array(1_000_000).fill(255);
  for (let at = 0; at + 400 < flood.length; at += 30) flood.set(huge.subarray(0, 27), at);
  const chain: Uint8Array[] = [];
  for (let serial = 0; serial < 20_000; serial++)
    chain.push(
      encodeOggPage(
        { flags: 6, granule: 0, serial, sequence: 0 },
        Uint8Array.of(8),
        Buffer.from('OpusHead'),
      ),
    );
  for (const bytes of [flood, Buffer.concat(chain)]) {
    const started = performance.now();
    assert.equal(read(bytes).verdict.state, 'damaged');
    assert.ok(performance.now() - started < 1000);
  }
});
