import assert from 'node:assert/strict';
import test from 'node:test';
import { createHostGuard } from './host-guard.ts';

const guard = createHostGuard(['Archive.Example', '192.168.1.7', '2001:DB8::7']);

const CASES: readonly (readonly [string, readonly string[], number | undefined])[] = [
  ['localhost', ['Host', 'localhost'], undefined],
  ['localhost with a port', ['Host', 'localhost:8080'], undefined],
  ['IPv4 loopback', ['host', '127.0.0.1:1'], undefined],
  ['IPv6 loopback', ['HOST', '[::1]:8080'], undefined],
  ['a configured name in another case', ['Host', 'ARCHIVE.example'], undefined],
  ['a configured address', ['Host', '192.168.1.7:8080'], undefined],
  ['a configured IPv6 address', ['Host', '[2001:db8::7]:8080'], undefined],
  ['the same in another spelling', ['Host', '[2001:0db8:0::7]'], undefined],
  ['a foreign IPv6 address', ['Host', '[2001:db8::8]'], 421],
  ['brackets around no address', ['Host', '[1.2.3.4]'], 400],
  ['the last port', ['Host', 'localhost:65535'], undefined],
  ['a port beyond the last', ['Host', 'localhost:99999'], 400],
  ['an Origin with such a port', ['Host', 'localhost', 'Origin', 'http://localhost:99999'], 403],
  ['a foreign name', ['Host', 'evil.example'], 421],
  ['a foreign name that ends like ours', ['Host', 'evil-archive.example'], 421],
  ['ours as a label of a foreign name', ['Host', 'archive.example.evil.test'], 421],
  ['a trailing dot', ['Host', 'archive.example.'], 421],
  ['another loopback address', ['Host', '127.0.0.2'], 421],
  ['no Host', ['Accept', '*/*'], 400],
  ['two Hosts alike', ['Host', 'localhost', 'host', 'localhost'], 400],
  ['two Hosts', ['Host', 'localhost', 'Host', 'evil.example'], 400],
  ['an empty Host', ['Host', ''], 400],
  ['a Host with user info', ['Host', 'evil@localhost'], 400],
  ['a Host with a path', ['Host', 'localhost/evil'], 400],
  ['a Host list', ['Host', 'localhost, evil.example'], 400],
  ['our own Origin', ['Host', 'localhost:1', 'Origin', 'http://localhost:1'], undefined],
  ['a foreign Origin', ['Host', 'localhost', 'Origin', 'https://evil.example'], 403],
  ['the null Origin', ['Host', 'localhost', 'Origin', 'null'], 403],
  ['a file Origin', ['Host', 'localhost', 'Origin', 'file://localhost'], 403],
];

for (const [name, headers, expected] of CASES)
  test(`${name} is ${expected === undefined ? 'let in' : `refused with ${expected}`}`, () => {
    assert.equal(guard(headers)?.status, expected);
  });
