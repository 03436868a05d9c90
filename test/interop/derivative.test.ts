/** Opus derivatives and measurements judged by the formats' own tools, on real music. Needs ffmpeg, ffprobe and opusinfo. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { openAudioDoor } from '../../src/audio/door.ts';
import { encodeVorbis } from '../../src/audio/encoders.ts';
import { tone } from '../../src/audio/test-sounds.ts';
import { sha256 } from '../../src/base/digest.ts';
import { findProgram, namespacesOf, probeIsolation } from '../../src/base/isolation.ts';
import { demuxOggPackets } from '../../src/formats/ogg-demuxer.ts';
import { encodeOggPages } from '../../src/formats/ogg-muxer.ts';

const music = path.resolve(import.meta.dirname, '../../../shared/data/audio/music');
const missing = ['ffmpeg', 'ffprobe', 'opusinfo'].filter((tool) => !findProgram(tool));
const skip =
  missing.length > 0
    ? `not installed: ${missing.join(', ')}`
    : fs.existsSync(music)
      ? false
      : 'no music to judge by';
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-derivative-'));
after(() => fs.rmSync(folder, { recursive: true }));

const skipFfmpeg =
  skip ||
  (namespacesOf(probeIsolation()).includes('net') ? false : 'this machine allows no namespaces');

function openFfmpegDoor() {
  return openAudioDoor({ workers: 1, engine: 'ffmpeg', ffmpegPath: findProgram('ffmpeg')! });
}

/** Real tracks of each kind, those on whose length FFmpeg 5.1 and libvorbis agree. */
const TRACKS = [
  'wesnoth-1.16-music/defeat.ogg',
  'wesnoth-1.16-music/victory.ogg',
  'hyperrogue-music/levelup.ogg',
  'hyperrogue-music/opengate.ogg',
  'singularity-music/March Thee to Dis.ogg',
  'asc-music/machine_wars.mp3',
  'warzone2100-music/menu.opus',
];

