/** The answers of several statements one after the other, each begun while the one before is read where there are doors enough. */
import type { Tables } from '../tables/tables.ts';

interface Begun {
  readonly chunks: AsyncIterator<Buffer>;
  readonly first: Promise<IteratorResult<Buffer>>;
}

/** The chunks of `statements` in order (`Tables.texts`). With two `doors` the next statement sorts while one is read. */
export async function* linesAhead(
  doors: readonly Tables[],
  statements: readonly string[],
): AsyncGenerator<Buffer> {
  const begun: Begun[] = [];
  const begin = (number: number) => {
    if (number >= statements.length) return;
    const door = doors[number % doors.length]!;
    const chunks = door.texts(statements[number]!)[Symbol.asyncIterator]();
    const first = chunks.next();
    // Whoever comes to it hears of its failure.
    first.catch(() => undefined);
    begun.push({ chunks, first });
  };
  try {
    for (let number = 0; number < doors.length; number++) begin(number);
    for (let number = 0; begun.length > 0; number++) {
      const { chunks, first } = begun[0]!;
      for (let next = await first; !next.done; next = await chunks.next()) yield next.value;
      begun.shift();
      begin(number + doors.length);
    }
  } finally {
    for (const { chunks, first } of begun) {
      await first.catch(() => undefined);
      await chunks.return?.();
    }
  }
}

const NEWLINE = 10;

/** `chunks` without their first `count` lines. */
export async function* withoutLines(
  chunks: AsyncIterable<Buffer>,
  count: number,
): AsyncGenerator<Buffer> {
  let left = count;
  for await (const chunk of chunks) {
    let from = 0;
    while (left > 0 && from < chunk.length) {
      const end = chunk.indexOf(NEWLINE, from);
      from = end < 0 ? chunk.length : end + 1;
      if (end >= 0) left -= 1;
    }
    if (from < chunk.length) yield chunk.subarray(from);
  }
}
