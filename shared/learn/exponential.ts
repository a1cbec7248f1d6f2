/** The exponential function by `+ - * /` alone, so that it gives the same bits on every machine, which the platform's does not promise. */

/** The logarithm of 2 in two parts; a whole number times the first one is exact (from fdlibm's `e_exp.c`). */
const LN2_HIGH = 6.9314718036912381649e-1;
const LN2_LOW = 1.90821492927058770002e-10;
/** Terms of the series: beyond these none changes the last bit for |x| up to ln(2) / 2. */
const TERMS = 16;

/** `e` to the power of `x`, to about 15 digits. Beyond +-700 it stays what it is there. */
export function exponential(x: number): number {
  const bounded = Math.min(700, Math.max(-700, x));
  const twos = Math.round(bounded / Math.LN2);
  const rest = bounded - twos * LN2_HIGH - twos * LN2_LOW;
  let sum = 1;
  for (let term = TERMS; term > 0; term -= 1) sum = 1 + (rest * sum) / term;
  for (let i = 0; i < twos; i += 1) sum *= 2;
  for (let i = 0; i > twos; i -= 1) sum /= 2;
  return sum;
}

/** The logistic function: a probability between 0 and 1. */
export function logistic(x: number): number {
  return 1 / (1 + exponential(-x));
}
