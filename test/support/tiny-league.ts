/** A simulated league of six teams with 30 games a season each, as files in a folder and as homes that are filled once in a run. */
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { simulateLeague } from '../../scripts/simulate/league.ts';
import { newFolder, ownCopyOf } from './homes.ts';
import { folderOfRun, onceInARun } from './once-in-a-run.ts';
import { cliJson, type CliDocument } from './run-cli.ts';
import { removeFolder } from './remove-folder.ts';

export const SEASON = '2021-22';
/** Opening night of the season, and the first date of phase 3. */
export const OPENING_NIGHT = '2021-10-19';
const TEAMS = 6;
/** Seed of the league where a caller names none. */
const SEED = 3;

/** Which league, and how much of it. */
export interface TinyLeague {
  readonly seed?: number;
  /** How many seasons, from {@link SEASON} on; by default one. */
  readonly seasons?: number;
  /** The last game date in the files, such as `2021-10-31`: a test that looks at a few dates loads no others. */
  readonly through?: string;
}

/** The source files of the league in a new folder of the caller. */
export function tinyFiles({ seed = SEED, seasons = 1, through }: TinyLeague = {}): string {
  const name = `tiny-files-${seed}-${seasons}-${through ?? 'all'}`;
  const made = join(folderOfRun(), name);
  if (!existsSync(made)) {
    const making = newFolder();
    writeLeague(making, seed, seasons, through);
    // Whoever made them at the same time has made the same files.
    if (existsSync(made)) removeFolder(making);
    else renameSync(making, made);
  }
  const folder = join(newFolder(), 'files');
  cpSync(made, folder, { recursive: true });
  return folder;
}

function writeLeague(folder: string, seed: number, seasons: number, through: string | undefined): void {
  for (const season of simulateLeague({
    seasons,
    seed,
    firstSeason: 2021,
    teams: TEAMS,
    gamesPerTeam: 30,
  })) {
    for (const { name, text } of season.files)
      writeFileSync(join(folder, name), through === undefined ? text : linesThrough(text, through));
  }
}

/** The header and the lines of game dates until `last`. */
function linesThrough(text: string, last: string): string {
  const [head = '', ...lines] = text.split('\n');
  const at = head.split(',').indexOf('game_date');
  return [head, ...lines.filter((line) => line === '' || (line.split(',')[at] ?? '') <= last)].join('\n');
}

/** A home into which files have been imported. @throws Error when they could not be */
export async function importedHome(files: string): Promise<string> {
  const home = newFolder();
  await importInto(home, files);
  return home;
}

/** Imports files into a home that may not exist yet. @throws Error when they could not be */
export async function importInto(home: string, files: string): Promise<void> {
  mkdirSync(home, { recursive: true });
  const { code, stderr } = await cliJson(home, 'import', '--from', files);
  if (code !== 0) throw new Error(stderr);
}

/** A home into which the whole league has been imported. Other tests of this process read it, too: to change it, take a `copyOf`. */
export async function rawLeague(): Promise<string> {
  return ownCopyOf(await sharedRaw());
}

function sharedRaw(): Promise<string> {
  return onceInARun('tiny-raw', (folder) => importInto(folder, tinyFiles()));
}

/** What `backfill` of the season printed in the home of {@link builtLeague}. */
export interface BuiltLeague {
  readonly folder: string;
  /** Of `plan` before anything was built. */
  readonly plan: Readonly<Record<string, unknown>>;
  readonly backfill: CliDocument<Record<string, unknown>>;
}
const RECORD = 'built.json';

/** The league with all of its tables. Other tests of this process read it, too: to change it, take a `copyOf`. */
export async function builtLeague(): Promise<BuiltLeague> {
  const shared = await onceInARun('tiny-built', async (building) => {
    cpSync(await sharedRaw(), building, { recursive: true });
    const whole = ['--season', SEASON, '--through', 'phase4'];
    const { document: plan } = await cliJson(building, 'plan', ...whole);
    const backfill = await cliJson(building, 'backfill', ...whole);
    writeFileSync(join(building, RECORD), JSON.stringify({ plan, backfill }));
  });
  const folder = ownCopyOf(shared);
  const record = JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as Omit<BuiltLeague, 'folder'>;
  return { ...record, folder };
}
