/**
 * Drawing by distance: a shape is a function that tells how far a point is outside it (negative inside), in pixels;
 * the edge is softened over one pixel. Coordinates run from the top left corner.
 */
import type { Picture } from '../formats/png-encode.ts';

/** How far a point is outside a shape, in pixels. */
export type Shape = (x: number, y: number) => number;

/** A colour as three numbers from 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A picture being painted, layer over layer. */
export interface Canvas extends Picture {
  /** Paints `shape`, within `box` (left, top, right, bottom) when that is all it covers. */
  paint(colour: Colour, shape: Shape, box?: readonly [number, number, number, number]): void;
}

/** A square canvas shaded from one colour at the top to another at the bottom. */
export function startCanvas(size: number, top: Colour, bottom: Colour): Canvas {
  const rgb = new Uint8Array(size * size * 3);
  for (let y = 0; y < size; y += 1) {
    const row = mix(top, bottom, y / (size - 1)).map(Math.round);
    for (let x = 0; x < size; x += 1) rgb.set(row, (y * size + x) * 3);
  }
  return {
    width: size,
    height: size,
    rgb,
    paint(colour, shape, box = [0, 0, size, size]) {
      const [left, top, right, bottom] = box.map((edge) =>
        Math.max(0, Math.min(size, Math.round(edge))),
      );
      for (let y = top!; y < bottom!; y += 1)
        for (let x = left!; x < right!; x += 1) {
          const cover = 0.5 - shape(x + 0.5, y + 0.5);
          if (cover <= 0) continue;
          const part = Math.min(1, cover);
          const at = (y * size + x) * 3;
          for (let k = 0; k < 3; k += 1)
            rgb[at + k]! += Math.round((colour[k]! - rgb[at + k]!) * part);
        }
    },
  };
}

/** The colour of `#rrggbb`. */
export function colourOf(hex: string): Colour {
  const value = Number.parseInt(hex.slice(1), 16);
  return [value >> 16, (value >> 8) & 255, value & 255];
}

/** The colour `part` of the way from one to another. */
export function mix(from: Colour, to: Colour, part: number): Colour {
  return [0, 1, 2].map((k) => from[k]! + (to[k]! - from[k]!) * part) as unknown as Colour;
}

/** A disc. */
export function disc(centreX: number, centreY: number, radius: number): Shape {
  return (x, y) => Math.hypot(x - centreX, y - centreY) - radius;
}

/** A ring of the given thickness, its middle at `radius`. */
export function ring(centreX: number, centreY: number, radius: number, thickness: number): Shape {
  return (x, y) => Math.abs(Math.hypot(x - centreX, y - centreY) - radius) - thickness / 2;
}

/** An upright rectangle. */
export function rectangle(left: number, top: number, width: number, height: number): Shape {
  return (x, y) =>
    Math.max(
      Math.abs(x - left - width / 2) - width / 2,
      Math.abs(y - top - height / 2) - height / 2,
    );
}

/** A pointed leaf between two points: where two discs overlap. `fullness` is its half width over its length. */
export function leaf(
  from: readonly [number, number],
  to: readonly [number, number],
  fullness: number,
): Shape {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = Math.hypot(dx, dy);
  const [ux, uy] = [dx / length, dy / length];
  const half = fullness * length;
  const radius = (length * length) / (8 * half) + half / 2;
  const offset = radius - half;
  const middle = [(from[0] + to[0]) / 2, (from[1] + to[1]) / 2] as const;
  const one = disc(middle[0] - uy * offset, middle[1] + ux * offset, radius);
  const other = disc(middle[0] + uy * offset, middle[1] - ux * offset, radius);
  return (x, y) => Math.max(one(x, y), other(x, y));
}
