/** What publishing is told by the settings of the archive. */

/** The settings of publishing. Addresses are checked by `config.ts` and have no slash at the end. */
export interface PublishSettings {
  /** Name of the archive. */
  readonly name: string;
  /** Where the published tree can be fetched. */
  readonly publicUrl?: string | undefined;
  /** Where rights holders can write. */
  readonly contact?: string | undefined;
  readonly trackers: readonly string[];
  /** Other addresses of the same tree, used as web seeds. */
  readonly webSeeds: readonly string[];
  /** Addresses of other operators' copies, told to readers. */
  readonly mirrors: readonly string[];
  /** SPDX id of the licence of the catalogue itself: what is told about the music, not the music. */
  readonly metadataLicence: string;
}

/** How long the word that an edition is the newest holds: a month that a small archive may sleep through. */
export const TIMESTAMP_DAYS = 30;

/** The addresses of the tree itself, the public one first. */
export function ownAddresses({ publicUrl, webSeeds }: PublishSettings): string[] {
  return [...new Set([...(publicUrl === undefined ? [] : [publicUrl]), ...webSeeds])];
}
