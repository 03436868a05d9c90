/** The types of what pages show: the server's own view models. */
export type {
  AlbumCard,
  AlbumView,
  ArchiveView,
  ArtistView,
  EditionsView,
  EditionView,
  FileView,
  HomeView,
  RightsView,
  SearchView,
  TrackRow,
  TrackView,
  VolumeView,
  WithdrawalsView,
} from '../../../src/server/views.ts';
export type { StatisticsView } from '../../../src/server/statistics-view.ts';
