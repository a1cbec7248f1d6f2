/** Some days of real games through the queries of phase 4 on both engines, over the rows of phase 3 as they are stored. */
import { describe } from 'vitest';
import { haveSeasons } from '../support/homes.ts';
import { describeTables, someTables, realDates, realRange } from '../support/differential.ts';
import { haveJudge } from '../support/judge.ts';

const what = 'phase 4 of real games on GoogleSQL';
describe.skipIf(!haveSeasons(what) || !haveJudge(what))(
  `phase 4 from ${realRange().start} to ${realRange().end}`,
  () => {
    describeTables(someTables('phase4'), realDates);
  },
);
