/** What a written report says of itself in `report.json`: its statistics, and each file with its bytes and digest. */
import path from 'node:path';
import { z } from 'zod';
import { type Digest, sha256 } from '../base/digest.ts';
import { type Disk, readWhole } from '../base/disk.ts';

/** The name of the file that names all others. */
export const ABOUT = 'report.json';
/** What this version of a report calls itself. */
export const FORMAT = 'fonoteca-report/1';

const count = z.int().nonnegative();
const aboutSchema = z.object({
  format: z.literal(FORMAT),
  snapshot: z.string(),
  rows: z.object({ tracks: count, albums: count, artists: count }),
  statistics: z.array(
    z.object({
      name: z.string(),
      title: z.string(),
      section: z.string(),
      meaning: z.string(),
      rows: count,
      pictures: z.array(
        z.object({
          name: z.string(),
          title: z.string(),
          description: z.string(),
          width: count,
          height: count,
        }),
      ),
    }),
  ),
  files: z.array(z.object({ file: z.string(), bytes: count, sha256: z.string() })),
});
/** A report as its own file tells it. */
export type ReportAbout = z.infer<typeof aboutSchema>;

/** A report that lies in a folder. */
export interface KeptReport {
  readonly about: ReportAbout;
  /** The file `name` and its digest; undefined where the report lists no such file, or its bytes are not those listed. */
  file(name: string): { readonly bytes: Buffer; readonly digest: Digest } | undefined;
}

/** The report in `directory`; undefined where there is none of this version. It is derived: what is broken is made anew. */
export function readReport(disk: Disk, directory: string): KeptReport | undefined {
  const file = path.join(directory, ABOUT);
  if (!disk.stat(file)) return undefined;
  const about = parsed(readWhole(disk, file).toString('utf8'));
  if (about === undefined) return undefined;
  const files = new Map(about.files.map((each) => [each.file, each.sha256]));
  return {
    about,
    file(name) {
      const digest = files.get(name);
      const place = path.join(directory, path.basename(name));
      if (digest === undefined || !disk.stat(place)) return undefined;
      const bytes = readWhole(disk, place);
      return sha256(bytes) === digest ? { bytes, digest: digest as Digest } : undefined;
    },
  };
}

function parsed(text: string): ReportAbout | undefined {
  try {
    return aboutSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
