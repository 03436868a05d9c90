/**
 * The tracks of an XSPF playlist (version 1): `playlist/trackList/track` with its `title`, `creator` and `identifier`s. No
 * document type is read, so there are no entities but the five of XML and numbers; nothing that it points to is fetched.
 */
import { SaxesParser } from 'saxes';
import { FonotecaError } from '../base/errors.ts';

/** What one `<track>` says; of several elements of one name the first. */
export type XspfTrack = { readonly [Field in (typeof FIELDS)[number]]?: string };

const FIELDS = ['title', 'creator', 'identifier'] as const;
const MOST_DEPTH = 64;

/** The tracks of the playlist `text`, in order; the texts of fields are cut at `limits.text` units. `PLAN_LIST`. */
export function readXspf(text: string, limits: { tracks: number; text: number }): XspfTrack[] {
  const parser = new SaxesParser({ xmlns: false, position: false });
  const tracks: XspfTrack[] = [];
  const open: string[] = [];
  let track: Record<string, string> | undefined;
  let field: string | undefined;
  const fail = (why: string): never => {
    throw new FonotecaError('PLAN_LIST', why);
  };
  parser.on('error', (error) => fail(error.message));
  parser.on('doctype', () => fail('a document type, which is not read'));
  parser.on('opentag', ({ name }) => {
    const local = name.slice(name.indexOf(':') + 1);
    open.push(local);
    if (open.length > MOST_DEPTH) fail(`nested deeper than ${MOST_DEPTH}`);
    if (local === 'track' && !track) {
      if (tracks.length === limits.tracks) fail(`more than ${limits.tracks} entries`);
      track = {};
    } else if (track && open.at(-2) === 'track') {
      field = FIELDS.find((each) => each === local && track?.[each] === undefined);
      if (field) track[field] = '';
    }
  });
  const addText = (part: string) => {
    if (!track || !field) return;
    const said = track[field]!;
    track[field] = said + part.slice(0, Math.max(0, limits.text - said.length));
  };
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const local = open.pop();
    if (open.at(-1) === 'track') field = undefined;
    if (local !== 'track' || !track || open.includes('track')) return;
    tracks.push(track);
    track = undefined;
  });
  parser.write(text).close();
  return tracks;
}
