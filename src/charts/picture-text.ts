/** Words from anywhere as words of a picture: on one line, without what XML cannot hold or what turns a line around. */

/** Longer words than this are cut: no picture has room for them. */
const MOST_CHARACTERS = 400;
/** Controls, lone surrogates, non-characters (XML 1.0, 2.2) and marks that change the direction of what follows. */
const UNFIT = /[\p{Cc}\p{Cs}\ufffe\uffff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** `text` on one line; what a picture cannot show is U+FFFD, directional marks are left out. */
export function pictureText(text: string): string {
  const line = text
    .replaceAll(/\s+/gu, ' ')
    .replaceAll(UNFIT, (character) => (/\p{Cf}/u.test(character) ? '' : '\ufffd'))
    .trim();
  return line.length <= MOST_CHARACTERS
    ? line
    : `${line.slice(0, MOST_CHARACTERS).toWellFormed()}\u2026`;
}

/** `labels` as words of a picture, each unlike the others: a repeated one gets a number. */
export function distinctTexts(labels: readonly string[]): string[] {
  const seen = new Set<string>();
  return labels.map((label) => {
    const text = pictureText(label);
    let distinct = text;
    for (let count = 2; seen.has(distinct); count += 1) distinct = `${text} (${count})`;
    seen.add(distinct);
    return distinct;
  });
}
