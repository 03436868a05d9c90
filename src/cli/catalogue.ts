/** `fonoteca catalogue`: what is known of music, held or not. */
import { Command } from '@commander-js/extra-typings';
import { catalogueBenchVerb } from './catalogue-bench.ts';
import { catalogueBuildVerb } from './catalogue-build.ts';
import { catalogueImportVerb } from './catalogue-import.ts';
import {
  catalogueCheckVerb,
  catalogueDropVerb,
  catalogueListVerb,
  catalogueUseVerb,
} from './catalogue-keep.ts';
import { catalogueMergeVerb } from './catalogue-merge.ts';
import { catalogueSearchVerb } from './catalogue-search.ts';
import { catalogueShowVerb } from './catalogue-show.ts';
import { catalogueDiffVerb, catalogueExportVerb } from './catalogue-tables.ts';
import type { CliContext } from './context.ts';

/** The verb `catalogue`. */
export function catalogueVerb(context: CliContext) {
  return new Command('catalogue')
    .description('what is known of music, held or not, from open data')
    .addCommand(catalogueImportVerb(context))
    .addCommand(catalogueBuildVerb(context))
    .addCommand(catalogueListVerb(context))
    .addCommand(catalogueSearchVerb(context))
    .addCommand(catalogueShowVerb(context))
    .addCommand(catalogueCheckVerb(context))
    .addCommand(catalogueUseVerb(context))
    .addCommand(catalogueDropVerb(context))
    .addCommand(catalogueExportVerb(context))
    .addCommand(catalogueDiffVerb(context))
    .addCommand(catalogueMergeVerb(context))
    .addCommand(catalogueBenchVerb(context));
}
