/** Rules on length: what fits in the head. */
import { codeSources, isTest, type Rule, type Source, sample, type TidyFinding } from './rule.ts';
import { lineAt, type Node, nodesOf, treeOf, typescript } from './syntax.ts';

const MAX_FILE_LINES = 350;
const MAX_TEST_FILE_LINES = 500;
const MAX_FUNCTION_LINES = 70;
/** Nothing we write by hand is longer; pictures and dumps belong elsewhere. */
const MAX_FILE_BYTES = 256 * 1024;

/** Files are short. */
export const fileLength: Rule = {
  name: `a file has at most ${MAX_FILE_LINES} lines, a test ${MAX_TEST_FILE_LINES}`,
  check: (sources) =>
    codeSources(sources).flatMap(({ path, text }) => {
      const most = isTest(path) ? MAX_TEST_FILE_LINES : MAX_FILE_LINES;
      const lines = text.trimEnd().split('\n').length;
      return lines <= most
        ? []
        : [{ path, message: `${lines} lines, ${most} allowed; split it by what it does` }];
    }),
  good: [
    sample('src/base/a.ts', 'x;\n'.repeat(MAX_FILE_LINES)),
    sample('src/base/a.test.ts', 'x;\n'.repeat(MAX_TEST_FILE_LINES)),
  ],
  bad: [
    [sample('src/base/a.ts', 'x;\n'.repeat(MAX_FILE_LINES + 1))],
    [sample('src/base/a.test.ts', 'x;\n'.repeat(MAX_TEST_FILE_LINES + 1))],
  ],
};

/** No large file gets in. */
export const fileBytes: Rule = {
  name: `a file has at most ${MAX_FILE_BYTES / 1024} KiB`,
  check: (sources) =>
    sources
      .filter(({ path }) => !path.startsWith('node_modules/') && path !== 'package-lock.json')
      .filter(({ text }) => Buffer.byteLength(text) > MAX_FILE_BYTES)
      .map(({ path }) => ({
        path,
        message: 'too large to keep here; make it in the test instead',
      })),
  good: [sample('docs/a.svg', 'x'.repeat(MAX_FILE_BYTES))],
  bad: [[sample('docs/a.svg', 'x'.repeat(MAX_FILE_BYTES + 1))]],
};

/** Functions are short; a test's list of cases may be longer. */
export const functionLength: Rule = {
  name: `a function has at most ${MAX_FUNCTION_LINES} lines`,
  check: (sources) =>
    codeSources(sources)
      .filter(({ path }) => !path.endsWith('.test.ts'))
      .flatMap(longFunctions),
  good: [
    sample('src/base/a.ts', `export function a() {\n${'x;\n'.repeat(MAX_FUNCTION_LINES - 2)}}`),
    sample('src/base/a.test.ts', `test('a', () => {\n${'x;\n'.repeat(200)}});`),
  ],
  bad: [
    [sample('src/base/a.ts', `export function a() {\n${'x;\n'.repeat(MAX_FUNCTION_LINES - 1)}}`)],
    [sample('src/base/a.ts', `export const a = async () => {\n${'x;\n'.repeat(99)}};`)],
    [sample('src/base/a.ts', `class A { get b() {\n${'x;\n'.repeat(99)}} }`)],
  ],
};

function longFunctions(source: Source): TidyFinding[] {
  const tree = treeOf(source);
  return [...nodesOf(tree)].filter(isFunction).flatMap((node) => {
    const line = lineAt(tree, node.getStart(tree));
    const lines = lineAt(tree, node.getEnd()) - line + 1;
    if (lines <= MAX_FUNCTION_LINES) return [];
    return [
      {
        path: source.path,
        line,
        message: `a function of ${lines} lines, ${MAX_FUNCTION_LINES} allowed; name its parts`,
      },
    ];
  });
}

function isFunction(node: Node): boolean {
  return typescript.isFunctionLike(node) && 'body' in node && node.body !== undefined;
}
