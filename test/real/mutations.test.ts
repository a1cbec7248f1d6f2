/**
 * The property that matters: whatever is wrong with a source file, a derived row that differs from the clean warehouse is not
 * ready, or its cell says why; and nothing outside the declared windows of the wrong games changes.
 * `FULLCOURT_MUTATIONS=1000` says how many trials there are, `FULLCOURT_MUTATION=37` asks for one of them. The table at the end
 * says what came of each kind.
 */
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { DRAW } from '../support/draw.ts';
import { atHome, builtHome, haveSeasons, partitionsOf, removeFolders } from '../support/homes.ts';
import { groundOf, type Ground } from '../support/mutations/ground.ts';
import { mutationsOf } from '../support/mutations/index.ts';
import { isBelieved } from '../support/mutations/mutation.ts';
import { addToReport, reportText } from '../support/mutations/report.ts';
import { tryMutations } from '../support/mutations/trial.ts';
import { byProof } from '../support/proof.ts';

vi.setConfig({ testTimeout: 180_000, hookTimeout: 300_000 });

const SEASON = '2023-24';
/** How many trials there are. */
const TRIALS = Number(process.env['FULLCOURT_MUTATIONS'] ?? byProof({ small: 5, ci: 25, all: 400 }));
const ONLY = process.env['FULLCOURT_MUTATION'];
const numbers = ONLY === undefined ? Array.from({ length: TRIALS }, (_, number) => number) : [Number(ONLY)];

afterAll(removeFolders);

describe.skipIf(!haveSeasons('mutations of the source files of a real season'))('a wrong source file', () => {
  let ground: Ground;
  let clean: Parameters<typeof tryMutations>[0];

  beforeAll(async () => {
    ground = groundOf(SEASON);
    const { folder } = await builtHome(ground);
    clean = { folder, cells: await atHome(folder, ({ client }) => partitionsOf(client)) };
  });
  afterAll(() => console.log(reportText()));

  it.each(numbers)(`never yields a wrong row that is said to be right: ${DRAW}-%i`, async (number) => {
    const mutations = mutationsOf(ground, DRAW, number);
    const tried = await tryMutations(clean, ground, mutations);
    addToReport(mutations, tried);
    const told = mutations.map(({ kind, witness, what }) => `${kind} (${witness}): ${what}`);
    const silent = mutations.some(isBelieved) ? [] : tried.silent;
    expect({ told, silent: silent.slice(0, 10), of: silent.length }).toEqual({ told, silent: [], of: 0 });
    expect({ told, confused: tried.confused }).toEqual({ told, confused: [] });
    expect({ told, outside: tried.outside.slice(0, 10) }).toEqual({ told, outside: [] });
  });
});
