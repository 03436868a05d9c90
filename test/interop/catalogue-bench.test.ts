import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import type { BenchReport } from '../../src/benching/bench-report.ts';
import { type RunOptions, runFonoteca } from '../support/run-fonoteca.ts';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'fonoteca-bench-verb-'));
after(() => fs.rmSync(folder, { recursive: true }));

test('catalogue bench measures a small catalogue from end to end and leaves its figures alone', async () => {
  const [work, out] = ['work', 'figures.json'].map((name) => path.join(folder, name));
  const args = ['--rows', '5000', '--revision', '2', '--questions', '6', '--dir', work!];
  const ran = await runFonoteca(['catalogue', 'bench', ...args, '--out', out!, '--json']);
  assert.equal(ran.code, 0, ran.stderr);
  const [figures] = ran.events;
  assert.equal(figures?.event, 'catalogue-bench');
  const { shape, serving, search, disk, build } = JSON.parse(fs.readFileSync(out!, 'utf8'));
  assert.deepEqual(figures?.shape, shape);
  assert.equal(shape.tracks, 5000);
  assert.equal(serving.missed, 0);
  assert.ok(serving.knownItems.byArtistAndTitle >= 0.99 * serving.knownItems.asked);
  assert.equal(search.length, 10);
  for (const { warm, cold } of search) assert.ok(warm.count >= 5 && cold.p50Ms > 0);
  assert.ok(disk.peakBytes >= disk.servingBytes && disk.servingBytes > 100 * shape.tracks);
  assert.ok(build.cpuMs > 0 && build.peakOwnBytes > 1e7);
  assert.ok(!fs.existsSync(work!));
});

test('a folder that holds something is left alone', async () => {
  const taken = path.join(folder, 'taken');
  fs.mkdirSync(taken);
  fs.writeFileSync(path.join(taken, 'mine'), 'x');
  const ran = await runFonoteca(['catalogue', 'bench', '--rows', '10', '--dir', taken]);
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /FILE_EXISTS/);
  assert.deepEqual(fs.readdirSync(taken), ['mine']);
});

test('a bench that was killed in the import and in the build, and stopped, goes on and finds the same', async () => {
  const [straight, cut] = ['straight', 'cut'].map((name) => path.join(folder, name));
  const bench = (dir: string, endWhen?: RunOptions['endWhen']) =>
    runFonoteca(
      [
        ...['catalogue', 'bench', '--rows', '6000', '--shard', '2000', '--questions', '2'],
        ...['--dir', dir, '--json'],
      ],
      endWhen && { endWhen },
    );
  const [wanted] = (await bench(straight!)).events;
  assert.equal(wanted?.runs, 1);
  const lies = (name: string) => fs.existsSync(path.join(cut!, name));
  const imported = () =>
    lies('bench.json')
      ? JSON.parse(fs.readFileSync(path.join(cut!, 'bench.json'), 'utf8')).imported.length
      : 0;
  const killed = await bench(cut!, { isMet: () => imported() === 1, signal: 'SIGKILL' });
  assert.equal(killed.signal, 'SIGKILL');
  const stopped = await bench(cut!, { isMet: () => imported() === 2, signal: 'SIGINT' });
  assert.equal(stopped.code, 130);
  assert.deepEqual(stopped.events.at(-1), { event: 'catalogue-bench-stopped', folder: cut });
  const other = await runFonoteca(['catalogue', 'bench', '--rows', '7000', '--dir', cut!]);
  assert.match(other.stderr, /rows 6000, not 7000/);
  const building = () => lies('catalogue/building') && imported() === 3;
  const dead = await bench(cut!, { isMet: building, signal: 'SIGKILL' });
  assert.equal(dead.signal, 'SIGKILL');
  assert.ok(!lies('catalogue/current'), 'killed before it had a snapshot');
  const [figures] = (await bench(cut!)).events;
  assert.equal(figures?.runs, 4);
  const { files } = wanted.disk as { files: readonly { path: string }[] };
  const found = figures.disk as { files: readonly { path: string }[] };
  assert.deepEqual([figures.snapshot, figures.shape], [wanted.snapshot, wanted.shape]);
  // The manifest tells when files were imported.
  assert.deepEqual(found.files, files);
  assert.equal((figures.serving as { missed: number }).missed, 0);
  assert.ok(!fs.existsSync(cut!));
});

test('a bench that is kept is asked again, and plans and reports where that is wished', async () => {
  const kept = path.join(folder, 'kept');
  const args = ['--rows', '3000', '--questions', '2', '--dir', kept, '--keep', '--json'];
  const [first] = (await runFonoteca(['catalogue', 'bench', ...args])).events;
  const ran = await runFonoteca(['catalogue', 'bench', ...args, '--plan', '--report']);
  assert.equal(ran.code, 0, ran.stderr);
  const [figures] = ran.events as unknown as BenchReport[];
  assert.deepEqual([figures?.build, figures?.runs], [first?.build, 1]);
  const { plan, report } = figures!;
  assert.ok(plan!.tracks > 0 && plan!.tracks < 3000 && plan!.fileBytes > 3000);
  for (const { wallMs, cpuMs, peakOwnBytes } of [plan!.plan, plan!.otherBudget, report!.report])
    assert.ok(wallMs > 0 && cpuMs > 0 && peakOwnBytes > 1e7);
  assert.equal(fs.readdirSync(path.join(kept, 'report')).length, report!.files);
  assert.deepEqual(fs.readdirSync(kept).sort(), [
    ...['bench.json', 'catalogue', 'figures.json', 'input', 'report'],
  ]);
});
