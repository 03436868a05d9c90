/** Which code makes a scaled picture: the versions of every part whose change may change its bytes. */
import { installedVersion } from './installed-version.ts';

/** Raised when the scaling, the PNG reader or the settings of the encoder change what they give. */
const PICTURES_VERSION = 1;

/** The build, such as `fonoteca-pictures/1 @jsquash/jpeg/1.6.0 @jsquash/webp/1.5.0`. */
export function pictureBuild(): string {
  const packages = ['@jsquash/jpeg', '@jsquash/webp'].map(
    (name) => `${name}/${installedVersion(name, `${name}/decode.js`)}`,
  );
  return [`fonoteca-pictures/${PICTURES_VERSION}`, ...packages].join(' ');
}
