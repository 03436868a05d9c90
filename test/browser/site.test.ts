import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import test, { after, before, describe } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { TrackView } from '../../src/server/views.ts';
import { browserSkipReason, openBrowser } from './chromium.ts';
import { assertFitForAll, DESK, LOOKS, PHONE } from './looks.ts';
import { type Demo, startDemo } from './start-demo.ts';
import { AUDIO, openVisit, soundSeconds, until } from './visit.ts';

/** What is heard: the format of the original, and the tier that the plan publishes of it. */
const SOUNDS = [
  ['ogg-vorbis', 'original'],
  ['ogg-opus', 'original'],
  ['flac', 'original'],
  ['mp3', 'original'],
  ['flac', 'opus'],
  ['wav', 'opus'],
] as const;
const NOT_GIVEN = [
  ['dark', 'darkTrack', 'no right is recorded', /Licence\s+none is recorded/],
  ['damaged', 'damagedTrack', 'damaged', /damaged at source, kept as it came/],
] as const;

describe('the site in a browser', { skip: browserSkipReason() }, () => {
  let demo: Demo;
  let browser: Browser;
  before(async () => {
    [demo, browser] = await Promise.all([startDemo(), openBrowser()]);
  });
  after(async () => {
    await browser?.close();
    // Ctrl-C is how serving ends.
    if (demo) assert.equal(await demo.stop(), 0);
  });

  for (const [look, options] of LOOKS)
    test(`every page on a ${look} is accessible, fits, and asks nobody else for anything`, async () => {
      await using visit = await openVisit(browser, options);
      for (const address of Object.values(demo.pages)) {
        await visit.page.goto(demo.baseUrl + address, { waitUntil: 'load' });
        await assertFitForAll(visit.page, address);
      }
      assert.deepEqual(visit.foreignRequests(demo.baseUrl), []);
      assert.deepEqual(visit.complaints, []);
    });

  test('a track page tells what was measured of its sound', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    const { id } = demo.tracks[0]!;
    await visit.page.goto(`${demo.baseUrl}/track/${id}`);
    const measured = visit.page.locator('section', { hasText: 'By our own reading of the sound' });
    assert.match(
      await measured.innerText(),
      /Loudness range\s+[\d.]+ LU[\s\S]+Brightness\s+\d+ Hz/,
    );
  });

  test('the player with sound in it is accessible too', async () => {
    await using visit = await openVisit(browser, { viewport: PHONE, colorScheme: 'dark' });
    await startAlbum(visit.page, demo);
    await assertFitForAll(visit.page, demo.pages.album);
  });

  test('a breach of the content policy would be noticed', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    await visit.page.goto(demo.baseUrl);
    const image =
      "document.body.append(Object.assign(new Image(), { src: 'http://[::1]:9/x.png' }))";
    await visit.page.evaluate(image);
    await visit.page.evaluate(
      "document.body.setAttribute('onclick', 'x()'); document.body.click()",
    );
    assert.match(visit.complaints.join('\n'), /img-src[\s\S]*script-src/);
  });

  test('every link of the site leads somewhere', async () => {
    const seen = new Set<string>(Object.values(demo.pages));
    const dead: string[] = [];
    let drawn = 0;
    for (const address of seen) {
      const response = await fetch(demo.baseUrl + address);
      if (!response.ok && address !== demo.pages.missing) dead.push(address);
      const isPage = response.headers.get('content-type')?.startsWith('text/html');
      const html = isPage ? await response.text() : '';
      if (!isPage) await response.body?.cancel();
      for (const [, href] of html.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
        const url = new URL(href!.replaceAll('&amp;', '&'), demo.baseUrl + address);
        // Drawing a sound takes a second or more; a few of them stand for all.
        if (url.pathname.startsWith('/spectrogram/') && ++drawn > 3) continue;
        if (url.origin === demo.baseUrl) seen.add(url.pathname + url.search);
        else if (!/^(?:https:|mailto:.+@|magnet:\?xt=|data:)/.test(url.href)) dead.push(url.href);
      }
    }
    assert.deepEqual(dead, []);
    assert.ok(seen.size > 80, `only ${seen.size} addresses were found`);
  });

  test('sound goes on while the listener walks from page to page', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    const { page } = visit;
    await startAlbum(page, demo);
    await page.evaluate(`${AUDIO}.dataset.mark = 'the same element'`);
    let last = await soundSeconds(page);
    const main = page.locator('main');
    const walk: readonly (readonly [() => Promise<unknown>, RegExp])[] = [
      [() => main.getByRole('link').filter({ hasNotText: /^$/ }).first().click(), /\/artist\//],
      [() => page.getByRole('link', { name: 'Editions' }).click(), /\/editions$/],
      [() => page.getByRole('link', { name: /^Edition 1/ }).click(), /\/editions\/1$/],
      [
        () =>
          page
            .getByRole('searchbox')
            .fill('a')
            .then(() => page.getByRole('searchbox').press('Enter')),
        /\/search\?q=a/,
      ],
      [() => page.goBack(), /\/editions\/1$/],
    ];
    for (const [step, url] of walk) {
      await step();
      await page.waitForURL(url);
      await until(page, `${AUDIO}.currentTime > ${last + 0.2}`);
      last = await soundSeconds(page);
    }
    assert.equal(await page.evaluate<unknown>(`${AUDIO}.dataset.mark`), 'the same element');
    assert.equal(await page.evaluate<unknown>(`${AUDIO}.paused`), false);
    assert.equal(
      await page.evaluate<unknown>('navigator.mediaSession.metadata.title.length > 0'),
      true,
    );
    assert.deepEqual(visit.complaints, []);
  });

  for (const [format, tier] of SOUNDS)
    test(`${format} published as ${tier} plays in the browser, from any place`, async () => {
      const track = soundOf(demo, format, tier);
      await using visit = await openVisit(browser, { viewport: DESK });
      const { page } = visit;
      const statuses: number[] = [];
      page.on('response', (response) => {
        if (response.url().includes('/stream/')) statuses.push(response.status());
      });
      await page.goto(`${demo.baseUrl}/track/${track.id}`, { waitUntil: 'networkidle' });
      await page.getByRole('button', { name: `Play ${track.title}`, exact: true }).click();
      await until(page, `${AUDIO}.currentTime > 0.3`);
      assert.equal(
        await page.evaluate<string>(`${AUDIO}.src`),
        `${demo.baseUrl}/stream/${track.stream!.digest}`,
      );
      const wave = page.getByRole('slider', { name: 'Position in the track' });
      const box = (await wave.boundingBox())!;
      await wave.click({ position: { x: box.width * 0.6, y: box.height / 2 } });
      await until(page, `${AUDIO}.currentTime > ${AUDIO}.duration * 0.5`);
      const sought = await soundSeconds(page);
      await until(page, `!${AUDIO}.paused && ${AUDIO}.currentTime > ${sought + 0.3}`);
      assert.ok(statuses.length > 0 && statuses.every((one) => one === 206), String(statuses));

      assert.deepEqual(visit.complaints, []);
    });

  test('every published track is sound from its beginning to its end', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    await visit.page.goto(demo.baseUrl);
    const heard = demo.tracks.filter(({ stream }) => stream !== null);
    assert.ok(heard.length > 20);
    for (const { title, durationMs, stream } of heard) {
      const sound = await visit.page.evaluate<Sound>(decodeWhole(stream!.digest));
      const isWhole = Math.abs(sound.seconds - durationMs! / 1000) < 0.1;
      assert.ok(isWhole, `${title}: ${sound.seconds} s are heard of ${durationMs} ms`);
      assert.ok(sound.peak > 0.02 && sound.peak <= 1.5, `${title}: loudest at ${sound.peak}`);
    }
    assert.deepEqual(visit.complaints, []);
  });

  test('a range out of the middle of a file is that part of it, and its bytes are the ones promised', async () => {
    const { digest } = soundOf(demo, 'mp3', 'original').stream!;
    const address = `${demo.baseUrl}/stream/${digest}`;
    const whole = Buffer.from(await (await fetch(address)).arrayBuffer());
    assert.equal(sha256(whole), digest);
    const [start, end] = [whole.length >> 1, (whole.length >> 1) + 70_000];
    const part = await fetch(address, { headers: { range: `bytes=${start}-${end - 1}` } });
    assert.equal(part.status, 206);
    assert.equal(part.headers.get('content-range'), `bytes ${start}-${end - 1}/${whole.length}`);
    assert.deepEqual(Buffer.from(await part.arrayBuffer()), whole.subarray(start, end));
  });

  for (const [state, kind, reason, fact] of NOT_GIVEN)
    test(`a ${state} track is told with its reason, and no control offers its sound`, async () => {
      await using visit = await openVisit(browser, { viewport: DESK });
      const { page } = visit;
      await page.goto(demo.baseUrl + demo.pages[kind], { waitUntil: 'networkidle' });
      const text = await page.locator('main').innerText();
      assert.ok(text.includes(`Not to be heard here: held, not published: ${reason}.`), text);
      assert.match(text, fact);
      assert.equal(await page.getByRole('button', { name: /^Play/ }).count(), 0);
      assert.equal(await page.getByRole('slider').count(), 0);
      assert.equal(await page.locator('main a[href^="/file/"], main [src^="/stream/"]').count(), 0);
      await page.goto(demo.baseUrl + demo.pages.silentAlbum, { waitUntil: 'networkidle' });
      assert.equal(await page.getByRole('button', { name: /^Play/ }).count(), 0);
    });

  test('what is published is given out by its digest, and nothing else of the folder is', async () => {
    const open = new Set(
      demo.tracks.flatMap(({ files }) =>
        files.filter((file) => file.open).map((one) => one.digest),
      ),
    );
    const names = fs.readdirSync(demo.music, { recursive: true, encoding: 'utf8' });
    const sounds = names.filter((name) => /\.(?:flac|mp3|ogg|opus|wav)$/.test(name));
    assert.equal(sounds.length, demo.tracks.length);
    const given = { yes: 0, no: 0 };
    for (const name of sounds) {
      const digest = sha256(fs.readFileSync(path.join(demo.music, name)));
      const isOpen = open.has(digest);
      given[isOpen ? 'yes' : 'no'] += 1;
      for (const kind of ['stream', 'file'])
        for (const headers of [{}, { range: 'bytes=0-99' }]) {
          const response = await fetch(`${demo.baseUrl}/${kind}/${digest}`, { headers });
          const bytes = Buffer.from(await response.arrayBuffer());
          assert.equal(response.ok, isOpen, `${response.status} for /${kind} of ${name}`);
          assert.ok(isOpen || bytes.length < 500, `${bytes.length} bytes of ${name}`);
        }
    }
    assert.ok(given.yes > 5 && given.no > 5, JSON.stringify(given));
  });

  test('the next track follows the one that ends, and keys move the playhead', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    const { page } = visit;
    await startAlbum(page, demo);
    await page.getByRole('button', { name: 'Pause', exact: true }).click();
    const before = await soundSeconds(page);
    await page.getByRole('region', { name: 'Player' }).getByRole('slider').focus();
    await page.keyboard.press('PageUp');
    await until(page, `${AUDIO}.currentTime > ${before + 1}`);
    assert.equal(await page.evaluate<unknown>(`${AUDIO}.paused`), true);
    const first = await page.evaluate<unknown>(`${AUDIO}.src`);
    await page.getByRole('button', { name: 'Play', exact: true }).click();
    await page.evaluate(`${AUDIO}.currentTime = ${AUDIO}.duration - 0.2`);
    await until(page, `${AUDIO}.src !== ${JSON.stringify(first)} && ${AUDIO}.currentTime > 0`);
  });

  test('every page can be read and every track heard without JavaScript', async () => {
    await using visit = await openVisit(browser, { viewport: DESK, javaScriptEnabled: false });
    const { page } = visit;
    for (const address of Object.values(demo.pages)) {
      await page.goto(demo.baseUrl + address);
      assert.equal(await page.locator('h1').count(), 1, address);
      assert.ok((await page.locator('main').innerText()).length > 40, address);
      assert.equal(await page.locator('.needs-script:visible').count(), 0, address);
    }
    await page.goto(demo.baseUrl + demo.pages.track);
    const controls = page.locator('noscript audio[controls]');
    assert.ok(await controls.isVisible());
    // The play button of the browser's own controls stands at their left.
    await controls.click({ position: { x: 25, y: 27 } });
    await until(page, "document.querySelector('noscript audio').currentTime > 0.3");
    await page.goto(demo.baseUrl);
    await page.getByRole('searchbox').fill('a');
    await page.getByRole('searchbox').press('Enter');
    await page.waitForURL(/\/search\?q=a/);
    assert.ok((await page.locator('main a[href^="/track/"]').count()) > 0);
    assert.deepEqual(visit.complaints, []);
  });

  test('script in a query is text', async () => {
    await using visit = await openVisit(browser, { viewport: DESK });
    const dialogs: string[] = [];
    visit.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const hostile = encodeURIComponent('"><script>alert(1)</script><img src=x onerror=alert(2)>');
    await visit.page.goto(`${demo.baseUrl}/search?q=${hostile}`, { waitUntil: 'networkidle' });
    assert.equal(await visit.page.locator('main script, main img').count(), 0);
    assert.deepEqual([dialogs, visit.complaints], [[], []]);
  });

  test('nothing failed in the server meanwhile', async () => {
    assert.equal(demo.said(), '');
  });
});

