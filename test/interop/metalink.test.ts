/** aria2 is given the Metalink of a published edition and nothing else, and fetches its volumes from the addresses in it. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { unwatched } from '../../src/base/progress.ts';
import { planEdition } from '../../src/publishing/plan-edition.ts';
import { publishEdition } from '../../src/publishing/publish-edition.ts';
import { publishTo } from '../../src/publishing/publish-to.ts';
import { TEST_SETTINGS, testArchive, testSongs } from '../../src/publishing/test-archive.ts';
import { missingTools } from '../support/outside-tools.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-metalink-'));
after(() => fs.rmSync(folder, { recursive: true }));
const at = (...names: string[]) => path.join(folder, ...names);

describe('the Metalink of an edition', { skip: missingTools('aria2c') }, () => {
  const server = http.createServer((request, response) => {
    const file = at('copy', path.posix.normalize(decodeURIComponent(request.url ?? '/')));
    if (!fs.existsSync(file)) response.writeHead(404).end();
    else response.end(fs.readFileSync(file));
  });
  before(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const archive = await testArchive(at('archive'));
    const settings = { ...TEST_SETTINGS, webSeeds: [`http://127.0.0.1:${port}`] };
    await archive.pack(testSongs(2, 1, 70_000));
    await archive.pack(testSongs(1, 9, 90_000));
    const deps = archive.with({ settings });
    await publishEdition(await planEdition(deps), deps, unwatched);
    await publishTo(at('copy'), deps, unwatched);
    await archive.close();
  });
  after(() => server.close());

  test('lets aria2 fetch every volume, whole', async () => {
    const metalink = at('copy/editions/0001/volumes.meta4');
    const options = [
      '--enable-dht=false',
      '--follow-torrent=false',
      '--seed-time=0',
      '-d',
      at('out'),
    ];
    const aria2 = spawn('aria2c', [...options, '-M', metalink], { stdio: 'ignore' });
    const [code] = await once(aria2, 'exit');
    assert.equal(code, 0);
    const names = fs.readdirSync(at('copy/volumes')).filter((name) => name.endsWith('.tar'));
    assert.equal(names.length, 2);
    for (const name of names)
      assert.deepEqual(fs.readFileSync(at('out', name)), fs.readFileSync(at('copy/volumes', name)));
  });
});
