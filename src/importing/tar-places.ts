/**
 * Where the members of a tar would lie if it were unpacked where it is: no file is to be read twice, once as it is and once
 * packed, or once from a tar and once from beside it.
 */
import path from 'node:path';
import { FonotecaError } from '../base/errors.ts';
import { createSeenIds } from './seen-ids.ts';
import { byPlace, type InputFile, placeOf } from './source-files.ts';

/** Hears of the path of each member of a tar that is read. `SOURCE_TWICE`. */
export type TarPlaces = (inTar: string) => void;

/** Starts with one tar after another of `inputs`. Memory: 11 to 22 bytes a member of the tar at hand. */
export function createTarPlaces(inputs: readonly InputFile[]): (tar: InputFile) => TarPlaces {
  const outside = byPlace(inputs.map((input) => input.path));
  return (tar) => {
    const seen = createSeenIds();
    return (inTar) => {
      const place = path.posix.normalize(placeOf(inTar));
      const other = outside.get(path.resolve(path.dirname(tar.path), place));
      if (other !== undefined)
        throw new FonotecaError('SOURCE_TWICE', `${inTar} in ${tar.name} and ${other}`);
      if (!seen.add(place))
        throw new FonotecaError('SOURCE_TWICE', `${inTar} and ${place}, both in ${tar.name}`);
    };
  };
}
