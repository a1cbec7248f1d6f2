/** A database or a bucket of somebody else is never used, and what a deployment has made can be taken back. */
import { describe, expect, it } from 'vitest';
import { deploy, difference } from '../../infra/apply/deploy.ts';
import { CommandFailed } from '../../infra/apply/runner.ts';
import { deployedModel } from '../support/deployed-model.ts';
import { registry, release, target } from '../support/deployment.ts';
import { projectModel, type ProjectModel } from '../support/project-model.ts';

const IN = 'projects/hoops-1234/databases';
const request = { target: target(), release, registry };
const waiting = { tell: () => undefined, sleep: () => Promise.resolve() };

/** A project with every API on, and this in it. */
async function projectWith(things: Readonly<Record<string, object>>): Promise<ProjectModel> {
  const model = projectModel({ project: 'hoops-1234', number: '123456789012', file: () => '{}' });
  const apis = ['firestore', 'storage', 'iam', 'run', 'pubsub'].map((api) => `${api}.googleapis.com`);
  await model.run({ argv: ['gcloud', 'services', 'enable', ...apis] });
  for (const [key, thing] of Object.entries(things)) model.things.set(key, { ...thing });
  return model;
}

const refusalsOf = async (model: ProjectModel): Promise<readonly string[]> =>
  (await difference(model.run, request)).plan.refusals;

const database = {
  name: `${IN}/fullcourt`,
  locationId: 'us-central1',
  type: 'FIRESTORE_NATIVE',
  pointInTimeRecoveryEnablement: 'POINT_IN_TIME_RECOVERY_DISABLED',
};
const ttl = (collection: string, field: string): Record<string, object> => {
  const name = `${IN}/fullcourt/collectionGroups/${collection}/fields/${field}`;
  return { [`ttl ${name}`]: { name, ttlConfig: { state: 'ACTIVE' } } };
};

describe('a database that exists', () => {
  it('is refused when nothing in it is of the product, with the command that allows it', async () => {
    const model = await projectWith({ 'database fullcourt': database, ...ttl('orders', 'expireAt') });
    expect(await refusalsOf(model)).toEqual([
      expect.stringMatching(
        /nothing in it is of Fullcourt: choose another with --database. .* mark it, and deploy again: gcloud firestore fields ttls update production --collection-group=fullcourt_deployments --database=fullcourt/,
      ),
    ]);
    const done = await deploy(model.run, request, waiting);
    expect(done.kind).toBe('refused');
    expect(model.said.filter((argv) => /create|update/.test(argv.join(' ')))).toEqual([]);
  });

  it('is refused when it is not in Native mode', async () => {
    const model = await projectWith({
      'database fullcourt': { ...database, type: 'DATASTORE_MODE' },
      ...ttl('fullcourt_deployments', 'production'),
    });
    expect(await refusalsOf(model)).toEqual([expect.stringMatching(/is not in Native mode/)]);
  });

  it('is refused when another deployment has marked it', async () => {
    const model = await projectWith({
      'database fullcourt': database,
      ...ttl('fullcourt_deployments', 'staging'),
    });
    expect(await refusalsOf(model)).toEqual([
      expect.stringMatching(
        /holds the documents of the deployment staging, and production would write among them/,
      ),
    ]);
  });

  it.each([
    ['the mark', ttl('fullcourt_deployments', 'production')],
    [
      'the settings of the collections, as an early deployment has left them',
      { ...ttl('runs', 'expireAt'), ...ttl('dead_letters', 'expireAt'), ...ttl('probes', 'expireAt') },
    ],
  ])('is used when it carries %s', async (_, settings) => {
    const model = await projectWith({ 'database fullcourt': database, ...settings });
    expect(await refusalsOf(model)).toEqual([]);
  });

  it('is marked when an earlier run was stopped between making and marking it', async () => {
    const deployed = await deployedModel();
    for (const key of [...deployed.model.things.keys()])
      if (/^(ttl|unindexed|composite|function) /.test(key)) deployed.model.things.delete(key);
    const changes = await deployed.changes();
    expect(changes).toContain('create mark on the database fullcourt');
    expect(changes.filter((change) => change.includes('database fullcourt'))).toHaveLength(1);
  });

  it("that somebody makes at the same moment is not taken for the deployment's", async () => {
    const model = await projectWith({});
    model.failOnce(
      /databases create/,
      'ERROR: ALREADY_EXISTS: Database already exists. Please use another database_id',
      () => model.things.set('database fullcourt', database),
    );
    const ended = await deploy(model.run, request, waiting).catch((error: unknown) => error);
    expect(ended).toBeInstanceOf(CommandFailed);
    expect(String(ended)).toContain('otherwise choose another with --database');
    expect(model.said.some((argv) => argv.includes('ttls') && argv.includes('update'))).toBe(false);
  });
});

describe('a bucket that exists', () => {
  const bucket = { location: 'US', projectNumber: '123456789012', name: 'hoops-1234-nba-archive' };

  it('is used when it is of the project', async () => {
    expect(await refusalsOf(await projectWith({ 'bucket hoops-1234-nba-archive': bucket }))).toEqual([]);
  });

  it('is refused when it is of another project', async () => {
    const model = await projectWith({ 'bucket hoops-1234-nba-archive': { ...bucket, projectNumber: '666' } });
    expect(await refusalsOf(model)).toEqual([expect.stringMatching(/is of another project.*--bucket/)]);
  });

  it('is refused when it may not be looked at', async () => {
    const model = await projectWith({});
    model.failOnce(
      /buckets describe/,
      'ERROR: (gcloud.storage.buckets.describe) [me@example.com] does not have permission to access b instance [hoops-1234-nba-archive] (or it may not exist): HTTPError 403: me@example.com does not have storage.buckets.get access to the Google Cloud Storage bucket.',
    );
    expect(await refusalsOf(model)).toEqual([
      expect.stringMatching(/is of another project, or you may not look at it/),
    ]);
  });
});

describe('what is there to take mistakes back', () => {
  it.each([
    [
      'database fullcourt',
      'pointInTimeRecoveryEnablement',
      'POINT_IN_TIME_RECOVERY_DISABLED',
      'update database fullcourt',
    ],
    [
      'bucket hoops-1234-nba-archive',
      'versioning',
      { enabled: false },
      'update bucket hoops-1234-nba-archive',
    ],
  ])('is switched on again: %s %s', async (key, field, value, change) => {
    const deployed = await deployedModel();
    deployed.alter(key, (thing) => {
      thing[field] = value;
    });
    expect(await deployed.changes()).toEqual([change]);
    expect(await deployed.deploy()).toBe(1);
    expect(await deployed.changes()).toEqual([]);
  });

  it('is a backup of each day', async () => {
    const deployed = await deployedModel();
    expect(deployed.model.things.get(`backup ${IN}/fullcourt/backupSchedules/daily`)).toMatchObject({
      retention: '28d',
    });
    deployed.model.things.delete(`backup ${IN}/fullcourt/backupSchedules/daily`);
    expect(await deployed.changes()).toEqual(['create backups of the database fullcourt']);
    expect(await deployed.deploy()).toBe(1);
    expect(await deployed.changes()).toEqual([]);
  });
});
