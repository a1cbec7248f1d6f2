/**
 * The property that matters: whatever is wrong with a source file, a derived row that differs from the clean warehouse is not
 * ready, or its cell says why; and nothing outside the declared windows of the wrong games changes.
 * `FULLCOURT_MUTATIONS=1000` says how many mistakes are made, `FULLCOURT_MUTATION=37` asks for one of them alone. They are of all
 * kinds in turn. The table at the end says what came of each kind.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DRAW } from '../support/draw.ts';
import { atHome, builtHome, haveSeasons, partitionsOf, removeFolders } from '../support/homes.ts';
import { groundOf } from '../support/mutations/ground.ts';
import { mutationOf } from '../support/mutations/index.ts';
import type { Mutation } from '../support/mutations/mutation.ts';
import { addToReport, reportText } from '../support/mutations/report.ts';
import { groupsOf, tell, tryGroup } from '../support/mutations/together.ts';
import { byProof } from '../support/proof.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

const SEASON = '2023-24';
const MISTAKES = Number(process.env['FULLCOURT_MUTATIONS'] ?? byProof({ small: 5, ci: 25, all: 400 }));
const ONLY = process.env['FULLCOURT_MUTATION'];
// Which mistake a number is depends on the numbers before it: it is drawn so that it can be tried together with others.
const drawnNumbers = Array.from(
  { length: ONLY === undefined ? MISTAKES : Number(ONLY) + 1 },
  (_, number) => number,
);
const numbers = ONLY === undefined ? drawnNumbers : [Number(ONLY)];
/** How many mistakes are tried on one copy of the home, at most: the week has seven dates. */
const TOGETHER = 7;

afterAll(removeFolders);

describe.skipIf(!haveSeasons('mutations of the source files of a real season'))('a wrong source file', () => {
  const drawn = new Map<number, Mutation>();
  const verdicts = new Map<Mutation, () => ReturnType<typeof tryGroup>>();

  beforeAll(async () => {
    const ground = groundOf(SEASON);
    const { folder } = await builtHome(ground);
    const clean = { folder, cells: await atHome(folder, ({ client }) => partitionsOf(client)) };
    const draws = new Map(
      drawnNumbers.map((number) => [number, (attempt: number) => mutationOf(ground, DRAW, number, attempt)]),
    );
    for (const group of groupsOf(ground, draws, TOGETHER)) {
      for (const [number, mutation] of group) drawn.set(number, mutation);
      const asked = [...group].flatMap(([number, mutation]) => (numbers.includes(number) ? [mutation] : []));
      let trial: ReturnType<typeof tryGroup> | undefined;
      for (const mutation of asked) verdicts.set(mutation, () => (trial ??= tryGroup(clean, ground, asked)));
    }
  });
  afterAll(() => console.log(reportText()));

  it.each(numbers)(`never yields a wrong row that is said to be right: ${DRAW}-%i`, async (number) => {
    const mutation = drawn.get(number);
    // The week has nothing that such a mistake could be made of.
    if (mutation === undefined) return;
    const verdict = (await verdicts.get(mutation)?.())?.get(mutation);
    if (verdict === undefined) throw new Error(`${tell(mutation)} was not tried`);
    addToReport(mutation, verdict);
    const told = { mistake: tell(mutation), with: verdict.with };
    const { silent, outside, confused } = verdict;
    expect({ told, silent: silent.slice(0, 10), of: silent.length }).toEqual({ told, silent: [], of: 0 });
    expect({ told, confused }).toEqual({ told, confused: [] });
    expect({ told, outside: outside.slice(0, 10) }).toEqual({ told, outside: [] });
  });
});
