/** A simulated league has what real files lack: rosters, injury reports and prices of every game. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe } from 'vitest';
import { readFolder } from '../../scripts/cli/load.ts';
import { addDays, gameDate } from '../../shared/domain/game-date.ts';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import { atHome, backfill, importFiles, newFolder, removeFolders } from '../support/homes.ts';
import { drawn } from '../support/draw.ts';
import { proof } from '../support/proof.ts';
import { computedTables, describeTables, type Range } from '../support/differential.ts';
import { haveJudge } from '../support/judge.ts';

const LEAGUE = { seasons: 1, seed: 11, firstSeason: 2021, teams: 8, gamesPerTeam: 36 } as const;
const SEASON = '2021-22';

async function builtLeague(): Promise<Range> {
  const files = join(newFolder(), 'files');
  mkdirSync(files);
  const [season] = [...simulateLeague(LEAGUE)];
  for (const { name, text } of season?.files ?? []) writeFileSync(join(files, name), text);
  const home = newFolder();
  const openingNight = gameDate('2021-10-19');
  await atHome(home, async (open) => {
    await importFiles(open, readFolder(files), SEASON);
    await backfill(open, { season: SEASON, through: 'phase4' });
  });
  const days = proof === 'all' ? 14 : 2;
  const start = addDays(openingNight, 30 + drawn('googlesql', 'simulated').below(15 - days));
  return { home, openingNight, start, end: addDays(start, days - 1) };
}

describe.skipIf(!haveJudge('simulated weeks on GoogleSQL'))(
  'simulated games with rosters and reports',
  () => {
    afterAll(removeFolders);
    describeTables(computedTables('phase3', 'phase4'), builtLeague);
  },
);
