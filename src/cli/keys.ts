/** `fonoteca keys`: shows and changes the keys that may sign the next edition. */
import fs from 'node:fs';
import { Command, Option } from '@commander-js/extra-typings';
import { FonotecaError } from '../base/errors.ts';
import { changeKeys, type KeysReport, type KeysWish, previewKeys } from '../change-keys.ts';
import type { EditionKeys } from '../model/edition.ts';
import type { CliContext, CommonOptions } from './context.ts';
import type { Reporter } from './reporter.ts';
import { countOption, runInArchive, verb } from './verb.ts';

const ROLES = ['edition', 'timestamp', 'both'] as const;
/** A key is a few hundred bytes; what is longer is another file. */
const MAX_KEY_FILE_BYTES = 4096;
const MAX_THRESHOLD = 64;

/** The verb `keys`. */
export function keysVerb(context: CliContext) {
  const act = (options: ChangeOptions, wish: () => KeysWish) => carryOut(context, options, wish);
  return new Command('keys')
    .description('show and change the keys that may sign: add, remove, threshold, rotate')
    .addCommand(
      verb('show', 'the keys of the newest edition and of the next one').action((options) =>
        act(options, () => ({ kind: 'show' })),
      ),
    )
    .addCommand(
      changing('add', 'let another key sign the next edition')
        .argument('<key>', 'a public key: its file, or its text in base64')
        .addOption(
          new Option('--role <role>', 'what it may sign')
            .choices(ROLES)
            .default('edition' as const),
        )
        .action((key, options) =>
          act(options, () => ({ kind: 'add', publicKey: textOf(key), role: options.role })),
        ),
    )
    .addCommand(
      changing('remove', 'revoke a key from the next edition on')
        .argument('<id>', 'the id of the key, sixteen hex digits')
        .action((id, options) => act(options, () => ({ kind: 'remove', id }))),
    )
    .addCommand(
      changing('threshold', 'how many edition keys must sign the next edition')
        .argument('<count>', 'from 1 to the number of edition keys', countOption(1, MAX_THRESHOLD))
        .action((count, options) => act(options, () => ({ kind: 'threshold', count }))),
    )
    .addCommand(
      changing('rotate', 'put a new key in the place of the archive’s own')
        .option('--new-key <file>', 'the new secret key; without it one is made')
        .action((options) =>
          act(options, () => ({ kind: 'rotate', secretKey: newKeyText(options.newKey) })),
        ),
    );
}

interface ChangeOptions extends CommonOptions {
  readonly dryRun?: true | undefined;
}

function changing<Name extends string>(name: Name, description: string) {
  return verb(name, description).option('--dry-run', 'show the keys as they would be');
}

async function carryOut(
  context: CliContext,
  options: ChangeOptions,
  wishOf: () => KeysWish,
): Promise<void> {
  const isReading = options.dryRun === true;
  await runInArchive(context, options, { write: !isReading }, async (archive, reporter) => {
    const wish = wishOf();
    const isOnlyShown = isReading || wish.kind === 'show';
    const report = await (isOnlyShown ? previewKeys : changeKeys)(archive, wish);
    tellKeys(report, { wish, isOnlyShown }, reporter);
    return 0;
  });
}

function tellKeys(
  report: KeysReport,
  { wish, isOnlyShown }: { wish: KeysWish; isOnlyShown: boolean },
  reporter: Reporter,
): void {
  const { next, published, isPending, isChanged, here, retired } = report;
  const json = { next: { ...next }, published: published ? { ...published } : null };
  reporter.result(
    'keys',
    { ...json, isPending, isChanged, here: [...here], retired: [...retired] },
    keysText(next, here),
  );
  if (wish.kind !== 'show' && !isChanged) reporter.say('nothing to change');
  if (isPending)
    reporter.say(
      'the newest edition names other keys; `fonoteca publish` makes these known, signed by its keys too',
    );
  if (wish.kind === 'rotate' && isOnlyShown)
    reporter.say('a new key would take the place of the archive’s own');
  for (const file of retired)
    reporter.say(`${file} signs nothing any more: keep it offline or destroy it`);
}

function keysText({ keys, roles, threshold }: EditionKeys, here: readonly string[]): string {
  const rows = keys.map(({ id, publicKey }) => {
    const may = [
      ...(roles.edition.includes(id) ? ['edition'] : []),
      ...(roles.timestamp.includes(id) ? ['timestamp'] : []),
    ].join(', ');
    return `${id}  ${publicKey}  ${may}${here.includes(id) ? '  secret key here' : ''}`;
  });
  return [...rows, `${threshold} of ${roles.edition.length} must sign an edition`].join('\n');
}

/** The text of `key` itself, or of the file it names. */
function textOf(key: string): string {
  return fs.existsSync(key) ? readKeyText(key) : key;
}

function newKeyText(file: string | undefined): string | undefined {
  return file === undefined ? undefined : readKeyText(file);
}

function readKeyText(file: string): string {
  const stat = fs.statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) throw new FonotecaError('FILE_MISSING', file);
  if (stat.size > MAX_KEY_FILE_BYTES)
    throw new FonotecaError('KEY_INVALID', `${file} is longer than ${MAX_KEY_FILE_BYTES} bytes`);
  return fs.readFileSync(file, 'utf8');
}
