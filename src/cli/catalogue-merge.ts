/** `fonoteca catalogue merge ID ID`: says that two ids of the catalogue mean one thing; `--undo` takes it back. */
import { mergeIds, partIds } from '../cataloguing.ts';
import type { CliContext } from './context.ts';
import { runInArchive, verb } from './verb.ts';

/** The verb `catalogue merge`. */
export function catalogueMergeVerb(context: CliContext) {
  return verb('merge', 'say that one id means another, with your reason; nothing else merges ids')
    .argument('<from>', 'the id that is to mean another')
    .argument('[to]', 'what it means')
    .requiredOption('--reason <text>', 'why, for the record')
    .option('--undo', 'the first id means itself again')
    .action((from, to, options, command) => {
      if ((to === undefined) !== (options.undo === true))
        command.error('Wanted two ids, or --undo and one.', { exitCode: 2 });
      return runInArchive(context, options, { write: true }, async (archive, reporter) => {
        const { reason } = options;
        if (to === undefined) {
          const undone = await partIds(archive, { from, reason });
          reporter.result('parted', { from, to: undone.to, reason }, `${from} means itself again`);
          return 0;
        }
        await mergeIds(archive, { from, to, reason });
        reporter.result('merged', { from, to, reason }, `${from} means ${to}`);
        return 0;
      });
    });
}
