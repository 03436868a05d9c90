/** `fonoteca config show`: every setting in force, written or default. */
import { Command } from '@commander-js/extra-typings';
import { stringify } from 'smol-toml';
import type { CliContext } from './context.ts';
import { runInArchive, verb } from './verb.ts';

/** The verb `config` with its one sub-verb. */
export function configVerb(context: CliContext) {
  return new Command('config').description('the settings of an archive').addCommand(
    verb('show', 'print every setting in force, defaults included, as TOML').action((options) =>
      runInArchive(context, options, { write: false }, async (archive, reporter) => {
        const settings = JSON.parse(JSON.stringify(archive.config));
        reporter.result('config', settings, stringify(settings).trimEnd());
        return 0;
      }),
    ),
  );
}
