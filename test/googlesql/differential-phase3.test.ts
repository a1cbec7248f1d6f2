/** A month of real games, with all that was played before it, through the queries of phase 3 on both engines. */
import { describe } from 'vitest';
import { haveSeasons } from '../real/homes.ts';
import { computedTables, describeTables, realMonth } from './differential.ts';
import { haveJudge } from './judge.ts';

const what = 'phase 3 of a real month on GoogleSQL';
describe.skipIf(!haveSeasons(what) || !haveJudge(what))('phase 3 of December 2023', () => {
  describeTables(computedTables('phase3'), realMonth);
});
