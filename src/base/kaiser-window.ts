/** The two parts of a windowed sinc, from which filters of any ratio are designed. */

/** sin(πx) / πx, and 1 at 0. */
export function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The Kaiser window of shape `beta`, at most 12, before its division by its middle; `x` goes from -1 to 1, beyond it is 0. */
export function kaiser(x: number, beta: number): number {
  return Math.abs(x) >= 1 ? 0 : bessel(beta * Math.sqrt(1 - x * x));
}

/** Modified Bessel function of order 0 by its series; 30 terms suffice below 12. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let index = 1; index < 30; index += 1) {
    term *= (x / (2 * index)) ** 2;
    sum += term;
  }
  return sum;
}
