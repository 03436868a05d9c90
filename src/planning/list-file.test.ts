import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ListEntry, readList } from './list-file.ts';

const MBID = '0a1b2c3d-0000-4000-8000-00000000000f';

function check(name: string, text: string, wanted: readonly ListEntry[]): void {
  test(`${name}: ${JSON.stringify(text.slice(0, 40))}`, () => {
    assert.deepEqual(readList(Buffer.from(text), name), wanted);
  });
}

check('list.txt', `# mine\nus-rc1-76-07839\n\nhttps://musicbrainz.org/recording/${MBID}\nx:1\n`, [
  { line: 2, isrc: 'USRC17607839' },
  { line: 4, mbid: MBID },
  { line: 5, id: 'x:1' },
]);
check(
  'a.m3u8',
  '#EXTM3U\n#EXTINF:201,Norden - Slow Water - Live\nmusic/01.ogg\nGlass - Rooms.flac\r\n',
  [
    { line: 3, artist: 'Norden', title: 'Slow Water - Live' },
    { line: 4, artist: 'Glass', title: 'Rooms' },
  ],
);
check(
  'a.jspf',
  JSON.stringify({
    playlist: {
      track: [
        { title: 'A', creator: 'B', identifier: [`https://musicbrainz.org/recording/${MBID}`] },
        { title: 5 },
        null,
      ],
    },
  }),
  [{ line: 1, mbid: MBID, title: 'A', artist: 'B' }, { line: 2 }, { line: 3 }],
);
check(
  'a.xspf',
  '<?xml version="1.0"?><playlist><trackList><track><title>Fish &amp; Chips &lt;x&gt;</title><creator>B</creator></track><track><identifier>isrc:USRC17607839</identifier></track></trackList></playlist>',
  [
    { line: 1, title: 'Fish & Chips <x>', artist: 'B' },
    { line: 2, isrc: 'USRC17607839' },
  ],
);
check(
  'b.xspf',
  `<x:playlist xmlns:x="http://xspf.org/ns/0/"><x:trackList><x:track a="1"><x:title>Caf&#233; <![CDATA[<live>]]></x:title><x:identifier>urn:isrc:USRC17607839</x:identifier><x:identifier>${MBID}</x:identifier><x:extension><x:track><x:title>no</x:title></x:track></x:extension></x:track><x:track/></x:trackList></x:playlist>`,
  [{ line: 1, isrc: 'USRC17607839', title: 'Café <live>' }, { line: 2 }],
);
check('a.csv', 'Artist;Title;ISRC\nB;A;\nC;D;USRC17607839\n', [
  { line: 2, title: 'A', artist: 'B' },
  { line: 3, isrc: 'USRC17607839', title: 'D', artist: 'C' },
]);

for (const [name, text] of [
  ['empty.txt', '\n\n'],
  ['a.jspf', '{"playlist": 1}'],
  ['a.jspf', '{"playlist"'],
  ['a.xspf', '<track>'.repeat(1000)],
  [
    'a.xspf',
    '<!DOCTYPE p [<!ENTITY a "aa">]><playlist><track><title>&a;</title></track></playlist>',
  ],
  ['a.xspf', `<playlist>${'<track/>'.repeat(100_001)}</playlist>`],
  ['a.xspf', '<playlist><track><title>A</title>'],
  ['long.txt', 'x:1\n'.repeat(100_001)],
  ['large.txt', ' '.repeat(20_000_001)],
] as const)
  test(`${name} of ${text.length} characters is refused`, () => {
    assert.throws(() => readList(Buffer.from(text), name), { code: 'PLAN_LIST' });
  });

test('a line longer than any name is cut, and entities are decoded once', () => {
  const [entry] = readList(Buffer.from(`Norden - ${'x'.repeat(5000)}`), 'a.m3u');
  assert.equal(entry!.title!.length, 1024 - 'Norden - '.length);
  const [track] = readList(Buffer.from('<p><track><title>&amp;lt;</title></track></p>'), 'a.xspf');
  assert.equal(track!.title, '&lt;');
});
