/** A week of real games, with all that was played before it, through the queries of phase 3 on both engines. */
import { describe } from 'vitest';
import { haveSeasons } from '../support/homes.ts';
import { describeTables, someTables, realDates, realRange } from '../support/differential.ts';
import { haveJudge } from '../support/judge.ts';

const what = 'phase 3 of real games on GoogleSQL';
describe.skipIf(!haveSeasons(what) || !haveJudge(what))(
  `phase 3 from ${realRange().start} to ${realRange().end}`,
  () => {
    describeTables(someTables('phase3'), realDates);
  },
);
