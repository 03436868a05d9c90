/** How many rounds a test takes that has no end of its own: few in CI, all in `.ci/soak`, which says so by name. */

/** The number in the environment variable `FONOTECA_<name>`, or `fallback` without it. */
export function roundsOf(name: string, fallback: number): number {
  const text = process.env[`FONOTECA_${name}`];
  if (text === undefined || text === '') return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`FONOTECA_${name}=${text} is no count`);
  return Number(text);
}
