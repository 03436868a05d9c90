import assert from 'node:assert/strict';
import test from 'node:test';
import { makeSampleSite } from '../../test/browser/sample-site.ts';
import { createServer } from './create-server.ts';

interface Operation {
  readonly parameters?: readonly {
    readonly in: string;
    readonly name: string;
    required: boolean;
  }[];
  readonly responses: Readonly<Record<string, { readonly description?: string }>>;
}

const app = createServer(makeSampleSite().site, { webBuildDirectory: null });
const described = (await app.inject('/openapi.json')).json();
const paths: Record<string, Record<string, Operation>> = described.paths;

test('every path is one that OpenAPI can say, and each of its parts is a parameter', () => {
  for (const [path, methods] of Object.entries(paths)) {
    const wanted = [...path.matchAll(/\{([^}]*)\}/g)].map((match) => match[1]!);
    for (const name of wanted) assert.match(name, /^\w+$/, path);
    for (const { parameters = [] } of Object.values(methods)) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path');
      assert.deepEqual(inPath.map(({ name }) => name).toSorted(), wanted.toSorted(), path);
      assert.ok(
        inPath.every(({ required }) => required),
        path,
      );
    }
  }
});

test('every answer has a description, and every reference leads somewhere', () => {
  for (const [path, methods] of Object.entries(paths))
    for (const { responses } of Object.values(methods))
      for (const [status, { description }] of Object.entries(responses))
        assert.ok(description !== undefined, `${path} ${status}`);
  for (const [, pointer] of JSON.stringify(described).matchAll(/"\$ref":"#\/([^"]+)"/g)) {
    const found = pointer!.split('/').reduce((at, part) => at?.[part], described);
    assert.ok(found, pointer);
  }
});

const ANSWERS: readonly (readonly [path: string, statuses: readonly string[]])[] = [
  ['/stream/{name}', ['200', '206', '304', '404', '410', '412', '416', '500']],
  ['/file/{name}', ['200', '206', '304', '404', '410', '412', '416', '500']],
  ['/volumes/{name}', ['200', '206', '304', '404', '412', '416', '500']],
  ['/editions/{folder}/{name}', ['200', '206', '304', '404', '412', '416', '500']],
];
for (const [path, statuses] of ANSWERS)
  test(`${path} tells all that it answers`, () => {
    assert.deepEqual(Object.keys(paths[path]!.get!.responses), statuses);
  });
