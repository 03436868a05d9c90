/** `fonoteca catalogue`: what is known of music, held or not. */
import { Command } from '@commander-js/extra-typings';
import { catalogueImportVerb } from './catalogue-import.ts';
import type { CliContext } from './context.ts';

/** The verb `catalogue`. */
export function catalogueVerb(context: CliContext) {
  return new Command('catalogue')
    .description('what is known of music, held or not, from open data')
    .addCommand(catalogueImportVerb(context));
}
