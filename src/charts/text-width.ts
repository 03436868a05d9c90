/**
 * How wide words are, without a font at hand: advance widths of a common sans-serif face in thousandths of an em, and
 * somewhat more, since the reader's face may be wider. The same on every machine.
 */

/** Widths of the characters from space to tilde (Adobe Font Metrics of Helvetica). */
const ASCII_WIDTHS: readonly number[] = [
  278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
  556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
  611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
  667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
  222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
/** Faces such as DejaVu Sans and Verdana are wider than the one measured. */
const WIDER_FACE = 1.17;
const BOLD = 1.18;

/** The width of `text` in pixels at `fontSize` pixels. */
export function textWidth(text: string, fontSize: number, bold = false): number {
  let thousandths = 0;
  for (const character of text) thousandths += characterWidth(character);
  return (thousandths / 1000) * fontSize * WIDER_FACE * (bold ? BOLD : 1);
}

/** `text` in lines of at most `width` pixels, broken at spaces, at most `most` lines; the last one ends in … if cut. */
export function wrapped(
  text: string,
  width: number,
  { fontSize, bold = false, most = 3 }: { fontSize: number; bold?: boolean; most?: number },
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line === '' || textWidth(longer, fontSize, bold) <= width) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== '') lines.push(line);
  const kept = lines.slice(0, most);
  if (lines.length > most) kept[most - 1] = `${kept[most - 1]} \u2026`;
  return kept.map((one) => shortened(one, width, fontSize, bold));
}

/** `text`, or as much of its beginning as fits into `width` pixels, with … at its end. */
export function shortened(text: string, width: number, fontSize: number, bold = false): string {
  if (textWidth(text, fontSize, bold) <= width) return text;
  const characters = [...text];
  while (characters.length > 1 && textWidth(`${characters.join('')}\u2026`, fontSize, bold) > width)
    characters.pop();
  return `${characters.join('').trimEnd()}\u2026`;
}

function characterWidth(character: string): number {
  const code = character.codePointAt(0)!;
  if (code >= 32 && code < 127) return ASCII_WIDTHS[code - 32]!;
  if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) return 0;
  // Ideographs, kana, hangul, full-width forms and emoji fill their square.
  if (code >= 0x1100) return code >= 0x2000 && code < 0x2e80 ? 700 : 1000;
  return 640;
}
