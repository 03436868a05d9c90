/** The copy that a stranger makes with wget alone, by the lines of the guide, judged by both verifiers. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { publicKeyBase64 } from '../../src/formats/minisign.ts';
import { TEST_KEY } from '../../src/publishing/test-archive.ts';
import { verifyArchive } from '../../src/verifier/verify-archive.ts';
import { publishSteps, REPLAYS } from '../support/key-history.ts';
import { missingTools } from '../support/outside-tools.ts';
import { startTreeServer } from '../support/tree-server.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-wget-'));
after(() => fs.rmSync(folder, { recursive: true }));
const GUIDE = path.resolve(import.meta.dirname, '../../docs/guides/checking-an-edition.md');
const VERIFIER = path.resolve(import.meta.dirname, '../../verify/fonoteca_verify.py');
const skip = missingTools('wget', 'minisign', 'python3', 'seq', 'sh');

for (const { what, steps } of REPLAYS)
  test(`the lines of the guide make a whole copy, of a history with ${what}`, {
    skip,
  }, async () => {
    const place = path.join(folder, what);
    await publishSteps(place, steps, fs.readFileSync(VERIFIER));
    const server = await startTreeServer();
    server.serve(path.join(place, String(steps.length)));
    const copy = path.join(place, 'copy');
    fs.mkdirSync(copy);
    const publicKey = publicKeyBase64(TEST_KEY.publicKey);
    const lines = /^base=.*?(?=^```)/ms.exec(fs.readFileSync(GUIDE, 'utf8'))?.[0] ?? '';
    const script = lines.replace(/^base=.*/, `base=${server.address} key=${publicKey}`);
    const env = { ...process.env, no_proxy: '*', PYTHONDONTWRITEBYTECODE: '1' };
    const shell = spawn('sh', ['-c', script], { cwd: copy, env });
    let said = '';
    for (const stream of [shell.stdout, shell.stderr])
      stream.on('data', (part: Buffer) => {
        said += part;
      });
    const [code] = await once(shell, 'close');
    await server.close();
    assert.equal(code, 0, said);
    assert.match(said, /^all well; head of the log/m);
    assert.deepEqual((await verifyArchive(copy, { publicKey })).findings, []);
  });
