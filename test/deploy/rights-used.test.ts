/**
 * The rights a function has are the rights it uses: the handlers run through a season under faults, and every topic,
 * table and file they reach for must be within what their account may do.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { datasetsOf, publishedBy } from '../../infra/declared/iam.ts';
import { services, type Service } from '../../shared/derive/services.ts';
import { topics } from '../../shared/derive/topics.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { SEASON } from '../support/toy-league.ts';
import { FIRST_SOURCES, loadInto } from '../support/toy-worlds.ts';
import { NO_FAULTS } from '../../functions/targets/simulated/faults.ts';
import { makeWorld } from '../support/world.ts';

/** Service by the subscription whose messages it handles. */
const serviceOf = new Map(
  services().flatMap((service) =>
    service.topics.map(({ subscription }) => [subscription.name, service] as const),
  ),
);

/** What a service reached for, as `publish TOPIC`, `read DATASET`, `write DATASET`, `file`. */
const used = new Map<string, Set<string>>();
let registry: Registry;

function needsOf(point: string): string[] {
  const [, topic] = /publish to (\S+)$/.exec(point) ?? [];
  if (topic !== undefined) return [`publish ${topic}`];
  const [, table] = /^before (?:stage|publish) (\S+)$/.exec(point) ?? [];
  if (table !== undefined) {
    const { definition } = registry.get(table);
    return [
      `write ${definition.dataset}`,
      'write nba_staging',
      ...definition.inputs.map((input) => `read ${registry.get(input.table).definition.dataset}`),
    ];
  }
  if (point === 'before appendRunHistory') return ['write nba_reference'];
  if (point === 'before scheduleFacts') return ['read nba_raw'];
  return point === 'archive.get' ? ['file'] : [];
}

beforeAll(async () => {
  for (let seed = 0; seed < 6; seed++) {
    const faults = {
      ...NO_FAULTS,
      steps: 4000,
      pause: 0.1,
      crash: 0.01,
      unavailable: 0.02,
      duplicate: 0.2,
      loseAck: 0.05,
    };
    const world = makeWorld({ seed, workers: 3, faults: seed === 0 ? NO_FAULTS : faults });
    registry = world.registry;
    world.setTrap((point, subscription) => {
      const service = serviceOf.get(subscription);
      if (service === undefined) throw new Error(`Nobody serves ${subscription}`);
      const known = used.get(service.name) ?? new Set<string>();
      used.set(service.name, known);
      for (const need of needsOf(point)) known.add(need);
      return undefined;
    });
    await loadInto(world, FIRST_SOURCES);
    await world.request({ season: SEASON });
    await world.settle();
    await world.publish('nba-backfill-request', 'not a request');
    // A run that is given up is announced by whoever gives it up.
    world.setTrap((point, subscription) => {
      const service = serviceOf.get(subscription)?.name ?? '';
      for (const need of needsOf(point)) used.get(service)?.add(need);
      return /^before stage/.test(point) ? 'throw' : undefined;
    });
    await world.request({ season: SEASON, force: true });
    for (let i = 0; i < 12; i++) await world.run();
  }
});

function allowed(service: Service): Set<string> {
  const { reads, writes } = datasetsOf(service, registry);
  return new Set([
    ...publishedBy(service).map((topic) => `publish ${topic}`),
    ...writes.flatMap((dataset) => [`write ${dataset}`, `read ${dataset}`]),
    ...reads.map((dataset) => `read ${dataset}`),
    ...(service.phase === 'phase2' ? ['file'] : []),
  ]);
}

describe('every function', () => {
  it.each(services().map((service) => [service.name, service] as const))(
    '%s uses no right that it does not have',
    (name, service) => {
      const may = allowed(service);
      expect([...(used.get(name) ?? [])].filter((need) => !may.has(need))).toEqual([]);
    },
  );

  it('was seen at work, on every topic that is for work', () => {
    const published = new Set([...used.values()].flatMap((needs) => [...needs]));
    for (const { name, subscription } of topics()) {
      if (
        subscription.consumer === 'run' &&
        subscription.lane === 'backfill' &&
        subscription.phase !== 'phase5'
      )
        expect(published, name).toContain(`publish ${name}`);
    }
    for (const name of ['nba-orchestrate', 'nba-sweep', 'nba-phase2-backfill', 'nba-backfill-request'])
      expect(used.get(name)?.size, name).toBeGreaterThan(0);
    expect(published).toContain('file');
  });
});
