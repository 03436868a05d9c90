/** Numbers 1 and 2: text and containers that point elsewhere, so that a careless decoder opens a file or calls an address. */
import { box, type HostileItem, itemsOf, words } from './item.ts';

/** Where they point; the canary's file and address stand in for what an attacker wants. */
const TARGETS: readonly (readonly [name: string, address: string])[] = [
  ['file', 'file:///tmp/fonoteca-canary'],
  ['path', '/tmp/fonoteca-canary'],
  ['http', 'http://127.0.0.1:CANARY/x.mp3'],
  ['subfile', 'subfile,,start,0,end,100,,:/tmp/fonoteca-canary'],
  ['concat', 'concat:/tmp/fonoteca-canary|/etc/passwd'],
  ['data', 'data:audio/mpeg;base64,//uQxAAA'],
  ['pipe', 'pipe:0'],
  ['tcp', 'tcp://127.0.0.1:CANARY'],
];

const LISTS: readonly (readonly [name: string, text: (address: string) => string])[] = [
  [
    'HLS',
    (to) =>
      `#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n${to}\n#EXT-X-ENDLIST\n`,
  ],
  [
    'HLS key',
    (to) => `#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI="${to}"\n#EXTINF:9,\na.ts\n#EXT-X-ENDLIST\n`,
  ],
  ['HLS map', (to) => `\ufeff#EXTM3U\n#EXT-X-MAP:URI="${to}"\n#EXTINF:9,\n${to}\n`],
  ['M3U', (to) => `${to}\n${to}\n${to}\n`],
  [
    'DASH',
    (to) =>
      `<?xml version="1.0"?>\n<MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><BaseURL>${to}</BaseURL></MPD>\n`,
  ],
  ['ffconcat', (to) => `ffconcat version 1.0\nfile '${to}'\nduration 10\n`],
  ['CUE', (to) => `FILE "${to}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n`],
  ['ASX', (to) => `<asx version="3.0"><entry><ref href="${to}"/></entry></asx>\n`],
  ['PLS', (to) => `[playlist]\nFile1=${to}\nLength1=-1\nNumberOfEntries=1\nVersion=2\n`],
  [
    'XSPF',
    (to) =>
      `<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>${to}</location></track></trackList></playlist>`,
  ],
  [
    'SMIL',
    (to) => `<smil><body><audio src="${to}"/></body></smil>                              \n`,
  ],
  [
    'SDP',
    (to) =>
      `v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nm=audio 5004 RTP/AVP 0\na=control:${to}\n`,
  ],
];

const LIST_ROWS = LISTS.flatMap(([list, text]) =>
  TARGETS.map(([target, address]) => [`${list} to ${target}`, Buffer.from(text(address))] as const),
);

/** The same text behind a tag, in UTF-16, and behind the first bytes of a sound. */
const DISGUISED = LISTS.slice(0, 6).flatMap(([list, text]) => {
  const bytes = Buffer.from(text('file:///tmp/fonoteca-canary'));
  const tag = Buffer.from('ID3\x03\0\0\0\0\0\x0aTIT2\0\0\0\0\0\0', 'latin1');
  return [
    [`${list} behind a tag`, Buffer.concat([tag, bytes])],
    [`${list} in UTF-16`, Buffer.from(`\ufeff${bytes.toString()}`, 'utf16le')],
    [`${list} behind spaces`, Buffer.concat([Buffer.alloc(300, 0x20), bytes])],
  ] as const;
});

/** A sound track of MP4 whose samples lie in another file. */
function movie(reference: Buffer, codec = 'mp4a'): Buffer {
  const entry = box(codec, Buffer.concat([words(0, 1, 0, 0, (2 << 16) | 16, 0, 44_100 << 16)]));
  const stbl = box(
    'stbl',
    Buffer.concat([
      box('stsd', Buffer.concat([words(0, 1), entry])),
      box('stsz', words(0, 50, 10)),
      box('stco', words(0, 1, 64)),
    ]),
  );
  const dinf = box('dinf', box('dref', Buffer.concat([words(0, 1), reference])));
  const hdlr = box('hdlr', Buffer.concat([words(0, 0), Buffer.from('soun'), words(0, 0, 0)]));
  const mdia = box(
    'mdia',
    Buffer.concat([
      box('mdhd', words(0, 0, 0, 44_100, 88_200, 0)),
      hdlr,
      box('minf', Buffer.concat([dinf, stbl])),
    ]),
  );
  const moov = box('moov', box('trak', mdia));
  return Buffer.concat([
    box('ftyp', Buffer.from('qt  \0\0\0\0qt  ')),
    moov,
    box('mdat', Buffer.alloc(500)),
  ]);
}

const MOVIES = TARGETS.flatMap(([target, address]) => {
  const text = Buffer.from(`${address}\0`);
  return [
    [`MOV with a url reference to ${target}`, movie(box('url ', Buffer.concat([words(0), text])))],
    [
      `MOV with an alias to ${target}`,
      movie(box('alis', Buffer.concat([words(0), Buffer.alloc(150), text]))),
    ],
    [`MOV with a resource at ${target}`, movie(box('rsrc', Buffer.concat([words(0), text])))],
    [
      `MOV naming ${target} as its codec’s place`,
      movie(box('urn ', Buffer.concat([words(0), text, text])), 'tmcd'),
    ],
  ] as const;
});

/** EBML: an id, a length in one or four bytes, content. */
function element(id: string, content: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(0x10000000 | content.length);
  return Buffer.concat([Buffer.from(id, 'hex'), length, content]);
}

const HEAD = element('1a45dfa3', element('4282', Buffer.from('matroska')));
const MATROSKA = TARGETS.map(([target, address]) => {
  const uid = Buffer.alloc(16, 7);
  const info = element(
    '1549a966',
    Buffer.concat([
      element('3eb923', uid),
      element('3e83bb', Buffer.from(address)),
      element('3cb923', uid),
    ]),
  );
  const chapter = element(
    '1043a770',
    element(
      '45b9',
      element('b6', Buffer.concat([element('6e67', uid), element('5654', Buffer.from(address))])),
    ),
  );
  const attached = element(
    '1941a469',
    element(
      '61a7',
      Buffer.concat([element('466e', Buffer.from(address)), element('465c', Buffer.from('x'))]),
    ),
  );
  return [
    `Matroska with a segment at ${target}`,
    Buffer.concat([HEAD, element('18538067', Buffer.concat([info, chapter, attached]))]),
  ] as const;
});

/** The items of both numbers. */
export const POINTING_FILES: readonly HostileItem[] = [
  ...itemsOf(1, [...LIST_ROWS, ...DISGUISED]),
  ...itemsOf(2, [...MOVIES, ...MATROSKA]),
];
