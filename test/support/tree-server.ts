/** A plain web server over a published tree, which a test can make lie. It counts what it was asked. */
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

/** What a lying server does instead of sending the file. */
export type Lie = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** Never comes to an end. */
export const endless: Lie = (_request, response) => {
  const more = () => {
    while (response.write(' '.repeat(65_536)));
    response.once('drain', more);
  };
  more();
};

/** A server over a folder. */
export interface TreeServer {
  readonly address: string;
  /** Paths asked for, in order, with the range behind a space. */
  readonly asked: string[];
  /** What it serves from now on, and where it lies: by path below the tree. */
  serve(root: string, lies?: Readonly<Record<string, Lie>>): void;
  close(): Promise<void>;
}

/** Starts a server on a free port of this machine. */
export async function startTreeServer(): Promise<TreeServer> {
  let root = '';
  let lies: Readonly<Record<string, Lie>> = {};
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    const name = (request.url ?? '/').slice(1);
    asked.push([name, request.headers.range].filter(Boolean).join(' '));
    const lie = lies[name];
    if (lie) lie(request, response);
    else sendFile(path.join(root, name), request.headers.range, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    serve(next, nextLies = {}) {
      root = next;
      lies = nextLies;
      asked.length = 0;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function sendFile(file: string, range: string | undefined, response: http.ServerResponse): void {
  if (!fs.statSync(file, { throwIfNoEntry: false })?.isFile()) {
    response.writeHead(404).end();
    return;
  }
  const bytes = fs.readFileSync(file);
  const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(range ?? '') ?? [];
  if (from === undefined || to === undefined) {
    response.end(bytes);
    return;
  }
  const part = bytes.subarray(Number(from), Number(to) + 1);
  const last = Number(from) + part.length - 1;
  response.writeHead(206, { 'content-range': `bytes ${from}-${last}/${bytes.length}` }).end(part);
}
