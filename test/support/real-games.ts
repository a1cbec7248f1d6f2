/** The games of a real season that tests correct or lose rows of: known ones with the whole proof, else the commit draws them. */
import { addDays, type GameDate } from '../../shared/domain/game-date.ts';
import { drawn } from './draw.ts';
import { byProof, proof } from './proof.ts';
import { cellsIn, type Cells, type RealPart } from './real-part.ts';

/** A game whose box score is corrected: `scorer` and `other` play for `team`. */
export interface CorrectedGame {
  readonly date: GameDate;
  readonly team: string;
  readonly opponent: string;
  /** Has made a basket of two points. */
  readonly scorer: string;
  readonly other: string;
}

/** OKC won 102-97 at Minnesota; Gilgeous-Alexander made 10 of 22, Jalen Williams 6 of 18. */
const KNOWN_CORRECTION: CorrectedGame = {
  date: '2024-01-20' as GameDate,
  team: 'OKC',
  opponent: 'MIN',
  scorer: 'Shai Gilgeous-Alexander',
  other: 'Jalen Williams',
};

/** At least so many dates come after the windows of 20 games, 15 games and 30 days that hold the corrected game. */
export const DATES_AFTER_WINDOWS = byProof({ small: 5, ci: 5, all: 21 });

/**
 * The game that is corrected: a known one with the whole proof; else drawn from those after which every window that has the
 * game ends within the part, so that the dates behind the windows can be seen to stay as they are.
 * @throws Error when the part has no such game
 */
export function correctedGame(part: RealPart): CorrectedGame {
  if (proof === 'all') return KNOWN_CORRECTION;
  const { dates, files, season } = part;
  const box = cellsIn(files, `player_box_${season}.csv.gz`).filter((row) => Number(row['minutes']) > 0);
  const played = new Map<string, string[]>();
  for (const row of box) note(played, String(row['player_name']), String(row['game_date']));
  for (const row of cellsIn(files, `team_box_${season}.csv.gz`))
    note(played, String(row['team']), String(row['game_date']));
  const end = dates.at(-1 - DATES_AFTER_WINDOWS) ?? '';
  const leaves = (who: string, date: string, games: number): boolean => {
    const nth = played.get(who)?.filter((each) => each > date)[games - 1];
    return nth !== undefined && nth <= end;
  };
  const isLong = (row: Cells): boolean =>
    Number(row['minutes']) >= 20 && leaves(String(row['player_name']), String(row['game_date']), 20);
  const candidates = box
    .filter(
      (row) =>
        String(row['game_date']) > (dates[4] ?? '') &&
        addDays(row['game_date'] as GameDate, 30) <= end &&
        Number(row['fgm']) > Number(row['fg3m']) &&
        isLong(row) &&
        leaves(String(row['opponent']), String(row['game_date']), 15),
    )
    .flatMap((row) => {
      const { game_date: date, team, opponent, player_name: scorer } = row;
      const others = box.filter(
        (each) =>
          each['game_date'] === date &&
          each['team'] === team &&
          each['player_name'] !== scorer &&
          isLong(each),
      );
      return others.map((each) => ({ date, team, opponent, scorer, other: each['player_name'] }));
    });
  return pick('corrected game', candidates as CorrectedGame[]);
}

/** A date that loses rows, and a team that plays on it. */
interface Loss {
  readonly date: GameDate;
  readonly team: string;
}

const KNOWN_LOSS: Loss = { date: '2024-02-02' as GameDate, team: 'MIN' };

/**
 * The date that loses rows: a known one with the whole proof; else drawn from the last third of the part, on which the
 * players have games behind them, among the dates with four games or more. @throws Error when there is none
 */
export function lossOf({ dates, files, season }: RealPart): Loss {
  if (proof === 'all') return KNOWN_LOSS;
  const late = new Set<string>(dates.slice(40));
  const rows = cellsIn(files, `team_box_${season}.csv.gz`).filter((row) =>
    late.has(String(row['game_date'])),
  );
  const candidates = rows
    .map((row) => ({ date: row['game_date'], team: row['team'] }))
    .filter(({ date }) => rows.filter((row) => row['game_date'] === date).length >= 8);
  return pick('lost rows', candidates as Loss[]);
}

function pick<T>(purpose: string, candidates: readonly T[]): T {
  const found = candidates[candidates.length === 0 ? 0 : drawn(purpose).below(candidates.length)];
  if (found === undefined) throw new Error(`The part of the season has no ${purpose}`);
  return found;
}

function note(found: Map<string, string[]>, name: string, date: string): void {
  found.set(name, [...(found.get(name) ?? []), date].sort());
}
