/** One line of progress on stderr: drawn anew on a terminal, written now and then elsewhere. */
import type { ProgressEvent } from '../base/progress.ts';
import { formatSize } from '../base/sizes.ts';
import type { CliContext } from './context.ts';

/** A line that can be drawn over and cleared. */
export interface ProgressLine {
  draw(title: string, event: ProgressEvent): void;
  clear(): void;
}

const REDRAW_MS = 100;
/** Where nothing can be drawn over, a line every so often is enough for a log. */
const LOG_MS = 10_000;

/** A progress line on the context's stderr; draws nothing unless `enabled`. */
export function startProgressLine(context: CliContext, enabled: boolean): ProgressLine {
  const clock = context.world.clock;
  let lastMs = Number.NEGATIVE_INFINITY;
  let startMs = 0;
  let stage = '';
  let isDrawn = false;
  return {
    draw(title, event) {
      if (!enabled) return;
      const nowMs = clock.elapsedMs();
      if (stage !== title) {
        stage = title;
        startMs = nowMs;
        lastMs = context.isTerminal ? Number.NEGATIVE_INFINITY : nowMs;
      }
      if (nowMs - lastMs < (context.isTerminal ? REDRAW_MS : LOG_MS)) return;
      lastMs = nowMs;
      const text = progressText(title, event, nowMs - startMs);
      if (context.isTerminal)
        context.talk(`\r\u001b[2K${[...text].slice(0, context.columns - 1).join('')}`);
      else context.talk(`${text}\n`);
      isDrawn = context.isTerminal;
    },
    clear() {
      if (isDrawn) context.talk('\r\u001b[2K');
      isDrawn = false;
    },
  };
}

/** Such as `encode  3/12  4.0 MB of 16 MB  2.1 MB/s  6 s left  01 Title.flac`. */
function progressText(title: string, event: ProgressEvent, elapsedMs: number): string {
  const parts = [
    title,
    event.totalItems === undefined
      ? `${event.doneItems}`
      : `${event.doneItems}/${event.totalItems}`,
  ];
  const { doneBytes, totalBytes } = event;
  if (doneBytes !== undefined) {
    parts.push(
      totalBytes === undefined
        ? formatSize(doneBytes)
        : `${formatSize(doneBytes)} of ${formatSize(totalBytes)}`,
    );
    const rate = (doneBytes / Math.max(1, elapsedMs)) * 1000;
    if (elapsedMs > 1000) parts.push(`${formatSize(Math.round(rate))}/s`);
    if (elapsedMs > 1000 && totalBytes !== undefined && rate > 0)
      parts.push(`${Math.ceil((totalBytes - doneBytes) / rate)} s left`);
  }
  if (event.item !== undefined) parts.push(event.item.replaceAll(/\p{Cc}/gu, '?'));
  return parts.join('  ');
}
