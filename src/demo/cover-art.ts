/** Album covers: six geometric designs, each drawn anew from a seed and a palette. Output: a square PNG. */

import { encodePng } from '../formats/png-encode.ts';
import {
  type Canvas,
  type Colour,
  colourOf,
  disc,
  leaf,
  mix,
  rectangle,
  ring,
  startCanvas,
} from './canvas.ts';
import type { Random } from './random.ts';

/** What a cover shows, and its five colours (`#rrggbb`), the ground first. */
export interface CoverDesign {
  readonly motif: keyof typeof MOTIFS;
  readonly palette: readonly string[];
}

/** Width and height of every cover in pixels. */
export const COVER_SIZE = 600;

type Draw = (palette: readonly Colour[], random: Random) => Canvas;

const MOTIFS = { dunes, waves, blocks, leaves, rings, tiles } as const satisfies Record<
  string,
  Draw
>;

/** The PNG file of a cover; the same design and chance give the same bytes. */
export function drawCover(design: CoverDesign, random: Random): Uint8Array {
  return encodePng(MOTIFS[design.motif](design.palette.map(colourOf), random));
}

function dunes(palette: readonly Colour[], random: Random): Canvas {
  const [night, blue, mist, sand, sun] = palette as [Colour, Colour, Colour, Colour, Colour];
  const canvas = startCanvas(COVER_SIZE, night, mist);
  const sunX = random.between(360, 430);
  canvas.paint(sun, disc(sunX, 210, 74));
  canvas.paint(mix(sun, mist, 0.45), ring(sunX, 210, 112, 3));
  const layers = [mix(blue, mist, 0.5), blue, mix(night, blue, 0.4), mix(sand, blue, 0.25), sand];
  layers.forEach((colour, layer) => {
    const base = 290 + layer * 62;
    const [phase, wave] = [random.between(0, 6.3), random.between(90, 150) + layer * 22];
    canvas.paint(
      colour,
      (x, y) =>
        base + 26 * Math.sin(x / wave + phase) + 11 * Math.sin(x / (wave * 0.43) + phase * 2) - y,
      [0, base - 40, COVER_SIZE, COVER_SIZE],
    );
  });
  return canvas;
}

/** Overlapping scales of concentric arcs, as on Japanese cloth, under a moon. */
function waves(palette: readonly Colour[], random: Random): Canvas {
  const [deep, blue, green, pale, moon] = palette as [Colour, Colour, Colour, Colour, Colour];
  const canvas = startCanvas(COVER_SIZE, deep, mix(deep, blue, 0.6));
  canvas.paint(moon, disc(random.between(170, 430), 128, 62));
  const radius = 75;
  for (let row = 0; row < 12; row += 1) {
    const y = 285 + row * 37.5;
    for (let column = -1; column < 6; column += 1) {
      const x = column * radius * 2 + (row % 2) * radius;
      const box = [x - radius - 1, y - radius - 1, x + radius + 1, y + radius + 1] as const;
      const colours = [pale, mix(blue, deep, 0.1 * (row % 3)), green, deep, pale];
      for (const [index, colour] of colours.entries())
        canvas.paint(colour, disc(x, y, radius - index * 15), box);
    }
  }
  return canvas;
}

/** A creature of square blocks, mirrored, over a field of stars. */
function blocks(palette: readonly Colour[], random: Random): Canvas {
  const [night, pink, yellow, cyan, violet] = palette as [Colour, Colour, Colour, Colour, Colour];
  const canvas = startCanvas(COVER_SIZE, night, mix(night, violet, 0.55));
  for (let star = 0; star < 60; star += 1) {
    const [x, y] = [random.below(75) * 8, random.below(60) * 8];
    canvas.paint(random.pick([violet, cyan, yellow]), rectangle(x, y, 4, 4), [
      x - 1,
      y - 1,
      x + 5,
      y + 5,
    ]);
  }
  canvas.paint(mix(violet, night, 0.35), disc(300, 285, 225));
  const rows = ['..x..', '...x.', '..xxx', '.xx.x', 'xxxxx', 'xxxxx', 'x.xxx', 'x.x..', '...xx'];
  rows.forEach((row, down) => {
    [...row].forEach((mark, across) => {
      if (mark !== 'x') return;
      const colour = down < 2 ? yellow : down === 6 ? cyan : pink;
      for (const column of [across, 9 - across]) {
        const [left, top] = [300 + (column - 5) * 36 + 2, 123 + down * 36 + 2];
        canvas.paint(colour, rectangle(left, top, 32, 32), [left, top, left + 32, top + 32]);
      }
    });
  });
  for (let step = 0; step < 15; step += 1) {
    const height = 16 + random.below(5) * 14;
    canvas.paint(step % 2 ? cyan : pink, rectangle(step * 40 + 4, 600 - height, 32, height));
  }
  return canvas;
}

