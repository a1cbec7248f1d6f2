/** Many partitions that one correction makes stale: they are marked in few transactions, and each by itself. */
import { describe, expect, it } from 'vitest';
import { carryOut, type Errand } from '../../functions/steps/actions.ts';
import type { HandlerContext } from '../../functions/steps/context.ts';
import { memoryStore } from '../../functions/targets/simulated/memory-store.ts';
import type { Action } from '../../shared/domain/decide/action.ts';
import { addDays, gameDate, type GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { View } from '../../shared/domain/view.ts';
import { listFailures } from '../../shared/state/backfill-failures.ts';
import { tableSeason, updateStates } from '../../shared/state/completions.ts';
import { partition } from '../support/partitions.ts';
import { toyRegistry } from '../support/toy-tables.ts';

const FIRST = gameDate('2023-10-24');
const dates = Array.from({ length: 100 }, (_, i) => addDays(FIRST, i));
const registry = toyRegistry();
const clock = () => new Date('2024-06-01T12:00:00Z');
const errand: Errand = {
  mode: 'live',
  backfillId: null,
  through: 'phase4',
  correlationId: 'a correction',
  causationId: null,
  acceptMissing: false,
};
const BUILT = partition({ status: 'success', rows: 4, inputFingerprint: 'a.b', outputFingerprint: 'c' });

const stale = (table: string, date: GameDate): Action => ({
  kind: 'mark stale',
  ref: { table, date },
  cause: 'data',
  because: `nbac_player_boxscores@${FIRST} changed`,
});
const current = (table: string, date: GameDate): Action => ({ kind: 'mark current', ref: { table, date } });

/** Two tables with a hundred built dates, in a store that counts its transactions. */
async function world() {
  const store = memoryStore();
  const ports = { store, clock };
  for (const table of ['team_context', 'team_offense'])
    await updateStates(ports, registry.get(table), dates, () => BUILT);
  const season = seasonOf(FIRST);
  const statesOf = async (table: string) => (await tableSeason(ports, table, season))?.dates ?? {};
  const states = new Map([
    ['team_context', await statesOf('team_context')],
    ['team_offense', await statesOf('team_offense')],
  ]);
  const view = { seasons: new Map([[season, { states }]]) } as unknown as View;
  let transactions = 0;
  const counting = {
    ...store,
    transaction: ((body) => {
      transactions += 1;
      return store.transaction(body);
    }) as typeof store.transaction,
  };
  const context = { ports: { store: counting, clock }, registry } as unknown as HandlerContext;
  return {
    ports,
    statesOf,
    carryOut: async (actions: readonly Action[], forErrand = errand): Promise<number> => {
      transactions = 0;
      await carryOut(context, view, actions, forErrand);
      return transactions;
    },
  };
}

describe('marks of partitions that follow from one change', () => {
  it('are written sixty dates of a table at a time', async () => {
    const { statesOf, carryOut } = await world();
    const actions = ['team_offense', 'team_context'].flatMap((table) =>
      dates.map((date) => stale(table, date)),
    );
    expect(await carryOut(actions)).toBe(4);
    for (const table of ['team_context', 'team_offense'])
      for (const state of Object.values(await statesOf(table)))
        expect(state.stale).toEqual({ cause: 'data', because: `nbac_player_boxscores@${FIRST} changed` });
  });

  it('are written together for live partitions that wait, each with what it waits for', async () => {
    const { statesOf, carryOut } = await world();
    const want = { through: 'phase4', correlationId: 'a correction' };
    const waits = dates.map((date): Action => ({
      ...{ kind: 'wait', ref: { table: 'team_context', date }, want },
      for: [{ table: 'team_offense', date }],
    }));
    expect(await carryOut(waits)).toBe(2);
    const states = await statesOf('team_context');
    for (const date of dates)
      expect(states[date]).toMatchObject({ want, waitingFor: [`team_offense@${date}`] });
  });

  it('are written together for partitions that are blocked, each with the failure of the backfill', async () => {
    const { ports, statesOf, carryOut } = await world();
    const blocks = dates.map((date): Action => ({
      ...{ kind: 'block', ref: { table: 'team_context', date } },
      for: [{ table: 'team_offense', date }],
    }));
    expect(await carryOut(blocks, { ...errand, mode: 'backfill', backfillId: 'bf-1' })).toBe(2);
    const states = await statesOf('team_context');
    for (const date of dates)
      expect(states[date]).toMatchObject({ status: 'blocked', waitingFor: [`team_offense@${date}`] });
    expect(await listFailures(ports, 'bf-1')).toEqual(
      dates.map((date) => ({
        partition: `team_context@${date}`,
        reason: `waits for team_offense@${date}`,
        isBlocked: true,
      })),
    );
  });

  it('are written together for wants that need no run', async () => {
    const { ports, statesOf, carryOut } = await world();
    const want = { through: 'phase4', correlationId: 'a correction' };
    await updateStates(ports, registry.get('team_context'), dates, () => ({ ...BUILT, want }));
    const drops = dates.map((date): Action => ({ kind: 'drop want', ref: { table: 'team_context', date } }));
    expect(await carryOut(drops)).toBe(2);
    for (const state of Object.values(await statesOf('team_context'))) expect(state.want).toBeNull();
  });

  it('are not mixed with others between them', async () => {
    const { statesOf, carryOut } = await world();
    const [a = FIRST, b = FIRST, c = FIRST] = dates;
    const actions = [stale('team_context', a), stale('team_context', b), current('team_context', b)];
    expect(await carryOut([...actions, stale('team_context', c)])).toBe(3);
    const states = await statesOf('team_context');
    expect([a, b, c].map((date) => states[date]?.stale?.cause)).toEqual(['data', undefined, 'data']);
  });

  it('leave alone a partition that has changed since it was looked at', async () => {
    const { ports, statesOf, carryOut } = await world();
    const [first = FIRST, second = FIRST] = dates;
    const newer = { ...BUILT, token: 7 };
    await updateStates(ports, registry.get('team_context'), [first], () => newer);
    await carryOut([stale('team_context', first), stale('team_context', second)]);
    const states = await statesOf('team_context');
    expect([first, second].map((date) => states[date]?.stale?.cause)).toEqual([undefined, 'data']);
  });
});
