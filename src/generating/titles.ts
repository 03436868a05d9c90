/**
 * Titles and names, written as the inside of a JSON string. A title has one to eight words of its artist's tongue, now and
 * then of English, a tenth with an addition such as "- Live"; a few are set phrases, numbers or signs alone.
 */
import { type ByteLine, put, putCount, putPart } from './byte-line.ts';
import { DRAWS, type Draws } from './draws.ts';
import { drawTongue, putRareWord, putWord, TONGUES } from './wordbook.ts';

const list = (...texts: string[]): readonly Uint8Array[] =>
  texts.map((text) => new TextEncoder().encode(JSON.stringify(text).slice(1, -1)));

const [SPACE, THE, FEATURING, COMMA, AND] = list(' ', 'The ', ' feat. ', ', ', ' & ') as [
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
  Uint8Array,
];
const [NUMBER, VARIOUS] = list('No. ', 'Various Artists') as [Uint8Array, Uint8Array];
/** Titles that thousands of recordings share. */
const SET_TITLES = list(
  ...['Intro', 'Outro', 'Interlude', 'Home', 'Untitled', 'Prelude', 'You', 'Silent Night'],
  ...[
    'Amazing Grace',
    'Runaway',
    'Angel',
    'Hold On',
    'Track 1',
    'Without You',
    'Allegro',
    'Adagio',
  ],
);
/** Titles that trip up who splits, folds or quotes carelessly. */
const ODD_TITLES = list(
  ...[
    '???',
    '!!!',
    '…',
    '"Quoted"',
    '4\'33"',
    'C:\\Windows',
    '@#$%',
    '♥',
    '🎵🎶',
    'A/B',
    '+',
    'x²',
  ],
  ...[
    'NULL',
    'NA',
    'N/A',
    'null',
    '0',
    '-1',
    '1e400',
    '<b>Bold</b>',
    'AND',
    'NOT OR',
    'title:test',
    '*',
  ],
);
const ADDITIONS = list(
  ...[
    ' - Live',
    ' (Remix)',
    ' (Instrumental)',
    ' - Remastered 2011',
    ' - Radio Edit',
    ' (Acoustic)',
  ],
  ...[
    ' - Original Mix',
    ' (Karaoke Version)',
    ' Pt. 2',
    ' - Extended Mix',
    ' (Bonus Track)',
    ' [Demo]',
  ],
);
const CORRECTIONS = list(' (Remastered)', ' - Single Version', ' (Album Version)', ' (Mono)');
const LABEL_ENDS = list(
  ' Records',
  ' Music',
  ' Recordings',
  ' Sounds',
  ' Entertainment',
  ' Musik',
  '',
);

/** Words of a title: of every hundred, how many have up to one, two, three … words. */
const WORDS_UP_TO = [22, 50, 73, 86, 93, 96, 98];

/** Appends the title that `draws` goes on to make, by an artist of the tongue. */
export function putTitle(line: ByteLine, draws: Draws, tongueIndex: number): void {
  const kind = draws.below(10_000);
  if (kind < 200) put(line, SET_TITLES[draws.below(SET_TITLES.length)]!);
  else if (kind < 212) put(line, ODD_TITLES[draws.below(ODD_TITLES.length)]!);
  else if (kind < 280) putNumberTitle(line, draws);
  else putWords(line, draws, kind < 1400 ? 0 : tongueIndex);
  if (draws.below(100) < 10) put(line, ADDITIONS[draws.below(ADDITIONS.length)]!);
}

/** Appends what the `revision` that changed a title put behind it. */
export function putCorrection(line: ByteLine, revision: number): void {
  put(line, CORRECTIONS[revision % CORRECTIONS.length]!);
}

/** Appends the name of the artist with this number; number 0 is "Various Artists". Returns the index of the tongue. */
export function putArtistName(line: ByteLine, draws: Draws, number: number): number {
  draws.start(DRAWS.artist, number);
  const index = drawTongue(draws);
  if (number === 0) {
    put(line, VARIOUS);
    return 0;
  }
  const tongue = TONGUES[index]!;
  const kind = draws.below(100);
  if (kind < 55) {
    put(line, tongue.givenNames[draws.below(tongue.givenNames.length)]!);
    if (tongue.isSpaced) put(line, SPACE);
    putRareWord(line, draws, tongue);
  } else if (kind < 75) putRareWord(line, draws, tongue);
  else {
    if (index === 0 && kind < 90) put(line, THE);
    putWord(line, draws, tongue, true);
    if (tongue.isSpaced) put(line, SPACE);
    putRareWord(line, draws, tongue);
  }
  return index;
}

/**
 * Appends "A", "A feat. B" or "A feat. B, C & D", where A stands in `own` already; `guests` of the numbers in `numbers`
 * are named.
 */
export function putCredit(
  line: ByteLine,
  draws: Draws,
  own: Uint8Array,
  numbers: Uint32Array,
  guests: number,
): void {
  put(line, own);
  for (let guest = 0; guest < guests; guest += 1) {
    put(line, guest === 0 ? FEATURING : guest === guests - 1 ? AND : COMMA);
    putArtistName(line, draws, numbers[guest]!);
  }
}

/** Appends the name of the label with this number. */
export function putLabel(line: ByteLine, draws: Draws, number: number): void {
  draws.start(DRAWS.artist ^ 0x55555555, number);
  const tongue = TONGUES[drawTongue(draws)]!;
  putWord(line, draws, tongue, true);
  if (tongue.isSpaced) put(line, SPACE);
  putRareWord(line, draws, tongue);
  put(line, LABEL_ENDS[draws.below(LABEL_ENDS.length)]!);
}

/** Appends "Rest, First" for a name of two words, else the name; as an artist is sorted. */
export function putSortName(line: ByteLine, name: Uint8Array): void {
  const space = name.indexOf(32);
  if (space < 0 || name.indexOf(32, space + 1) >= 0) {
    put(line, name);
    return;
  }
  putPart(line, name, space + 1, name.length);
  put(line, COMMA);
  putPart(line, name, 0, space);
}

function putNumberTitle(line: ByteLine, draws: Draws): void {
  if (draws.below(2) === 0) put(line, NUMBER);
  putCount(line, Math.floor(Math.exp(draws.unit() * 7.7)));
}

function putWords(line: ByteLine, draws: Draws, tongueIndex: number): void {
  const tongue = TONGUES[tongueIndex]!;
  const part = draws.below(100);
  let count = 1;
  while (count <= WORDS_UP_TO.length && part >= WORDS_UP_TO[count - 1]!) count += 1;
  for (let word = 0; word < count; word += 1) {
    if (word > 0 && tongue.isSpaced) put(line, SPACE);
    // English titles have capitals throughout, others at the start.
    putWord(line, draws, tongue, word === 0 || tongueIndex === 0);
  }
}
