/** Rule on what is disposed: nothing is closed while somebody still works with it. */
import { codeSources, type Rule, type Source, sample, type TidyFinding } from './rule.ts';
import {
  hasModifier,
  lineAt,
  type Node,
  nodesOf,
  type Tree,
  treeOf,
  typescript,
} from './syntax.ts';

/** Calls of the language and of Node that never give a promise. */
const AT_ONCE = /^(?:(?:Buffer|JSON|Math|Object)\.\w+|Array\.(?:from|of)|String|Number|Boolean)$/;

/** A returned call is awaited before what it may use is closed. */
export const awaitedBeforeDisposal: Rule = {
  name: 'an async function awaits the call it returns before a `using` of it closes',
  check: (sources) => codeSources(sources).flatMap(earlyDisposals),
  good: [
    ...[
      'async function f() { await using a = open(); return await g(a); }',
      'async function f() { await using a = open(); const b = g(a); return b; }',
      'async function f() { using a = open(); return { b: g(a) }; }',
      'async function f() { { await using a = open(); await g(a); } return h(); }',
      'async function f() { if (b) return g(); await using a = open(); await h(a); }',
      'function f(): number { using a = open(); return g(a); }',
      'async function f() { await using a = open(); return Buffer.concat(await g(a)); }',
      'async function f() { await using a = open(); return async () => { return g(); }; }',
      'async function f() { await using a = open(); return isFast ? undefined : await g(a); }',
    ].map((text) => sample('src/base/a.ts', text)),
  ],
  bad: [
    'async function f() { await using a = open(); return g(a); }',
    'const f = async () => { using a = open(); return g(a); };',
    'class A { async b() { await using a = open(); if (c) { return this.d(a); } } }',
    'function f(): Promise<number> { using a = open(); return g(a); }',
    'async function f() { await using a = open(); return isFast ? undefined : g(a); }',
    'async function f() { await using a = open(); return known ?? (g(a) as B); }',
    'async function f() { for (await using a of open()) return g(a); }',
    'async function f() { await using a = open(); try { return g(a); } finally { h(); } }',
    'async function f() { await using a = open(); return new Promise((b) => a.once(b)); }',
    'async function f() { await using a = open(); return Promise.all(a.map(g)); }',
    'async function f() { await using a = open(); return (await g(a)).h(); }',
  ].map((text) => [sample('src/base/a.ts', text)]),
};

function earlyDisposals(source: Source): TidyFinding[] {
  const tree = treeOf(source);
  return [...nodesOf(tree)]
    .filter(typescript.isReturnStatement)
    .filter((node) => node.expression && isPending(node.expression) && closesBehind(node, tree))
    .map((node) => ({
      path: source.path,
      line: lineAt(tree, node.getStart(tree)),
      message: 'returns a call while a `using` closes what it works with; write `return await`',
    }));
}

/** Whether the value of `expression` can be what a call or `new Promise` gave, without an await. */
function isPending(expression: Node): boolean {
  if (typescript.isCallExpression(expression))
    return !AT_ONCE.test(expression.expression.getText());
  if (typescript.isNewExpression(expression)) return expression.expression.getText() === 'Promise';
  if (
    typescript.isParenthesizedExpression(expression) ||
    typescript.isAsExpression(expression) ||
    typescript.isSatisfiesExpression(expression) ||
    typescript.isNonNullExpression(expression)
  )
    return isPending(expression.expression);
  if (typescript.isConditionalExpression(expression))
    return isPending(expression.whenTrue) || isPending(expression.whenFalse);
  if (!typescript.isBinaryExpression(expression)) return false;
  const isChoice = /^(?:\?\?|\|\||&&|,)$/.test(expression.operatorToken.getText());
  return isChoice && (isPending(expression.left) || isPending(expression.right));
}

/** Whether a `using` before `node`, in a function that gives a promise, closes as `node` leaves. */
function closesBehind(node: Node, tree: Tree): boolean {
  let isUsed = false;
  for (let inner: Node = node, outer = node.parent; ; inner = outer, outer = outer.parent) {
    if (typescript.isFunctionLike(outer)) return isUsed && givesPromise(outer, tree);
    if (typescript.isSourceFile(outer)) return false;
    if (typescript.isBlock(outer) || typescript.isCaseOrDefaultClause(outer))
      isUsed ||= outer.statements.some((one) => one.pos < inner.pos && declaresUsing(one));
    if (typescript.isForOfStatement(outer) || typescript.isForStatement(outer))
      isUsed ||= outer.initializer !== undefined && isUsing(outer.initializer);
  }
}

function declaresUsing(statement: Node): boolean {
  return typescript.isVariableStatement(statement) && isUsing(statement.declarationList);
}

/** `await using` is `using` with the bit of `const`, so the bit of `using` tells both. */
function isUsing(list: Node): boolean {
  const { Using, Const, BlockScoped } = typescript.NodeFlags;
  const kind = list.flags & BlockScoped;
  return kind === Using || kind === (Using | Const);
}

function givesPromise(declaration: Node, tree: Tree): boolean {
  if (hasModifier(declaration, typescript.SyntaxKind.AsyncKeyword)) return true;
  const type = 'type' in declaration ? (declaration.type as Node | undefined) : undefined;
  return type?.getText(tree).startsWith('Promise<') ?? false;
}
