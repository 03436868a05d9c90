/** Rules on documents: links and named paths lead somewhere. */
import path from 'node:path';
import { type Rule, type Source, sample, type TidyFinding } from './rule.ts';

/** Folders whose paths, named in a document or comment, must exist. */
const OWN_PATH = /^(?:src|test|docs|scripts|bin|web|bench|\.ci)\/[\w./*@+\-[\]]*$/;
/** Made by the build, so named without being there. */
const MADE = /^(?:web\/build|web\/\.svelte-kit|dist|node_modules)\b/;

/** Links lead to files and headings that exist. */
export const links: Rule = {
  name: 'links in documents lead to files and headings that are there',
  check: (sources) => {
    const places = placesOf(sources);
    return documents(sources).flatMap((source) => checkLinks(source, sources, places));
  },
  good: [
    sample(
      'docs/a.md',
      '# A\n[b](b/c.md#the-first-one) [d](../src/x.ts) [e](https://e.org) [f](#a)\n',
    ),
    sample('docs/b/c.md', '## The first: one\n'.replace(':', '')),
    sample('src/x.ts', ''),
  ],
  bad: [
    [sample('README.md', '[b](docs/b.md)')],
    [sample('docs/a.md', '[b](src/x.ts)'), sample('src/x.ts', '')],
    [sample('docs/a.md', '[b](b.md#two)'), sample('docs/b.md', '# One')],
    [sample('docs/a.md', '[b](#two)')],
    [sample('docs/a.md', '![p](p.svg)')],
  ],
};

/** Paths named in words exist too. */
export const namedPaths: Rule = {
  name: 'paths named in documents and comments are there',
  check: (sources) => {
    const places = placesOf(sources);
    return [
      ...documents(sources).flatMap((source) => checkCodeSpans(source, places)),
      ...sources
        .filter(({ path: file }) => /^(?:src|scripts|bin)\/.*\.[cm]?[jt]s$/.test(file))
        .flatMap((source) => checkSourceMentions(source, places)),
    ];
  },
  good: [
    sample('README.md', 'See `src/base/a.ts`, `src/base/`, `src/*/a.ts`, `web/build/x` and `a/b`.'),
    sample('src/base/a.ts', '// See docs/formats/a.md.'),
    sample('docs/formats/a.md', ''),
  ],
  bad: [
    [sample('README.md', 'See `src/base/a.ts`.')],
    [sample('README.md', 'See `src/base/`.')],
    [sample('README.md', 'See `src/*/b.ts`.'), sample('src/base/a.ts', '')],
    [sample('src/base/a.ts', '// See docs/formats/a.md.')],
  ],
};

function documents(sources: readonly Source[]): Source[] {
  return sources.filter(
    ({ path: file }) => file.endsWith('.md') && !file.startsWith('node_modules/'),
  );
}

/** Every file and every folder. */
function placesOf(sources: readonly Source[]): ReadonlySet<string> {
  const places = new Set<string>(['']);
  for (const { path: file } of sources) {
    const names = file.split('/');
    for (let depth = 1; depth <= names.length; depth += 1)
      places.add(names.slice(0, depth).join('/'));
  }
  return places;
}

function checkLinks(
  source: Source,
  sources: readonly Source[],
  places: ReadonlySet<string>,
): TidyFinding[] {
  return [...withoutFences(source.text).matchAll(/\]\(([^()\s]+(?:\([^()\s]*\))?)\)/g)].flatMap(
    (match) => {
      const address = match[1] ?? '';
      if (/^[a-z][a-z+.-]*:/i.test(address)) return [];
      const line = lineOf(source.text, match.index);
      const [file = '', anchor] = decodeURI(address).split('#');
      const target =
        file === '' ? source.path : path.posix.join(path.posix.dirname(source.path), file);
      if (!places.has(target.replace(/\/$/, '')))
        return [{ path: source.path, line, message: `a link to ${target}, which is not there` }];
      const text = sources.find((one) => one.path === target)?.text ?? '';
      if (anchor === undefined || !target.endsWith('.md') || headingsOf(text).has(anchor))
        return [];
      return [{ path: source.path, line, message: `${target} has no heading #${anchor}` }];
    },
  );
}

/** Headings as anchors, the way GitHub and most others write them. */
function headingsOf(text: string): Set<string> {
  const anchors = [...withoutFences(text).matchAll(/^#{1,6} +(.+?) *$/gm)].map((match) =>
    (match[1] ?? '')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(/\s/g, '-'),
  );
  return new Set(anchors);
}

function checkCodeSpans(source: Source, places: ReadonlySet<string>): TidyFinding[] {
  return [...withoutFences(source.text).matchAll(/`([^`\n]+)`/g)].flatMap((match) => {
    const named = match[1] ?? '';
    if (!OWN_PATH.test(named) || MADE.test(named) || exists(named, places)) return [];
    const line = lineOf(source.text, match.index);
    return [{ path: source.path, line, message: `names ${named}, which is not there` }];
  });
}

function checkSourceMentions(source: Source, places: ReadonlySet<string>): TidyFinding[] {
  return [...source.text.matchAll(/\bdocs\/[\w/-]+\.md\b/g)]
    .filter(([named]) => !places.has(named))
    .map((match) => ({
      path: source.path,
      line: lineOf(source.text, match.index),
      message: `names ${match[0]}, which is not there`,
    }));
}

function exists(named: string, places: ReadonlySet<string>): boolean {
  const place = named.replace(/\/$/, '');
  if (!place.includes('*')) return places.has(place);
  const pattern = place
    .split(/(\*\*\/|\*)/)
    .map((part) => (part === '*' ? '[^/]*' : part === '**/' ? '(?:.*/)?' : escapePattern(part)))
    .join('');
  const matcher = new RegExp(`^${pattern}$`);
  return [...places].some((one) => matcher.test(one));
}

function escapePattern(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&');
}

/** Fenced blocks blanked: what they hold is shown, not said. */
function withoutFences(text: string): string {
  return text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replaceAll(/[^\n]/g, ' '));
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split('\n').length;
}
