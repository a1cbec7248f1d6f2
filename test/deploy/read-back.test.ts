/** A flag that is left out changes nothing, and what cannot change is refused with what it would mean. */
import { describe, expect, it } from 'vitest';
import { apply } from '../../infra/apply/apply.ts';
import { declared, difference } from '../../infra/apply/deploy.ts';
import { observe } from '../../infra/apply/observe.ts';
import { readBack } from '../../infra/apply/read-back.ts';
import { deployCommandOf, exportLine, flagsOf } from '../../infra/apply/target.ts';
import { undeployStages } from '../../infra/apply/undeploy.ts';
import type { DeployTarget } from '../../infra/declared/target.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import { registry, release, target } from '../support/deployment.ts';
import { projectModel, type ProjectModel } from '../support/project-model.ts';

const project = 'hoops-1234';
const channel = 'projects/hoops-1234/notificationChannels/7';

/** A project with these deployments in it. */
async function projectWith(...targets: readonly DeployTarget[]): Promise<ProjectModel> {
  let files = new Map<string, string>();
  const model = projectModel({
    project,
    number: '123456789012',
    file: (path) => files.get(path.slice(2)) ?? '',
  });
  for (const each of targets) {
    const { plan } = await difference(model.run, { target: each, release, registry });
    expect(plan.refusals).toEqual([]);
    files = new Map(plan.files);
    const written = deployPlan(
      declared({ target: each, release, registry }),
      'x',
      (await observe(model.run, declared({ target: each, release, registry }))).observed,
    );
    await apply(model.run, written.stages, { tell: () => undefined, sleep: () => Promise.resolve() });
  }
  return model;
}

/** As a deployment was made before databases had names: in the default one, with its tables in the US. */
const early = target('', {
  region: 'europe-west1',
  location: 'US',
  database: '(default)',
  bucket: 'hoops-files',
  notificationChannels: [channel],
  tracesEndpoint: 'https://collector.example',
  retrain: 'monthly',
});

describe('what is left out', () => {
  it('is as it is deployed: all of it, and the plan has nothing to change', async () => {
    const model = await projectWith(early);
    const found = await readBack(model.run, { project });
    expect(found).toMatchObject({ target: early, isDeployed: true, refusals: [] });
    expect(found.notes.join('\n')).toContain(
      '--region europe-west1 --location US --database (default) --bucket hoops-files',
    );
    const { plan } = await difference(model.run, { target: found.target, release, registry });
    expect(plan.stages.flatMap(({ steps }) => steps)).toEqual([]);
  });

  it('the retraining is paused until it is asked for, and then stays on until that is taken back', async () => {
    const model = await projectWith(target());
    const stateOf = (): unknown => model.things.get('schedule nba-retrain')?.['state'];
    const asked = async (retrain?: 'off' | 'monthly'): Promise<string[]> => {
      const found = await readBack(model.run, { project, ...(retrain === undefined ? {} : { retrain }) });
      const { plan } = await difference(model.run, { target: found.target, release, registry });
      await apply(model.run, plan.stages, { tell: () => undefined, sleep: () => Promise.resolve() });
      return plan.stages.flatMap(({ steps }) => steps.map(({ what }) => what));
    };
    expect([await asked(), stateOf()]).toEqual([[], 'PAUSED']);
    expect([await asked('monthly'), stateOf()]).toEqual([['schedule nba-retrain'], 'ENABLED']);
    expect([await asked(), stateOf()]).toEqual([[], 'ENABLED']);
    const { target: found } = await readBack(model.run, { project });
    expect(deployCommandOf(found)).toContain('--retrain monthly');
    expect([await asked('off'), stateOf()]).toEqual([['schedule nba-retrain'], 'PAUSED']);
  });

  it('is derived where nothing is deployed, with a database of its own', async () => {
    const model = await projectWith();
    expect(await readBack(model.run, { project, region: 'europe-west1' })).toEqual({
      target: target('', { region: 'europe-west1', location: 'EU', database: 'fullcourt' }),
      isDeployed: false,
      notes: [],
      refusals: [],
    });
  });

  it('and asked for changes: channels, the collector', async () => {
    const model = await projectWith(early);
    const none = await readBack(model.run, { project, notificationChannels: [], tracesEndpoint: null });
    expect(none.target.notificationChannels).toEqual([]);
    expect(none.target).not.toHaveProperty('tracesEndpoint');
    expect(none.refusals).toEqual([]);
  });

  it('is the only deployment of a project, but never to take it away', async () => {
    const model = await projectWith(target('staging_', { region: 'us-east1' }));
    const found = await readBack(model.run, { project });
    expect(found.target).toMatchObject({
      prefix: 'staging_',
      region: 'us-east1',
      database: 'staging-fullcourt',
    });
    expect(found.notes[0]).toContain("--dataset-prefix staging_ (--dataset-prefix '' means production)");
    expect((await readBack(model.run, { project }, false)).target.prefix).toBe('');
    expect((await readBack(model.run, { project, prefix: '' })).target).toEqual(target());
  });

  it('is production where that is deployed, and asked for where several others are', async () => {
    const [one, other] = [target('one_'), target('other_', { region: 'us-east1' })];
    const several = await projectWith(one, other);
    expect((await readBack(several.run, { project })).refusals).toEqual([
      expect.stringMatching(
        /has the deployments one, other: name one with --dataset-prefix \(one_, other_\)/,
      ),
    ]);
    const withProduction = await projectWith(early, other);
    expect((await readBack(withProduction.run, { project })).target).toEqual(early);
    expect((await readBack(withProduction.run, { project, prefix: 'other_' })).target).toEqual(other);
  });

  it('goes on where a first deployment stopped before its functions', async () => {
    const where = target('', { region: 'asia-northeast1', location: 'asia-northeast1', database: 'hoops' });
    const model = projectModel({ project, number: where.projectNumber, file: () => '' });
    const { stages } = deployPlan(declared({ target: where, release, registry }), 'x');
    const upTo = stages.findIndex(({ title }) => title === 'Database');
    await apply(model.run, stages.slice(0, upTo), { tell: () => undefined, sleep: () => Promise.resolve() });
    expect((await readBack(model.run, { project })).target).toEqual(where);
  });

  it('is the default database where an early production has left its documents in it', async () => {
    const model = await projectWith(early);
    const { observed } = await observe(model.run, declared({ target: early, release, registry }));
    const stages = undeployStages(declared({ target: early, release, registry }), observed);
    await apply(model.run, stages, { tell: () => undefined, sleep: () => Promise.resolve() });
    // An early deployment had no marks.
    for (const key of [...model.things.keys()])
      if (key.includes('fullcourt_deployments')) model.things.delete(key);
    const found = await readBack(model.run, { project });
    expect(found).toMatchObject({ isDeployed: false, target: { database: '(default)' } });
    const { plan } = await difference(model.run, {
      target: { ...early, database: '(default)' },
      release,
      registry,
    });
    expect(plan.refusals).toEqual([]);
  });
});

