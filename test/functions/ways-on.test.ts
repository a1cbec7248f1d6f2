/** The ways on that stand beside a NO-GO, each carried out in a world of its own. */
import { describe, expect, it } from 'vitest';
import { matrixOf, planRequest } from '../../functions/control/plan.ts';
import { waysOn, type WayOn } from '../../functions/control/ways-on.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { reopen } from '../../shared/state/marks.ts';
import { stateIn } from '../support/look.ts';
import { dateOf } from '../support/toy-league.ts';
import { builtWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const date = dateOf(14);
const asked = () => ({ dates: [date], from: 'phase4' as const, through: 'phase4' as const, force: true });
const portsOf = (world: World) => ({ ...world, clock: world.now, config: { target: 'embedded' as const } });

/** A built world in which some partitions of phase 3 are open again. */
async function lacking(...tables: readonly string[]): Promise<World> {
  const world = makeWorld({ from: await builtWorld() });
  const open = (table: string, of: GameDate) =>
    reopen(portsOf(world), world.registry, table, [
      { date: of, seen: stateIn(world, table, of), reason: 'gone' },
    ]);
  for (const table of tables) await open(table, table === 'team_context' ? date : dateOf(0));
  return world;
}

async function waysIn(world: World): Promise<WayOn[]> {
  const ports = portsOf(world);
  const planned = await planRequest(ports, asked());
  return waysOn(ports, asked(), planned, (await matrixOf(ports, planned, false)).tables);
}

describe('the ways on of a NO-GO', () => {
  it('are three where an optional input stays away when only the required ones are filled', async () => {
    const world = await lacking('team_defense', 'team_context');
    const ways = await waysIn(world);
    expect(ways.map(({ way, go, inputsMissing }) => [way, go, inputsMissing])).toEqual([
      ['fill everything first', true, 0],
      ['fill only what is required', true, 1],
      ['run anyway', true, 2],
    ]);
    expect(ways[1]?.commands[0]).toBe(
      `fullcourt backfill --start ${dateOf(0)} --end ${dateOf(0)} --from phase3 --through phase3 --tables team_defense`,
    );
    const runs = ways.map((way) => way.runs);
    expect(runs[1]).toBe((runs[2] ?? 0) + 1);
    expect(runs[0]).toBeGreaterThan(runs[1] ?? 0);
    await world.request({
      ...{ startDate: dateOf(0), endDate: dateOf(0), from: 'phase3', through: 'phase3' },
      tables: ['team_defense'],
    });
    await world.settle();
    const id = await world.request(asked());
    await world.settle();
    expect((await world.backfill(id))?.state).not.toBe('refused');
  });

  it('are two where what is required brings the optional one with it, and none for a GO', async () => {
    expect((await waysIn(await lacking('team_defense'))).map(({ way }) => way)).toEqual([
      'fill everything first',
      'run anyway',
    ]);
    expect(await waysIn(await lacking('team_context'))).toEqual([]);
  });
});
