/**
 * Syntax trees of sources. TypeScript 7, which checks this project, has no programming interface; the parser of
 * TypeScript 6, which the web pages are built with, reads the same language.
 */
import { createRequire } from 'node:module';
import type ts from '../../web/node_modules/typescript/lib/typescript.d.ts';
import type { Source } from './rule.ts';

/** The parser and its node tests. */
export const typescript = createRequire(new URL('../../web/package.json', import.meta.url))(
  'typescript',
) as typeof ts;

/** A node of a syntax tree. */
export type Node = ts.Node;
/** An import declaration. */
export type ImportDeclaration = ts.ImportDeclaration;
/** The syntax tree of one file. */
export type Tree = ts.SourceFile;

const trees = new WeakMap<Source, Tree>();

/** The syntax tree of `source`, parsed once. */
export function treeOf(source: Source): Tree {
  const known = trees.get(source);
  if (known) return known;
  const tree = typescript.createSourceFile(
    source.path,
    source.text,
    typescript.ScriptTarget.Latest,
    true,
  );
  trees.set(source, tree);
  return tree;
}

/** Every node below `tree`, parents first. */
export function* nodesOf(tree: Tree): Generator<Node> {
  const waiting: Node[] = [tree];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    const children: Node[] = [];
    node.forEachChild((child) => void children.push(child));
    waiting.push(...children.reverse());
  }
}

/** The line of `position` in `tree`, from 1. */
export function lineAt(tree: Tree, position: number): number {
  return tree.getLineAndCharacterOfPosition(position).line + 1;
}

/** A comment of a source with its line. */
export interface Comment {
  readonly text: string;
  readonly line: number;
}

/** Every comment of `source`, in order. */
export function commentsOf(source: Source): Comment[] {
  const tree = treeOf(source);
  const starts = new Map<number, string>();
  const add = (ranges: readonly ts.CommentRange[] | undefined) => {
    for (const { pos, end } of ranges ?? []) starts.set(pos, source.text.slice(pos, end));
  };
  for (const node of tokensOf(tree)) {
    add(typescript.getLeadingCommentRanges(source.text, node.pos));
    add(typescript.getTrailingCommentRanges(source.text, node.end));
  }
  return [...starts]
    .sort(([a], [b]) => a - b)
    .map(([position, text]) => ({ text, line: lineAt(tree, position) }));
}

/** Whether `declaration` has a modifier of `kind`. */
export function hasModifier(declaration: Node, kind: ts.SyntaxKind): boolean {
  if (!typescript.canHaveModifiers(declaration)) return false;
  return typescript.getModifiers(declaration)?.some((modifier) => modifier.kind === kind) ?? false;
}

/** Tokens carry the comments; text inside strings and templates is theirs and holds none. */
function* tokensOf(tree: Tree): Generator<Node> {
  const waiting: Node[] = [tree];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    const children = node.getChildren(tree);
    if (children.length === 0 && node.kind !== typescript.SyntaxKind.JsxText) yield node;
    for (const child of children) if (!typescript.isJSDoc(child)) waiting.push(child);
  }
}
