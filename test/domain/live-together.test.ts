/** Dates of one table that a live cascade wants are built by one run, and none of them waits for work that is not under way. */
import { describe, expect, it } from 'vitest';
import type { Action } from '../../shared/domain/decide/action.ts';
import { decideFollowers, type Change } from '../../shared/domain/decide/followers.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import { day, except, never, viewOf } from '../support/view-of.ts';
import type { PartitionFields } from '../support/partitions.ts';

const TABLE = 'team_context';
const SUMMARY = 'player_summary';
const [NIGHT, NEXT] = [day(17), day(19)];
const want = { through: 'phase4', correlationId: 'live-1' };
const wanted = never('waiting', { want });
const inFlight = (mode: PartitionState['mode']): PartitionFields =>
  never('requested', { runId: 'r1', mode, want: mode === 'live' ? want : null });

/** The actions about `team_context` in a season in which these partitions are not built and current. */
function actionsFor(
  differences: Readonly<Record<string, PartitionFields | null>>,
  changes: readonly Change[],
  batchSize = 60,
): Action[] {
  const view = viewOf({ differently: except(differences) });
  return decideFollowers(
    view,
    changes,
    () => false,
    () => batchSize,
  ).filter((action) => ('ref' in action ? action.ref.table : action.table) === TABLE);
}

/** What is decided for each date: the dates of a run together. */
function decided(actions: readonly Action[]): string[] {
  const days = (dates: readonly GameDate[]): string => dates.map((date) => date.slice(5)).join(' ');
  return actions.map((action) =>
    action.kind === 'request run'
      ? `run ${days(action.dates.map(({ date }) => date))}`
      : `${action.kind} ${days([action.ref.date])}`,
  );
}

/** Only `team_context` reads lines. */
const lines = { table: 'odds_api_game_lines', date: NIGHT, want };
const summary = { table: SUMMARY, date: NIGHT, want };

describe('a date that is ready', () => {
  it('waits while all that the next date needs is under way, and says for what', () => {
    const actions = actionsFor(
      {
        [`${SUMMARY}@${NIGHT}`]: inFlight('live'),
        [`${TABLE}@${NIGHT}`]: null,
        [`${TABLE}@${NEXT}`]: wanted,
      },
      [lines],
    );

    expect(actions).toEqual([
      { kind: 'wait', ref: { table: TABLE, date: NIGHT }, for: [{ table: SUMMARY, date: NIGHT }], want },
    ]);
  });

  it('waits also before the next date is wanted: the work that is under way will call for it', () => {
    const actions = actionsFor(
      { [`${SUMMARY}@${NIGHT}`]: inFlight('live'), [`${TABLE}@${NIGHT}`]: null, [`${TABLE}@${NEXT}`]: null },
      [lines],
    );

    expect(decided(actions)).toEqual(['wait 11-10']);
  });

  it('is told only once that it waits, while what it waits for is under way', () => {
    const waits = (names: readonly string[]): string[] =>
      decided(
        actionsFor(
          {
            [`${SUMMARY}@${NIGHT}`]: inFlight('live'),
            [`${TABLE}@${NIGHT}`]: never('waiting', { want, waitingFor: names }),
            [`${TABLE}@${NEXT}`]: wanted,
          },
          [lines],
        ),
      );

    expect([waits([`${SUMMARY}@${NIGHT}`]), waits([`team_offense@${NIGHT}`])]).toEqual([[], ['wait 11-10']]);
  });

  it('is built with the next one, by one run, when the last input is there', () => {
    const actions = actionsFor({ [`${TABLE}@${NIGHT}`]: wanted, [`${TABLE}@${NEXT}`]: wanted }, [summary]);

    expect(decided(actions)).toEqual(['run 11-10 11-12']);
  });

  it.each([
    ['a backfill is at work on what the next date needs', inFlight('backfill')],
    ['nobody is at work on it', never('waiting')],
    ['it has failed', never('failed', { reason: 'no rows' })],
    ['it waits for a person', never('blocked', { reason: 'the warehouse holds fewer rows', want })],
  ])('does not wait when %s', (_, state) => {
    const actions = actionsFor(
      { [`${SUMMARY}@${NIGHT}`]: state, [`${TABLE}@${NIGHT}`]: null, [`${TABLE}@${NEXT}`]: wanted },
      [lines],
    );

    expect(decided(actions)).toContain('run 11-10');
  });

  it('that has waited is built when what it waited for has failed', () => {
    const actions = actionsFor(
      {
        [`${SUMMARY}@${NIGHT}`]: never('failed', { reason: 'no rows' }),
        [`${TABLE}@${NIGHT}`]: wanted,
        [`${TABLE}@${NEXT}`]: wanted,
      },
      [],
    );

    expect(decided(actions)).toEqual(['run 11-10']);
  });

  it('never waits for an earlier date', () => {
    const actions = actionsFor(
      {
        [`odds_api_game_lines@${NIGHT}`]: inFlight('live'),
        [`${TABLE}@${NIGHT}`]: wanted,
        [`${TABLE}@${NEXT}`]: wanted,
      },
      [{ ...lines, date: NEXT }],
    );

    expect(decided(actions)).toEqual(['run 11-12']);
  });
});

describe('dates that are ready together', () => {
  const all = { [`${TABLE}@${NIGHT}`]: wanted, [`${TABLE}@${NEXT}`]: wanted };

  it('are as many runs as their number demands', () => {
    expect(decided(actionsFor(all, [summary], 1))).toEqual(['run 11-10', 'run 11-12']);
  });

  it('are runs of their own when different cascades want them', () => {
    const other = { through: 'phase3', correlationId: 'live-2' };
    const actions = actionsFor({ ...all, [`${TABLE}@${NEXT}`]: never('waiting', { want: other }) }, [
      summary,
    ]);

    expect(decided(actions)).toEqual(['run 11-10', 'run 11-12']);
  });
});
