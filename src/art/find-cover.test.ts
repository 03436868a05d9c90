import assert from 'node:assert/strict';
import test from 'node:test';
import { type Digest, sha256 } from '../base/digest.ts';
import type { HeldHolding } from '../ledger/ledger.ts';
import type { HeldPicture } from '../model/cover.ts';
import type { Derivative } from '../model/holding.ts';
import { UNKNOWN_RIGHTS } from '../model/rights.ts';
import { coverPlaces } from './find-cover.ts';

type Told = Partial<HeldHolding> & { readonly name: string; readonly shows?: readonly string[] };

function holding({ name, shows, ...told }: Told): HeldHolding {
  const pictures = shows?.map((text, index): HeldPicture => {
    const mimeType = text.startsWith('gif') ? 'image/gif' : 'image/jpeg';
    const digest = sha256(`${name} picture ${index}`);
    return { digest, mimeType, widthPx: 9, heightPx: 9, sizeBytes: 9, shows: text };
  });
  return {
    digest: sha256(name),
    sizeBytes: 10,
    kind: 'audio',
    extension: 'mp3',
    mimeType: 'audio/mpeg',
    trackId: name,
    albumId: 'album',
    role: null,
    verdict: { state: 'intact' },
    technical: null,
    description: null,
    ownDescription: null,
    rights: UNKNOWN_RIGHTS,
    seq: 1,
    dropped: false,
    withdrawn: false,
    ...(pictures ? { pictures } : {}),
    ...told,
  };
}

function beside(name: string, told: Partial<HeldHolding> = {}): HeldHolding {
  const mimeType = `image/${name.split('.')[1]}`;
  return holding({ name, kind: 'companion', role: 'cover', trackId: null, mimeType, ...told });
}

/** Places by name: `cover.png` is a file, `song#0` the first picture in a file. */
async function placesOf(
  album: readonly HeldHolding[],
  originals: readonly HeldHolding[],
  derivatives: ReadonlyMap<Digest, readonly Derivative[]> = new Map(),
): Promise<string[]> {
  const names = new Map<string, string>();
  for (const name of ['cover.png', 'folder.webp', 'front.jpeg', 'back.png', 'a', 'b', 'c', 'opus'])
    for (const index of [-1, 0, 1, 2])
      names.set(
        index < 0 ? sha256(name) : sha256(`${name} picture ${index}`),
        index < 0 ? name : `${name}#${index}`,
      );
  const ledger = { derivativesOf: async (of: Digest) => [...(derivatives.get(of) ?? [])] };
  const places = await coverPlaces(ledger, { album, originals });
  return places.map(({ pictureDigest }) => names.get(pictureDigest) ?? '?');
}

const a = holding({ name: 'a', shows: ['Cover (front)'] });
const b = holding({ name: 'b', shows: ['Cover (front)'] });
const bare = holding({ name: 'c' });
const CASES: readonly (readonly [
  name: string,
  album: readonly HeldHolding[],
  originals: readonly HeldHolding[],
  wanted: readonly string[],
])[] = [
  [
    'beside, then inside the file, then inside the others',
    [beside('cover.png'), a, b],
    [b],
    ['cover.png', 'b#0', 'a#0'],
  ],
  [
    'files beside in the order they came',
    [beside('cover.png'), beside('folder.webp'), beside('front.jpeg')],
    [],
    ['cover.png', 'folder.webp', 'front.jpeg'],
  ],
  ['an album by its files', [a, b], [], ['a#0', 'b#0']],
  ['a file without a picture takes the album’s', [bare, a], [bare], ['a#0']],
  ['a track without an album', [], [a], ['a#0']],
  ['the original that came last first', [], [a, b], ['b#0', 'a#0']],
  ['what is no cover by its role is none', [beside('back.png', { role: 'artwork' })], [], []],
  [
    'a cover of no raster type is none',
    [beside('cover.svg', { mimeType: 'image/svg+xml' })],
    [],
    [],
  ],
  [
    'what is withdrawn is none',
    [beside('cover.png', { withdrawn: true }), { ...a, withdrawn: true }, b],
    [],
    ['b#0'],
  ],
  [
    'the picture said to be the front',
    [],
    [holding({ name: 'a', shows: ['Cover (back)', 'Cover (front)'] })],
    ['a#1'],
  ],
  [
    'a picture of which nothing is said before one said to be something else',
    [],
    [holding({ name: 'a', shows: ['Artist', 'Other'] })],
    ['a#1'],
  ],
  ['any picture rather than none', [], [holding({ name: 'a', shows: ['Artist'] })], ['a#0']],
  ['no GIF', [], [holding({ name: 'a', shows: ['gif Cover (front)', ''] })], ['a#1']],
  ['nothing', [bare], [bare], []],
];
for (const [name, album, originals, wanted] of CASES)
  test(`a cover is looked for: ${name}`, async () => {
    assert.deepEqual(await placesOf(album, originals), wanted);
  });

test('of an original that was dropped, the picture in its derivative is taken', async () => {
  const dropped = { ...a, dropped: true };
  const cover = { digest: sha256('opus picture 0') };
  const derivative = { digest: sha256('opus'), engine: { cover } } as unknown as Derivative;
  assert.deepEqual(await placesOf([], [dropped], new Map([[a.digest, [derivative]]])), ['opus#0']);
  assert.deepEqual(await placesOf([], [dropped]), []);
});
