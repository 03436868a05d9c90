/** Rules on who may import whom: folder ranks, no cycles, the verifier apart, one place that opens an archive. */
import { importsOf } from './imports.ts';
import {
  isTest,
  programSources,
  type Rule,
  type Source,
  sample,
  type TidyFinding,
} from './rule.ts';

/** The rank of each folder of `src/`. Files in `src/` itself have the highest, together with `cli/`. */
const RANKS: Readonly<Record<string, number>> = {
  base: 0,
  model: 1,
  formats: 2,
  fingerprints: 2,
  store: 3,
  ledger: 3,
  catalogue: 3,
  tables: 3,
  charts: 3,
  audio: 3,
  hashing: 3,
  // The verifier needs nothing of us, so that a stranger can read it whole; publishing asks it before signing.
  verifier: 3,
  selection: 4,
  planning: 4,
  ingest: 4,
  encoding: 4,
  packing: 4,
  publishing: 4,
  mirroring: 4,
  preservation: 4,
  rights: 4,
  seeding: 4,
  analytics: 4,
  dataset: 4,
  demo: 4,
  art: 4,
  importing: 4,
  snapshots: 4,
  matching: 4,
  generating: 4,
  server: 5,
  benching: 5,
  cli: 6,
};
const TOP_RANK = 6;

/** Folders point downwards only. */
export const ranks: Rule = {
  name: 'a file imports only from its own folder or a lower rank',
  check: (sources) => srcFiles(sources).flatMap(checkRanks),
  good: [
    sample('src/store/a.ts', `import { x } from '../base/x.ts';\nimport { b } from './b.ts';`),
    sample('src/main.ts', `import { c } from './cli/c.ts';\nimport './archive.ts';`),
    sample('src/cli/c.ts', `import { openArchive } from '../archive.ts';`),
    sample('src/verifier/v.ts', `import fs from 'node:fs';\nimport { w } from './w.ts';`),
  ],
  bad: [
    [sample('src/store/a.ts', `import { l } from '../ledger/l.ts';`)],
    [sample('src/base/a.ts', `import type { T } from '../model/t.ts';`)],
    [sample('src/model/a.ts', `const f = await import('../formats/f.ts');`)],
    [sample('src/base/a.ts', `export { archive } from '../archive.ts';`)],
    [sample('src/things/a.ts', `export const a = 1;`)],
    [sample('src/server/a.ts', `import { page } from '../../web/src/page.ts';`)],
    [sample('src/server/a.ts', `import { page } from '../cli/page.ts';`)],
    [sample('src/verifier/v.ts', `import { sha256 } from '../base/digest.ts';`)],
    [sample('src/verifier/v.ts', `import { z } from 'zod';`)],
  ],
};

/** No file reaches itself through imports. */
export const cycles: Rule = {
  name: 'no file imports itself by way of others, type-only imports counted',
  check: (sources) =>
    findCycles(sources).map((cycle) => ({
      path: cycle[0] ?? '',
      message: `import cycle: ${[...cycle, cycle[0]].join(' → ')}`,
    })),
  good: [
    sample('src/base/a.ts', `import { b } from './b.ts';`),
    sample('src/base/b.ts', `import { c } from './c.ts';`),
    sample('src/base/c.ts', `import fs from 'node:fs';`),
  ],
  bad: [
    [
      sample('src/base/a.ts', `import type { B } from './b.ts';`),
      sample('src/base/b.ts', `import { c } from './c.ts';`),
      sample('src/base/c.ts', `export type { A } from './a.ts';`),
    ],
    [sample('src/base/a.ts', `import { a } from './a.ts';`)],
  ],
};

/** The web pages know the program by its HTTP answers. */
export const webApart: Rule = {
  name: 'web/ takes nothing of src/ but the types of what the server sends',
  check: (sources) =>
    sources
      .filter(({ path }) => /^web\/.*\.(?:ts|js|svelte)$/.test(path))
      .flatMap((source) =>
        importsOf(asScript(source))
          .filter(({ target }) => target?.startsWith('src/'))
          .filter(({ typeOnly, target }) => !(typeOnly && target?.startsWith('src/server/')))
          .map(({ line, specifier }) => ({
            path: source.path,
            line,
            message: `imports ${specifier}; ask the server, or import a type of src/server/`,
          })),
      ),
  good: [
    sample('web/src/a.ts', `import type { Page } from '../../src/server/wire.ts';`),
    sample(
      'web/src/b.svelte',
      `<script lang="ts">\nimport A from './a.svelte';\n</script>\n<p>é</p>`,
    ),
  ],
  bad: [
    [sample('web/src/a.ts', `import { pageOf } from '../../src/server/wire.ts';`)],
    [
      sample(
        'web/src/a.svelte',
        `<script lang="ts">\nimport type { Track } from '../../src/model/track.ts';\n</script>`,
      ),
    ],
  ],
};

