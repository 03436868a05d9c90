/** Every fuzz target, in the order in which they run. */
import { AUDIO_TARGETS } from './audio-targets.ts';
import type { FuzzTarget } from './fuzz-target.ts';
import { HASH_TARGETS } from './hash-targets.ts';
import { IMPORTING_TARGETS } from './importing-targets.ts';
import { KEY_TARGETS } from './key-targets.ts';
import { PICTURE_TARGETS } from './picture-targets.ts';
import { TEXT_TARGETS } from './text-targets.ts';
import { TORRENT_TARGETS } from './torrent-targets.ts';
import { VERIFIER_TARGETS } from './verifier-targets.ts';
import { VOLUME_TARGETS } from './volume-targets.ts';

/** One target for each codec of `src/formats/`, and for the readers of the separate verifier. */
export const TARGETS: readonly FuzzTarget[] = [
  ...TORRENT_TARGETS,
  ...HASH_TARGETS,
  ...VOLUME_TARGETS,
  ...KEY_TARGETS,
  ...TEXT_TARGETS,
  ...IMPORTING_TARGETS,
  ...AUDIO_TARGETS,
  ...PICTURE_TARGETS,
  ...VERIFIER_TARGETS,
];