function run(tool: string, ...args: string[]): { out: string; said: string } {
  const { status, stdout, stderr } = spawnSync(findProgram(tool)!, args, {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  assert.equal(status, 0, `${tool}: ${stderr.slice(-500)}`);
  return { out: stdout, said: stderr };
}

function source(name: string) {
  const bytes = fs.readFileSync(path.join(music, name));
  return { sizeBytes: bytes.length, chunks: () => [bytes] };
}

for (const name of TRACKS)
  test(`${name}: opusinfo and ffprobe accept the derivative, loudness is ffmpeg's within 0.1 LU and its range within 0.5 LU`, {
    skip,
  }, async () => {
    await using door = await openAudioDoor({ workers: 1 });
    const inspected = await door.inspect(source(name), { subject: name, measure: true });
    assert.ok(inspected.ok && inspected.value.measurement);
    const { tags, measurement } = inspected.value;
    const encoded = await door.encodeOpus(source(name), { subject: name, tags: tags.common });
    assert.ok(encoded.ok);
    const { bytes, samples48k, channels } = encoded.value;
    const file = path.join(folder, `${sha256(bytes)}.opus`);
    fs.writeFileSync(file, bytes);

    const info = run('opusinfo', file);
    assert.doesNotMatch(info.out + info.said, /WARNING|ERROR/i);
    const seconds = measurement.samples / measurement.sampleRateHz;
    const [, rate] = /w\/o overhead: ([\d.]+) kbit/.exec(info.out)!;
    assert.ok(channels === 1 || seconds < 20 || Math.abs(Number(rate) - 75) < 20, rate);
    const probe = run(
      'ffprobe',
      '-v',
      'warning',
      '-show_entries',
      'stream=channels,codec_name',
      file,
    );
    assert.match(probe.out, new RegExp(`codec_name=opus\\s+channels=${channels}`));
    assert.equal(probe.said, '');
    const decoded = spawnSync(
      findProgram('ffmpeg')!,
      ['-v', 'error', '-i', file, '-f', 's16le', '-'],
      {
        maxBuffer: 1 << 28,
      },
    );
    assert.equal(decoded.stdout.length / 2 / channels, samples48k);

    const original = path.join(music, name);
    const meter = ['-af', 'ebur128=peak=true:framelog=verbose', '-f', 'null', '-'];
    const loud = run('ffmpeg', '-nostdin', '-hide_banner', '-i', original, ...meter).said;
    const integrated = Number(/I:\s+(-?[\d.]+) LUFS/.exec(loud)![1]);
    const peak = Number(/Peak:\s+(-?[\d.]+) dBFS/.exec(loud)![1]);
    const range = Number(/LRA:\s+(-?[\d.]+) LU/.exec(loud)![1]);
    // ffmpeg prints one decimal.
    assert.ok(Math.abs(measurement.loudness.integratedLufs! - integrated) <= 0.1, `${integrated}`);
    assert.ok(Math.abs(measurement.loudness.truePeakDbtp! - peak) <= 0.2, `${peak}`);
    // ffmpeg starts its window of three seconds with silence, which a short sound never gets rid of.
    const rangeLu = measurement.loudness.rangeLu ?? 0;
    assert.ok(seconds < 20 || Math.abs(rangeLu - range) <= 0.5, `${rangeLu}, wanted ${range}`);
    // What a player hears after the gain is the reference loudness.
    const { said } = run('ffmpeg', '-nostdin', '-hide_banner', '-i', file, ...meter);
    const encodedLufs = Number(/I:\s+(-?[\d.]+) LUFS/.exec(said)![1]);
    const gain = encoded.value.record.tagBlock.find(([field]) => field === 'R128_TRACK_GAIN')!;
    assert.ok(Math.abs(encodedLufs + Number(gain[1]) / 256 - -23) <= 0.5, `${encodedLufs}`);
  });

test('the ffmpeg engine gives the same bytes twice, with our own pages and tags', {
  skip: skipFfmpeg,
}, async () => {
  await using door = await openFfmpegDoor();
  const options = { subject: 'x', tags: [['TITLE', 'Ä']] as const };
  for (const name of ['wesnoth-1.16-music/defeat.ogg', 'wesnoth-1.16-music/victory.ogg']) {
    const [first, second] = [
      await door.encodeOpus(source(name), options),
      await door.encodeOpus(source(name), options),
    ];
    assert.ok(first.ok, first.ok ? '' : first.finding.seen);
    assert.ok(second.ok);
    assert.equal(sha256(second.value.bytes), sha256(first.value.bytes));
    assert.match(first.value.record.build, /^ffmpeg version/);
    const file = path.join(folder, 'ffmpeg.opus');
    fs.writeFileSync(file, first.value.bytes);
    const info = run('opusinfo', file).out;
    assert.match(info, /TITLE=Ä/);
    const serial = first.value.record.sourceDigest.slice(0, 8).replace(/^0+/, '');
    assert.match(info, new RegExp(`serial: ${serial}`));
  }
  const playlist = Buffer.from('#EXTM3U\nfile:///etc/passwd\n');
  const refused = await door.encodeOpus(
    { sizeBytes: playlist.length, chunks: () => [playlist] },
    options,
  );
  assert.equal(refused.ok ? 'ok' : refused.finding.code, 'AUDIO_FORMAT_UNSUPPORTED');
});

test('the ffmpeg engine tells in its one pass what an inspection by WASM tells, and every length is exact', {
  skip: skipFfmpeg,
}, async () => {
  await using door = await openFfmpegDoor();
  const names = [...TRACKS, 'hyperrogue-music/explosion.ogg', 'hyperrogue-music/click.ogg'];
  for (const name of names.filter((each) => !each.endsWith('.mp3'))) {
    const options = { subject: name, measure: 'levels' } as const;
    const seen = await door.inspect(source(name), options);
    const made = await door.encodeOpus(source(name), { subject: name, tags: [] });
    assert.ok(seen.ok && seen.value.measurement && made.ok, name);
    const { inspected, samples48k, record } = made.value;
    // Of a click of 15 ms ffmpeg leaves the end away.
    assert.equal(record.engine, name.endsWith('click.ogg') ? 'wasm' : 'ffmpeg', name);
    assert.deepEqual(inspected!.reading, seen.value.reading);
    const { samples, sampleRateHz } = seen.value.reading;
    assert.equal(samples48k, Math.round((samples! * 48_000) / sampleRateHz!), name);
    for (const [measure, off] of [
      ['integratedLufs', 0.02],
      ['rangeLu', 0.1],
      ['truePeakDbtp', 0.02],
    ] as const) {
      const [ours, theirs] = [seen.value.measurement, inspected!.measurement];
      const apart = (ours.loudness[measure] ?? 0) - (theirs.loudness[measure] ?? 0);
      assert.ok(Math.abs(apart) <= off, `${name}: ${measure} ${apart} apart`);
    }
    const [ours, theirs] = [seen.value.measurement, inspected!.measurement].map(({ waveform }) =>
      Buffer.from(waveform, 'base64'),
    );
    const steps = ours!.map((peak, at) => Math.abs(peak - theirs![at]!));
    // ffmpeg's decoder of Opus is its own.
    const most = name.endsWith('.opus') ? 8 : 1;
    assert.ok(Math.max(...steps) <= most, `${name}: outlines ${Math.max(...steps)} apart`);
  }
});

test('what ffmpeg cannot open is encoded by WASM, and the record says so', {
  skip: skipFfmpeg,
}, async () => {
  const bytes = withLongHeader(
    await encodeVorbis(tone({ rateHz: 44_100, samples: 50_000, channels: 2, amplitude: 0.1 }), {
      quality: 4,
    }),
  );
  const file = path.join(folder, 'unreadable.ogg');
  fs.writeFileSync(file, bytes);
  const opened = spawnSync(findProgram('ffmpeg')!, ['-v', 'error', '-i', file, '-f', 'null', '-']);
  assert.notEqual(opened.status, 0);
  await using door = await openFfmpegDoor();
  const known = {
    ...{ channels: 2, sampleRateHz: 44_100, samples: 50_000 },
    ...{ format: 'vorbis' as const, integratedLufs: -20 },
  };
  for (const told of [undefined, known]) {
    const sourceOfIt = { sizeBytes: bytes.length, chunks: () => [bytes] };
    const made = await door.encodeOpus(sourceOfIt, { subject: 'x', tags: [], known: told });
    assert.ok(made.ok, made.ok ? '' : `${made.finding.code} ${made.finding.seen}`);
    assert.equal(made.value.record.engine, 'wasm');
    assert.equal(made.value.samples48k, Math.round((50_000 * 48_000) / 44_100));
  }
});

/** A Vorbis file whose first header has a byte too many: no decoder minds but ffmpeg's demuxer. */
function withLongHeader(vorbis: Uint8Array): Uint8Array {
  const packets = demuxOggPackets(vorbis).map(({ bytes, granule }, index) => ({
    bytes: index === 0 ? Buffer.concat([bytes, Buffer.alloc(1)]) : bytes,
    granule: index < 3 ? 0 : granule,
    endsPage: index === 0 || index === 2 || granule >= 0,
  }));
  return Buffer.concat(encodeOggPages(packets, { serial: 1, endsStream: true }));
}
