/** Rules on names of files and folders. */
import { type Rule, type Source, sample, type TidyFinding } from './rule.ts';

/** Names that say nothing of what is inside, so that anything ends up there. */
const EMPTY_NAMES = ['util', 'utils', 'helper', 'helpers', 'common', 'misc', 'core', 'manager'];
EMPTY_NAMES.push('service', 'services', 'shared', 'lib');

/** Names tell what is inside. */
export const names: Rule = {
  name: 'files and folders are named for what they hold, in kebab-case',
  check: (sources) =>
    sources
      .filter(({ path }) => /^(?:src|test|scripts|bench)\//.test(path))
      .flatMap(({ path }) => checkName(path)),
  good: [sample('src/formats/ogg-page.test.ts', ''), sample('scripts/errors-page.ts', '')],
  bad: [
    [sample('src/utils/a.ts', '')],
    [sample('src/store/store-manager.ts', '')],
    [sample('src/base/helpers.ts', '')],
    [sample('src/base/SafePath.ts', '')],
    [sample('src/base/safe_path.ts', '')],
  ],
};

/** No file that only hands on what others hold. */
export const noBarrels: Rule = {
  name: 'there is no barrel: no index.ts, no `export *`, no default export',
  check: (sources) =>
    sources
      .filter(({ path }) => /^(?:src|test|scripts|bench)\/.*\.ts$/.test(path))
      .flatMap(checkBarrel),
  good: [sample('src/base/a.ts', `export const a = 'export * from';`)],
  bad: [
    [sample('src/base/index.ts', '')],
    [sample('src/base/a.ts', `export * from './b.ts';`)],
    [sample('src/base/a.ts', `export default 1;`)],
    [sample('src/base/a.ts', `const a = 1;\nexport { a as default };`)],
  ],
};

function checkName(path: string): TidyFinding[] {
  return path
    .split('/')
    .slice(1)
    .flatMap((name) => {
      const stem = name.replace(/(?:\.test)?\.[a-z]+$/, '');
      const empty = stem.split('-').find((word) => EMPTY_NAMES.includes(word));
      if (empty) return [{ path, message: `"${empty}" says nothing; use a word of GLOSSARY.md` }];
      if (/\.[cm]?[jt]s$/.test(name) && !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(stem))
        return [{ path, message: `"${stem}" is not kebab-case` }];
      return [];
    });
}

function checkBarrel({ path, text }: Source): TidyFinding[] {
  if (path.endsWith('/index.ts')) return [{ path, message: 'name the file for what it holds' }];
  const say = (message: string) => [{ path, message }];
  if (/^export \* /m.test(text)) return say('`export *`; import from the file that holds it');
  if (/^export default\b/m.test(text) || /^export \{[^}]*\bas default\b/m.test(text))
    return say('a default export; export it by name');
  return [];
}