/** One place decides which ledger and which store an archive has. */
export const oneOpener: Rule = {
  name: 'only archive.ts opens a ledger or a store',
  check: (sources) =>
    programSources(sources)
      .filter(({ path }) => path !== 'src/archive.ts')
      .flatMap((source) =>
        importsOf(source)
          .filter(
            ({ typeOnly, target }) => !typeOnly && /^src\/(?:ledger|store)\//.test(target ?? ''),
          )
          .filter(({ target }) => folderOf(target ?? '') !== folderOf(source.path))
          .flatMap(({ names, line }) =>
            names
              .filter((name) => /^open\w*(?:Ledger|Store)$/.test(name))
              .map((name) => ({
                path: source.path,
                line,
                message: `imports ${name}; take the ledger or store as an argument from archive.ts`,
              })),
          ),
      ),
  good: [
    sample('src/archive.ts', `import { openSqliteLedger } from './ledger/sqlite-ledger.ts';`),
    sample('src/ingest/a.ts', `import type { Ledger } from '../ledger/ledger.ts';`),
    sample('src/ingest/a.test.ts', `import { openStore } from '../store/store.ts';`),
  ],
  bad: [
    [sample('src/ingest/a.ts', `import { openSqliteLedger } from '../ledger/sqlite-ledger.ts';`)],
  ],
};

function srcFiles(sources: readonly Source[]): Source[] {
  return sources.filter(({ path }) => /^src\/.*\.ts$/.test(path));
}

function folderOf(file: string): string | undefined {
  const names = file.split('/');
  return names[0] === 'src' && names.length > 2 ? names[1] : undefined;
}

function rankOf(file: string): number | undefined {
  const folder = folderOf(file);
  return folder === undefined ? TOP_RANK : RANKS[folder];
}

function checkRanks(source: Source): TidyFinding[] {
  const { path } = source;
  const folder = folderOf(path);
  const rank = rankOf(path);
  if (rank === undefined)
    return [
      { path, message: `the folder ${folder} has no rank; give it one in test/tidy/layering.ts` },
    ];
  const say = (line: number, message: string) => ({ path, line, message });
  return importsOf(source).flatMap(({ specifier, target, line }) => {
    if (folder === 'verifier' && !isTest(path) && !target && !specifier.startsWith('node:'))
      return [say(line, `imports ${specifier}; the verifier may import only node:`)];
    if (target === undefined) return [];
    if (!target.startsWith('src/'))
      return isTest(path) ? [] : [say(line, `imports ${target}, which is outside src/`)];
    const targetFolder = folderOf(target);
    if (targetFolder === folder) return [];
    if (folder === 'verifier') return [say(line, `imports ${target}; the verifier stands alone`)];
    const targetRank = rankOf(target) ?? TOP_RANK;
    if (targetRank < rank || (rank === TOP_RANK && targetRank === TOP_RANK)) return [];
    return [
      say(line, `rank ${rank} (${folder}) imports ${target} of rank ${targetRank}; move it down`),
    ];
  });
}

/** Strongly connected files (Tarjan 1972), each as a list in search order. */
function findCycles(sources: readonly Source[]): string[][] {
  const edges = new Map(
    srcFiles(sources).map((source) => [
      source.path,
      importsOf(source).flatMap(({ target }) => (target === undefined ? [] : [target])),
    ]),
  );
  const order = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (file: string): number => {
    const own = order.size;
    order.set(file, own);
    let lowest = own;
    stack.push(file);
    for (const next of edges.get(file) ?? []) {
      if (!edges.has(next)) continue;
      if (!order.has(next)) lowest = Math.min(lowest, visit(next));
      else if (stack.includes(next)) lowest = Math.min(lowest, order.get(next) ?? own);
    }
    if (lowest === own) {
      const members = stack.splice(stack.indexOf(file));
      if (members.length > 1 || edges.get(file)?.includes(file)) found.push(members);
    }
    return lowest;
  };
  for (const file of edges.keys()) if (!order.has(file)) visit(file);
  return found;
}

/** The script parts of a Svelte file, with its lines kept in place. */
function asScript(source: Source): Source {
  if (!source.path.endsWith('.svelte')) return source;
  let text = '';
  let from = 0;
  for (const match of source.text.matchAll(/<script[^>]*>([\s\S]*?)<\/script>/g)) {
    const start = match.index + match[0].indexOf('>') + 1;
    text += source.text.slice(from, start).replaceAll(/[^\n]/g, ' ');
    text += match[1];
    from = start + (match[1]?.length ?? 0);
  }
  return { path: source.path, text };
}
