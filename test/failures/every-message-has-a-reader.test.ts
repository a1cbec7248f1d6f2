import { describe, expect, it } from 'vitest';
import { publishedBy } from '../../infra/declared/iam.ts';
import { SCHEDULES } from '../../infra/declared/schedules.ts';
import { services } from '../../shared/derive/services.ts';
import { BACKFILL_REQUEST_TOPIC, SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { topics } from '../../shared/derive/topics.ts';
import type { PartitionState } from '../../shared/domain/partition.ts';
import { deployedModel } from '../support/deployed-model.ts';
import { runsIn, stateIn } from '../support/look.ts';
import { worldFrom } from '../support/stepping.ts';
import { DATES } from '../support/toy-league.ts';
import { importedWorld } from '../support/toy-worlds.ts';
import type { World } from '../support/world.ts';

const DATE = DATES[0] as (typeof DATES)[0];

/** Handles what is due of every topic but one. */
async function drainBut(world: World, deaf: string): Promise<void> {
  const heard = topics().filter(({ name }) => name !== deaf);
  for (let found = true; found;) {
    found = false;
    for (const { name } of heard) while ((await world.handle(name)) !== undefined) found = true;
  }
}

describe('F-11 a message is not work: it has a reader, and what counts is what the reader has done', () => {
  it('F-11 knows a reader for every topic that anybody publishes to', () => {
    const published = new Set([
      BACKFILL_REQUEST_TOPIC,
      SWEEP_TOPIC,
      ...SCHEDULES.map(({ topic }) => topic),
      ...services().flatMap(publishedBy),
      ...topics().flatMap(({ subscription }) => subscription.deadLetterTopic ?? []),
    ]);
    const served = services().flatMap((service) => service.topics.map(({ name }) => name));
    expect([...published].filter((topic) => !served.includes(topic))).toEqual([]);
    expect(served.toSorted()).toEqual([...published].sort());
    expect(new Set(served).size).toBe(served.length);
  });

  it('F-11 finds a deployed topic whose reader is gone, dead-letter topics included, and gives it one', async () => {
    const deployed = await deployedModel();
    for (const name of ['nba-phase3-run', 'nba-phase3-run-dead-letter']) {
      deployed.model.things.delete(`subscription ${name}-sub`);
      expect(await deployed.faults()).toContain(`nobody reads ${name}`);
      expect(await deployed.changes()).toContain(`create subscription ${name}-sub`);
      await deployed.deploy();
      expect(await deployed.faults()).toEqual([]);
    }
  });

  it('F-11 F-42 calls work requested, not done, for as long as nobody takes it, asks again, and finishes when somebody does', async () => {
    const world = await worldFrom(importedWorld());
    const deaf = 'nba-phase3-backfill';
    const id = await world.request({ dates: [DATE], through: 'phase3', tables: ['team_offense'] });
    await drainBut(world, deaf);
    const looks: (PartitionState['status'] | undefined)[] = [];
    for (let hour = 0; hour < 3; hour++) {
      world.advance(3600);
      await world.publish(SWEEP_TOPIC, {});
      await drainBut(world, deaf);
      looks.push(stateIn(world, 'team_offense', DATE)?.status);
    }
    expect(looks).toEqual(['requested', 'requested', 'requested']);
    expect(await world.backfill(id)).toMatchObject({ state: 'running', finishedAt: null });
    expect(runsIn(world, 'team_offense').map(({ outcome }) => outcome)).toEqual([null]);
    const [waiting] = runsIn(world, 'team_offense');
    expect(world.events.filter(({ event }) => event === 'sweep_asked_again').length).toBeGreaterThan(0);
    expect(waiting?.attempt).toBe(0);

    await world.settle();
    expect(stateIn(world, 'team_offense', DATE)?.status).toBe('success');
    expect(await world.backfill(id)).toMatchObject({ state: 'done' });
  });

  it('F-11 tells a person when messages wait: every subscription is watched', async () => {
    const { deployment } = await deployedModel();
    const filterOf = (alert: string): string =>
      JSON.stringify(deployment.alerts.find(({ id }) => id === alert)?.policy ?? '');
    for (const { name, deadLetter } of deployment.subscriptions)
      expect(filterOf(deadLetter === null ? 'dead-letters-waiting' : 'messages-waiting')).toContain(
        `\\"${name}\\"`,
      );
  });
});
