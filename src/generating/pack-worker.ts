/** A thread that makes blocks of the generated catalogue and packs their lines. Started by `pack-blocks.ts`. */
import { parentPort, workerData } from 'node:worker_threads';
import { gzipSync } from 'node:zlib';
import { generateLines, type TrackRange } from './generate-lines.ts';
import { GENERATED_KINDS, type GeneratedCatalogue } from './generated-columns.ts';

/** The fastest: what takes long in a bench is not to be the making of its input. */
const GZIP_LEVEL = 1;

const catalogue = workerData as GeneratedCatalogue;
const port = parentPort!;
port.on('message', (order: TrackRange | 'end') => {
  if (order === 'end') port.close();
  else
    port.postMessage(
      GENERATED_KINDS.map((kind) =>
        packed(Buffer.concat([...generateLines(catalogue, kind, order)])),
      ),
    );
});

/** Nothing stays nothing: a member of its own would say so for every block. */
function packed(lines: Uint8Array): Uint8Array {
  return lines.length === 0 ? lines : gzipSync(lines, { level: GZIP_LEVEL });
}
