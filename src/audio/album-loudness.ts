/**
 * The loudness of several recordings as one, from what is kept of each: how many gating blocks it has at each level.
 *
 * A histogram holds the blocks of 400 ms above -70 LUFS in bins of a tenth of a LU, as unsigned LEB128 pairs of bins
 * passed over and blocks, in base64 (docs/formats/features.md). The gating of the whole is ITU-R BS.1770-5 annex 1.
 */

/** What is kept of one recording. */
export interface TrackLoudness {
  /** Its own integrated loudness; null below the absolute gate. */
  readonly integratedLufs: number | null;
  /** Its gating blocks, as `encodeHistogram` gives them. */
  readonly histogram: string;
}

const FLOOR_LUFS = -70;
const BINS_PER_LU = 10;
/** Up to +30 LUFS: floats far beyond full scale still have a bin. */
const BINS = 1000;
const RELATIVE_GATE_LU = -10;
/** BS.1770: loudness of a mean square. */
const OFFSET_LU = -0.691;

/** The blocks of mean squares `energies` as a histogram; those below the absolute gate are left out. */
export function encodeHistogram(energies: readonly number[]): string {
  const counts = new Uint32Array(BINS);
  for (const energy of energies) {
    const bin = Math.floor((lufsOf(energy) - FLOOR_LUFS) * BINS_PER_LU);
    if (bin >= 0) counts[Math.min(bin, BINS - 1)]! += 1;
  }
  const bytes: number[] = [];
  let passed = 0;
  for (const count of counts) {
    if (count === 0) passed += 1;
    else {
      pushLeb128(bytes, passed);
      pushLeb128(bytes, count);
      passed = 0;
    }
  }
  return Buffer.from(bytes).toString('base64');
}

/**
 * The integrated loudness of `tracks` played one after the other, in LUFS to hundredths; null when all are below the
 * gate. Each histogram is shifted so that alone it gives its track's own loudness: what bins round away is put back.
 */
export function albumLufs(tracks: readonly TrackLoudness[]): number | null {
  const bins = tracks.flatMap(({ integratedLufs, histogram }) => {
    const own = decodeHistogram(histogram);
    const seen = integratedOf(own);
    const shift = integratedLufs === null || seen === null ? 0 : integratedLufs - seen;
    return own.map(({ lufs, count }) => ({ lufs: lufs + shift, count }));
  });
  const lufs = integratedOf(bins);
  return lufs === null ? null : Math.round(lufs * 100) / 100;
}

interface Bin {
  readonly lufs: number;
  readonly count: number;
}

/** The bins of a histogram at their middles. What is no histogram ends where it stops making sense. */
function decodeHistogram(text: string): Bin[] {
  const bytes = Buffer.from(text, 'base64');
  const bins: Bin[] = [];
  let at = 0;
  let bin = 0;
  const take = (): number => {
    let value = 0;
    for (let shift = 1; at < bytes.length; shift *= 128) {
      const byte = bytes[at]!;
      at += 1;
      value += (byte & 127) * shift;
      if (byte < 128) break;
    }
    return value;
  };
  while (at < bytes.length) {
    bin += take();
    const count = take();
    if (bin >= BINS) break;
    bins.push({ lufs: FLOOR_LUFS + (bin + 0.5) / BINS_PER_LU, count });
    bin += 1;
  }
  return bins;
}

function integratedOf(bins: readonly Bin[]): number | null {
  const whole = meanLufs(bins);
  if (whole === null) return null;
  return meanLufs(bins.filter(({ lufs }) => lufs > whole + RELATIVE_GATE_LU));
}

function meanLufs(bins: readonly Bin[]): number | null {
  let energy = 0;
  let blocks = 0;
  for (const { lufs, count } of bins) {
    energy += count * 10 ** ((lufs - OFFSET_LU) / 10);
    blocks += count;
  }
  return blocks === 0 ? null : lufsOf(energy / blocks);
}

function lufsOf(energy: number): number {
  return OFFSET_LU + 10 * Math.log10(energy);
}

function pushLeb128(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
}
