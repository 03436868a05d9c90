/** `fonoteca doctor`: what this machine and this archive can and cannot do, and what to mend. */
import { examine } from '../doctor.ts';
import type { CliContext } from './context.ts';
import { run, verb } from './verb.ts';

const MARKS = { good: 'ok  ', note: 'note', bad: 'BAD ' } as const;

/** The verb `doctor`. */
export function doctorVerb(context: CliContext) {
  return verb('doctor', 'examine this machine and the archive, changing nothing').action(
    (options) =>
      run(context, options, async (reporter) => {
        const examinations = await examine(options.archive, context.world);
        for (const { topic, state, text, next } of examinations) {
          reporter.result(
            'examined',
            { topic, state, text, next },
            `${MARKS[state]}  ${topic.padEnd(12)} ${text}${next === undefined ? '' : `\n                   → ${next}`}`,
          );
        }
        return examinations.some(({ state }) => state === 'bad') ? 1 : 0;
      }),
  );
}
