/** Rules on words: no unfinished-work marks, no history in comments. */
import { codeSources, type Rule, type Source, sample, type TidyFinding } from './rule.ts';
import { commentsOf } from './syntax.ts';

// Put together from halves, so that this file passes its own rule.
const UNFINISHED = new RegExp(
  `\\b(?:${['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK', 'W' + 'IP'].join('|')})\\b|\\b(?:not (?:yet )?implemented|for (?:now)|placeholder (?:for))\\b`,
);

/** Ways in which a comment tells what the code was instead of what it is. */
const HISTORY = new RegExp(
  [
    'used to (?:be|have|live|hold|return|do|call|take)\\b',
    '\\b(?:was|were|has been|have been) (?:renamed|rewritten|refactored|deprecated)\\b',
    '\\b(?:has been|have been) (?:moved|replaced|removed|introduced)\\b',
    '\\bpreviously (?:was|were|used|did|called|named|in|we)\\b',
    '\\bformerly\\b',
    '\\bno longer (?:needed|used|necessary|required|exists)\\b',
    '\\bwe (?:changed|moved|renamed|replaced|removed|switched)\\b',
    '\\b(?:old|new) (?:implementation|version of this|code path)\\b',
    '\\bbackwards? compatib',
  ].join('|'),
  'i',
);

/** Work is finished or not there. */
export const unfinished: Rule = {
  name: 'nothing is marked as unfinished',
  check: (sources) =>
    sources
      .filter(
        ({ path }) =>
          /^(?:src|test|scripts|bin|bench|docs|web\/src|\.ci)\//.test(path) || !path.includes('/'),
      )
      .filter(({ path }) => /(?:\.(?:[cm]?[jt]s|md|svelte|css)|^\.ci\/\w+)$/.test(path))
      .flatMap((source) => linesMatching(source, UNFINISHED)),
  good: [sample('src/base/a.ts', '// Shortens the work.\nconst todo = [];')],
  bad: [
    [sample('src/base/a.ts', `// ${'TO'}${'DO'}: later`)],
    [sample('docs/a.md', `${'FIX'}${'ME'}`)],
    [sample('src/base/a.ts', `throw new Error('not ${''}implemented');`)],
  ],
};

/** Comments speak of the code as it is; what it was is the version history's. */
export const history: Rule = {
  name: 'comments tell what is, not what was',
  check: (sources) =>
    codeSources(sources).flatMap((source) =>
      commentsOf(source)
        .filter(({ text }) => HISTORY.test(text.replaceAll(/\s*\n\s*\*?\s*/g, ' ')))
        .map(({ text, line }) => ({
          path: source.path,
          line,
          message: `"${text.replaceAll(/\s+/g, ' ').slice(0, 80)}" tells history; the commit message does that`,
        })),
    ),
  good: [
    sample('src/base/a.ts', `// The buffer is used to build names.\nconst a = 'was renamed';`),
    sample(
      'src/base/b.ts',
      `/** Waits until the lock is no longer held. */\nconst url = 'https://e.org/';`,
    ),
  ],
  bad: [
    [sample('src/base/a.ts', '// This used to be a class.')],
    [sample('src/base/a.ts', '/** The table was renamed. */\nexport const a = 1;')],
    [sample('src/base/a.ts', '/**\n * Formerly\n * a list.\n */\nconst a = [];')],
    [sample('src/base/a.ts', 'f(1, /* previously was 2 */ 3);')],
    [sample('src/base/a.ts', 'const a = 1; // no longer needed')],
  ],
};

function linesMatching({ path, text }: Source, pattern: RegExp): TidyFinding[] {
  return text.split('\n').flatMap((line, index) => {
    const match = pattern.exec(line);
    return match
      ? [{ path, line: index + 1, message: `"${match[0]}": finish it or leave it out` }]
      : [];
  });
}
