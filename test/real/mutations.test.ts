/**
 * The property that matters: whatever is wrong with a source file, a derived row that differs from the clean warehouse is not
 * ready, or its cell says why; and nothing outside the declared windows of the wrong games changes.
 * `FULLCOURT_MUTATIONS=1000` says how many mistakes are made, `FULLCOURT_MUTATION=37` asks for one of them alone. The table at
 * the end says what came of each kind.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DRAW } from '../support/draw.ts';
import { atHome, builtHome, haveSeasons, partitionsOf, removeFolders } from '../support/homes.ts';
import { groundOf } from '../support/mutations/ground.ts';
import { HELD, mutationOf } from '../support/mutations/index.ts';
import type { Mutation } from '../support/mutations/mutation.ts';
import { addToReport, reportText } from '../support/mutations/report.ts';
import { groupsOf, tell, tryGroup } from '../support/mutations/together.ts';
import { byProof, proof } from '../support/proof.ts';

vi.setConfig({ testTimeout: 600_000, hookTimeout: 300_000 });

const SEASON = '2023-24';
const MISTAKES = Number(process.env['FULLCOURT_MUTATIONS'] ?? byProof({ small: 5, ci: 12, all: 400 }));
const isGate = proof !== 'all' && process.env['FULLCOURT_MUTATIONS'] === undefined;
const ONLY = process.env['FULLCOURT_MUTATION'];
const numbers = ONLY === undefined ? Array.from({ length: MISTAKES }, (_, number) => number) : [Number(ONLY)];
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
    for (const number of numbers) {
      const mutation = mutationOf(ground, DRAW, number, isGate ? HELD : undefined);
      if (mutation !== undefined) drawn.set(number, mutation);
    }
    for (const group of groupsOf(ground, [...drawn.values()], TOGETHER)) {
      let trial: ReturnType<typeof tryGroup> | undefined;
      for (const mutation of group) verdicts.set(mutation, () => (trial ??= tryGroup(clean, ground, group)));
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
