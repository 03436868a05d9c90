/** Errors of imports into the catalogue. */
import type { ErrorEntry } from './error-entry.ts';

/** Rows of the error catalogue. */
export const IMPORTING_ERRORS = {
  IMPORT_NOTHING: {
    wanted: 'files that the preset knows by name',
    next: 'name the files of the dump, or the folder they are in; docs/catalogue.md lists what each preset reads',
    exit: 2,
  },
  IMPORT_PRESET_UNKNOWN: {
    wanted: 'a preset of docs/catalogue.md, or `table` with --mapping FILE',
    next: 'run fonoteca catalogue import --help, which lists the presets',
    exit: 2,
  },
  IMPORT_DATE_INVALID: {
    wanted: 'the day of the dump as YYYY-MM-DD, a day that there is',
    next: 'give --date the day on which its publisher made it, or leave it out',
    exit: 2,
  },
  IMPORT_OLDER: {
    wanted: 'a dump as new as the last one of this source, or newer',
    next: 'import the newer dump; to go back, use an earlier snapshot; an import or snapshot with a wrong day goes with `fonoteca catalogue drop`',
  },
  IMPORT_UNDATED: {
    wanted: 'a dump whose day is known, since the last one of this source has one',
    next: 'say the day with --date, such as --date 2026-11-21',
    exit: 2,
  },
  IMPORT_SCHEMA_UNKNOWN: {
    wanted: 'a dump whose schema this version knows',
    next: 'use a newer version of fonoteca, or a dump of the schema named',
  },
  IMPORT_DUMP_INCOMPLETE: {
    wanted: 'a whole dump, with the small files that say its schema and its date',
    next: 'give the archive as it was published, or the folder it was unpacked into',
  },
  IMPORT_RECORD_UNREADABLE: {
    wanted: 'a record of the format, at the line and column named',
    next: 'nothing, if the source is so: everything else was taken; refused.jsonl of the import lists them',
  },
  IMPORT_ROW_REFUSED: {
    wanted: 'a row with an id, a name and whatever else its table needs',
    next: 'nothing, if the source is so: everything else was taken; refused.jsonl of the import lists them',
  },
  IMPORT_VALUE_REFUSED: {
    wanted: 'a value in the form of its column',
    next: 'nothing, if the source is so: the row was taken without it; refused.jsonl of the import lists them',
  },
  IMPORT_RECORD_INVALID: {
    wanted: 'the import.json that an import wrote',
    next: 'remove the folder of that import and import the files again',
  },
  IMPORT_FILE_DAMAGED: {
    wanted: 'the files of an import as it wrote them; import.json has their sizes and digests',
    next: 'put the file back from a copy, or let the import go with `fonoteca catalogue drop` and import the same dump again; where a build with --consume was cut short, complete that first',
    exit: 12,
  },
  MAPPING_INVALID: {
    wanted: 'a mapping file as docs/formats/catalogue-import.md describes it',
    next: 'mend the file at the place named, then run the same command again',
    exit: 2,
  },
  MAPPING_COLUMN_MISSING: {
    wanted: 'a file with the columns that the mapping names',
    next: 'compare the header of the file with the mapping, then run the same command again',
  },
  SOURCE_CHANGED: {
    wanted: 'a file that stays as it is while it is read',
    next: 'wait until it is complete, then run the same command again',
  },
  SOURCE_TWICE: {
    wanted: 'each file of a source once: packed or unpacked, in a tar or beside it',
    next: 'give only one of the two: name the files to be read, or move the other one elsewhere',
    exit: 2,
  },
  SOURCE_CHECKSUM: {
    wanted: 'a file with the SHA-256 that the list beside it states',
    next: 'fetch the file again, or the list if it is of another dump, then run the same command again',
  },
  SOURCE_COMPRESSION: {
    wanted: 'a file that unpacks to its end',
    next: 'compare its checksum with the one its publisher gives, and fetch it again',
  },
  SOURCE_PARQUET: {
    wanted: 'a whole Parquet file that can be read in the memory an import has for it',
    next: 'compare its checksum with the one its publisher gives, and fetch it again; one that is whole but too large, write anew in smaller row groups; free disk if it speaks of space',
  },
  // matching
  MATCH_MISSING: {
    wanted: 'a track that is matched with the catalogue',
    next: 'see fonoteca show ID for what it is matched with',
    exit: 2,
  },
  MERGE_MISSING: {
    wanted: 'an id that was merged by hand',
    next: 'see fonoteca show ID for what was said of it',
    exit: 2,
  },
  MERGE_KINDS: {
    wanted: 'two tracks, two albums or two artists',
    next: 'compare both with fonoteca show ID',
    exit: 2,
  },
  MERGE_RING: {
    wanted: 'an id that does not lead back to the first',
    next: 'undo the other merge first: fonoteca catalogue merge ID --undo --reason TEXT',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
