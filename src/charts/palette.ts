/**
 * The colours of pictures, by day and by night. Each role is one colour of the light scheme, unlike all others, so that
 * a style sheet inside the picture can turn it into its dark twin. Series keep apart for colour-blind eyes.
 */

/** A colour by day and by night, as `#rrggbb`. */
interface Tone {
  readonly light: string;
  readonly dark: string;
}

function tone(light: string, dark: string): Tone {
  return { light, dark };
}

/** The ground, the words and the lines of a picture. */
export const GROUND = {
  sheet: tone('#fcfaf5', '#1d1b17'),
  ink: tone('#1d1b18', '#ece6da'),
  soft: tone('#5f584c', '#b5ac9c'),
  line: tone('#ded7c8', '#38342c'),
  mark: tone('#2f5d54', '#7fb5a8'),
} as const;

/** The colours of series, in order; the first is that of a picture with one series. */
export const SERIES: readonly Tone[] = [
  tone('#a3301c', '#f08a6c'),
  tone('#1c6ea4', '#6cb4ea'),
  tone('#b07d12', '#f0d264'),
  tone('#24211e', '#8a5cf0'),
  tone('#2b1fa8', '#b43c6c'),
  tone('#2f8fe8', '#60f0f0'),
  tone('#603060', '#f04838'),
  tone('#8f8a80', '#9a948a'),
];

/** How many tints lie on each side of nothing. */
export const TINT_STEPS = 7;

/** The tints of a grid from the most negative to the most positive; the middle one is that of zero. */
export const TINTS: readonly Tone[] = [-7, -6, -5, -4, -3, -2, -1, 0, 1, 2, 3, 4, 5, 6, 7].map(
  tint,
);

/** The colours of the numbers on tints: black or white by day and by night, whichever stands out more. */
const ON_TINTS: readonly Tone[] = [
  tone('#000000', '#000000'),
  tone('#000001', '#ffffff'),
  tone('#fffffe', '#000000'),
  tone('#ffffff', '#ffffff'),
];

/** The colour of words upon `tone`, at a contrast of 4.5 or more in both schemes. */
export function wordsUpon({ light, dark }: Tone): Tone {
  return ON_TINTS[(whiteIsBetter(light) ? 2 : 0) + (whiteIsBetter(dark) ? 1 : 0)]!;
}

/** CSS rules that turn the light colours of what is inside `.selector` into the dark ones. */
export function darkRules(selector: string): string {
  const tones = [...Object.values(GROUND), ...SERIES, ...TINTS, ...ON_TINTS];
  return tones
    .filter(({ light, dark }) => light !== dark)
    .flatMap(({ light, dark }) =>
      ['fill', 'stroke'].map((part) => `${selector} [${part}="${light}"]{${part}:${dark}}`),
    )
    .join('');
}

/** The contrast ratio of two colours (WCAG 2.2, 1.4.3), 1 to 21. */
export function contrast(one: string, other: string): number {
  const [darker, lighter] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (lighter! + 0.05) / (darker! + 0.05);
}

function whiteIsBetter(colour: string): boolean {
  return contrast(colour, '#ffffff') > contrast(colour, '#000000');
}

function luminance(colour: string): number {
  const [red, green, blue] = channels(colour).map((channel) => {
    const part = channel / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
}

/** Zero is hardly a tint; each step is one more part of the full colour. */
function tint(step: number): Tone {
  const full = SERIES[step < 0 ? 1 : 0]!;
  const part = step === 0 ? 0.03 : 0.06 + (Math.abs(step) / TINT_STEPS) * 0.94;
  return tone(
    mixed(GROUND.sheet.light, full.light, part * 0.96),
    mixed(GROUND.sheet.dark, full.dark, part * 0.96),
  );
}

function mixed(from: string, to: string, part: number): string {
  const target = channels(to);
  const parts = channels(from).map((channel, index) =>
    Math.round(channel + (target[index]! - channel) * part),
  );
  return `#${parts.map((one) => one.toString(16).padStart(2, '0')).join('')}`;
}

function channels(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
}
