/**
 * A chart as a picture: Chart → Vega-Lite specification → Vega → SVG. The same chart gives the same bytes on every
 * machine: no font, no canvas, no clock, no locale and no file is asked. The SVG holds no script, names no address,
 * and turns dark where its reader's screen is. docs/decisions/pictures-by-vega.md
 */
import type { TopLevelSpec } from 'vega-lite';
import type { JsonObject } from '../base/canonical-json.ts';
import { xmlAttribute, xmlText } from '../formats/feed-text.ts';
import type { Chart } from './chart.ts';
import { darkRules } from './palette.ts';
import { pictureText } from './picture-text.ts';
import { FONT } from './spec-frame.ts';
import { textWidth } from './text-width.ts';
import { vegaLiteSpec } from './vega-lite-spec.ts';

/** A picture and what it was made from. */
export interface Picture {
  /** The Vega-Lite specification with its data; shows the light scheme. */
  readonly spec: JsonObject;
  /** A whole SVG file of about `width` by `height` pixels, or to be put into a page as it is. */
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/**
 * The picture of `chart`. `name` is unlike that of any other picture on the same page: letters, digits and hyphens.
 * Costs some 20 ms once Vega is loaded, which takes 0.2 s and 70 MB.
 */
export async function drawChart(chart: Chart, name: string): Promise<Picture> {
  const spec = vegaLiteSpec(chart);
  const drawn = await svgOf(spec);
  const size = /^<svg[^>]* width="([\d.]+)" height="([\d.]+)"[^>]*>/.exec(drawn);
  if (!size) throw new TypeError(`no SVG: ${drawn.slice(0, 80)}`);
  const [width, height] = [Math.ceil(Number(size[1])), Math.ceil(Number(size[2]))];
  const body = slimmed(drawn.slice(size[0].length));
  return { spec, svg: `${opening(chart, name, width, height)}${body}\n`, width, height };
}

/** A page may hold many pictures: rules are for the class, the ids for this one alone. */
function opening(chart: Chart, name: string, width: number, height: number): string {
  const id = xmlAttribute(name);
  const description = [chart.subtitle ?? '', chart.description].map(pictureText).filter(Boolean);
  return [
    '<svg xmlns="http://www.w3.org/2000/svg" class="chart" role="img"',
    ` aria-labelledby="${id}-title ${id}-desc" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${xmlAttribute(FONT)}">\n`,
    `<title id="${id}-title">${xmlText(pictureText(chart.title))}</title>\n`,
    `<desc id="${id}-desc">${xmlText(description.join(' '))}</desc>\n`,
    `<style>@media screen and (prefers-color-scheme:dark){${darkRules('.chart')}}</style>\n`,
  ].join('');
}

async function svgOf(spec: JsonObject): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  (vega as unknown as TextMetrics).textMetrics.width = measured;
  // Whatever Vega would only warn of is wrong in the specification, hence a bug here.
  const logger = strict();
  // Vega marks the rows it reads; the specification stays what it is.
  const compiled = compile(structuredClone(spec) as unknown as TopLevelSpec, { logger });
  const view = new vega.View(vega.parse(compiled.spec), {
    renderer: 'none',
    logger,
    loader: REFUSING_LOADER,
  });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** What Vega asks for the width of words; its types leave it out. */
interface TextMetrics {
  readonly textMetrics: { width: (item: TextItem, text: unknown) => number };
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
  readonly limit?: number;
}

/** Vega asks this in place of a canvas; what exceeds the limit of its item will be cut to it. */
function measured(item: TextItem, text: unknown): number {
  const bold = item.fontWeight === 'bold' || Number(item.fontWeight) >= 600;
  const width = textWidth(String(text ?? '').trim(), item.fontSize ?? 11, bold);
  return item.limit ? Math.min(width, item.limit) : width;
}

function refuse(): Promise<never> {
  return Promise.reject(new TypeError('a picture loads nothing'));
}

const REFUSING_LOADER = { load: refuse, sanitize: refuse, http: refuse, file: refuse };

function strict() {
  const fail = (...words: unknown[]): never => {
    throw new TypeError(`Vega: ${words.map(String).join(' ')}`);
  };
  const logger = {
    level: () => logger,
    error: fail,
    warn: fail,
    info: () => logger,
    debug: () => logger,
  };
  return logger;
}

/** What is the same for the whole picture, or says nothing: the image has one name, one face, and is not clicked. */
const REPEATED = / (?:role|aria-[a-z]+|font-family|pointer-events)="[^"]*"| opacity="1"/g;

/**
 * The tags of `svg` without what is repeated, and numbers of places and paths with two decimals: no eye sees more, and
 * the last digits are the machine's own. Vega escapes `<` and `>` in words, so that a tag is what it seems to be.
 */
function slimmed(svg: string): string {
  return svg.replaceAll(/<[^>]*>/g, (tag) =>
    tag
      .replaceAll(REPEATED, '')
      .replaceAll(/-?\d+\.\d{3,}(?:e-?\d+)?/g, (digits) =>
        String(Number(Number(digits).toFixed(2))),
      ),
  );
}
