/**
 * Fingerprints of windows of the last n games: for each date, a sum over the hashes of the games inside the
 * window.
 */
import type { GameDate } from './game-date.ts';
import { isSettled } from './partition.ts';
import { statesOf, type GameHashes, type SeasonView } from './view.ts';

/** The hashes of the games of one date: for each entity two 32-bit numbers, one after the other. */
interface GameLanes {
  readonly entities: readonly string[];
  readonly lanes: Uint32Array;
}

/** Hashes as numbers, computed once for each document: a document that was read is never written to. */
const parsed = new WeakMap<GameHashes, GameLanes>();
function lanesOf(hashes: GameHashes): GameLanes {
  const known = parsed.get(hashes);
  if (known !== undefined) return known;
  const entities = Object.keys(hashes);
  const lanes = new Uint32Array(2 * entities.length);
  for (const [i, entity] of entities.entries()) {
    const hash = hashes[entity] ?? '';
    lanes[2 * i] = Number.parseInt(hash.slice(0, 8), 16);
    lanes[2 * i + 1] = Number.parseInt(hash.slice(8, 16), 16);
  }
  const made = { entities, lanes };
  parsed.set(hashes, made);
  return made;
}

/**
 * For each position i in the game dates of a season, the sum of the hashes of the last `games` games of
 * every entity on the dates before the i-th. When the box score of one game changes, the sums change
 * exactly on the dates on which that game is among the last of its entity.
 * @param table the table whose games are summed
 * @param games number of games in the window, at least 1
 */
export function lastGamesBefore(table: string, games: number, season: SeasonView): readonly string[] {
  const { dates } = season.calendar;
  const states = statesOf(season, table);
  const byDate = season.gameHashes.get(table) ?? {};
  const hashes = dates.map((date) => (isSettled(states[date]) ? byDate[date] : undefined));
  const damages = dates.map((date) => states[date]?.reopened ?? 0);
  const key = `${table}|${games}`;
  const ofSeason = sums.get(dates) ?? new Map<string, KnownSums>();
  const known = ofSeason.get(key);
  if (known !== undefined && isEqual(known.hashes, hashes) && isEqual(known.damages, damages))
    return known.answer;
  const answer = sumsOfLastGames(hashes, damages, games);
  sums.set(dates, ofSeason.set(key, { hashes, damages, answer }));
  return answer;
}

/** Sums, and the hashes and findings of damage that they were computed from. */
interface KnownSums {
  readonly hashes: readonly (GameHashes | undefined)[];
  readonly damages: readonly number[];
  readonly answer: readonly string[];
}

/**
 * The newest sums of each table and number of games. They are kept with the game dates of a calendar and
 * are released together with them. They are used again while the games that count are the same, even if
 * another part of a state has changed: a run that was merely asked for changes no sum, and sums of players
 * take long to compute.
 */
const sums = new WeakMap<readonly GameDate[], Map<string, KnownSums>>();

function isEqual(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((each, i) => each === b[i]);
}

/**
 * @param hashes for each game date, the hashes of its games; undefined when the partition of that date is
 * not settled
 * @param damages for each game date, how often the reconciliation found its rows damaged
 */
function sumsOfLastGames(
  hashes: readonly (GameHashes | undefined)[],
  damages: readonly number[],
  games: number,
): readonly string[] {
  /** Entity -> how many games it has had, and the hashes of the latest of them; the next one replaces the oldest. */
  const recent = new Map<string, { count: number; readonly lanes: Uint32Array }>();
  // Typed arrays add modulo 2 ** 32.
  const sum = new Uint32Array(2);
  const fingerprints = [sumText(sum)];
  for (const [i, ofDate] of hashes.entries()) {
    const reopened = damages[i] ?? 0;
    const { entities, lanes } = ofDate === undefined ? NO_GAMES : lanesOf(ofDate);
    for (const [k, entity] of entities.entries()) {
      let own = recent.get(entity);
      if (own === undefined) recent.set(entity, (own = { count: 0, lanes: new Uint32Array(2 * games) }));
      const at = 2 * (own.count % games);
      own.count += 1;
      for (let lane = 0; lane < 2; lane++) {
        const added = (lanes[2 * k + lane] ?? 0) + (lane === 0 ? reopened : 0);
        // The place of a game that does not exist yet holds 0.
        sum[lane] = (sum[lane] ?? 0) + added - (own.lanes[at + lane] ?? 0);
        own.lanes[at + lane] = added;
      }
    }
    fingerprints.push(sumText(sum));
  }
  return fingerprints;
}

const NO_GAMES: GameLanes = { entities: [], lanes: new Uint32Array() };

function sumText(sum: Uint32Array): string {
  return [...sum].map((lane) => lane.toString(16).padStart(8, '0')).join('');
}