/** A track whose original has `format` and that is heard in `tier`. */
function soundOf(demo: Demo, format: string, tier: string): TrackView {
  const found = demo.tracks.find(({ stream, files }) => {
    const original = files.find((file) => file.tier === 'original');
    const heard = files.find(({ digest }) => digest === stream?.digest);
    return original?.format === format && heard?.tier === tier;
  });
  assert.ok(found, `the demo publishes no ${format} as ${tier}`);
  return found;
}

interface Sound {
  readonly seconds: number;
  readonly peak: number;
}

/** An expression that decodes all of a stream in the page: how long it lasts and its loudest sample. */
function decodeWhole(digest: string): string {
  return `(async () => {
    const bytes = await (await fetch('/stream/${digest}')).arrayBuffer();
    const sound = await new OfflineAudioContext(2, 1, 48000).decodeAudioData(bytes);
    let peak = 0;
    for (const sample of sound.getChannelData(0)) peak = Math.max(peak, Math.abs(sample));
    return { seconds: sound.duration, peak };
  })()`;
}

async function startAlbum(page: Page, demo: Demo): Promise<void> {
  await page.goto(demo.baseUrl + demo.pages.album, { waitUntil: 'networkidle' });
  await page.getByRole('button', { name: 'Play the album' }).click();
  await until(page, `${AUDIO}.currentTime > 0.2`);
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
