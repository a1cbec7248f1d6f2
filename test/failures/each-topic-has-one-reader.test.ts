import { describe, expect, it } from 'vitest';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { contentsOf, partitionsOf } from '../support/at-rest.ts';
import { deployedModel } from '../support/deployed-model.ts';
import { runsByPartition } from '../support/look.ts';
import { builtWorld, FIRST_SOURCES, loadInto } from '../support/toy-worlds.ts';
import { makeWorld } from '../support/world.ts';

describe('F-28 one subscription for each reader, and no harm when there are two', () => {
  it('F-28 names a second reader of a topic of ours and how to be rid of it, and deletes nothing by itself', async () => {
    const deployed = await deployedModel();
    const old = 'eventarc-us-central1-phase3-orchestrator-sub-123';
    deployed.model.things.set(`subscription ${old}`, {
      name: `projects/hoops-1234/subscriptions/${old}`,
      topic: 'projects/hoops-1234/topics/nba-phase3-complete',
    });
    const faults = await deployed.faults();
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^nba-phase3-complete is read 2 times/);
    expect(faults[0]).toContain(old);
    expect(faults[0]).toContain('gcloud pubsub subscriptions delete');
    expect(await deployed.changes()).toEqual([]);
    expect(deployed.model.things.has(`subscription ${old}`)).toBe(true);
  });

  it('F-28 leaves readers of other topics alone', async () => {
    const deployed = await deployedModel();
    deployed.model.things.set('subscription somebody-else', {
      name: 'projects/hoops-1234/subscriptions/somebody-else',
      topic: 'projects/hoops-1234/topics/their-topic',
    });
    expect(await deployed.faults()).toEqual([]);
    expect(await deployed.changes()).toEqual([]);
  });

  it('F-28 F-46 a copy with another prefix reads its own topics only', async () => {
    const [production, staging] = [await deployedModel(), await deployedModel('staging_')];
    const topics = new Set(production.deployment.topics);
    expect(staging.deployment.subscriptions.filter(({ topic }) => topics.has(topic))).toEqual([]);
    expect(staging.deployment.subscriptions.map(({ topic }) => topic).sort()).toEqual(
      [...topics].map((topic) => `staging-${topic}`).sort(),
    );
  });

  it('F-28 two subscriptions that deliver every event twice have one effect', async () => {
    const clean = await builtWorld();
    const doubled = await loadInto(
      makeWorld({ faults: { ...NO_FAULTS, steps: Number.MAX_SAFE_INTEGER, duplicate: 1 } }),
      FIRST_SOURCES,
    );
    await doubled.request({ season: '2023-24' });
    await doubled.settle();
    expect(contentsOf(doubled)).toEqual(contentsOf(clean));
    expect([...partitionsOf(doubled)].map(([name, { status }]) => `${name} ${status}`).sort()).toEqual(
      [...partitionsOf(clean)].map(([name, { status }]) => `${name} ${status}`).sort(),
    );
    expect(Object.values(runsByPartition(doubled)).filter((runs) => runs > 1)).toEqual([]);
  });
});
