/** A PNG file of a picture in 8-bit RGB (PNG specification, third edition), the same bytes for the same picture. */
import { crc32, deflateSync } from 'node:zlib';

/** A picture: three bytes a pixel, rows from the top. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgb: Uint8Array;
}

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const FILTER_UP = 2;

/** The bytes of a PNG file that shows `picture`. */
export function encodePng(picture: Picture): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(picture.width, 0);
  header.writeUInt32BE(picture.height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(filterRows(picture), { level: 9 })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Each row as its difference from the row above: flat shapes and vertical gradients become runs of zeros. */
function filterRows({ width, height, rgb }: Picture): Uint8Array {
  const stride = width * 3;
  const rows = new Uint8Array(height * (stride + 1));
  for (let y = 0; y < height; y += 1) {
    const to = y * (stride + 1);
    rows[to] = FILTER_UP;
    for (let x = 0; x < stride; x += 1) {
      const above = y > 0 ? rgb[(y - 1) * stride + x]! : 0;
      rows[to + 1 + x] = rgb[y * stride + x]! - above;
    }
  }
  return rows;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}
