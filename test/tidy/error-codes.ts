/** The rule that the error catalogue and the source agree. */
import { programSources, type Rule, type Source, sample, type TidyFinding } from './rule.ts';
import { lineAt, type Node, nodesOf, treeOf, typescript } from './syntax.ts';

const CATALOGUE = 'src/base/error-catalogue.ts';
/** The table, or the parts of it when it is kept in several files. */
const TABLES = /^src\/base\/error-catalogue[a-z-]*\.ts$/;
const CATALOGUE_SAMPLE = sample(
  CATALOGUE,
  'export const E = entry({ A_B: { wanted: 1 }, C: {} });',
);

/** Every code raised is in the catalogue; every code in the catalogue is raised. */
export const errorCodes: Rule = {
  name: 'every error code raised is catalogued, and every catalogued code is raised',
  check: (sources) => {
    const codes = new Map(sources.filter(({ path }) => TABLES.test(path)).flatMap(catalogueCodes));
    const code = programSources(sources).filter(({ path }) => !TABLES.test(path));
    const named = new Set(code.flatMap(literalsOf));
    const silent = [...codes]
      .filter(([name]) => !named.has(name))
      .map(([name, place]) => ({
        ...place,
        message: `${name} is raised nowhere; remove it`,
      }));
    return [...code.flatMap((source) => uncatalogued(source, codes)), ...silent];
  },
  good: [
    CATALOGUE_SAMPLE,
    sample('src/base/a.ts', `throw new FonotecaError(bad ? 'A_B' : 'C', seen);`),
    sample('src/base/b.ts', `if (error.code === 'ENOENT') return { code: 'C' };`),
  ],
  bad: [
    [CATALOGUE_SAMPLE, sample('src/base/a.ts', `throw new FonotecaError('A_B', seen);`)],
    [
      CATALOGUE_SAMPLE,
      sample(
        'src/base/a.ts',
        `throw new FonotecaError('A_B', 'C'); f(new FonotecaError('D', seen));`,
      ),
    ],
    [CATALOGUE_SAMPLE, sample('src/base/a.ts', `g('A_B', 'C', { code: 'D_E' });`)],
    [CATALOGUE_SAMPLE, sample('src/base/a.ts', `new FonotecaError(x ? 'A_B' : 'F_G', 'C');`)],
  ],
};

function catalogueCodes(source: Source): [string, { path: string; line: number }][] {
  const tree = treeOf(source);
  return [...nodesOf(tree)]
    .filter((node) => typescript.isPropertyAssignment(node))
    .filter((node) => /^[A-Z][A-Z0-9_]*$/.test(node.name.getText(tree)))
    .map((node) => [
      node.name.getText(tree),
      { path: source.path, line: lineAt(tree, node.getStart(tree)) },
    ]);
}

function literalsOf(source: Source): string[] {
  return [...nodesOf(treeOf(source))]
    .filter((node) => typescript.isStringLiteralLike(node))
    .map((node) => node.text);
}

function uncatalogued(source: Source, codes: ReadonlyMap<string, unknown>): TidyFinding[] {
  const tree = treeOf(source);
  return [...nodesOf(tree)].flatMap((node) =>
    raisedAt(node)
      .filter((code) => !codes.has(code))
      .map((code) => ({
        path: source.path,
        line: lineAt(tree, node.getStart(tree)),
        message: `${code} is not in ${CATALOGUE}; add a row with what was wanted and what to do`,
      })),
  );
}

/** The codes a node raises: `new FonotecaError(code, …)` and `{ code: … }`; the system's own `E…` names are not ours. */
function raisedAt(node: Node): string[] {
  if (typescript.isNewExpression(node) && node.expression.getText() === 'FonotecaError')
    return node.arguments?.[0] ? choicesOf(node.arguments[0]) : [];
  if (typescript.isPropertyAssignment(node) && node.name.getText() === 'code')
    return choicesOf(node.initializer).filter((code) =>
      /^(?!E[A-Z0-9]+$)[A-Z][A-Z0-9_]+$/.test(code),
    );
  return [];
}

function choicesOf(node: Node): string[] {
  if (typescript.isStringLiteralLike(node)) return [node.text];
  if (typescript.isConditionalExpression(node))
    return [...choicesOf(node.whenTrue), ...choicesOf(node.whenFalse)];
  if (typescript.isParenthesizedExpression(node)) return choicesOf(node.expression);
  return [];
}
