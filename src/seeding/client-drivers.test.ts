/** Both drivers against servers that answer as the clients do, and as nothing should. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { FonotecaError } from '../base/errors.ts';
import { openOutbound } from '../base/outbound.ts';
import type { Seeder } from '../model/seeder.ts';
import type { ClientAccess } from './client-door.ts';
import { qbittorrentSeeder } from './qbittorrent.ts';
import { transmissionSeeder } from './transmission.ts';

interface Answer {
  readonly status?: number;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

const V1 = 'ab'.repeat(20);
const ID = 'cd'.repeat(20);
const outbound = openOutbound({ allow: 'typed' });

/** Runs `act` with a seeder whose client answers by `answer`; returns what the client was asked. */
async function against<T>(
  make: (access: ClientAccess) => Seeder,
  answer: (request: IncomingMessage, body: string) => Answer,
  act: (seeder: Seeder) => Promise<T>,
): Promise<{ result: T; asked: string[] }> {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString('latin1');
    });
    request.on('end', () => {
      asked.push(`${request.url} ${body}`);
      const { status = 200, headers = {}, body: said = '' } = answer(request, body);
      response.writeHead(status, headers).end(said);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  try {
    const access = { url, user: 'ana', password: 'secret', outbound };
    return { result: await act(make(access)), asked };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const hasCode = (code: string) => (error: unknown) =>
  error instanceof FonotecaError && error.code === code;

const success = (given: unknown): Answer => ({
  body: JSON.stringify({ result: 'success', arguments: given }),
});

describe('the driver for Transmission', () => {
  test('takes the session id of a 409, sends name and password, and keeps the data on removal', async () => {
    const { asked } = await against(
      transmissionSeeder,
      ({ headers }) => {
        assert.equal(
          headers.authorization,
          `Basic ${Buffer.from('ana:secret').toString('base64')}`,
        );
        return headers['x-transmission-session-id'] === 'k'
          ? success({})
          : { status: 409, headers: { 'x-transmission-session-id': 'k' } };
      },
      (seeder) => seeder.remove(V1),
    );
    assert.equal(asked.length, 2);
    assert.match(asked[1]!, /"delete-local-data":false/);
  });

  const row = {
    ...{ hashString: V1.toUpperCase(), name: 'a.tar', status: 6, peersConnected: 2 },
    ...{ uploadedEver: 7, percentDone: 1, error: 0, errorString: '' },
  };
  for (const [what, changes, state, complete] of [
    ['seeding', {}, 'seeding', true],
    ['checking', { status: 2, percentDone: 0.5 }, 'checking', false],
    ['downloading', { status: 4, percentDone: 0.5 }, 'downloading', false],
    ['stopped', { status: 0 }, 'stopped', true],
    ['failed by its disk', { error: 3, errorString: 'gone' }, 'failed', true],
    ['seeding without a tracker', { error: 2, errorString: 'no tracker' }, 'seeding', true],
  ] as const)
    test(`tells that a torrent is ${what}`, async () => {
      const { result } = await against(
        transmissionSeeder,
        () => success({ torrents: [{ ...row, ...changes }] }),
        (seeder) => seeder.status(),
      );
      const { state: seen, complete: whole, infohashV1 } = result[0]!;
      assert.deepEqual([seen, whole, infohashV1], [state, complete, V1]);
    });

  for (const [what, answer, code] of [
    ['a refusal', { body: '{"result":"invalid argument","arguments":{}}' }, 'SEED_REFUSED'],
    ['a page', { body: '<html>' }, 'SEED_ANSWER'],
    ['another shape', success({ torrents: 3 }), 'SEED_ANSWER'],
    ['a hash that is none', success({ torrents: [{ hashString: '../x' }] }), 'SEED_ANSWER'],
    ['a wrong password', { status: 401 }, 'SEED_UNREACHABLE'],
    ['409 for ever', { status: 409 }, 'SEED_UNREACHABLE'],
    [
      'a redirect',
      { status: 302, headers: { location: 'http://127.0.0.1:1/' } },
      'SEED_UNREACHABLE',
    ],
  ] as const)
    test(`calls ${what} ${code}`, async () => {
      await assert.rejects(
        against(
          transmissionSeeder,
          () => answer,
          (seeder) => seeder.list(),
        ),
        hasCode(code),
      );
    });
});

describe('the driver for qBittorrent', () => {
  const row = {
    ...{ hash: ID, infohash_v1: V1, name: 'a.tar', state: 'stalledUP', num_seeds: 1 },
    ...{ num_leechs: 2, uploaded: 7, progress: 1 },
  };
  const login = (request: IncomingMessage, rest: () => Answer): Answer => {
    if (request.url === '/api/v2/auth/login')
      return { body: 'Ok.', headers: { 'set-cookie': 'SID=abc; HttpOnly; path=/' } };
    return request.headers.cookie === 'SID=abc' ? rest() : { status: 403 };
  };

  test('logs in, keeps the cookie, and removes by the client’s own id, the data kept', async () => {
    const { asked } = await against(
      qbittorrentSeeder,
      (request) => login(request, () => ({ body: JSON.stringify([row]) })),
      (seeder) => seeder.remove(V1),
    );
    assert.equal(asked[0], '/api/v2/auth/login username=ana&password=secret');
    assert.equal(asked.at(-1), `/api/v2/torrents/delete hashes=${ID}&deleteFiles=false`);
  });

  test('logs in again when the client has forgotten it', async () => {
    let forgotten = false;
    const { asked } = await against(
      qbittorrentSeeder,
      (request) => {
        if (forgotten && request.url?.endsWith('/info')) {
          forgotten = false;
          return { status: 403 };
        }
        return login(request, () => ({ body: '[]' }));
      },
      async (seeder) => {
        await seeder.list();
        forgotten = true;
        return seeder.list();
      },
    );
    assert.equal(asked.filter((line) => line.includes('auth/login')).length, 2);
  });

  for (const [seen, state] of [
    ['uploading', 'seeding'],
    ['queuedUP', 'seeding'],
    ['checkingResumeData', 'checking'],
    ['pausedUP', 'stopped'],
    ['stoppedDL', 'stopped'],
    ['missingFiles', 'failed'],
    ['stalledDL', 'downloading'],
  ] as const)
    test(`calls ${seen} ${state}`, async () => {
      const { result } = await against(
        qbittorrentSeeder,
        (request) => login(request, () => ({ body: JSON.stringify([{ ...row, state: seen }]) })),
        (seeder) => seeder.status(),
      );
      assert.deepEqual([result[0]?.state, result[0]?.peers], [state, 3]);
    });

  for (const [what, answer, code] of [
    ['a wrong password', { body: 'Fails.' }, 'SEED_UNREACHABLE'],
    ['a page', { body: '<html>', headers: { 'set-cookie': 'SID=a' } }, 'SEED_ANSWER'],
    ['another program', { status: 404 }, 'SEED_UNREACHABLE'],
  ] as const)
    test(`calls ${what} ${code}`, async () => {
      await assert.rejects(
        against(
          qbittorrentSeeder,
          () => answer,
          (seeder) => seeder.list(),
        ),
        hasCode(code),
      );
    });
});

test('a client that is not there is SEED_UNREACHABLE', async () => {
  const access = { url: 'http://127.0.0.1:1', outbound };
  for (const make of [transmissionSeeder, qbittorrentSeeder])
    await assert.rejects(make(access).list(), hasCode('SEED_UNREACHABLE'));
});
