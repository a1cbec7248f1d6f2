/** Where everything is: it follows from the region, each command line says it, and what is elsewhere is refused. */
import { describe, expect, it } from 'vitest';
import { difference, dryRun, declared } from '../../infra/apply/deploy.ts';
import { targetOf } from '../../infra/apply/target.ts';
import { placeLine, placesOf } from '../../infra/declared/places.ts';
import { readConfig } from '../../shared/config.ts';
import { deployedModel } from '../support/deployed-model.ts';
import { registry, release } from '../support/deployment.ts';

const project = 'hoops-1234';

describe.each([
  ['us-east1', 'US'],
  ['europe-west1', 'EU'],
  ['asia-northeast1', 'asia-northeast1'],
])('a dry run for %s', (region, location) => {
  const target = targetOf({ project, region }, {});
  const request = { target, release, registry };
  const places = placesOf(declared(request));
  const { stages, files } = dryRun(request);
  const commands = stages.flatMap(({ steps }) =>
    steps.flatMap(({ commands: all }) => all.map(({ argv }) => argv.join(' '))),
  );
  const wherever = (kind: string): string[] => [
    ...new Set(places.filter((place) => place.kind === kind).map(({ place }) => place)),
  ];

  it('gives every resource a place', () => {
    expect(
      Object.fromEntries([...new Set(places.map(({ kind }) => kind))].map((kind) => [kind, wherever(kind)])),
    ).toEqual({
      function: [region],
      topic: [region],
      subscription: [region],
      job: [region],
      schedule: [region],
      database: [region],
      'backups of the database': [region],
      images: [region],
      'sources of builds': [region],
      bucket: [location],
      dataset: [location],
      table: [location],
      view: [location],
      account: ['global'],
      metric: ['global'],
      alert: ['global'],
      dashboard: ['global'],
    });
    const made = stages.flatMap(({ steps }) =>
      steps.filter(({ change }) => change === 'create').map(({ what }) => what),
    );
    const named = new Set(places.map(({ kind, name }) => `${kind} ${name}`));
    const others = made.filter(
      (what) =>
        !named.has(what) &&
        !/^(APIs|agent of|expiry of|no index of|index of|mark on|backups of|alert )/.test(what),
    );
    expect(others).toEqual([]);
    expect(made.length).toBeGreaterThan(150);
  });

  it('says it in one line', () => {
    const line = placeLine(target);
    expect(line).toContain(`fullcourt in ${region}; tables and source files in ${location};`);
    expect(line).not.toContain('\n');
  });

  it('puts each resource there by its command line', () => {
    for (const line of commands) {
      const [, flag] = /--(?:region|message-storage-policy-allowed-regions)=(\S+)/.exec(line) ?? [];
      if (flag !== undefined) expect(flag, line).toBe(region);
      const [, at] = /--location=(\S+)/.exec(line) ?? [];
      if (at !== undefined) expect(at, line).toBe(/^bq |storage buckets/.test(line) ? location : region);
      if (/pubsub topics create/.test(line))
        expect(line).toContain('--message-storage-policy-allowed-regions=');
    }
    for (const [name, text] of files)
      if (name.endsWith('.dataset.sql')) expect(text, name).toContain(`location = '${location}'`);
    for (const { environment } of declared(request).functions)
      expect(environment).toMatchObject({ FULLCOURT_REGION: region, FULLCOURT_LOCATION: location });
  });

  it('is where the commands look', () => {
    const env = { FULLCOURT_TARGET: 'gcp', FULLCOURT_PROJECT: project, FULLCOURT_REGION: region };
    expect(readConfig(env).cloud).toMatchObject({ region, location });
  });
});

describe('a place', () => {
  it('is what somebody names', () => {
    expect(targetOf({ project, region: 'europe-west1', location: 'europe-west1' }, {}).location).toBe(
      'europe-west1',
    );
    expect(targetOf({ project }, {})).toMatchObject({ region: 'us-central1', location: 'US' });
  });

  it('of messages is mended: a topic keeps them in the region alone', async () => {
    const deployed = await deployedModel();
    deployed.alter('topic nba-sweep', (topic) => delete topic.messageStoragePolicy);
    deployed.alter('topic nba-phase3-run', (topic) => {
      topic.messageStoragePolicy.allowedPersistenceRegions = ['us-central1', 'europe-west1'];
    });
    expect((await deployed.changes()).sort()).toEqual([
      'update topic nba-phase3-run',
      'update topic nba-sweep',
    ]);
    expect(await deployed.faults()).toEqual(expect.arrayContaining(['deploy would update topic nba-sweep']));
    expect(await deployed.deploy()).toBe(2);
    expect(await deployed.changes()).toEqual([]);
  });

  it('of data that is elsewhere is refused before anything is changed', async () => {
    const { model, deployment } = await deployedModel();
    for (const [over, refusals] of [
      [
        { region: 'us-east1' },
        [/database fullcourt is in us-central1, and a database cannot move: .*--region us-central1/],
      ],
      [
        { location: 'EU' },
        [/bucket .* is in US, not EU.*--location US/, /dataset nba_raw is in US, not EU.*--location US/],
      ],
    ] as const) {
      const target = { ...deployment.target, ...over };
      const { plan } = await difference(model.run, { target, release, registry });
      for (const refusal of refusals) expect(plan.refusals.join('\n')).toMatch(refusal);
    }
  });
});
