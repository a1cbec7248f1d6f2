/** A person accepts a partition that has failed: what reads it is built, and says on whose word, until the partition is there. */
import { describe, expect, it } from 'vitest';
import { BACKFILL_REQUEST_TOPIC } from '../../shared/derive/topic-names.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import { listAcceptances } from '../../shared/state/acceptances.ts';
import { brokenPromises } from '../support/at-rest.ts';
import { datesWith, deadLettersIn, stateIn } from '../support/look.ts';
import { dateOf, PHASE4_DATES, SEASON } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import { makeWorld, type World } from '../support/world.ts';

const FAILED = dateOf(5);
const WORD = `accepted as missing: player_summary@${FAILED} (accepted by ann: the query\nis broken)`;

/** A world in which one date of `player_summary` has failed, so that phase 4 is blocked. */
async function blockedWorld(): Promise<World> {
  const world = makeWorld({ from: await importedWorld() });
  world.warehouse.refuse('player_summary', FAILED, 'no such column');
  await world.request({ season: SEASON });
  await world.settle();
  expect(datesWith(world, 'daily_cache', 'blocked')).toEqual(PHASE4_DATES);
  return world;
}

async function accept(world: World, dates: readonly string[] = [FAILED]): Promise<string> {
  const request = {
    ...{ tables: ['player_summary'], dates, accept: { reason: 'the query\nis broken' } },
    ...{ requestedBy: 'ann', requestId: `accept-${dates.join('-')}`, through: 'phase4' },
  };
  await world.publish(BACKFILL_REQUEST_TOPIC, request);
  await world.settle();
  return backfillIdOf(request, '');
}

describe('a failed partition that a person accepts', () => {
  it('lets what reads it go on, which is partial with person and reason, by one published message', async () => {
    const world = await blockedWorld();
    const id = await accept(world);
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
    expect(stateIn(world, 'player_summary', FAILED)).toMatchObject({
      status: 'failed',
      accepted: { by: 'ann', reason: 'the query\nis broken' },
    });
    for (const date of PHASE4_DATES)
      expect(stateIn(world, 'daily_cache', date)).toMatchObject({
        status: 'partial',
        reason: WORD,
        givenUp: WORD,
      });
    expect(await listAcceptances(world)).toEqual([
      expect.objectContaining({ table: 'player_summary', date: FAILED, by: 'ann', over: false }),
    ]);
    const journal = await world.archive.list('journal');
    const entry = `journal/${id}-player_summary-accept.json`;
    expect(journal).toContain(entry);
    const told = new TextDecoder().decode(await world.archive.read(entry));
    expect(JSON.parse(told)).toMatchObject({
      kind: 'accept',
      table: 'player_summary',
      dates: [FAILED],
      by: 'ann',
    });
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('is tried by no later request that does not name it, and holds up none', async () => {
    const world = await blockedWorld();
    await accept(world);
    const id = await world.request({ season: SEASON, from: 'phase4' });
    await world.settle();
    expect(await world.backfill(id)).toMatchObject({ state: 'done', noGo: [] });
  });

  it('is over when it is built: what was built without it is built again, and says nothing of it', async () => {
    const world = await blockedWorld();
    await accept(world);
    world.warehouse.refuse('player_summary', FAILED, undefined);
    await world.request({ season: SEASON });
    await world.settle();
    expect(stateIn(world, 'player_summary', FAILED)).toMatchObject({ status: 'success' });
    expect(stateIn(world, 'player_summary', FAILED)?.accepted).toBeUndefined();
    expect(datesWith(world, 'daily_cache', 'success')).toEqual(PHASE4_DATES);
    expect((await listAcceptances(world)).map(({ over }) => over)).toEqual([true]);
    expect(await brokenPromises(world)).toEqual([]);
  });

  it('stays accepted when it fails again from the same inputs', async () => {
    const world = await blockedWorld();
    await accept(world);
    await world.request({ dates: [FAILED], tables: ['player_summary'], through: 'phase3', only: 'failed' });
    await world.settle();
    expect(stateIn(world, 'player_summary', FAILED)).toMatchObject({
      status: 'failed',
      accepted: { by: 'ann' },
    });
  });

  it('may be named as queries name it, and the same request by its own name is the same backfill', async () => {
    const world = await blockedWorld();
    const asked = { dates: [FAILED], accept: { reason: 'the query\nis broken' }, requestId: 'by-its-name' };
    for (const tables of [['nba_analytics.player_summary'], ['player_summary']])
      await world.publish(BACKFILL_REQUEST_TOPIC, { ...asked, tables });
    await world.settle();
    expect(await world.backfill(backfillIdOf(asked, ''))).toMatchObject({ state: 'done' });
    expect((await listAcceptances(world)).map(({ table }) => table)).toEqual(['player_summary']);
    expect(deadLettersIn(world)).toEqual([]);
  });

  it('of a table that nobody knows is set aside at once, with the name that is near', async () => {
    const world = await blockedWorld();
    await world.publish(BACKFILL_REQUEST_TOPIC, {
      tables: ['nba_analytics.player_sumary'],
      dates: [FAILED],
      accept: { reason: 'the query\nis broken' },
    });
    await world.settle();
    expect(deadLettersIn(world)).toMatchObject([
      {
        attempts: 1,
        reason: expect.stringContaining(
          'There is no table nba_analytics.player_sumary; did you mean',
        ) as string,
      },
    ]);
  });

  it('must have failed or be blocked: another is set aside with the reason', async () => {
    const world = await blockedWorld();
    const id = await accept(world, [dateOf(6)]);
    expect(stateIn(world, 'player_summary', dateOf(6))?.accepted).toBeUndefined();
    expect(await world.backfill(id)).toBeUndefined();
    expect(await listAcceptances(world)).toEqual([]);
  });
});
