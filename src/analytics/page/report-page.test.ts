import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { CHART_SAMPLES } from '../../charts/chart-samples.ts';
import type { StatisticResult } from '../result.ts';
import { REPORT_STYLE } from './page-style.ts';
import { reportPages } from './report-page.ts';
import { HOSTILE_WORDS, REPORT_SAMPLE } from './report-samples.ts';

const SIZES = new Map(
  REPORT_SAMPLE.statistics.flatMap(({ charts }) =>
    charts.map(({ name }) => [name, { width: 440, height: 330 }] as const),
  ),
);
const PAGES = reportPages(REPORT_SAMPLE, SIZES);
const INDEX = PAGES.find(({ path }) => path === 'index.html')!.text;
const HTML_PAGES = PAGES.filter(({ path }) => path.endsWith('.html'));
/** What the report writes beside its pages. */
const FILES = new Set([
  ...PAGES.map(({ path }) => path),
  ...REPORT_SAMPLE.statistics.flatMap(({ name, charts }) => [
    ...['csv', 'json', 'sql'].map((ending) => `${name}.${ending}`),
    ...charts.flatMap((chart) => [`${chart.name}.svg`, `${chart.name}.vl.json`]),
  ]),
]);
const TAG = /<\/?([a-z][a-z0-9]*)((?:\s+[a-z-]+(?:="[^"]*")?)*)\s*>/g;
const KNOWN_TAGS = new Set(
  (
    'html head meta title link body a header h1 h2 h3 p bdi dl div dt dd nav ol li main section article figure img ' +
    'figcaption span details summary table caption thead tbody tr th td footer'
  ).split(' '),
);
const VOID = new Set(['meta', 'link', 'img']);

describe('the page of a report', () => {
  test('is the same bytes at every writing', () => {
    assert.deepEqual(reportPages(structuredClone(REPORT_SAMPLE), SIZES), PAGES);
  });

  for (const { path, text } of HTML_PAGES)
    test(`${path} is made of its own tags alone, each closed, whatever the titles say`, () => {
      const open: string[] = [];
      const rest = text.replace('<!doctype html>', '').replaceAll(TAG, (tag, name, attributes) => {
        assert.ok(KNOWN_TAGS.has(name), tag);
        assert.doesNotMatch(
          attributes.replaceAll(/="[^"]*"/g, ''),
          /\bon|\bstyle\b|\bsrcset\b/,
          tag,
        );
        if (tag.startsWith('</')) assert.equal(open.pop(), name, tag);
        else if (!VOID.has(name)) open.push(name);
        return '';
      });
      assert.deepEqual(open, []);
      assert.doesNotMatch(rest, /[<>]/);
      assert.ok(text.isWellFormed() && !/[^\P{Cc}\n]/u.test(text));
    });

  test('shows hostile titles as they are written', () => {
    for (const words of HOSTILE_WORDS) {
      const plain = words.replaceAll(/[^\P{Cc}\n]|\p{Cs}/gu, '\ufffd');
      assert.ok(unescaped(INDEX).includes(plain), words);
    }
  });

  test('links to files of its own folder, to places of its own, and abroad by https alone', () => {
    for (const { path, text } of HTML_PAGES) {
      const ids = [...text.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id!);
      assert.equal(new Set(ids).size, ids.length, path);
      for (const [, address] of text.matchAll(/\s(?:href|src)="([^"]*)"/g)) {
        const [file, place] = address!.split('#');
        if (/^https:\/\/example\.(?:org|net)\//.test(address!)) continue;
        if (file !== '') assert.ok(FILES.has(file!), address);
        if (place !== undefined)
          assert.ok((file === '' ? text : INDEX).includes(`id="${place}"`), address);
      }
      assert.match(
        text,
        /Content-Security-Policy" content="default-src 'none'; img-src 'self'; style-src 'self';/,
      );
    }
  });

  test('puts headings in order, and every statistic under its section', () => {
    const levels = [...INDEX.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    assert.equal(levels.filter((level) => level === 1).length, 1);
    for (const [at, level] of levels.entries())
      assert.ok(level <= (levels[at - 1] ?? 0) + 1, `h${level} after h${levels[at - 1]}`);
    for (const { name } of REPORT_SAMPLE.statistics) {
      assert.ok(INDEX.includes(`<article id="${name}">`), name);
      assert.ok(INDEX.includes(`<a href="#${name}">`), name);
    }
  });

  test('tells of every statistic what was counted, what is missing, and of popularity its origin and date', () => {
    for (const { name, usesPopularity } of REPORT_SAMPLE.statistics) {
      const [, article] = new RegExp(`<article id="${name}">([\\s\\S]*?)</article>`).exec(INDEX)!;
      assert.match(article!, /<dt>Counted<\/dt><dd>[\d,]+ tracks/);
      assert.match(article!, /<dt>Missing<\/dt>/);
      assert.equal(
        /<dt>Popularity<\/dt><dd><bdi>listenbrainz<\/bdi>.*2026-11-01/.test(article!),
        usesPopularity,
        name,
      );
    }
  });

  test('gives every picture a name, its size and a table; a logarithmic twin shares one', () => {
    const images = INDEX.match(/<img [^>]*>/g)!;
    const charts = REPORT_SAMPLE.statistics.flatMap((one) => one.charts);
    assert.equal(images.length, charts.length);
    for (const image of images) assert.match(image, /alt="[^"]{20,}" width="440" height="330"/);
    const [, article] = /<article id="shows-popularity">([\s\S]*?)<\/article>/.exec(INDEX)!;
    assert.equal(article!.match(/<img /g)?.length, 2);
    assert.equal(article!.match(/<table>/g)?.length, 1);
  });

  test('thins the table of a curve with very many points, says so, and keeps the last', () => {
    const chart = CHART_SAMPLES['curve-years']!;
    assert.ok(chart.kind === 'curve');
    const x = Array.from({ length: 1001 }, (_, at) => at);
    const many: StatisticResult = {
      ...REPORT_SAMPLE.statistics[0]!,
      charts: [{ name: 'many', chart: { ...chart, lines: [{ label: 'one', x, y: x }] } }],
    };
    const [page] = reportPages({ ...REPORT_SAMPLE, statistics: [many] }, SIZES);
    assert.match(page!.text, /one row in 4, and the last; the CSV has all/);
    assert.equal(page!.text.match(/<th scope="row">/g)?.length, 251);
    assert.match(page!.text, /<th scope="row"><bdi>1000<\/bdi><\/th>/);
  });

  test('gives long tables pages of their own, with every row once, each page linked to the next', () => {
    const names = HTML_PAGES.map(({ path }) => path).filter((path) =>
      path.startsWith('top-tracks-'),
    );
    assert.deepEqual(names, ['top-tracks-1.html', 'top-tracks-2.html', 'top-tracks-3.html']);
    const ranks = HTML_PAGES.slice(1).flatMap(({ text }) =>
      [...text.matchAll(/<tr><th scope="row" class="number">([\d,]+)</g)].map(([, rank]) =>
        Number(rank!.replaceAll(',', '')),
      ),
    );
    assert.deepEqual(
      ranks,
      Array.from({ length: 1250 }, (_, at) => at),
    );
    assert.ok(HTML_PAGES[1]!.text.includes('href="top-tracks-2.html" rel="next"'));
    assert.ok(HTML_PAGES[3]!.text.includes('href="top-tracks-2.html" rel="prev"'));
    assert.ok(INDEX.includes('<a href="top-tracks-1.html">All 1,250 rows</a>'));
  });

  test('writes cells by their units, and no address but https as a link', () => {
    const first = HTML_PAGES[1]!.text;
    assert.match(first, /<td class="number">3:01<\/td>/);
    assert.match(first, /<td class="number">1901<\/td>/);
    assert.match(first, /<td class="number">3,099,999,999<\/td>/);
    assert.match(first, /<td class="number">–<\/td>/);
    assert.match(first, /<td><bdi>javascript:alert\(1\)<\/bdi><\/td>/);
    assert.match(first, /<a href="https:\/\/example\.net\/" rel="nofollow noopener noreferrer">/);
  });

  test('an empty catalogue is a page as well', () => {
    const nothing = {
      head: {
        ...REPORT_SAMPLE.head,
        rows: { tracks: 0, albums: 0, artists: 0 },
        sources: [],
        popularity: null,
      },
      statistics: REPORT_SAMPLE.statistics.slice(0, 1),
    };
    const [page] = reportPages(nothing, new Map());
    assert.match(page!.text, /No source gives the popularity of any track/);
    assert.match(page!.text, /<dt>Sources<\/dt><dd>none is recorded<\/dd>/);
  });

  test('its style sheet loads nothing', () => {
    assert.doesNotMatch(REPORT_STYLE, /url\(|@import|http/);
  });
});

function unescaped(text: string): string {
  const names: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' };
  return text.replaceAll(/&(\w+);/g, (whole, name: string) => names[name] ?? whole);
}
