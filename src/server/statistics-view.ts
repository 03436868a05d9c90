/** The shape of `/statistics.json`, which its page shows. */
import { z } from 'zod';

const whole = z.number().int().nonnegative();

/** `/statistics`: the report on the snapshot in use. */
export const statisticsViewSchema = z.object({
  /** The snapshot in use; null when there is none. */
  snapshot: z.string().nullable(),
  /** Null until one was made of this snapshot. */
  report: z
    .object({
      rows: z.object({ tracks: whole, albums: whole, artists: whole }),
      sections: z.array(
        z.object({
          title: z.string(),
          statistics: z.array(
            z.object({
              /** Its place in the whole report, `/statistics/index.html#NAME`. */
              name: z.string(),
              title: z.string(),
              meaning: z.string(),
              rows: whole,
              /** `/statistics/NAME.svg`. */
              picture: z
                .object({
                  name: z.string(),
                  title: z.string(),
                  description: z.string(),
                  width: whole,
                  height: whole,
                })
                .nullable(),
            }),
          ),
        }),
      ),
    })
    .nullable(),
});
/** `/statistics`. */
export type StatisticsView = z.infer<typeof statisticsViewSchema>;
