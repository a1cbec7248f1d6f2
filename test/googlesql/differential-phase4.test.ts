/** A month of real games through the queries of phase 4 on both engines, over the rows of phase 3 as they are stored. */
import { describe } from 'vitest';
import { haveSeasons } from '../real/homes.ts';
import { computedTables, describeTables, realMonth } from './differential.ts';
import { haveJudge } from './judge.ts';

const what = 'phase 4 of a real month on GoogleSQL';
describe.skipIf(!haveSeasons(what) || !haveJudge(what))('phase 4 of December 2023', () => {
  describeTables(computedTables('phase4'), realMonth);
});
