/** The built-in presets, by name. */
import { FonotecaError } from '../base/errors.ts';
import type { Preset } from './preset.ts';
import { ACOUSTICBRAINZ } from './presets/acousticbrainz.ts';
import { ARCHIVE_ORG } from './presets/archive-org.ts';
import { DISCOGS } from './presets/discogs.ts';
import { FMA } from './presets/fma.ts';
import { LISTENBRAINZ } from './presets/listenbrainz.ts';
import { MUSICBRAINZ_CANONICAL } from './presets/musicbrainz-canonical.ts';
import { MUSICBRAINZ_CORE } from './presets/musicbrainz-dump.ts';

/** All of them, in the order they are listed. */
export const PRESETS: readonly Preset[] = [
  MUSICBRAINZ_CANONICAL,
  MUSICBRAINZ_CORE,
  LISTENBRAINZ,
  DISCOGS,
  ACOUSTICBRAINZ,
  FMA,
  ARCHIVE_ORG,
];

/** The preset called `name`. `IMPORT_PRESET_UNKNOWN`. */
export function findPreset(name: string): Preset {
  const preset = PRESETS.find((each) => each.name === name);
  if (preset) return preset;
  const known = PRESETS.map((each) => each.name).join(', ');
  throw new FonotecaError('IMPORT_PRESET_UNKNOWN', `${name}, known: ${known}, table`);
}
