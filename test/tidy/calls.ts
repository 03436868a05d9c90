/** The table of banned calls: each with where it is right after all, and what to write elsewhere. */
import { codeSources, isTest, type Rule, type Source, sample, type TidyFinding } from './rule.ts';
import { lineAt, type Node, nodesOf, type Tree, treeOf, typescript } from './syntax.ts';

/** One banned call. */
interface Ban {
  /** The call as a reader knows it. */
  readonly call: string;
  readonly instead: string;
  /** Files in which it stands by right. Tests and scripts are program code to none of these bans but the last ones. */
  readonly allowed: RegExp;
  /** Whether tests and scripts must obey as well. */
  readonly everywhere?: boolean;
  readonly found: (node: Node) => boolean;
}

const NOWHERE = /^$/;

/** Members of node:fs that change what is on the disk. */
const FS_WRITES = new RegExp(
  `^(?:${[
    'writeFile|write|writev|appendFile|createWriteStream|truncate|ftruncate|mkdir|mkdtemp|mkdtempDisposable',
    'rm|rmdir|unlink|rename|copyFile|cp|link|symlink|chmod|fchmod|lchmod|chown|fchown|lchown|utimes|futimes|lutimes',
    'fsync|fdatasync',
  ].join('|')})(?:Sync)?$`,
);

const BANS: readonly Ban[] = [
  {
    call: 'Date.now()',
    instead: 'take a Clock of base/clock.ts as an argument',
    allowed: /^src\/base\/clock\.ts$/,
    found: (node) => isMember(node, 'Date', 'now'),
  },
  {
    call: 'new Date() without an argument',
    instead: 'take a Clock of base/clock.ts as an argument',
    allowed: /^src\/base\/clock\.ts$/,
    found: (node) =>
      typescript.isNewExpression(node) &&
      node.expression.getText() === 'Date' &&
      (node.arguments?.length ?? 0) === 0,
  },
  {
    call: 'performance.now()',
    instead: 'take a Clock of base/clock.ts as an argument',
    allowed: /^src\/base\/clock\.ts$/,
    found: (node) => isMember(node, 'performance', 'now'),
  },
  {
    call: 'Math.random() or node:crypto randomness',
    instead: 'take a Random of base/clock.ts as an argument',
    allowed: /^src\/base\/clock\.ts$/,
    found: (node) =>
      isMember(node, 'Math', 'random') ||
      (typescript.isIdentifier(node) && /^random(?:Bytes|UUID|Int|Fill)(?:Sync)?$/.test(node.text)),
  },
  {
    call: 'an order of the locale (localeCompare, Intl.Collator)',
    instead: 'compareBytes of base/safe-path.ts',
    allowed: NOWHERE,
    everywhere: true,
    found: (node) => isCallOf(node, /^localeCompare$/) || isMember(node, 'Intl', 'Collator'),
  },
  {
    call: 'sort() without a comparison',
    instead: 'compareBytes of base/safe-path.ts, or a comparison of numbers',
    allowed: NOWHERE,
    found: (node) =>
      typescript.isCallExpression(node) &&
      isCallOf(node, /^(?:sort|toSorted)$/) &&
      node.arguments.length === 0,
  },
  {
    call: 'node:child_process',
    instead: 'runs of base/subprocess.ts, which has limits',
    allowed: /^src\/base\/(?:isolation|subprocess)\.ts$/,
    found: (node) => importsModule(node, /^(?:node:)?child_process$/),
  },
  {
    call: 'console',
    instead: 'a printer of cli/, or the logger passed in',
    allowed: NOWHERE,
    everywhere: true,
    found: (node) =>
      typescript.isPropertyAccessExpression(node) && node.expression.getText() === 'console',
  },
  {
    call: 'process.env',
    instead: 'a setting passed in; config.ts reads the environment',
    allowed: /^src\/config\.ts$/,
    found: (node) => isMember(node, 'process', 'env'),
  },
  {
    call: 'process.exit()',
    instead: 'a FonotecaError, or a returned exit code; main.ts ends the process',
    allowed: /^src\/main\.ts$/,
    found: (node) =>
      typescript.isCallExpression(node) && isMember(node.expression, 'process', 'exit'),
  },
  {
    call: 'eval or new Function',
    instead: 'code that is written down',
    allowed: NOWHERE,
    everywhere: true,
    found: (node) =>
      (typescript.isCallExpression(node) && node.expression.getText() === 'eval') ||
      ((typescript.isNewExpression(node) || typescript.isCallExpression(node)) &&
        node.expression.getText() === 'Function'),
  },
  {
    call: 'a socket (node:net)',
    instead: 'openOutbound of base/outbound.ts; only the seeder listens and calls beside it',
    allowed: /^src\/(?:base\/outbound[a-z-]*|seeding\/.*)\.ts$/,
    found: (node) => importsModule(node, /^(?:node:)?net$/) && !isTypeImport(node),
  },
  {
    call: 'an outbound connection (fetch, tls, https, dns, http.request, WebSocket)',
    instead: 'openOutbound of base/outbound.ts, the one door with an address policy',
    allowed: /^src\/base\/outbound[a-z-]*\.ts$/,
    found: (node) =>
      (importsModule(node, /^(?:node:)?(?:tls|https|http2|dns|dgram)(?:\/promises)?$|^undici$/) &&
        !isTypeImport(node)) ||
      (typescript.isCallExpression(node) && node.expression.getText() === 'fetch') ||
      (typescript.isNewExpression(node) &&
        /^(?:WebSocket|EventSource)$/.test(node.expression.getText())) ||
      isMember(node, 'http', 'request') ||
      isMember(node, 'http', 'get') ||
      isImportedFrom(node, /^(?:node:)?http$/, /^(?:request|get)$/),
  },
  {
    call: 'shell: true, exec or execSync',
    instead: 'a program and a list of arguments',
    allowed: NOWHERE,
    everywhere: true,
    found: (node) =>
      (typescript.isPropertyAssignment(node) &&
        node.name.getText() === 'shell' &&
        node.initializer.kind === typescript.SyntaxKind.TrueKeyword) ||
      isImportedFrom(node, /^(?:node:)?child_process$/, /^exec(?:Sync)?$/),
  },
];

