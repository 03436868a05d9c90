/** Prints the stages of an everyday run as they end. */
import type { DayListener } from '../everyday.ts';
import { tellAdd } from './add.ts';
import { tellEncoded } from './encode.ts';
import { tellPacked } from './pack.ts';
import { tellPlan } from './plan.ts';
import { tellPublished } from './publish.ts';
import type { Reporter } from './reporter.ts';

/** In a run of many stages one that had nothing to do is not mentioned in text. */
const BRIEF = { isBrief: true };

/** A listener that prints through `reporter`. */
export function printDay(reporter: Reporter): DayListener {
  return {
    watch: (stage) => reporter.watch(stage),
    held: (item) => reporter.acknowledge('held', { ...item }),
    added: (report) => void tellAdd(report, reporter),
    planned: ({ plan, file, fresh }) =>
      void tellPlan(plan, fresh ? `plans/${file}` : null, reporter),
    encoded: (report, elapsedMs) => tellEncoded(report, elapsedMs, reporter, BRIEF),
    packed: (report, elapsedMs) => tellPacked(report, elapsedMs, reporter, BRIEF),
    published: (report, elapsedMs) => tellPublished(report, elapsedMs, reporter),
    unpublished: () =>
      reporter.say('nothing may be published: see the reasons above; the holdings are safe'),
  };
}
