/** The loads of all raw tables, in the order in which tables need each other: the schedule first, then the players. */
import espnTeamRosters from '../processors/espn_team_rosters/load.ts';
import nbacGameResults from '../processors/nbac_game_results/load.ts';
import nbacInjuryReport from '../processors/nbac_injury_report/load.ts';
import nbacPlayerBoxscores from '../processors/nbac_player_boxscores/load.ts';
import nbacSchedule from '../processors/nbac_schedule/load.ts';
import nbacShotChart from '../processors/nbac_shot_chart/load.ts';
import nbacTeamBoxscore from '../processors/nbac_team_boxscore/load.ts';
import oddsApiGameLines from '../processors/odds_api_game_lines/load.ts';
import oddsApiPlayerPointsProps from '../processors/odds_api_player_points_props/load.ts';
import type { RawLoad } from './raw-load.ts';
import type { FileKind, SourceFile } from './source-files.ts';

export const LOADS: readonly RawLoad[] = [
  nbacSchedule,
  nbacGameResults,
  nbacPlayerBoxscores,
  nbacTeamBoxscore,
  nbacShotChart,
  oddsApiGameLines,
  oddsApiPlayerPointsProps,
  nbacInjuryReport,
  espnTeamRosters,
];

/** The load of the raw table called `table`. @throws Error when there is none */
export function loadOf(table: string): RawLoad {
  const load = LOADS.find(({ definition }) => definition.name === table);
  if (load === undefined) throw new Error(`${table} is not a raw table that files can fill`);
  return load;
}

/** The files that fill the table of `load`, in the order in which they must be read. */
export function inReadingOrder<T extends SourceFile>({ layouts }: RawLoad, files: readonly T[]): T[] {
  const kinds = Object.keys(layouts) as FileKind[];
  return files
    .filter(({ kind }) => kinds.includes(kind))
    .sort((a, b) => kinds.indexOf(a.kind) - kinds.indexOf(b.kind) || (a.name < b.name ? -1 : 1));
}