/** No banned call outside the one place where it is right. */
export const bannedCalls: Rule = {
  name: 'clock, chance, locale, processes, environment and output are asked in one place each, and others are called through one door',
  check: (sources) => codeSources(sources).flatMap((source) => checkBans(source)),
  good: [
    sample('src/base/clock.ts', 'export const now = () => new Date(Date.now());'),
    sample('src/model/a.ts', `const a = new Date(0); // Date.now()\nconst b = 'Math.random()';`),
    sample('src/model/a.test.ts', 'process.exit(); Date.now(); spawn(process.env.A);'),
    sample('src/config.ts', 'export const a = process.env.A;'),
    sample('src/main.ts', 'process.exit(1);'),
    sample('src/base/subprocess.ts', `import { spawn } from 'node:child_process';`),
    sample('src/server/a.ts', `import type { Socket } from 'node:net';\nhttp.createServer();`),
    sample('src/base/outbound.ts', `import https from 'node:https';\nhttp.request(url);`),
    sample('src/seeding/listener.ts', `import net from 'node:net';\nnet.createServer();`),
    sample('src/base/b.ts', `xs.sort(compareBytes); /x/.exec(''); database.exec('BEGIN');`),
  ],
  bad: [
    ['const a = Date.now();'],
    ['const a = new Date();'],
    ['const a = new Date;'],
    ['const a = performance.now();'],
    ['const a = Math.random();'],
    [`import { randomUUID } from 'node:crypto';`],
    ['names.sort((a, b) => a.localeCompare(b));'],
    ['const c = new Intl.Collator();'],
    ['names.sort();'],
    ['const a = names?.toSorted();'],
    [`import { spawn } from 'node:child_process';`],
    [`import type { ChildProcess } from 'child_process';`],
    ['console.log(1);'],
    ['const a = process.env.HOME;'],
    [`const a = process['env'];`],
    ['process.exit(1);'],
    [`eval('1');`],
    [`new Function('return 1');`],
    [`const a = await fetch('https://example.org');`],
    [`import net from 'node:net';`],
    [`import { lookup } from 'node:dns/promises';`],
    [`import http from 'node:http';\nhttp.get('http://example.org');`],
    [`import { request } from 'node:http';`],
    [`import tls from 'node:tls';`, 'src/seeding/a.ts'],
    [`const a = await fetch('https://example.org');`, 'src/seeding/a.ts'],
    [`import net from 'node:net';`, 'src/server/a.ts'],
    ['run({ shell: true });'],
    [`import { execSync } from 'node:child_process';`],
  ].map(([text, path]) => [sample(path ?? 'src/model/a.ts', text ?? '')]),
};

