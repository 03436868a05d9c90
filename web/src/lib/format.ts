/** Numbers, sizes and times as people read them; the same on the server and in every browser. */

const whole = new Intl.NumberFormat('en');

/** `count` with its noun, such as `1 track` and `1,204 tracks`. */
export function counted(count: number, noun: string): string {
  return `${whole.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `count` with thousands separated. */
export function grouped(count: number): string {
  return whole.format(count);
}

/** Bytes in decimal units with three figures, such as `4.02 MB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}

/** Milliseconds as `m:ss`, or `h:mm:ss` from one hour; nothing when unknown. */
export function clock(ms: number | null): string {
  if (ms === null || !Number.isFinite(ms)) return '';
  const seconds = Math.floor(ms / 1000);
  const two = (part: number): string => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}

/** Milliseconds in words, such as `41 min` or `2 h 5 min`. */
export function longTime(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** An instant as a day, such as `20 November 2026`, in UTC so that every reader sees the same. */
export function day(iso: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(iso),
  );
}

/** `text` without the marks that turn what follows round, for where no element keeps them in: titles, labels, file names. */
export function straight(text: string): string {
  return text.replaceAll(/[\u202a-\u202e\u2066-\u2069]/g, '');
}

/** A status of the ledger in words. */
export function statusText(status: string): string {
  const words: Record<string, string> = {
    known: 'known, not held',
    selected: 'selected, not held yet',
    held: 'held, not published yet',
    packed: 'packed, not published yet',
    published: 'published',
    dropped: 'no longer held; a copy made from it is',
    withdrawn: 'withdrawn',
    'skipped:low-priority': 'not published: low priority',
    'skipped:over-budget': 'not published: beyond the budget',
    'skipped:album-not-published': 'not published: no track of its album is',
    'skipped:same-recording-held': 'not published: the same recording is held elsewhere',
    'skipped:no-right': 'held, not published: no right is recorded',
    'skipped:damaged': 'held, not published: damaged',
    'skipped:not-available': 'not available',
    'skipped:not-audio': 'not audio',
  };
  return words[status] ?? status;
}

/** What another id has in common, in words. */
export function evidenceText(kind: string): string {
  const words: Record<string, string> = {
    match: 'In the catalogue',
    recording: 'Same recording',
    isrc: 'Same ISRC',
    upc: 'Same UPC',
    was: 'Asked for as',
  };
  return words[kind] ?? kind;
}

/** A language by its code of ISO 639-3, in English. */
export function languageText(code: string): string {
  const words: Record<string, string> = { zxx: 'without words', mul: 'several' };
  return words[code] ?? new Intl.DisplayNames(['en'], { type: 'language' }).of(code) ?? code;
}

/** Why something was withdrawn or restored, in words. */
export function reasonText(reason: string): string {
  const words: Record<string, string> = {
    'holder-request': 'a rights holder asked',
    'right-ended': 'the right ended',
    'court-order': 'a court ordered it',
    'personal-data': 'it held personal data',
    mistaken: 'it was a mistake',
    'right-granted': 'a right was granted',
    other: 'another reason',
  };
  return words[reason] ?? reason;
}

/** What an edition lists, in words; nothing where it lists everything. */
export function stageText(stage: string): string {
  const words: Record<string, string> = {
    metadata: 'metadata only',
    audio: 'part of the volumes',
  };
  return words[stage] ?? '';
}
