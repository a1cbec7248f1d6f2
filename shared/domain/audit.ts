/**
 * The audit of staged rows: whether the rows of a date may be published, and which status the partition
 * gets.
 */
import { NO_GAMES, SOURCE_UNAVAILABLE } from './calendar.ts';
import { counted } from './counted.ts';
import { lackingText, type Lacking } from './lacking.ts';
import { PRESENT_SHARE } from './partition.ts';
import { isComputed, isRaw, type TableDefinition } from './table.ts';

/** What the warehouse measured of one date's staged rows. See `StagedDate` in `shared/ports/warehouse.ts`. */
export interface Measured {
  readonly rows: number;
  readonly games: number;
  readonly expectedRows: number;
  readonly expectedGames: number;
  /** What is known to be lacking, of the rows themselves or of the sources that they are made from. */
  readonly lacking?: readonly Lacking[];
  /** Why rows of games stay that the source does not have any more; null or absent when there are none. */
  readonly held?: string | null;
  /** The person who has given up what is lacking, and why; null or absent when nobody has. */
  readonly accepted?: string | null;
  /** In any order: the order in which an engine returns results of checks is not fixed. */
  readonly checks: readonly CheckFailures[];
}

interface CheckFailures {
  readonly check: string;
  readonly severity: 'fail' | 'warn';
  readonly failures: number;
}

/** The status of a partition whose rows were published. `blocked`: rows of games stay that the source does not have any more. */
export type PublishedStatus = 'success' | 'partial' | 'empty' | 'blocked';

/**
 * `publish`: the rows may replace the published ones, and the partition gets this status; `givenUp` is the part of its reason that says
 * who has given up what is lacking. `refuse`: nothing
 * is published, and the partition of that date fails for this reason.
 */
export type AuditVerdict =
  | {
      readonly kind: 'publish';
      readonly status: PublishedStatus;
      readonly reason?: string;
      readonly givenUp?: string;
    }
  | { readonly kind: 'refuse'; readonly reason: string };

/**
 * A rebuilt partition may lose at most this share of its published rows, unless a person forces the
 * request or the rows that it should have by the schedule are there. With 0.5, 12 rows never replace 26.
 */
export const MAX_ROW_DROP = 0.5;

/**
 * Decides what happens to the staged rows of one date. `success` means that every known row is there; a date that lacks any
 * is `partial` with what it lacks.
 * @param previousRows rows that are published for the date now; 0 when there are none
 * @param force whether a person has asked to replace the rows even if many of them disappear
 * @param accepted missing inputs, as `table@date`, that a person has accepted, for this request or as cells
 * @param letThrough the person who has let the request through although inputs are missing, and why
 * @param gone whether the date has no games any more, or no file speaks of it any more: its rows may all go
 */
export function audit(
  definition: TableDefinition,
  measured: Measured,
  previousRows: number,
  force: boolean,
  accepted: readonly string[] = [],
  gone = false,
  letThrough: string | null = null,
): AuditVerdict {
  const failed = measured.checks.filter(({ severity }) => severity === 'fail');
  if (failed.length > 0) {
    return {
      kind: 'refuse',
      reason: `audit: ${textOf(failed)}`,
    };
  }
  const missing = acceptedAsMissing(accepted, letThrough);
  if (measured.rows === 0 && previousRows === 0 && missing !== undefined)
    return { kind: 'publish', status: 'partial', reason: missing, givenUp: missing };
  if (measured.rows === 0) return withoutRows(definition, measured, previousRows, force, gone);
  const isExplained = isComputed(definition) && measured.rows >= PRESENT_SHARE * measured.expectedRows;
  if (previousRows > 0 && measured.rows < (1 - MAX_ROW_DROP) * previousRows && !force && !isExplained) {
    return {
      kind: 'refuse',
      reason: `audit: ${measured.rows} rows would replace ${previousRows}; ask with force if that is right`,
    };
  }
  if (missing !== undefined) return { kind: 'publish', status: 'partial', reason: missing, givenUp: missing };
  const lacking = allLacking(definition, measured);
  if (measured.held != null) {
    const more = lacking.length === 0 ? '' : `; ${lackingText(lacking)}`;
    return { kind: 'publish', status: 'blocked', reason: `${measured.held}${more}` };
  }
  if (lacking.length > 0)
    return { kind: 'publish', status: 'partial', ...withAcceptance(lackingText(lacking), measured) };
  return measured.checks.length > 0
    ? { kind: 'publish', status: 'success', reason: `warnings: ${textOf(measured.checks)}` }
    : { kind: 'publish', status: 'success' };
}

