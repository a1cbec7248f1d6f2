/** What a document says after recovery, and how stores of different homes are told apart. */
import { describe, expect, it } from 'vitest';
import { runToken, partitionToken } from '../../shared/domain/fencing.ts';
import { UNTOUCHED, isAnswered, isBuilt, type PartitionState } from '../../shared/domain/partition.ts';
import { mendPartition, UNKNOWN_INPUTS } from '../../shared/domain/recover.ts';
import { lossesIn, nextStamp, type Stamp, type StampsSeen } from '../../shared/domain/stamp.ts';

const AT = '2024-06-01T12:00:00.000Z';
const ROWS = { rows: 20, fingerprint: 'f1', token: 3002 };
const NO_ROWS = { rows: 0, fingerprint: 'none', token: 0 };
const built: PartitionState = {
  ...UNTOUCHED,
  status: 'success',
  revision: 2,
  token: 3,
  rows: 20,
  expectedRows: 20,
  inputFingerprint: 'a.b',
  outputFingerprint: 'f1',
};

describe('the document of a partition after it was compared with the table', () => {
  it('stays when the rows are those it tells of', () => {
    expect(mendPartition(built, ROWS, 2, AT)).toBeUndefined();
    const empty: PartitionState = { ...built, status: 'empty', rows: 0 };
    expect(mendPartition(empty, NO_ROWS, 0, AT)).toBeUndefined();
    expect(mendPartition(undefined, NO_ROWS, 2, AT)).toBeUndefined();
  });

  it('gets the newer token of the same rows, so that its next run is not refused', () => {
    const mended = mendPartition(built, { ...ROWS, token: 7003 }, 2, AT);
    expect(mended).toEqual({ kind: 'raised', state: { ...built, token: 7 } });
    expect(runToken((mended?.state.token ?? 0) + 1)).toBeGreaterThan(7003);
  });

  it('is made again from the rows when it is lost, and says of nothing that it is ready or whole', () => {
    const mended = mendPartition(undefined, ROWS, 2, AT);
    expect(mended).toMatchObject({
      kind: 'recovered',
      state: {
        status: 'partial',
        token: 3,
        rows: 20,
        games: 0,
        expectedGames: 2,
        readyRows: 0,
        inputFingerprint: UNKNOWN_INPUTS,
        outputFingerprint: 'f1',
        stale: { cause: 'data' },
      },
    });
    expect(isAnswered(mended?.state)).toBe(true);
  });

  it('is made again when it tells of other rows, with a token that never falls', () => {
    const older = { ...built, outputFingerprint: 'f0' };
    expect(mendPartition(older, ROWS, 2, AT)).toMatchObject({
      kind: 'recovered',
      state: { token: 3, revision: 3 },
    });
    expect(mendPartition({ ...older, token: 9 }, ROWS, 2, AT)?.state.token).toBe(9);
  });

  it('tells of nothing that is built when its rows are gone, and makes its readers build again', () => {
    const mended = mendPartition(built, NO_ROWS, 2, AT);
    expect(mended).toMatchObject({
      kind: 'reopened',
      state: { status: 'waiting', rows: 0, token: 3, reopened: 1 },
    });
    expect(isBuilt(mended?.state)).toBe(false);
  });

  it('is left to the run that is under way', () => {
    const running: PartitionState = { ...built, status: 'requested', runId: 'r1' };
    expect(mendPartition(running, NO_ROWS, 2, AT)).toBeUndefined();
  });

  it.each([0, 999, 1000, 3002, 7999])('has a next run with a larger token than rows with %d', (token) => {
    expect(runToken(partitionToken(token) + 1)).toBeGreaterThan(token);
  });
});

const stamp = (home: string, generation: number, session = `${home}${generation}`): Stamp => ({
  home,
  generation,
  session,
});
const seen = (
  documents: Stamp | undefined,
  archive: Stamp | undefined,
  tables: Stamp | undefined,
  more: { next?: Stamp; hold?: boolean; rows?: boolean } = {},
): StampsSeen => ({
  documents: { stamp: documents, next: more.next, hold: more.hold ?? documents !== undefined },
  archive: { stamp: archive },
  warehouse: { stamp: tables, hold: more.rows ?? tables !== undefined },
});
const A1 = stamp('a', 1);
const A5 = stamp('a', 5);

describe('the stores of a home', () => {
  it.each([
    { what: 'a new home', found: seen(undefined, undefined, undefined) },
    { what: 'one stamp', found: seen(A5, A5, A5) },
    {
      what: 'a process that ended before it wrote any stamp',
      found: seen(A1, A1, A1, { next: stamp('a', 2) }),
    },
    { what: 'a process that ended halfway', found: seen(A1, stamp('a', 2), A1, { next: stamp('a', 2) }) },
    { what: 'a first process that ended halfway', found: seen(undefined, A1, undefined, { next: A1 }) },
    {
      what: 'a home without stamps',
      found: seen(undefined, undefined, undefined, { hold: true, rows: true }),
    },
  ])('belong together: $what', ({ found }) => {
    expect(lossesIn(found)).toEqual([]);
  });

  it.each([
    ['documents', 'lost', seen(undefined, A5, A5)],
    ['documents', 'lost', seen(undefined, undefined, undefined, { rows: true })],
    ['documents', 'older', seen(A1, A5, A5)],
    ['documents', 'older', seen(undefined, A5, A5, { hold: true })],
    ['documents', 'of another home', seen(stamp('b', 5), A5, A5)],
    ['documents', 'of another home', seen(stamp('a', 5, 'copy'), A5, A5)],
    ['tables', 'lost', seen(A5, A5, undefined)],
    ['tables', 'older', seen(A5, A5, A1)],
    ['tables', 'of another home', seen(A5, A5, stamp('b', 7))],
    ['archive', 'lost', seen(A5, undefined, A5)],
    ['archive', 'older', seen(A5, A1, A5)],
    ['archive', 'of another home', seen(A5, stamp('b', 1), A5)],
  ] as const)('do not belong together: the %s are %s', (store, what, found) => {
    expect(lossesIn(found)).toEqual([{ store, what }]);
  });

  it('are named each when two are gone', () => {
    expect(lossesIn(seen(A5, undefined, undefined))).toEqual([
      { store: 'archive', what: 'lost' },
      { store: 'tables', what: 'lost' },
    ]);
  });

  it('get a stamp that is newer than every one of them', () => {
    const found = seen(A1, A5, undefined);
    expect(nextStamp(found, () => 'id')).toEqual({ home: 'a', generation: 6, session: 'id' });
  });
});
