import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import test, { after, before, describe } from 'node:test';
import { type Archive, createArchive, openArchive } from './archive.ts';
import { systemClock, systemRandom } from './base/clock.ts';
import { realDisk } from './base/disk.ts';
import { WEB_BUILD_DIRECTORY } from './server/create-server.ts';
import { startSite } from './serving.ts';

const hasIpv6 = Object.values(os.networkInterfaces()).some((list) =>
  list?.some(({ address }) => address === '::1'),
);
const noPages = fs.existsSync(WEB_BUILD_DIRECTORY) ? false : 'the web interface is not built';
const noIpv6 = noPages || (hasIpv6 ? false : 'this machine has no IPv6');

describe('a served archive', () => {
  let home: string;
  let archive: Archive;
  before(async () => {
    home = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-serving-'));
    const world = { disk: realDisk, clock: systemClock, random: systemRandom };
    await createArchive(home, { name: 'Prueba', contact: 'someone@example.org' }, world);
    archive = await openArchive(home, { write: false }, world);
  });
  after(async () => {
    await archive?.[Symbol.asyncDispose]();
    fs.rmSync(home, { recursive: true });
  });

  /** The addresses of a site on `host`, and what it answers at each. */
  async function answersOn(host: string | undefined): Promise<Record<string, number>> {
    const faults: unknown[] = [];
    await using site = await startSite(archive, {
      ...{ port: 0, host, onFault: (error) => faults.push(error), onAnswer: () => undefined },
    });
    const answers: Record<string, number> = {};
    for (const address of site.addresses) {
      const host = new URL(address).hostname;
      answers[host] = (await fetch(`${address}healthz`)).status;
    }
    assert.deepEqual(faults, []);
    return answers;
  }

  test('answers on loopback unless told otherwise', { skip: noPages }, async () => {
    assert.deepEqual(await answersOn(undefined), { '127.0.0.1': 200 });
  });

  test('answers at an IPv6 address, spelled as browsers want it', { skip: noIpv6 }, async () => {
    assert.deepEqual(await answersOn('::1'), { '[::1]': 200 });
  });

  test('answers at each address of a machine that it listens on', { skip: noIpv6 }, async () => {
    const answers = await answersOn('::');
    assert.equal(answers['127.0.0.1'], 200);
    assert.deepEqual(new Set(Object.values(answers)), new Set([200]));
  });
});