/** One place writes files. */
export const fileWrites: Rule = {
  name: 'only the disks of base/ and base/durable.ts write files',
  check: (sources) =>
    codeSources(sources)
      .filter(({ path }) => /^src\//.test(path) && !isTest(path))
      .filter(({ path }) => !/^src\/base\/(?:disk|byte-name-disk|durable)\.ts$/.test(path))
      .flatMap(checkWrites),
  good: [
    sample('src/base/disk.ts', `import fs from 'node:fs';\nfs.writeSync(1, b);`),
    sample('src/model/a.ts', `import fs from 'node:fs';\nfs.readFileSync(f); disk.unlink(f);`),
    sample('src/model/b.ts', `import fs from 'node:fs';\nfs.openSync(f, 'r'); fs.openSync(f);`),
    sample('src/model/a.test.ts', `import fs from 'node:fs';\nfs.writeFileSync(f, b);`),
    sample('src/model/test-sounds.ts', `import fs from 'node:fs';\nfs.writeFileSync(f, b);`),
  ],
  bad: [
    [`import fs from 'node:fs';\nfs.writeFileSync(f, b);`],
    [`import * as fs from 'fs';\nfs.renameSync(a, b);`],
    [`import { promises } from 'node:fs';\nawait promises.rm(a);`],
    [`import { mkdirSync } from 'node:fs';\nmkdirSync(a);`],
    [`import { writeFile } from 'node:fs/promises';`],
    [`import fs from 'node:fs/promises';\nawait fs.appendFile(a, b);`],
    [`import fs from 'node:fs';\nfs.openSync(f, 'w');`],
    [`import fs from 'node:fs';\nfs.openSync(f, fs.constants.O_RDWR);`],
  ].map(([text]) => [sample('src/model/a.ts', text ?? '')]),
};

function checkBans(source: Source): TidyFinding[] {
  const tree = treeOf(source);
  const program = source.path.startsWith('src/') && !isTest(source.path);
  // The rules themselves, being tests, name what they look for.
  const bans = BANS.filter(
    ({ allowed, everywhere }) => (program || everywhere) && !allowed.test(source.path),
  );
  const found: TidyFinding[] = [];
  for (const node of nodesOf(tree)) {
    const ban = bans.find((one) => one.found(node));
    if (ban)
      found.push({
        path: source.path,
        line: lineAt(tree, node.getStart(tree)),
        message: `${ban.call}; instead: ${ban.instead}`,
      });
  }
  return found;
}

function checkWrites(source: Source): TidyFinding[] {
  const tree = treeOf(source);
  const fsNames = new Set(fileSystemNames(tree));
  return [...nodesOf(tree)]
    .filter((node) => isFsWrite(node, fsNames))
    .map((node) => ({
      path: source.path,
      line: lineAt(tree, node.getStart(tree)),
      message: `${node.getText(tree).slice(0, 40)} writes; instead: a Disk, startDurable or putFile of base/`,
    }));
}

/** The names under which this file knows node:fs or node:fs/promises as a whole. */
function* fileSystemNames(tree: Tree): Generator<string> {
  for (const node of tree.statements) {
    if (!importsModule(node, FS_MODULE) || !typescript.isImportDeclaration(node)) continue;
    const clause = node.importClause;
    if (clause?.name) yield clause.name.text;
    const bindings = clause?.namedBindings;
    if (bindings && typescript.isNamespaceImport(bindings)) yield bindings.name.text;
    if (bindings && typescript.isNamedImports(bindings))
      for (const { name, propertyName } of bindings.elements)
        if ((propertyName ?? name).text === 'promises') yield name.text;
  }
}

const FS_MODULE = /^(?:node:)?fs(?:\/promises)?$/;

function isFsWrite(node: Node, fsNames: ReadonlySet<string>): boolean {
  if (isImportedFrom(node, FS_MODULE, FS_WRITES)) return true;
  if (isImportedFrom(node, FS_MODULE, /^open(?:Sync)?$/)) return true;
  if (typescript.isCallExpression(node) && isCallOf(node, /^open(?:Sync)?$/)) {
    const callee = node.expression;
    if (!typescript.isPropertyAccessExpression(callee)) return false;
    if (!fsNames.has(callee.expression.getText())) return false;
    const flags = node.arguments[1]?.getText() ?? `'r'`;
    return !/^(?:['"]r['"]|[^'"]*O_RDONLY[^'"]*)$/.test(flags);
  }
  return (
    typescript.isPropertyAccessExpression(node) &&
    FS_WRITES.test(node.name.text) &&
    fsNames.has(node.expression.getText().replace(/\.promises$/, ''))
  );
}

function isMember(node: Node, object: string, member: string): boolean {
  if (typescript.isPropertyAccessExpression(node))
    return node.expression.getText() === object && node.name.text === member;
  if (!typescript.isElementAccessExpression(node)) return false;
  const key = node.argumentExpression;
  return (
    node.expression.getText() === object &&
    typescript.isStringLiteralLike(key) &&
    key.text === member
  );
}

function isCallOf(node: Node, method: RegExp): boolean {
  if (!typescript.isCallExpression(node)) return false;
  const callee = node.expression;
  return typescript.isPropertyAccessExpression(callee) && method.test(callee.name.text);
}

function importsModule(node: Node, specifier: RegExp): boolean {
  return (
    typescript.isImportDeclaration(node) &&
    typescript.isStringLiteral(node.moduleSpecifier) &&
    specifier.test(node.moduleSpecifier.text)
  );
}

function isTypeImport(node: Node): boolean {
  return typescript.isImportDeclaration(node) && node.importClause?.isTypeOnly === true;
}

function isImportedFrom(node: Node, specifier: RegExp, name: RegExp): boolean {
  if (!typescript.isImportSpecifier(node)) return false;
  const declaration = node.parent.parent.parent;
  return importsModule(declaration, specifier) && name.test((node.propertyName ?? node.name).text);
}
