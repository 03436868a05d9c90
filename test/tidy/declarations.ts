/** Rules on what a file says of itself and of its exports. */
import { codeSources, type Rule, type Source, sample, type TidyFinding } from './rule.ts';
import { hasModifier, lineAt, type Node, type Tree, treeOf, typescript } from './syntax.ts';

const MAX_HEADER_LINES = 12;
const HEADER = '/** What this is. */\n';

/** A reader learns from the first lines what a file is. */
export const headers: Rule = {
  name: 'a source file starts with a comment that says what it is',
  check: (sources) =>
    codeSources(sources)
      .filter(({ path }) => !path.endsWith('.test.ts'))
      .flatMap(checkHeader),
  good: [
    sample('src/base/a.ts', `/**\n * What this is.\n * Spec.\n */\nimport fs from 'node:fs';`),
    sample('src/base/a.test.ts', `import test from 'node:test';`),
    sample('scripts/a.ts', `#!/usr/bin/env node\n/** What this is. */\nimport fs from 'node:fs';`),
  ],
  bad: [
    [sample('src/base/a.ts', `import fs from 'node:fs';\n/** Late. */`)],
    [sample('src/base/a.ts', `/** Digest of bytes. */\nexport const a = 1;\n`)],
    [sample('src/base/a.ts', `/**\n${' * x\n'.repeat(MAX_HEADER_LINES)} */\nimport 'a';`)],
    [sample('src/base/a.ts', `/** */\nimport fs from 'node:fs';`)],
  ],
};

/** Every export is explained where it is declared. */
export const docComments: Rule = {
  name: 'every export has a doc comment',
  check: (sources) =>
    codeSources(sources)
      .filter(({ path }) => !path.endsWith('.test.ts'))
      .flatMap(checkDocs),
  good: [
    sample(
      'src/base/a.ts',
      `${HEADER}/** One. */\nexport const a = 1;\nconst b = 2;\n/** Two. */\nexport interface C {}\n/** D. */\nexport async function d(): Promise<void> {}\n`,
    ),
  ],
  bad: [
    'export function a() {}',
    'export const a = 1;',
    'export type A = 1;',
    'export interface A {}',
    'export class A {}',
    '// Not a doc comment.\nexport const a = 1;',
    '/** */\nexport const a = 1;',
    '/** Of a. */\nconst a = 1;\nexport const b = 1;',
  ].map((text) => [sample('src/base/a.ts', `${HEADER}\n${text}`)]),
};

function checkHeader({ path, text }: Source): TidyFinding[] {
  const header = /^(?:#![^\n]*\n)?\s*(\/\*\*[\s\S]*?\*\/)\s*/.exec(text);
  const say = (message: string) => [{ path, line: 1, message }];
  if (!header?.[1] || header[1].replaceAll(/[/*\s]/g, '') === '')
    return say('no header comment: what the file is, its input and output, its spec');
  const lines = header[1].split('\n').length;
  if (lines > MAX_HEADER_LINES)
    return say(`a header of ${lines} lines, ${MAX_HEADER_LINES} allowed; move it to docs/`);
  // A comment that touches an export is that export's own.
  const gap = header[0].slice(header[0].indexOf(header[1]) + header[1].length);
  const rest = text.slice(header[0].length);
  if (/^(?:export|const|function|class|interface|type)\b/.test(rest) && !gap.includes('\n\n'))
    return say('the first comment belongs to a declaration; put a header and an empty line above');
  return [];
}

function checkDocs(source: Source): TidyFinding[] {
  const tree = treeOf(source);
  const seen = new Set<string>();
  return tree.statements.flatMap((statement) => {
    if (!hasModifier(statement, typescript.SyntaxKind.ExportKeyword)) return [];
    const name = declaredName(statement);
    // The further signatures of an overload share the first one's comment.
    if (typescript.isFunctionDeclaration(statement) && seen.has(name)) return [];
    seen.add(name);
    if (isDocumented(statement, tree)) return [];
    return [
      {
        path: source.path,
        line: lineAt(tree, statement.getStart(tree)),
        message: `${name} has no doc comment; say what it returns, its units and its errors`,
      },
    ];
  });
}

/** The parser hands the file's header to the first statement too; a header explains the file, not the export. */
function isDocumented(statement: Node, tree: Tree): boolean {
  const header = tree.text.search(/\/\*\*/);
  return typescript
    .getJSDocCommentsAndTags(statement)
    .filter((comment) => comment.getStart(tree) > header)
    .some((comment) => comment.getText(tree).replaceAll(/[/*\s]/g, '') !== '');
}

function declaredName(statement: Node): string {
  if (typescript.isVariableStatement(statement))
    return statement.declarationList.declarations.map(({ name }) => name.getText()).join(', ');
  if ('name' in statement && statement.name) return (statement.name as Node).getText();
  return 'an export';
}
