/**
 * How a verb speaks: data on stdout (text, or JSON lines with `--json`), talk and progress on stderr. All text from
 * files and tags passes `printable`, so that no title can steer a terminal.
 */
import { canonicalJson, type Json } from '../base/canonical-json.ts';
import { catalogueEntry, type Finding, FonotecaError, messageOf } from '../base/errors.ts';
import type { Watch } from '../base/progress.ts';
import { formatSize } from '../base/sizes.ts';
import type { CliContext, CommonOptions } from './context.ts';
import { startProgressLine } from './progress-line.ts';

/** The voice of one verb. */
export interface Reporter {
  /** A result: `json` as one JSON line with its `event`, or `text`. */
  result(event: string, json: { readonly [key: string]: Json | undefined }, text: string): void;
  /** An item's acknowledgement: a JSON line; in text mode it is part of the progress line. */
  acknowledge(event: string, json: { readonly [key: string]: Json | undefined }): void;
  /** A remark for people; nothing in JSON or quiet mode. */
  say(text: string): void;
  /** Findings, grouped by code, at most some of each in text. */
  findings(findings: readonly Finding[]): void;
  /** A watch whose progress is drawn as one line under `title`. */
  watch(title: string): Watch;
  /** Tells an error and returns the exit code it calls for. */
  failed(error: unknown): number;
  close(): void;
}

const STAGE_COLUMNS = 10;
/** Findings of one code shown in text before the rest is counted. */
const SHOWN_FINDINGS = 20;

/** The reporter for a verb run with `options`. */
export function createReporter(context: CliContext, options: CommonOptions): Reporter {
  const isJson = options.json === true;
  const isSilent = isJson || options.quiet === true;
  const line = startProgressLine(context, !isSilent);
  const emit = (event: string, json: { readonly [key: string]: Json | undefined }) =>
    context.out(`${canonicalJson({ event, ...json })}\n`);
  return {
    result(event, json, text) {
      line.clear();
      if (isJson) emit(event, json);
      else if (text !== '') context.out(`${text}\n`);
    },
    acknowledge(event, json) {
      if (isJson) emit(event, json);
    },
    say(text) {
      line.clear();
      if (!isSilent) context.talk(`${text}\n`);
    },
    findings(findings) {
      line.clear();
      if (isJson)
        for (const finding of findings)
          emit('finding', { ...finding, ...catalogueEntry(finding.code) });
      else context.talk(findingsText(findings));
    },
    watch: (title) => ({ stop: context.stop, progress: (event) => line.draw(title, event) }),
    failed(error) {
      line.clear();
      const known = error instanceof FonotecaError ? error : undefined;
      if (isJson && known)
        emit('error', {
          code: known.code,
          seen: known.seen,
          wanted: known.wanted,
          next: known.next,
        });
      else if (isJson) emit('error', { code: null, seen: messageOf(error) });
      else context.talk(errorText(error));
      return known?.exit ?? 1;
    },
    close: () => line.clear(),
  };
}

/** `text` made safe to print: control characters and direction marks become visible escapes. */
export function printable(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(
      /[\p{Cc}\u202a-\u202e\u2066-\u2069\u200e\u200f]/gu,
      (character) => `\\u${character.codePointAt(0)!.toString(16).padStart(4, '0')}`,
    );
}

/** `text` behind the name of its stage, so that the stages of a run line up. */
export function stageLine(stage: string, text: string): string {
  return `${stage.padEnd(STAGE_COLUMNS)}${text}`;
}

/** Bytes, time and rate as text, such as `12.3 MB in 1.2 s (10.2 MB/s)`. */
export function rateText(bytes: number, elapsedMs: number): string {
  const seconds = elapsedMs / 1000;
  const rate = seconds > 0.05 ? ` (${formatSize(Math.round(bytes / seconds))}/s)` : '';
  return `${formatSize(bytes)} in ${seconds.toFixed(1)} s${rate}`;
}

/** An error as text: code, what was seen, what was wanted, what to do next. */
export function errorText(error: unknown): string {
  if (!(error instanceof FonotecaError)) return `fonoteca: ${printable(messageOf(error))}\n`;
  return `fonoteca: ${error.code}\n  seen:   ${printable(error.seen)}\n  wanted: ${error.wanted}\n  next:   ${error.next}\n`;
}

function findingsText(findings: readonly Finding[]): string {
  let text = '';
  for (const [code, group] of Map.groupBy(findings, (finding) => finding.code)) {
    text += `  ${code} (${group.length}): wanted ${catalogueEntry(code).wanted}\n`;
    for (const finding of group.slice(0, SHOWN_FINDINGS))
      text += `    ${printable(finding.subject)}: ${printable(finding.seen)}\n`;
    if (group.length > SHOWN_FINDINGS)
      text += `    … and ${group.length - SHOWN_FINDINGS} more (--json lists all)\n`;
    text += `    next: ${catalogueEntry(code).next}\n`;
  }
  return text;
}
