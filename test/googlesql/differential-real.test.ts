/** Some days of real games through queries of both phases on both engines, over the rows that they read as they are stored. */
import { describe } from 'vitest';
import { haveSeasons } from '../support/homes.ts';
import { describeTables, someTables, realDates, realRange } from '../support/differential.ts';
import { haveJudge } from '../support/judge.ts';

const what = 'real games on GoogleSQL';
describe.skipIf(!haveSeasons(what) || !haveJudge(what))(
  `from ${realRange().start} to ${realRange().end}`,
  () => {
    describeTables(someTables('phase3', 'phase4'), realDates);
  },
);
