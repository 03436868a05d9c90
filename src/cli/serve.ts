/** `fonoteca serve`: the site, until stopped. */
import { type Archive, openArchive } from '../archive.ts';
import { startSite } from '../serving.ts';
import type { CliContext } from './context.ts';
import { type Reporter, stageLine } from './reporter.ts';
import { openServerLog } from './server-log.ts';
import { countOption, run, verb } from './verb.ts';

/** What serving is asked. */
export interface ServeOptions {
  readonly port?: number | undefined;
  readonly host?: string | true | undefined;
}

/** The verb `serve`. */
export function serveVerb(context: CliContext) {
  return verb('serve', 'serve the site: search, listen, download; Ctrl-C ends it')
    .option(
      '--host [address]',
      'serve the local network, or one address of this machine; loopback when left out',
    )
    .option('--port <n>', 'port of the site', countOption(0, 65_535))
    .action((options) =>
      run(context, options, async (reporter) => {
        await serveUntilStopped(options.archive, options, context, reporter);
        return 0;
      }),
    );
}

/** Serves the archive in `root` until the context is stopped. The archive is open for reading only, so other commands can work meanwhile. */
export async function serveUntilStopped(
  root: string,
  options: ServeOptions,
  context: CliContext,
  reporter: Reporter,
): Promise<void> {
  await using archive: Archive = await openArchive(root, { write: false }, context.world);
  const log = openServerLog(context.environment);
  await using site = await startSite(archive, {
    port: options.port,
    host: options.host,
    onFault: log.fault,
    onAnswer: log.answered,
  });
  reporter.result(
    'serving',
    { addresses: [...site.addresses] },
    stageLine('serve', `${site.addresses.join('  and  ')}   (Ctrl-C ends it)`),
  );
  await stopped(context.stop);
}

function stopped(stop: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (stop.aborted) resolve();
    else stop.addEventListener('abort', () => resolve(), { once: true });
  });
}
