/**
 * Fingerprints of windows of the last n games: for each date, a sum over the hashes of the games inside the
 * window.
 */
import type { GameDate } from './game-date.ts';
import { isSettled } from './partition.ts';
import { statesOf, type GameHashes, type SeasonView } from './view.ts';

/** The hash of one entity's game as two 32-bit numbers. */
interface EntityLanes {
  readonly entity: string;
  readonly lanes: readonly number[];
}

/** Hashes as numbers, computed once for each document: a document that was read is never written to. */
const parsed = new WeakMap<GameHashes, readonly EntityLanes[]>();
function lanesOf(hashes: GameHashes): readonly EntityLanes[] {
  const known = parsed.get(hashes);
  if (known !== undefined) return known;
  const lanes = Object.entries(hashes).map(([entity, hash]) => ({
    entity,
    lanes: [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8, 16), 16)],
  }));
  parsed.set(hashes, lanes);
  return lanes;
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
  const recent = new Map<string, (readonly number[])[]>();
  const sum = [0, 0];
  const fingerprints = [sumText(sum)];
  for (const [i, ofDate] of hashes.entries()) {
    const reopened = damages[i] ?? 0;
    for (const { entity, lanes: content } of ofDate === undefined ? [] : lanesOf(ofDate)) {
      const lanes = reopened === 0 ? content : [(content[0] ?? 0) + reopened, content[1] ?? 0];
      const own = recent.get(entity) ?? [];
      if (own.length === 0) recent.set(entity, own);
      own.push(lanes);
      add(sum, lanes, 1);
      const oldest = own.length > games ? own.shift() : undefined;
      if (oldest !== undefined) add(sum, oldest, -1);
    }
    fingerprints.push(sumText(sum));
  }
  return fingerprints;
}

const LANE = 0x1_0000_0000;
function add(sum: number[], lanes: readonly number[], sign: 1 | -1): void {
  for (let i = 0; i < sum.length; i++) sum[i] = ((sum[i] ?? 0) + sign * (lanes[i] ?? 0) + LANE) % LANE;
}
function sumText(sum: readonly number[]): string {
  return sum.map((lane) => lane.toString(16).padStart(8, '0')).join('');
}
