import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startAudioReader } from './audio-reader.ts';
import type { AudioReading } from './audio-verdict.ts';
import { encodeFlacPicture, pictureComment, writeFlacTags } from './flac-metadata.ts';
import { id3v2TagBytes } from './id3v2-size.ts';
import { demuxOggPackets } from './ogg-demuxer.ts';
import { sampleFlac, sampleMp3, sampleVorbis, sampleWav } from './test-audio-samples.ts';
import { retagOggVorbis } from './test-ogg-retag.ts';
import { encodeId3v2 } from './test-tag-frames.ts';
import { encodeWav } from './test-wav-writer.ts';
import { decodeVorbisComment, encodeVorbisComment } from './vorbis-comment.ts';

const PICTURE = {
  pictureType: 3,
  mimeType: 'image/png',
  description: 'Größe',
  width: 600,
  height: 600,
  colourBits: 24,
  data: new Uint8Array(100_000).fill(7),
};

function read(bytes: Uint8Array): AudioReading {
  const reader = startAudioReader();
  reader.push(bytes);
  return reader.finish();
}

test('a comment block comes back as it was written, and bad ones are read as far as they go', () => {
  const tags = {
    vendor: 'v',
    comments: [
      ['TITLE', 'a=b\n\u{1f3b5}'],
      ['x y', ''],
    ] as const,
  };
  const block = encodeVorbisComment(tags);
  const decoded = decodeVorbisComment(block);
  assert.deepEqual(decoded, { ...tags, end: block.length, refusedFields: 0, cutShort: false });
  for (let length = 0; length < block.length; length++)
    assert.equal(decodeVorbisComment(block.subarray(0, length)).cutShort, true);
  assert.throws(() => encodeVorbisComment({ vendor: '', comments: [['A=B', '']] }), /comment name/);
  const million = Buffer.alloc(8 + 4 * 1_000_000);
  million.writeUInt32LE(1_000_000, 4);
  assert.equal(decodeVorbisComment(million).refusedFields, 1_000_000);
});

test('Vorbis comments are replaced without a change to the sound, large covers included', () => {
  const file = sampleVorbis();
  const comments = [['TITLE', 'Neu'], pictureComment(PICTURE)] as const;
  const tagged = retagOggVorbis(file, { serial: 99, vendor: 'Fonoteca', comments });
  assert.deepEqual(retagOggVorbis(file, { serial: 99, vendor: 'Fonoteca', comments }), tagged);
  const before = read(file);
  const after = read(tagged);
  assert.deepEqual([after.verdict, after.warnings], [{ state: 'intact' }, []]);
  assert.deepEqual([after.audioDigest, after.samples], [before.audioDigest, before.samples]);
  const packets = demuxOggPackets(tagged);
  assert.ok(packets.every((packet) => packet.serial === 99));
  assert.deepEqual(decodeVorbisComment(packets[1]!.bytes, 7).comments, comments);
  assert.deepEqual(
    retagOggVorbis(tagged, { serial: 7, vendor: 'sample', comments: [] }),
    retagOggVorbis(file, { serial: 7, vendor: 'sample', comments: [] }),
  );
});

test('FLAC tags and pictures are replaced without a change to the sound', () => {
  const file = sampleFlac();
  const tagged = writeFlacTags(file, {
    vendor: 'Fonoteca',
    comments: [['TITLE', 'Neu']],
    pictures: [PICTURE],
  });
  assert.deepEqual(read(tagged).verdict, { state: 'intact' });
  assert.equal(read(tagged).audioDigest, read(file).audioDigest);
  assert.ok(Buffer.from(tagged).includes(Buffer.from(encodeFlacPicture(PICTURE))));
  const again = writeFlacTags(tagged, { vendor: 'Fonoteca', comments: [] });
  assert.ok(again.length < file.length + 100);
  assert.throws(() => writeFlacTags(sampleMp3(), { vendor: '', comments: [] }), /not a FLAC file/);
});

test('an ID3v2 tag of either version is passed over by its own length', () => {
  const file = sampleMp3();
  for (const version of [3, 4] as const) {
    const tag = encodeId3v2(
      [
        { id: 'TIT2', text: 'Größe 音楽' },
        { id: 'TXXX', description: 'LICENCE', text: 'CC0-1.0' },
        { id: 'WCOP', url: 'https://creativecommons.org/publicdomain/zero/1.0/' },
        { id: 'APIC', ...PICTURE },
      ],
      version,
    );
    assert.equal(id3v2TagBytes(tag), tag.length);
    const reading = read(Buffer.concat([tag, file]));
    assert.deepEqual(reading.verdict, { state: 'intact' });
    assert.equal(reading.audioDigest, read(file).audioDigest);
    assert.deepEqual(reading.foreign, [{ kind: 'id3v2', atByte: 0, sizeBytes: tag.length }]);
  }
});

test('a WAVE file of each depth is read with the samples it was given', () => {
  for (const bitsPerSample of [8, 16, 24, 32] as const) {
    const channels = [
      [0, 1, -1, 100, -128],
      [5, 4, 3, 2, 1],
    ];
    const reading = read(encodeWav({ sampleRateHz: 8000, bitsPerSample, channels }));
    assert.deepEqual(reading.verdict, { state: 'intact' });
    assert.deepEqual(
      [reading.samples, reading.channels, reading.bitsPerSample, reading.sampleRateHz],
      [5, 2, bitsPerSample, 8000],
    );
  }
  const tagged = encodeWav({
    sampleRateHz: 8000,
    bitsPerSample: 8,
    channels: [[1]],
    info: [['INAM', 'x']],
  });
  const plain = encodeWav({ sampleRateHz: 8000, bitsPerSample: 8, channels: [[1]] });
  assert.equal(read(tagged).audioDigest, read(plain).audioDigest);
});

test('sizes in a WAVE file that cannot be right are damage, and those of a pipe a warning', () => {
  const file: Buffer = Buffer.from(sampleWav());
  const dataAt = file.indexOf('data');
  const patched = (at: number, value: number, bytes: Buffer = file): Buffer => {
    const copy = Buffer.from(bytes);
    copy.writeUInt32LE(value, at);
    return copy;
  };
  const rows: [
    what: string,
    bytes: Buffer,
    code: string | undefined,
    warning: string | undefined,
  ][] = [
    ['data longer than the file', patched(dataAt + 4, 9000), 'AUDIO_WAV_SIZE', undefined],
    ['65,535 channels', patched(22, 0xac44ffff), 'AUDIO_WAV_HEADER', undefined],
    [
      'written to a pipe',
      patched(4, 0xffffffff, patched(dataAt + 4, 0xffffffff)),
      undefined,
      'AUDIO_CUT_INVISIBLE',
    ],
    ['never finished', patched(4, 0, patched(dataAt + 4, 0)), undefined, 'AUDIO_CUT_INVISIBLE'],
    ['RIFF states a chunk more', patched(4, 99_999), 'AUDIO_WAV_SIZE', undefined],
    ['RIFF counts its header', patched(4, file.length), undefined, 'AUDIO_WAV_SIZE'],
    ['bytes behind', Buffer.concat([file, Buffer.from('junk')]), undefined, 'AUDIO_FOREIGN_DATA'],
    ['no data', file.subarray(0, dataAt), 'AUDIO_WAV_SIZE', undefined],
  ];
  for (const [what, bytes, code, warning] of rows) {
    const reading = read(bytes);
    assert.equal(reading.verdict.code, code, what);
    assert.equal(reading.warnings[0]?.code, warning, what);
  }
});
