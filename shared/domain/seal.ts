/**
 * Sealed rows. What was predicted before a game begins is never changed afterwards: a later run of the date carries these rows over as they
 * are. Rows of a game that were made after its tip-off, such as those of a backfill of past seasons, are ordinary content.
 */
import type { GameDate } from './game-date.ts';
import type { PartitionState } from './partition.ts';
import { isSealing, type TableDefinition } from './table.ts';
import type { Row } from './table-rows.ts';

/** The column of a sealing table that says whether a row was made before its game began (`live`) or later (`backfill`). */
export const ORIGIN_COLUMN = 'origin';

/** The column of a sealing table that says when everything was known that a row rests on; a table need not have it. */
export const KNOWN_AT_COLUMN = 'known_at';

/** When a game begins (ISO, UTC); null when nobody knows. */
export interface TipOff {
  readonly game: string;
  readonly at: string | null;
}

/** The games of a date, and the present moment. */
export interface SealMoment {
  readonly tipOffs: readonly TipOff[];
  readonly date: GameDate;
  /** The present moment (ISO, UTC). */
  readonly now: string;
  /** The present date in US Eastern time. */
  readonly today: GameDate;
  /** When everything was known that the computed rows rest on (ISO, UTC); undefined where the table does not say it. */
  readonly knownAt?: string | null;
}

/**
 * Whether a game has begun. One whose tip-off nobody knows counts as begun from the beginning of its date on, so that nothing made on
 * the date is taken for a prediction.
 */
function hasBegun({ at }: TipOff, { date, now, today }: SealMoment): boolean {
  return at === null ? date <= today : at <= now;
}

/**
 * The rows of a date: those of games that have begun and were predicted before, as they are published, and the computed ones of all other
 * games. A computed row says whether it was made before the tip-off and, if so, when everything was known that it rests on. Rows of a
 * game that has left the schedule stay out.
 */
export function withSealed(
  computed: readonly Row[],
  published: readonly Row[],
  moment: SealMoment,
): readonly Row[] {
  const { tipOffs } = moment;
  const begun = new Set(tipOffs.filter((each) => hasBegun(each, moment)).map(({ game }) => game));
  const sealed = liveRowsIn(published).filter((row) => begun.has(String(row['game_id'])));
  const carried = new Set(sealed.map((row) => row['game_id']));
  const scheduled = new Set<unknown>(tipOffs.map(({ game }) => game));
  return [
    ...sealed,
    ...computed
      .filter((row) => !carried.has(row['game_id'] ?? null))
      .map((row) => {
        const isLive = scheduled.has(row['game_id']) && !begun.has(String(row['game_id']));
        const { knownAt } = moment;
        return {
          ...row,
          [ORIGIN_COLUMN]: isLive ? 'live' : 'backfill',
          ...(knownAt === undefined ? {} : { [KNOWN_AT_COLUMN]: isLive ? knownAt : null }),
        };
      }),
  ];
}

/** Those of the rows that were made before their games. */
export function liveRowsIn(rows: readonly Row[]): readonly Row[] {
  return rows.filter((row) => row[ORIGIN_COLUMN] === 'live');
}

/** Whether a game of a date has begun of which no row is there that was made before it: such rows may have been lost. */
export function mayHaveLostRows(published: readonly Row[], moment: SealMoment): boolean {
  const there = new Set(liveRowsIn(published).map((row) => row['game_id']));
  return moment.tipOffs.some((each) => hasBegun(each, moment) && !there.has(each.game));
}

/** The published rows, and of games of which none was made before the game those that are kept elsewhere. */
export function withKept(published: readonly Row[], kept: readonly Row[]): readonly Row[] {
  const there = new Set(liveRowsIn(published).map((row) => row['game_id']));
  return [...published, ...kept.filter((row) => !there.has(row['game_id'] ?? null))];
}

/** Whether every row of a date was made before its game, and no scheduled game is without rows. */
export function isAllLive(rows: readonly Row[], tipOffs: readonly TipOff[]): boolean {
  const games = new Set<unknown>(rows.map((row) => row['game_id']));
  return (
    rows.length > 0 &&
    rows.every((row) => row[ORIGIN_COLUMN] === 'live') &&
    tipOffs.every(({ game }) => games.has(game))
  );
}

/**
 * Whether a partition is sealed as a whole: every game of it was predicted before it began, and the date is over. What it was built from
 * stays what it was built from, whatever changes.
 * @param today the present date in US Eastern time
 */
export function isSealed(
  table: TableDefinition,
  state: PartitionState | undefined,
  date: GameDate,
  today: GameDate,
): boolean {
  return isSealing(table) && state?.allLive === true && date < today && state.stale?.cause !== 'forced';
}
