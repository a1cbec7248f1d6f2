/**
 * Fingerprints of windows of the last n games: for each date, a sum over the hashes of the games inside the
 * window.
 */
import type { GameDate } from './game-date.ts';
import { digest } from './hash.ts';
import { isSettled } from './partition.ts';
import { statesOf, type GameHashes, type SeasonView } from './view.ts';

/** The hashes of the games of one date: for each entity two numbers of 32 bits, one after the other. */
interface GameLanes {
  readonly entities: readonly string[];
  readonly lanes: Int32Array;
}

/** Hashes as numbers, computed once for each document: a document that was read is never written to. */
const parsed = new WeakMap<GameHashes, GameLanes>();
function lanesOf(hashes: GameHashes): GameLanes {
  const known = parsed.get(hashes);
  if (known !== undefined) return known;
  const entities = Object.keys(hashes);
  const made = { entities, lanes: lanesIn(entities.map((entity) => hashes[entity] ?? '')) };
  parsed.set(hashes, made);
  return made;
}

const LANE_DIGITS = 8;
const HASH = new RegExp(`^[0-9a-f]{${2 * LANE_DIGITS}}$`);

/** The two numbers of each hash. All hashes of a season are read, so those of a date are decoded in one piece. */
function lanesIn(hashes: readonly string[]): Int32Array {
  const length = 2 * hashes.length;
  const bytes = Buffer.from(hashes.join(''), 'hex');
  // A hash of another form, which another program may have sent, counts by its own hash.
  if (bytes.length !== (length * LANE_DIGITS) / 2 || !hashes.every((hash) => hash.length === 2 * LANE_DIGITS))
    return lanesIn(hashes.map((hash) => (HASH.test(hash) ? hash : digest(hash, 2 * LANE_DIGITS))));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const lanes = new Int32Array(length);
  for (let i = 0; i < length; i++) lanes[i] = view.getInt32((i * LANE_DIGITS) / 2);
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
  /** Entity -> how many games it has had, and the hashes of the latest of them; the next one replaces the oldest. */
  const recent = new Map<string, { count: number; readonly lanes: Int32Array }>();
  // `| 0` keeps the last 32 bits of a sum.
  let [sum0, sum1] = [0, 0];
  const fingerprints = [sumText(sum0, sum1)];
  for (let i = 0; i < hashes.length; i++) {
    const ofDate = hashes[i];
    const reopened = damages[i] ?? 0;
    const { entities, lanes } = ofDate === undefined ? NO_GAMES : lanesOf(ofDate);
    for (let k = 0; k < entities.length; k++) {
      const entity = entities[k] ?? '';
      let own = recent.get(entity);
      if (own === undefined) recent.set(entity, (own = { count: 0, lanes: new Int32Array(2 * games) }));
      const at = 2 * (own.count % games);
      own.count += 1;
      const added0 = ((lanes[2 * k] ?? 0) + reopened) | 0;
      const added1 = lanes[2 * k + 1] ?? 0;
      // The place of a game that does not exist yet holds 0.
      sum0 = (sum0 + added0 - (own.lanes[at] ?? 0)) | 0;
      sum1 = (sum1 + added1 - (own.lanes[at + 1] ?? 0)) | 0;
      own.lanes[at] = added0;
      own.lanes[at + 1] = added1;
    }
    fingerprints.push(sumText(sum0, sum1));
  }
  return fingerprints;
}

const NO_GAMES: GameLanes = { entities: [], lanes: new Int32Array() };

function sumText(...sums: readonly number[]): string {
  return sums.map((sum) => (sum >>> 0).toString(16).padStart(LANE_DIGITS, '0')).join('');
}
