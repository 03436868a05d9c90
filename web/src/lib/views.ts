/** The types of what pages show: the server's own view models. */
export type {
  EditionsView,
  EditionView,
  VolumeView,
  WithdrawalsView,
} from '../../../src/server/edition-views.ts';
export type { StatisticsView } from '../../../src/server/statistics-view.ts';
export type {
  AlbumCard,
  AlbumView,
  ArchiveView,
  ArtistView,
  FileView,
  HomeView,
  RecordingView,
  RightsView,
  SearchView,
  TrackRow,
  TrackView,
} from '../../../src/server/views.ts';
