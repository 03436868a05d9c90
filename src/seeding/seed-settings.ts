/** The settings of seeding: the `[seed]` table of `fonoteca.toml`. */
import { z } from 'zod';

const absolute = z.string().startsWith('/').max(1000);

/** Settings of seeding, each with its default. */
export const seedSettingsSchema = z.strictObject({
  /** Who seeds: our own small seeder while `fonoteca seed` runs, a client of yours, or nobody. */
  driver: z.enum(['builtin', 'transmission', 'qbittorrent', 'none']).default('builtin'),
  /** Where the client is: Transmission's RPC address, or the first page of qBittorrent's Web UI. */
  url: z.url({ protocol: /^https?$/ }).optional(),
  /** The client's name for you; without one no password is sent. */
  user: z.string().min(1).max(200).optional(),
  /** A file that holds the client's password, readable by you alone. */
  password_file: absolute.optional(),
  /** `volumes/` as the client sees it, where it can read and not write; the archive's own when left out. */
  volumes_path: absolute.optional(),
  /** `editions/` as the client sees it; with `volumes_path` and without this the client gets no metadata torrents. */
  editions_path: absolute.optional(),
  /** Where the built-in seeder listens. */
  listen: z.string().max(64).default('0.0.0.0'),
  port: z.number().int().min(0).max(65_535).default(8485),
  max_connections: z.number().int().min(1).max(10_000).default(200),
  /** Peers served at a time. */
  upload_slots: z.number().int().min(1).max(32).default(16),
  /** Bytes a second for all peers together, such as `5MB`; `none` for no limit. */
  upload_limit: z.string().default('none'),
});
/** Settings of seeding. */
export type SeedSettings = z.infer<typeof seedSettingsSchema>;