/** What was built without, and on whose word; undefined when nothing was. */
function acceptedAsMissing(accepted: readonly string[], letThrough: string | null): string | undefined {
  if (accepted.length === 0) return undefined;
  return `accepted as missing: ${accepted.join(', ')}${letThrough === null ? '' : `; ${letThrough}`}`;
}

/** Share of the rows of a date that may be set aside when they belong to more than one game. */
export const MAX_ASIDE = 0.05;

/** The ranges that rows are outside of, such as `below_0(points) in 2 rows`. */
export function rangesText(checks: readonly CheckFailures[]): string {
  return textOf(checks.filter(({ severity }) => severity === 'fail'));
}

/** The checks by name, each with its rows. The order is fixed, so that the same rows always have the same reason. */
function textOf(checks: readonly CheckFailures[]): string {
  return checks
    .map(({ check, failures }) => `${check} in ${counted(failures, 'row')}`)
    .sort()
    .join(', ');
}

/** A reason with the person who has given up what is lacking. */
function withAcceptance(reason: string, { accepted }: Measured): { reason: string; givenUp?: string } {
  return accepted == null ? { reason } : { reason: `${reason}; ${accepted}`, givenUp: accepted };
}

/**
 * What is lacking, with the counts where fewer rows or games are there than expected. What the sources of a computed table
 * lack is said only where the table itself has fewer rows for it; nobody counts the rows of a game that is not read, so these games
 * are always said.
 */
function allLacking(
  definition: TableDefinition,
  { rows, games, expectedRows, expectedGames, lacking = [] }: Measured,
): Lacking[] {
  const always = lacking.filter(({ code }) => code === 'out_of_range' || code === 'games_unread');
  if (rows >= expectedRows && games >= expectedGames) return isComputed(definition) ? always : [...lacking];
  const detail = `${rows} of ${expectedRows} rows, ${games} of ${expectedGames} games`;
  return [...lacking, { code: 'rows_missing', detail }];
}

function withoutRows(
  definition: TableDefinition,
  measured: Measured,
  previousRows: number,
  force: boolean,
  gone: boolean,
): AuditVerdict {
  if (measured.expectedRows > 0) {
    // Rows that are known to be lacking are no fault of the run. What is published does not leave on that word alone.
    const mayBeEmpty = previousRows === 0 || force || isComputed(definition);
    if ((measured.lacking ?? []).length > 0 && mayBeEmpty && measured.accepted != null)
      return { kind: 'publish', status: 'empty', ...withAcceptance(SOURCE_UNAVAILABLE, measured) };
    return (measured.lacking ?? []).length > 0 && mayBeEmpty
      ? { kind: 'publish', status: 'partial', reason: lackingText(allLacking(definition, measured)) }
      : { kind: 'refuse', reason: `audit: no rows where ${measured.expectedRows} are expected` };
  }
  if (gone) return { kind: 'publish', status: 'empty', reason: NO_GAMES };
  if (previousRows > 0 && !force)
    return {
      kind: 'refuse',
      reason: `audit: no rows would replace ${previousRows}; ask with force if that is right`,
    };
  return {
    kind: 'publish',
    status: 'empty',
    reason: isRaw(definition) ? SOURCE_UNAVAILABLE : (definition.emptyReason ?? 'no_rows_expected'),
  };
}
