/** The names of the files of a snapshot, in one place for those that write and those that read them. */

/** Files of rows by rank or number. */
export const ROW_FILES = {
  tracks: 'tracks.rows',
  albums: 'albums.rows',
  artists: 'artists.rows',
  /** `[id, kind, url]`, by id. */
  links: 'links.rows',
  /** `[from, to]`, by the id that was. */
  redirects: 'redirects.rows',
} as const;

/** Hash indexes: from what to which rows. */
export const INDEX_FILES = {
  trackIds: 'track-ids.index',
  albumIds: 'album-ids.index',
  artistIds: 'artist-ids.index',
  /** ISRC to tracks. */
  isrcs: 'isrcs.index',
  /** UPC to albums. */
  upcs: 'upcs.index',
  /** Recording to tracks whose own id is another. */
  recordings: 'recordings.index',
  /** Album to the first track of each run of its tracks: ranks that follow one another. */
  albumTracks: 'album-tracks.index',
  /** Artist to albums. */
  artistAlbums: 'artist-albums.index',
  links: 'links.index',
  redirects: 'redirects.index',
} as const;

/** Parquet without ids and names, row by row in the order of the ranks. */
export const STATISTICS_FILES = {
  tracks: 'statistics/tracks.parquet',
  albums: 'statistics/albums.parquet',
  artists: 'statistics/artists.parquet',
} as const;

/** The folder of all snapshots below the folder of the catalogue. */
export const SNAPSHOTS = 'snapshots';
/** The file below the folder of the catalogue that names the snapshot in use. */
export const CURRENT = 'current';
