/** What the generator knows of a tongue: enough to make titles and names that fold, split and repeat as real ones do. */

/** One tongue with its script. */
export interface Tongue {
  /** In English, as docs and tests name it. */
  readonly name: string;
  /** ISO 639-3. */
  readonly language: string;
  /** Share of the artists whose names and titles are in it. */
  readonly share: number;
  /** What stands between two words: a space, or nothing in scripts written without spaces. */
  readonly gap: ' ' | '';
  /** Different words it can make: `words` and those put together of syllables. */
  readonly vocabulary: number;
  /** The commonest first: the n-th is drawn with a weight near 1/n, and behind them the made ones. */
  readonly words: readonly string[];
  readonly givenNames: readonly string[];
  readonly syllables: readonly string[];
}
