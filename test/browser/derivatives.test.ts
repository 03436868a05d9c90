/**
 * Every recording of the sample music as a derivative, judged by those who will play it: opusinfo finds nothing to warn of,
 * ffprobe and ffmpeg nothing to complain of, and a browser decodes as many samples as were meant.
 */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { openAudioDoor } from '../../src/audio/door.ts';
import { judge, missingTools } from '../support/outside-tools.ts';
import { copyRealMusic, MUSIC_ROWS, noRealMusic, WITHOUT_ROW } from '../support/real-music.ts';
import { browserSkipReason, openBrowser } from './chromium.ts';

const skip = noRealMusic || browserSkipReason() || missingTools('opusinfo', 'ffprobe', 'ffmpeg');
const names = [...MUSIC_ROWS.map(([name]) => name), ...WITHOUT_ROW];
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-judged-'));
const door = await openAudioDoor({ workers: 2 });
after(async () => {
  await door.close();
  fs.rmSync(folder, { recursive: true });
});

/** Runs in the page: the samples of one channel, as the browser decodes them at the rate of Opus. */
const DECODE = `async (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const context = new OfflineAudioContext(2, 48000, 48000);
  const sound = await context.decodeAudioData(bytes.buffer);
  return { samples: sound.length, channels: sound.numberOfChannels };
}`;

describe('a derivative of every recording', { skip }, () => {
  let browser: Browser;
  let page: Page;
  before(async () => {
    copyRealMusic(folder);
    browser = await openBrowser();
    page = await browser.newPage();
  });
  after(() => browser.close());

  for (const name of names)
    test(`${name} is accepted by opusinfo, ffprobe, ffmpeg and a browser`, async () => {
      const original = fs.readFileSync(path.join(folder, name));
      const source = { sizeBytes: original.length, chunks: () => [original] };
      const made = await door.encodeOpus(source, { subject: name, tags: [['TITLE', name]] });
      assert.ok(made.ok, made.ok ? '' : `${made.finding.code}: ${made.finding.seen}`);
      const { bytes, samples48k, channels } = made.value;
      const file = path.join(folder, 'derivative.opus');
      fs.writeFileSync(file, bytes);

      const info = judge('opusinfo', [file]);
      assert.equal(info.status, 0);
      assert.doesNotMatch(info.said, /warning|error/i);
      const probe = judge('ffprobe', [
        '-v',
        'warning',
        '-show_entries',
        'stream=codec_name,channels',
        file,
      ]);
      assert.match(probe.stdout, new RegExp(`codec_name=opus\\s+channels=${channels}\\s`));
      assert.doesNotMatch(probe.said.replace(probe.stdout, ''), /\S/);
      const decoded = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 's16le', '-'], {
        maxBuffer: 1 << 28,
      });
      assert.equal(decoded.stderr.toString(), '');
      assert.equal(decoded.stdout.length / 2 / channels, samples48k);
      const heard = (await page.evaluate(
        `(${DECODE})(${JSON.stringify(Buffer.from(bytes).toString('base64'))})`,
      )) as object;
      assert.deepEqual(heard, { samples: samples48k, channels });
    });
});
