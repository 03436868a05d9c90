/** Writes the codes that the corpus meets now: `node test/hostile/corpus/write-codes.ts [PREFIX]`. Read the difference before it is kept. */
import fs from 'node:fs';
import { openAudioDoor } from '../../../src/audio/door.ts';
import { mapBounded } from '../../../src/base/bounded-queue.ts';
import { CODES_FILE, CORPUS, expectedCodes } from './corpus.ts';
import { meet } from './meet.ts';

await using door = await openAudioDoor({ workers: 2 });
const [only] = process.argv.slice(2);
const rows = new Map(only === undefined ? [] : Object.entries(expectedCodes()));
const wanted = CORPUS.filter(({ name }) => only === undefined || name.startsWith(only));
const meetings = mapBounded(wanted, { concurrency: 2, ordered: true }, async (item) => ({
  item,
  ...(await meet(door, item)),
}));
for await (const { item, met, tookMs } of meetings) {
  rows.set(item.name, met);
  if (tookMs > 3000) process.stderr.write(`${item.name}: ${Math.round(tookMs)} ms, ${met}\n`);
}
fs.writeFileSync(CODES_FILE, `${JSON.stringify(Object.fromEntries(rows), null, 2)}\n`);
process.stderr.write(`${rows.size} items\n`);
