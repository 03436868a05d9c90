/** The part of a page's own query that its twin is asked with. */

/** What `url` says of `names`, with its question mark; as often as it says it, so that the twin refuses what the page was wrongly asked. */
export function partOf(url: URL, names: readonly string[]): string {
  const said = [...url.searchParams].filter(([name]) => names.includes(name));
  return said.length === 0 ? '' : `?${new URLSearchParams(said)}`;
}
