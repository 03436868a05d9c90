/** Rules on what nobody uses: files out of reach and exports without a reader. */
import { type Import, importsOf } from './imports.ts';
import { codeSources, isTest, type Rule, type Source, sample, type TidyFinding } from './rule.ts';
import {
  hasModifier,
  lineAt,
  type Node,
  nodesOf,
  type Tree,
  treeOf,
  typescript,
} from './syntax.ts';

/** Where the program starts. A worker's entry is reached through the name that starts it. */
const ENTRIES = ['src/main.ts'];
/** What a test needs beside it: reached from a test only, and meant so. */
const TEST_SUPPORT = /^src\/.*\/(?:seeded-random|[a-z-]+-(?:cases|samples))\.ts$/;

/** No file is left behind. */
export const deadFiles: Rule = {
  name: 'every file of src/ is reached from src/main.ts',
  check: (sources) => {
    const alive = reachedFrom(sources, ENTRIES);
    const tests = sources.filter(({ path }) => isTest(path)).map(({ path }) => path);
    const tested = reachedFrom(sources, tests);
    return sources
      .filter(({ path }) => /^src\/.*\.ts$/.test(path) && !isTest(path) && !alive.has(path))
      .filter(({ path }) => !(TEST_SUPPORT.test(path) && tested.has(path)))
      .map(({ path }) => ({
        path,
        message: 'nothing reaches it from src/main.ts; use or remove it',
      }));
  },
  good: [
    sample('src/main.ts', `import './cli/a.ts';`),
    sample(
      'src/cli/a.ts',
      `run(path.join(import.meta.dirname, \`worker\${path.extname(import.meta.filename)}\`));`,
    ),
    sample('src/cli/worker.ts', `export type { B } from './b.ts';`),
    sample('src/cli/b.ts', `await import('./c.ts');`),
    sample('src/cli/c.ts', ''),
    sample('src/cli/c.test.ts', `import { rows } from './c-cases.ts';`),
    sample('src/cli/c-cases.ts', ''),
  ],
  bad: [
    [sample('src/main.ts', ''), sample('src/cli/a.ts', '')],
    [
      sample('src/main.ts', ''),
      sample('src/cli/a.ts', ''),
      sample('src/cli/a.test.ts', `import './a.ts';`),
    ],
    [sample('src/main.ts', ''), sample('src/cli/c-cases.ts', '')],
  ],
};

/** No export without a reader: what only its own file uses is not exported. */
export const unusedExports: Rule = {
  name: 'every export is imported somewhere',
  check: (sources) => {
    const used = usedNames(sources);
    return codeSources(sources)
      .filter(({ path }) => !path.endsWith('.test.ts'))
      .flatMap((source) => checkExports(source, used.get(source.path) ?? new Set()));
  },
  good: [
    sample(
      'src/base/a.ts',
      'export const a = 1;\nexport interface Options { b: 1 }\nexport const c = (o: Options) => o;',
    ),
    sample('src/base/b.ts', `import { a, c as d } from './a.ts';\nimport * as e from './e.ts';`),
    sample('src/base/e.ts', 'export const f = 1;'),
    sample('src/base/g.ts', 'export const h = z.int();\nexport type H = z.infer<typeof h>;'),
    sample('src/base/i.ts', `import type { H } from './g.ts';`),
  ],
  bad: [
    [sample('src/base/a.ts', 'export const a = 1;')],
    [sample('src/base/a.ts', 'export function a() {}\na();')],
    [sample('src/base/a.ts', 'export type A = 1;')],
    [sample('src/base/a.ts', 'export const a = z.int();\nexport type A = z.infer<typeof a>;')],
    [
      sample('src/base/a.ts', 'export const a = 1;\nexport const b = 2;'),
      sample('src/base/b.ts', `import { a } from './a.ts';`),
    ],
  ],
};

function reachedFrom(sources: readonly Source[], entries: readonly string[]): Set<string> {
  const byPath = new Map(sources.map((source) => [source.path, source]));
  const reached = new Set<string>();
  const waiting = [...entries];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const source = byPath.get(path);
    if (!source || reached.has(path) || !/\.ts$/.test(path)) continue;
    reached.add(path);
    waiting.push(...importsOf(source).flatMap(({ target }) => target ?? []));
  }
  return reached;
}

/** By file, the names other files take of it. */
function usedNames(sources: readonly Source[]): Map<string, Set<string>> {
  const used = new Map<string, Set<string>>();
  const readers = sources.filter(({ path }) => /\.(?:ts|svelte)$/.test(path));
  const note = ({ target, names }: Import) => {
    if (target === undefined) return;
    const taken = used.get(target) ?? new Set();
    for (const name of names) taken.add(name);
    used.set(target, taken);
  };
  for (const source of readers) for (const one of importsOf(source)) note(one);
  return used;
}

function checkExports(source: Source, used: ReadonlySet<string>): TidyFinding[] {
  if (used.has('*')) return [];
  const tree = treeOf(source);
  return tree.statements
    .filter((statement) => hasModifier(statement, typescript.SyntaxKind.ExportKeyword))
    .flatMap((statement) =>
      namesOf(statement)
        .filter((name) => !used.has(name) && !isPartOfAnother(tree, statement, name, used))
        .map((name) => ({
          path: source.path,
          line: lineAt(tree, statement.getStart(tree)),
          message: `nobody imports ${name}; remove it, or take its export away`,
        })),
    );
}

function namesOf(statement: Node): string[] {
  if (typescript.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  if ('name' in statement && statement.name) return [(statement.name as Node).getText()];
  return [];
}

function isType(statement: Node): boolean {
  return (
    typescript.isInterfaceDeclaration(statement) || typescript.isTypeAliasDeclaration(statement)
  );
}

/**
 * Whether `name` is read through something else of its file: a type that a signature speaks of, or a schema whose
 * inferred type is used.
 */
function isPartOfAnother(
  tree: Tree,
  statement: Node,
  name: string,
  used: ReadonlySet<string>,
): boolean {
  if (isType(statement)) return mentionsOf(tree, name).length > 1;
  return mentionsOf(tree, name).some((mention) => {
    if (!typescript.isTypeQueryNode(mention.parent)) return false;
    const alias = typescript.findAncestor(mention, typescript.isTypeAliasDeclaration);
    if (!alias) return false;
    return used.has(alias.name.text) || mentionsOf(tree, alias.name.text).length > 1;
  });
}

function mentionsOf(tree: Tree, name: string): Node[] {
  return [...nodesOf(tree)].filter((node) => typescript.isIdentifier(node) && node.text === name);
}
