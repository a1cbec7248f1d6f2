/** Which seeds the simulators run: `FULLCOURT_SEED=1234` runs one alone, `FULLCOURT_SEEDS=50` runs the first fifty. */
import { drawn, drawnNumbers } from './draw.ts';
import { byProof, proof, type Proof } from './proof.ts';

/** Seeds are drawn from so many. */
const BOUND = 10_000;

/** Seeds that showed a mistake once; they are run by every `.ci/run`. */
const FAILED_ONCE: Readonly<Record<'model' | 'duckdb' | 'live' | 'live_duckdb', readonly number[]>> = {
  model: [294, 786, 795, 1958, 3960],
  duckdb: [],
  live: [1885],
  live_duckdb: [],
};

/**
 * Seeds of this run, ascending; `all` means the first ones, as many as it says.
 * @param always seeds that no draw leaves out, because a rare thing that the tests must have seen happens in them
 */
export function seedsFor(
  warehouse: keyof typeof FAILED_ONCE,
  amounts: Readonly<Record<Proof, number>>,
  always: readonly number[] = [],
): readonly number[] {
  const [alone, first] = [process.env['FULLCOURT_SEED'], process.env['FULLCOURT_SEEDS']];
  if (alone !== undefined) return [Number(alone)];
  if (first !== undefined) return firstSeeds(Number(first));
  const failed = proof === 'small' ? [] : FAILED_ONCE[warehouse];
  const amount = byProof(amounts);
  const others =
    proof === 'all' ? firstSeeds(amount) : drawnNumbers(drawn('seeds', warehouse), amount, BOUND);
  return [...new Set([...failed, ...always, ...others])].sort((a, b) => a - b);
}

function firstSeeds(amount: number): number[] {
  return Array.from({ length: amount }, (_, seed) => seed);
}
