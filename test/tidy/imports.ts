/** Which file imports which, and which names: read from the syntax, type-only imports included. */
import path from 'node:path';
import type { Source } from './rule.ts';
import {
  type ImportDeclaration,
  lineAt,
  type Node,
  nodesOf,
  treeOf,
  typescript,
} from './syntax.ts';

/** One import, export-from, dynamic import or worker entry of a file. */
export interface Import {
  readonly specifier: string;
  /** The project path it leads to, when it is relative. */
  readonly target: string | undefined;
  /** The names taken; `*` for all of them. */
  readonly names: readonly string[];
  readonly typeOnly: boolean;
  /** How the other file is reached. A worker's entry, which runs on its own, is named by `entry`. */
  readonly by: 'import' | 're-export' | 'call' | 'entry';
  readonly line: number;
}

/** The imports of `source`, in order. */
export function importsOf(source: Source): Import[] {
  const tree = treeOf(source);
  const found: Import[] = [];
  for (const node of nodesOf(tree)) {
    const seen = importAt(node);
    if (!seen) continue;
    const relative = seen.specifier.startsWith('.');
    const target = relative
      ? path.posix.join(path.posix.dirname(source.path), seen.specifier)
      : undefined;
    found.push({ ...seen, target, line: lineAt(tree, node.getStart(tree)) });
  }
  return found;
}

type Seen = Omit<Import, 'target' | 'line'>;

function importAt(node: Node): Seen | undefined {
  if (typescript.isImportDeclaration(node)) return declaredImport(node);
  if (typescript.isExportDeclaration(node) && node.moduleSpecifier) {
    const names =
      node.exportClause && typescript.isNamedExports(node.exportClause)
        ? node.exportClause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
        : ['*'];
    const specifier = textOf(node.moduleSpecifier) ?? '';
    return { specifier, names, typeOnly: node.isTypeOnly, by: 're-export' };
  }
  if (typescript.isImportTypeNode(node) && typescript.isLiteralTypeNode(node.argument)) {
    const specifier = textOf(node.argument.literal);
    return specifier ? { specifier, names: ['*'], typeOnly: true, by: 'import' } : undefined;
  }
  if (
    typescript.isCallExpression(node) &&
    node.expression.kind === typescript.SyntaxKind.ImportKeyword
  ) {
    const specifier = node.arguments[0] && textOf(node.arguments[0]);
    return specifier ? { specifier, names: ['*'], typeOnly: false, by: 'call' } : undefined;
  }
  const entry = workerEntry(node);
  return entry ? { specifier: entry, names: ['*'], typeOnly: false, by: 'entry' } : undefined;
}

/**
 * A worker's entry, named so that it is right in src/ and compiled: the extension of the file that names it, as in
 * path.join(import.meta.dirname, `worker${path.extname(import.meta.filename)}`).
 */
function workerEntry(node: Node): string | undefined {
  if (!typescript.isTemplateExpression(node) || node.templateSpans.length !== 1) return undefined;
  const [span] = node.templateSpans;
  if (span?.expression.getText() !== 'path.extname(import.meta.filename)') return undefined;
  return `./${node.head.text.replace(/^\.\//, '')}.ts`;
}

function declaredImport(node: ImportDeclaration): Seen {
  const specifier = textOf(node.moduleSpecifier) ?? '';
  const clause = node.importClause;
  const names: string[] = [];
  let typeOnly = clause?.isTypeOnly ?? false;
  if (clause?.name) names.push('default');
  const bindings = clause?.namedBindings;
  if (bindings && typescript.isNamespaceImport(bindings)) names.push('*');
  if (bindings && typescript.isNamedImports(bindings)) {
    names.push(...bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text));
    typeOnly ||= bindings.elements.length > 0 && bindings.elements.every((one) => one.isTypeOnly);
  }
  return { specifier, names, typeOnly, by: 'import' };
}

function textOf(node: Node): string | undefined {
  return typescript.isStringLiteralLike(node) ? node.text : undefined;
}
