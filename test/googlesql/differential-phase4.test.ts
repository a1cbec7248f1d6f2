/** A week of real games through the queries of phase 4 on both engines, over the rows of phase 3 as they are stored. */
import { describe } from 'vitest';
import { haveSeasons } from '../real/homes.ts';
import { computedTables, describeTables, realDates, realRange } from './differential.ts';
import { haveJudge } from './judge.ts';

const what = 'phase 4 of real games on GoogleSQL';
describe.skipIf(!haveSeasons(what) || !haveJudge(what))(
  `phase 4 from ${realRange().start} to ${realRange().end}`,
  () => {
    describeTables(computedTables('phase4'), realDates);
  },
);
