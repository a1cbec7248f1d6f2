/** A simulated league of six teams and 30 games each, as files in a folder and as a home that has everything built. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import { newFolder } from './homes.ts';
import { cliJson } from './run-cli.ts';

export const SEASON = '2021-22';
/** Opening night of the season, and the first date that phase 4 computes. */
export const OPENING_NIGHT = '2021-10-19';
const TEAMS = 6;

/** The source files of the league in a new folder. */
export function tinyFiles(seed = 3): string {
  const folder = join(newFolder(), 'files');
  mkdirSync(folder);
  for (const season of simulateLeague({
    seasons: 1,
    seed,
    firstSeason: 2021,
    teams: TEAMS,
    gamesPerTeam: 30,
  })) {
    for (const { name, text } of season.files) writeFileSync(join(folder, name), text);
  }
  return folder;
}

/** A home into which the league has been imported. @throws Error when it could not be */
export async function importedHome(files: string): Promise<string> {
  const home = newFolder();
  const { code, stderr } = await cliJson(home, 'import', '--from', files);
  if (code !== 0) throw new Error(stderr);
  return home;
}
