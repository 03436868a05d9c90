/** What was measured of a track's sound, as lines for people. */
import type { TrackView } from './views.ts';

/** A line: its name, its value with unit, and how clearly the sound showed it where that is in question. */
export interface Measure {
  readonly name: string;
  readonly value: string;
  readonly clearness?: string;
}

type Told = TrackView['features'][number];

/** The lines of `track`, the same order for every track; what is not known has none. */
export function measuresOf(track: TrackView): Measure[] {
  const told = new Map(track.features.map((feature) => [feature.name, feature]));
  const line = (name: string, key: string, print: (value: number) => string): Measure[] => {
    const feature = told.get(key);
    return typeof feature?.value === 'number'
      ? [{ name, value: print(feature.value), clearness: clearnessOf(feature) }]
      : [];
  };
  const level = (name: string, value: number | null, unit: string): Measure[] =>
    value === null ? [] : [{ name, value: `${value.toFixed(1)} ${unit}` }];
  return [
    ...line('Tempo', 'tempoBpm', (value) => `${Math.round(value)} beats a minute`),
    ...keyLine(told.get('key'), told.get('mode')),
    ...level('Loudness', track.loudnessLufs, 'LUFS'),
    ...level('Loudness range', track.loudnessRangeLu, 'LU'),
    ...level('True peak', track.truePeakDbtp, 'dBTP'),
    ...line('Energy', 'energy', (value) => `${Math.round(value * 100)} of 100`),
    ...line('Brightness', 'spectralCentroidHz', (value) => `${Math.round(value)} Hz`),
    ...line('Onsets', 'onsetRatePerS', (value) => `${value.toFixed(1)} a second`),
    ...line('Speech or music', 'speechLikelihood', (value) => (value < 0.5 ? 'music' : 'speech')),
    ...line('Voice', 'voiceLikelihood', (value) => (value < 0.5 ? 'none' : 'speaks')),
    ...line('Silence', 'silenceShare', (value) => `${(value * 100).toFixed(1)} %`),
  ];
}

function keyLine(key: Told | undefined, mode: Told | undefined): Measure[] {
  if (typeof key?.value !== 'string') return [];
  const tonic = key.value.replace('#', ' sharp');
  const value = mode === undefined ? tonic : `${tonic} ${mode.value}`;
  const confidence = Math.min(key.confidence, mode?.confidence ?? 1);
  return [{ name: 'Key', value, clearness: clearnessOf({ confidence }) }];
}

function clearnessOf({ confidence }: Pick<Told, 'confidence'>): string {
  if (confidence >= 0.95) return '';
  if (confidence >= 0.7) return 'clear';
  return confidence >= 0.4 ? 'fairly clear' : 'faint';
}
