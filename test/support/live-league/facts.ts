/** What happens in a simulated season, and from when on each of it is known. */
import Papa from 'papaparse';
import { easternToUtc } from '../../../shared/domain/eastern-time.ts';
import type { SimulatedFile } from '../../../scripts/simulate/league.ts';
import type { GameDate } from '../../../shared/domain/game-date.ts';

/** A line of a source file. */
export type Cells = Readonly<Record<string, string>>;

export interface LiveGame {
  readonly id: string;
  readonly date: GameDate;
  readonly home: string;
  readonly visitor: string;
  readonly tipoffAt: Date;
  /** From then on it is final everywhere. */
  readonly overAt: Date;
  readonly schedule: Cells;
  /** Spread and total, as of every bookmaker. */
  readonly odds: Cells;
  readonly players: readonly Cells[];
  readonly props: readonly Cells[];
  /** What is reported of its players, in the order in which it is reported. */
  readonly injuries: readonly Cells[];
}

export interface Facts {
  readonly season: string;
  /** In the order of the schedule. */
  readonly games: readonly LiveGame[];
  readonly gamesOn: (date: string) => readonly LiveGame[];
  /** The players of a team on the last date until `date` for which a roster is known, else on the first one after it. */
  readonly rosterOf: (team: string, date: string) => readonly Cells[];
  readonly textOf: (kind: string) => string;
}

/** Minutes from the tip-off until a game is final. */
const GAME_MINUTES = 150;

/** @param files those of one season of the simulated league */
export function factsOf(season: string, files: readonly SimulatedFile[]): Facts {
  const textOf = (kind: string): string => {
    const file = files.find(({ name }) => name === `${kind}_${season}.csv`);
    if (file === undefined) throw new Error(`the simulated season has no ${kind}`);
    return file.text;
  };
  const rowsOf = (kind: string): Cells[] =>
    Papa.parse<Cells>(textOf(kind), { header: true, skipEmptyLines: true }).data;
  const byGame = (kind: string): Map<string, Cells[]> =>
    Map.groupBy(rowsOf(kind), (row) => row['game_id'] ?? '');
  const [players, odds, props, injuries] = ['player_box', 'game_odds', 'player_props', 'injury_report'].map(
    byGame,
  );
  const games = rowsOf('schedule').map((row): LiveGame => {
    const id = row['game_id'] ?? '';
    const tipoffAt = new Date(easternToUtc(row['tipoff_et'] ?? '') ?? NaN);
    return {
      id,
      date: row['game_date'] as GameDate,
      home: row['home_team'] ?? '',
      visitor: row['visitor_team'] ?? '',
      tipoffAt,
      overAt: new Date(tipoffAt.getTime() + GAME_MINUTES * 60_000),
      schedule: row,
      odds: odds?.get(id)?.[0] ?? {},
      players: players?.get(id) ?? [],
      props: props?.get(id) ?? [],
      injuries: injuries?.get(id) ?? [],
    };
  });
  const byDate = Map.groupBy(games, ({ date }) => date as string);
  const rosters = Map.groupBy(rowsOf('rosters'), (row) => row['team'] ?? '');
  return {
    season,
    games,
    gamesOn: (date) => byDate.get(date) ?? [],
    rosterOf: (team, date) => {
      const ofTeam = rosters.get(team) ?? [];
      const known = ofTeam.findLast((row) => (row['game_date'] ?? '') <= date) ?? ofTeam[0];
      return ofTeam.filter((row) => row['game_date'] === known?.['game_date']);
    },
    textOf,
  };
}
