/** The day that a dump is of, as a person or the dump itself says it. */
import { FonotecaError } from '../base/errors.ts';
import { importDumpSchema } from '../model/import-record.ts';

/** Whether `text` is a day that there is, as `YYYY-MM-DD`. */
export function isDay(text: string): boolean {
  return importDumpSchema.shape.date.safeParse(text).success;
}

/** Refuses what a person said when it is no day. `IMPORT_DATE_INVALID`. */
export function checkDay(said: string | undefined): void {
  if (said !== undefined && !isDay(said)) throw new FonotecaError('IMPORT_DATE_INVALID', said);
}