function leaves(palette: readonly Colour[], random: Random): Canvas {
  const [paper, green, rust, dark, gold] = palette as [Colour, Colour, Colour, Colour, Colour];
  const canvas = startCanvas(COVER_SIZE, paper, mix(paper, gold, 0.25));
  canvas.paint(mix(gold, paper, 0.35), disc(300, 300, 205));
  for (const stem of [170, 300, 430]) {
    const top = stem === 300 ? 70 : random.between(130, 190);
    canvas.paint(dark, rectangle(stem - 2, top, 4, 600 - top));
    const pairs = Math.floor((560 - top) / 52);
    for (let pair = 0; pair < pairs; pair += 1) {
      const y = top + 48 + pair * 52;
      for (const side of [-1, 1]) {
        const reach = 46 + 16 * Math.sin((pair / pairs) * Math.PI);
        const colour = random.chance(0.22) ? rust : random.chance(0.25) ? dark : green;
        canvas.paint(colour, leaf([stem, y], [stem + side * reach, y - 34], 0.2), [
          stem - 70,
          y - 50,
          stem + 70,
          y + 16,
        ]);
      }
    }
    canvas.paint(rust, leaf([stem, top + 8], [stem, top - 54], 0.22));
  }
  return canvas;
}

/** The door of a washing machine, and what turns behind it. */
function rings(palette: readonly Colour[], random: Random): Canvas {
  const [wall, coral, navy, sage, sand] = palette as [Colour, Colour, Colour, Colour, Colour];
  const canvas = startCanvas(COVER_SIZE, wall, mix(wall, sand, 0.6));
  canvas.paint(mix(wall, navy, 0.12), disc(308, 312, 232));
  canvas.paint(sand, disc(300, 300, 230));
  canvas.paint(navy, disc(300, 300, 190));
  const glass = disc(300, 300, 178);
  const cloths = [coral, sage, sand, wall, mix(coral, navy, 0.3), mix(sage, wall, 0.4)];
  cloths.forEach((colour, index) => {
    const angle = (index / cloths.length) * 2 * Math.PI + random.between(-0.25, 0.25);
    const [x, y] = [300 + 96 * Math.cos(angle), 322 + 84 * Math.sin(angle)];
    const cloth = disc(x, y, random.between(66, 96));
    canvas.paint(colour, (px, py) => Math.max(cloth(px, py), glass(px, py)));
    const fold = ring(x, y, 42, 4);
    canvas.paint(mix(colour, navy, 0.25), (px, py) => Math.max(fold(px, py), glass(px, py)));
  });
  for (let bubble = 0; bubble < 14; bubble += 1) {
    const [x, y] = [random.between(170, 430), random.between(150, 330)];
    canvas.paint([255, 255, 255], ring(x, y, random.between(5, 15), 2.5));
  }
  canvas.paint([255, 255, 255], (x, y) => Math.max(ring(300, 300, 158, 7)(x, y), x - 225, y - 290));
  return canvas;
}

/** Quarter circles on a grid, turned by chance: the paths they form wander over the whole cover. */
function tiles(palette: readonly Colour[], random: Random): Canvas {
  const [pale, dark, mint, sage, orange] = palette as [Colour, Colour, Colour, Colour, Colour];
  const canvas = startCanvas(COVER_SIZE, pale, pale);
  const size = 75;
  for (let row = 0; row < 8; row += 1)
    for (let column = 0; column < 8; column += 1) {
      const [left, top] = [column * size, row * size];
      const box = [left, top, left + size, top + size] as const;
      const ground = random.pick([pale, pale, mint, sage]);
      canvas.paint(ground, rectangle(left - 1, top - 1, size + 2, size + 2), box);
      const turned = random.chance(0.5);
      const line = random.chance(0.12) ? orange : dark;
      for (const end of [0, size]) {
        const [x, y] = [left + end, top + (turned ? size - end : end)];
        canvas.paint(line, ring(x, y, size / 2, 13), box);
      }
    }
  return canvas;
}
