/**
 * Recovery: what the document of a partition says after it was compared with the table. The table is right about its rows and
 * their token; the document alone knows what they were built from.
 */
import { partitionToken } from './fencing.ts';
import { isBuilt, isInFlight, UNTOUCHED, type PartitionState } from './partition.ts';

/** What a table holds of one date. */
export interface Found {
  readonly rows: number;
  /** Hash of the rows, independent of their order. */
  readonly fingerprint: string;
  /** The highest fencing token of the rows; 0 without rows. */
  readonly token: number;
}

/**
 * Stands for the code and the inputs of rows of which nobody knows what they were built from. It equals no fingerprint, so the
 * partition is built once more. When its rows come out the same, they stay and its readers need no run for it.
 */
export const UNKNOWN_INPUTS = 'unknown.unknown';

/**
 * What becomes of the document of a partition.
 * - `recovered`: it was lost or tells of other rows. It tells of the rows that are there, and is `partial` and stale until the
 *   partition has been built once.
 * - `reopened`: the table has lost the rows it tells of. They are to be built again.
 * - `raised`: the rows are those it tells of, and carry a newer token. Only its token changes.
 */
export interface Mended {
  readonly kind: 'recovered' | 'reopened' | 'raised';
  readonly state: PartitionState;
}

/**
 * Compares a document with its table. A partition that is being built is left to its run.
 * @param expectedGames how many games the table should have on the date, by the calendar
 * @param at when (ISO, UTC)
 * @returns undefined when the document may stay as it is
 */
export function mendPartition(
  state: PartitionState | undefined,
  found: Found,
  expectedGames: number,
  at: string,
): Mended | undefined {
  if (isInFlight(state)) return undefined;
  const before = state ?? UNTOUCHED;
  const token = Math.max(before.token, partitionToken(found.token));
  if (isBuilt(before) && before.rows === found.rows) {
    const isSame = found.rows === 0 || before.outputFingerprint === found.fingerprint;
    if (isSame) return token === before.token ? undefined : { kind: 'raised', state: { ...before, token } };
  }
  if (found.rows > 0) return { kind: 'recovered', state: recovered(before, found, token, expectedGames, at) };
  if (!isBuilt(before)) return undefined;
  return { kind: 'reopened', state: reopened(before, at) };
}

/** Whether recovery has mended a partition that has not been built since. */
export function isToBuildAgain(state: PartitionState | undefined): boolean {
  if (state === undefined) return false;
  const isLost = state.reopened > 0 && state.token > 0 && !isBuilt(state);
  return isLost || state.inputFingerprint === UNKNOWN_INPUTS;
}

function reopened({ givenUp: _, ...before }: PartitionState, at: string): PartitionState {
  return {
    ...before,
    status: 'waiting',
    ...{ rows: 0, games: 0, readyRows: 0, syntheticRows: 0 },
    inputFingerprint: null,
    outputFingerprint: null,
    waitingFor: [],
    gates: [],
    stale: null,
    reason: `the table had lost its ${before.rows} rows at ${at}`,
    reopened: before.reopened + 1,
  };
}

function recovered(
  { givenUp: _, ...before }: PartitionState,
  { rows, fingerprint }: Found,
  token: number,
  expectedGames: number,
  at: string,
): PartitionState {
  const because = `its document was made again from the table at ${at}; what it was built from is not known`;
  return {
    ...before,
    status: 'partial',
    revision: before.revision + 1,
    token,
    rows,
    expectedRows: rows,
    // Which games are whole and which rows are ready is known when the partition has been built once.
    games: 0,
    expectedGames,
    readyRows: 0,
    syntheticRows: 0,
    inputFingerprint: UNKNOWN_INPUTS,
    outputFingerprint: fingerprint,
    waitingFor: [],
    gates: [],
    stale: { cause: 'data', because },
    reason: because,
  };
}
