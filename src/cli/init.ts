/** `fonoteca init DIR`: makes an archive with its signing key. */
import fs from 'node:fs';
import path from 'node:path';
import { createArchive, openArchive } from '../archive.ts';
import { FonotecaError } from '../base/errors.ts';
import type { CliContext } from './context.ts';
import { run, verb } from './verb.ts';

/** The verb `init`. */
export function initVerb(context: CliContext) {
  return verb('init', 'make an archive in DIR, with its signing key')
    .argument('<dir>', 'a new or empty folder')
    .option('--name <name>', 'the name every page and edition shows')
    .option('--contact <address>', 'where rights holders write to: an e-mail address or a page')
    .option(
      '--secret-key <file>',
      'sign with this minisign secret key (made with -W) instead of a new one',
    )
    .action((dir, options) =>
      run(context, options, async (reporter) => {
        const root = path.resolve(dir);
        const secretKey = options.secretKey === undefined ? undefined : readText(options.secretKey);
        const name = options.name ?? path.basename(root);
        await createArchive(root, { name, contact: options.contact, secretKey }, context.world);
        await using archive = await openArchive(root, { write: false }, context.world);
        const key = path.join(archive.layout.keys, 'edition.key');
        reporter.result(
          'archive-created',
          { root, name, archiveId: archive.config.archive_id },
          `archive  ${root}\nkey id   ${archive.config.archive_id}`,
        );
        reporter.say(
          `Keep a copy of ${key} somewhere safe: whoever has it speaks for this archive, and without it no edition can follow.`,
        );
        return 0;
      }),
    );
}

function readText(file: string): string {
  if (!fs.existsSync(file)) throw new FonotecaError('FILE_MISSING', file);
  return fs.readFileSync(file, 'utf8');
}