describe('what cannot change', () => {
  it.each([
    [
      { database: 'fullcourt' },
      /--database \(default\), not fullcourt: its documents .* no partition would count as built/,
    ],
    [{ region: 'us-east1' }, /--region europe-west1, not us-east1: .* second set of functions/],
    [{ location: 'EU' }, /--location US, not EU: .* cannot move/],
    [
      { bucket: 'hoops-1234-nba-archive' },
      /--bucket hoops-files, .* nothing that was loaded could be loaded again/,
    ],
  ])('is refused: %j', async (asked, refusal) => {
    const model = await projectWith(early);
    const before = model.said.length;
    const { refusals } = await readBack(model.run, { project, ...asked });
    expect(refusals).toEqual([expect.stringMatching(refusal)]);
    expect(refusals[0]).toMatch(
      /Leave --\w+ out to keep what it has; .* --dataset-prefix, or run fullcourt undeploy/,
    );
    expect(model.said.slice(before).filter((argv) => /create|update/.test(argv.join(' ')))).toEqual([]);
  });

  it('is refused where another deployment has the database or the bucket', async () => {
    const model = await projectWith(target('staging_'));
    const asked = {
      project,
      prefix: '',
      database: 'staging-fullcourt',
      bucket: 'hoops-1234-staging-nba-archive',
    };
    expect((await readBack(model.run, asked)).refusals).toEqual([
      expect.stringMatching(
        /database staging-fullcourt is that of the deployment staging, .* another with --database/,
      ),
      expect.stringMatching(/bucket .* is that of the deployment staging, .* another with --bucket/),
    ]);
  });

  it('is refused where functions of one deployment are in two regions', async () => {
    const model = await projectWith(target());
    const stray = structuredClone(model.things.get('function nba-sweep')) as never as {
      spec: { template: { spec: { containers: { env: { name: string; value?: string }[] }[] } } };
    };
    for (const variable of stray.spec.template.spec.containers[0]?.env ?? [])
      if (variable.name === 'FULLCOURT_REGION') variable.value = 'us-east1';
    model.things.set('function stray', stray);
    expect((await readBack(model.run, { project })).refusals).toEqual([
      expect.stringMatching(/in us-central1 and in us-east1, .*gcloud run services delete/),
    ]);
  });
});

describe('the commands that are printed', () => {
  it('name everything, and mean the same target again', async () => {
    const model = await projectWith(early);
    expect(flagsOf(early)).toBe(
      "--project hoops-1234 --region europe-west1 --location US --database '(default)' --bucket hoops-files",
    );
    expect(deployCommandOf(early)).toBe(
      `fullcourt deploy ${flagsOf(early)} --retrain monthly --notification-channel ${channel}`,
    );
    expect(flagsOf(target('staging_'))).toContain('--dataset-prefix staging_ --database staging-fullcourt');
    expect(exportLine(early)).toBe(
      "export FULLCOURT_TARGET=gcp FULLCOURT_PROJECT=hoops-1234 FULLCOURT_REGION=europe-west1 FULLCOURT_LOCATION=US FULLCOURT_DATABASE='(default)' FULLCOURT_BUCKET=hoops-files",
    );
    const { region, location, database, bucket, notificationChannels } = early;
    const again = await readBack(model.run, {
      project,
      region,
      location,
      database,
      bucket,
      notificationChannels,
    });
    expect(again).toMatchObject({ target: early, notes: [], refusals: [] });
  });
});
