import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oggCrc } from './ogg-crc.ts';
import { demuxOggPackets, startOggDemuxer } from './ogg-demuxer.ts';
import { encodeOggPages, muxOpus, type OpusStream } from './ogg-muxer.ts';
import { startOggPages } from './ogg-pages.ts';
import { decodeOpusHead, opusPacketSamples } from './opus-headers.ts';
import { decodeVorbisComment } from './vorbis-comment.ts';

/** Packets that say they hold 20 ms (CELT, full band) and are otherwise arbitrary. */
function opusPackets(count: number, sizeOf: (index: number) => number): Uint8Array[] {
  return Array.from({ length: count }, (_, index) => {
    const packet = new Uint8Array(sizeOf(index)).map((_, at) => (index * 7 + at * 13) & 255);
    packet[0] = 0xfc;
    return packet;
  });
}

function opusStream(overrides: Partial<OpusStream> = {}): OpusStream {
  return {
    serial: 0xdeadbeef,
    channels: 2,
    preSkip: 312,
    inputSampleRateHz: 44_100,
    samples48k: 100 * 960 - 312 - 100,
    packets: opusPackets(100, (index) => 150 + index),
    comments: [['TITLE', 'Ünïcödé 音楽']],
    vendor: 'Fonoteca test',
    ...overrides,
  };
}

test('the checksum agrees with a division bit by bit, wherever it is carried on', () => {
  const bytes = Uint8Array.from({ length: 1003 }, (_, index) => (index * index) & 255);
  let expected = 0;
  for (const byte of bytes) {
    expected ^= byte << 24;
    for (let bit = 0; bit < 8; bit++)
      expected = expected < 0 ? (expected << 1) ^ 0x04c11db7 : expected << 1;
  }
  assert.equal(oggCrc(0, bytes), expected >>> 0);
  for (const cut of [0, 1, 7, 8, 9, 500])
    assert.equal(oggCrc(oggCrc(0, bytes, 0, cut), bytes, cut), expected >>> 0);
});

test('a file written twice is the same and holds the packets, headers and end it was given', () => {
  const stream = opusStream();
  const file = muxOpus(stream);
  assert.deepEqual(muxOpus(stream), file);
  const packets = demuxOggPackets(file);
  assert.equal(packets.length, 102);
  assert.deepEqual(decodeOpusHead(packets[0]!.bytes), {
    channels: 2,
    preSkip: 312,
    inputSampleRateHz: 44_100,
    outputGainQ8: 0,
    mappingFamily: 0,
  });
  assert.equal(Buffer.from(packets[1]!.bytes.subarray(0, 8)).toString(), 'OpusTags');
  const tags = decodeVorbisComment(packets[1]!.bytes, 8);
  assert.deepEqual(tags.comments, stream.comments);
  assert.equal(tags.end, packets[1]!.bytes.length);
  for (const [index, bytes] of stream.packets.entries())
    assert.deepEqual(Buffer.from(packets[index + 2]!.bytes), Buffer.from(bytes));
  const last = packets.at(-1)!;
  assert.deepEqual([last.isLast, last.granule], [true, stream.preSkip + stream.samples48k]);
});

test('pages hold at most one second, carry on the sequence and end where a packet ends', () => {
  const granules: number[] = [];
  const sequences: number[] = [];
  const reader = startOggPages({
    page: (view) => {
      granules.push(view.header.granule);
      sequences.push(view.header.sequence);
    },
    gap: (gap) => assert.fail(JSON.stringify(gap)),
  });
  reader.push(muxOpus(opusStream({ packets: opusPackets(120, () => 1275), samples48k: 110_000 })));
  reader.finish();
  assert.deepEqual(sequences, [...sequences.keys()]);
  assert.deepEqual(granules.slice(0, 2), [0, 0]);
  // 1,275 bytes need six segments, so 42 packets fill the 255 segments of a page.
  assert.deepEqual(granules.slice(2), [42 * 960, 50 * 960, 92 * 960, 100 * 960, 110_312]);
});

test('packets of every awkward length come back, whatever the chunks they are read in', () => {
  const sizes = [0, 1, 254, 255, 256, 509, 510, 511, 65_024, 65_025, 65_026, 200_000, 3];
  const given = sizes.map((size, index) => new Uint8Array(size).fill(index + 1));
  const pages = encodeOggPages(
    given.map((bytes, index) => ({ bytes, granule: index, endsPage: index % 3 === 2 })),
    { serial: 7, endsStream: true },
  );
  const file = Buffer.concat(pages);
  for (const chunkBytes of [1, 13, 4096, file.length]) {
    const demuxer = startOggDemuxer();
    const packets = [];
    for (let at = 0; at < file.length; at += chunkBytes)
      packets.push(...demuxer.push(file.subarray(at, at + chunkBytes)));
    packets.push(...demuxer.finish());
    assert.deepEqual(
      packets.map((packet) => packet.bytes.length),
      sizes,
    );
    for (const [index, packet] of packets.entries())
      assert.ok(packet.bytes.every((byte) => byte === index + 1));
    assert.deepEqual([packets[0]!.isFirst, packets.at(-1)!.isLast], [true, true]);
  }
});

test('surplus packets are left out and missing ones are refused', () => {
  const file = muxOpus(opusStream({ samples48k: 960 * 3 - 312 }));
  assert.equal(demuxOggPackets(file).length, 2 + 3);
  assert.throws(() => muxOpus(opusStream({ samples48k: 960 * 101 })), /100 packets for 102/);
  assert.throws(
    () => muxOpus(opusStream({ packets: [Uint8Array.of(0x00, 1)], samples48k: 100 })),
    /not 20 ms/,
  );
});

test('the length of an Opus packet follows from its first bytes', () => {
  const rows: [bytes: number[], samples: number][] = [
    [[0x00], 480],
    [[0x08], 960],
    [[0x18], 2880],
    [[0x60], 480],
    [[0x80], 120],
    [[0xfc], 960],
    [[0xfd], 1920],
    [[0xff, 6], 5760],
    [[0xff, 7], 0],
    [[0xff], 0],
    [[], 0],
  ];
  for (const [bytes, samples] of rows)
    assert.equal(opusPacketSamples(Uint8Array.from(bytes)), samples, `${bytes}`);
});
