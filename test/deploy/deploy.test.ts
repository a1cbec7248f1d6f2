/** Deploying twice, repairing what drifted, stopping and going on, reading back, and taking away. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apply } from '../../infra/apply/apply.ts';
import { declared, deploy, difference } from '../../infra/apply/deploy.ts';
import { examine } from '../../infra/apply/doctor.ts';
import { observe } from '../../infra/apply/observe.ts';
import { CommandFailed } from '../../infra/apply/runner.ts';
import { keptBy, undeployStages } from '../../infra/apply/undeploy.ts';
import { checksOf } from '../../infra/apply/verify.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import type { DeployTarget } from '../../infra/declared/target.ts';
import { projectModel, type ProjectModel } from '../support/project-model.ts';
import { deployment, registry, release, target } from '../support/deployment.ts';
import { removeFolder } from '../support/remove-folder.ts';

/** A project into which nothing was deployed; the files of a plan are looked up in the plan of that target. */
function project(where: DeployTarget = target(), what = release) {
  let files = new Map<string, string>();
  const model = projectModel({
    project: where.project,
    number: where.projectNumber,
    file: (path) => {
      const name = path.replace(/^x\//, '');
      const text = files.get(name);
      if (text === undefined) throw new Error(`There is no file ${path}`);
      return text;
    },
  });
  const request = { target: where, release: what, registry };
  const waited: number[] = [];
  const told: string[] = [];
  const options = {
    tell: (text: string) => void told.push(text),
    sleep: (ms: number) => {
      waited.push(ms);
      return Promise.resolve();
    },
  };
  const look = async () => {
    const deployment = declared(request);
    const sighting = await observe(model.run, deployment);
    const plan = deployPlan(deployment, 'x', sighting.observed);
    return { deployment, sighting, plan };
  };
  const bring = async () => {
    const { plan } = await look();
    expect(plan.refusals).toEqual([]);
    files = new Map(plan.files);
    return apply(model.run, plan.stages, options);
  };
  const changes = async () =>
    (await look()).plan.stages.flatMap(({ steps }) => steps.map(({ change, what }) => `${change} ${what}`));
  return { model, look, bring, changes, waited, told, options };
}

const failedChecks = async ({ look }: Pick<ReturnType<typeof project>, 'look'>) => {
  const { deployment, sighting } = await look();
  return checksOf(deployment, sighting).filter(({ ok }) => !ok);
};

/** Sets what is at a path (names with spaces between them) within a thing; undefined takes it away. */
function set(model: ProjectModel, key: string, path: string, value: unknown): void {
  const thing = model.things.get(key);
  if (thing === undefined) throw new Error(`There is no ${key}`);
  const changed = structuredClone(thing);
  const names = path.split(' ');
  const last = names.pop() ?? '';
  const holder = names.reduce<unknown>((within, name) => (within as Record<string, unknown>)[name], changed);
  (holder as Record<string, unknown>)[last] = value;
  model.things.set(key, changed);
}

describe.each(['', 'staging_'])('a deployment with the prefix "%s"', (prefix) => {
  const at = project(target(prefix));
  let first = 0;
  beforeAll(async () => {
    first = await at.bring();
  });

  it('makes everything, and then has nothing to change', async () => {
    expect(first).toBeGreaterThan(150);
    expect(await at.changes()).toEqual([]);
    const commands = at.model.said.length;
    expect(await at.bring()).toBe(0);
    expect(
      at.model.said
        .slice(commands)
        .filter((argv) =>
          /\b(create|update|enable|deploy|add-iam-policy-binding|query)\b/.test(argv.join(' ')),
        ),
    ).toEqual([]);
  });

  it('is read back without a fault', async () => {
    expect(await failedChecks(at)).toEqual([]);
  });
});

describe('two deployments in one project', () => {
  it('do not see each other', async () => {
    const production = project();
    await production.bring();
    const before = new Map(production.model.things);
    const request = { target: target('staging_'), release, registry };
    const deployment = declared(request);
    const { observed } = await observe(production.model.run, deployment);
    const plan = deployPlan(deployment, 'x', observed);
    expect(plan.refusals).toEqual([]);
    expect(plan.stages.flatMap(({ steps }) => steps).filter(({ change }) => change === 'remove')).toEqual([]);
    expect(undeployStages(deployment, observed).flatMap(({ steps }) => steps)).toEqual([]);
    expect(production.model.things).toEqual(before);
  });
});

/** Variables that each function has. */
const VARIABLES = Object.keys(deployment().functions[0]?.environment ?? {}).length;

describe('drift', () => {
  const drifts: [what: string, change: (model: ProjectModel) => void, repair: string][] = [
    [
      'a subscription with the deadline of Pub/Sub',
      (model) => set(model, 'subscription nba-sweep-sub', 'ackDeadlineSeconds', 10),
      'update subscription nba-sweep-sub',
    ],
    [
      'a subscription without its dead-letter topic',
      (model) => set(model, 'subscription nba-sweep-sub', 'deadLetterPolicy', undefined),
      'update subscription nba-sweep-sub',
    ],
    [
      'a push without a token',
      (model) => set(model, 'subscription nba-phase3-run-sub', 'pushConfig oidcToken', undefined),
      'update subscription nba-phase3-run-sub',
    ],
    [
      'a subscription that would expire',
      (model) => set(model, 'subscription nba-sweep-sub', 'expirationPolicy', { ttl: '2678400s' }),
      'update subscription nba-sweep-sub',
    ],
    [
      'a function that nobody may call',
      (model) => void model.policies.delete('function nba-orchestrate'),
      'update rights on function nba-orchestrate',
    ],
    [
      'a dead-letter topic into which Pub/Sub may not put',
      (model) => void model.policies.delete('topic nba-sweep-dead-letter'),
      'update rights on topic nba-sweep-dead-letter',
    ],
    [
      'a subscription from which Pub/Sub may not take',
      (model) => void model.policies.delete('subscription nba-sweep-sub'),
      'update rights on subscription nba-sweep-sub',
    ],
    [
      'traffic pinned to an old revision',
      (model) =>
        set(model, 'function nba-sweep', 'status traffic', [{ percent: 100, revisionName: 'nba-sweep-0' }]),
      'update traffic of nba-sweep',
    ],
    [
      'another commit',
      (model) => set(model, 'function nba-sweep', 'metadata labels commit', 'feed'),
      'update function nba-sweep',
    ],
    [
      'the right commit with another bundle',
      (model) => set(model, 'function nba-sweep', 'metadata labels bundle', 'beef'),
      'update function nba-sweep',
    ],
    [
      'a variable that somebody added',
      (model) =>
        set(model, 'function nba-sweep', `spec template spec containers 0 env ${VARIABLES}`, {
          name: 'FULLCOURT_LEASE_SECONDS',
          value: '5',
        }),
      'update function nba-sweep',
    ],
    [
      'a function that anybody on the internet reaches',
      (model) => set(model, 'function nba-sweep', 'metadata annotations run.googleapis.com/ingress', 'all'),
      'update function nba-sweep',
    ],
    [
      'a paused schedule',
      (model) => set(model, 'schedule nba-sweep', 'state', 'PAUSED'),
      'update schedule nba-sweep',
    ],
    [
      'a schedule in another zone',
      (model) => set(model, 'schedule nba-reconcile', 'timeZone', 'UTC'),
      'update schedule nba-reconcile',
    ],
    [
      'a retraining that somebody has switched on',
      (model) => set(model, 'schedule nba-retrain', 'state', 'ENABLED'),
      'update schedule nba-retrain',
    ],
    [
      'a job with less memory',
      (model) =>
        set(
          model,
          'job nba-train',
          'spec template spec template spec containers 0 resources limits memory',
          '512Mi',
        ),
      'update job nba-train',
    ],
    [
      'a table that lacks a column',
      (model) => set(model, 'table nba_raw.nbac_schedule', 'schema fields length', 12),
      'update table nba_raw.nbac_schedule',
    ],
    [
      'a table that is gone',
      (model) => void model.things.delete('table nba_raw.nbac_schedule'),
      'create table nba_raw.nbac_schedule',
    ],
    [
      'a threshold that somebody raised',
      (model) => {
        const key = [...model.things.keys()].find((each) => each.startsWith('alert ')) ?? '';
        set(model, key, 'conditions 0 conditionThreshold thresholdValue', 1000);
      },
      'update alert dead-letters',
    ],
    [
      'a chart that somebody took out',
      (model) => {
        const key = [...model.things.keys()].find((each) => each.startsWith('dashboard ')) ?? '';
        set(model, key, 'mosaicLayout tiles length', 3);
      },
      'update dashboard fullcourt',
    ],
  ];

  it.each(drifts)(
    '%s is found by verify-deploy, mended by deploy, and nothing else is touched',
    async (_, change, repair) => {
      const at = project();
      await at.bring();
      change(at.model);
      const faults = await failedChecks(at);
      expect(faults.length).toBeGreaterThan(0);
      expect(await at.changes()).toEqual([repair]);
      expect(await at.bring()).toBe(1);
      expect(await at.changes()).toEqual([]);
      expect(await failedChecks(at)).toEqual([]);
    },
  );

  it('that deploy leaves alone is named: a second subscription, a right beyond', async () => {
    const at = project();
    await at.bring();
    at.model.things.set('subscription old', {
      name: 'projects/hoops-1234/subscriptions/old',
      topic: 'projects/hoops-1234/topics/nba-sweep',
    });
    at.model.policies.get('project hoops-1234')?.bindings.push({
      role: 'roles/editor',
      members: ['serviceAccount:nba-sweep@hoops-1234.iam.gserviceaccount.com'],
    });
    expect(await at.changes()).toEqual([]);
    const faults = (await failedChecks(at)).flatMap(({ faults }) => faults);
    expect(faults).toEqual([
      expect.stringMatching(/^nba-sweep is read 2 times, by (?=.*\bold\b)/),
      expect.stringContaining('roles/editor'),
    ]);
  });
});

describe('a deployment that stops', () => {
  it('says which command failed and what to do, and goes on from there', async () => {
    const at = project();
    at.model.failOnce(
      /run deploy nba-orchestrate/,
      'ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission denied on run.services.create',
    );
    const failure = await at.bring().catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(CommandFailed);
    expect((failure as Error).message).toMatch(
      /^gcloud run deploy nba-orchestrate[\s\S]*PERMISSION_DENIED[\s\S]*fullcourt doctor --project hoops-1234/,
    );
    expect(at.waited).toEqual([]);
    const left = await at.changes();
    expect(left).toContain('create function nba-orchestrate');
    expect(left).not.toContain('create topic nba-sweep');
    await at.bring();
    expect(await at.changes()).toEqual([]);
  });

  it('waits while something new is not known everywhere', async () => {
    const at = project();
    for (let i = 0; i < 3; i++)
      at.model.failOnce(
        /add-iam-policy-binding hoops-1234 .*nba-build@/,
        'ERROR: INVALID_ARGUMENT: Service account nba-build does not exist.',
      );
    await at.bring();
    expect(at.waited).toEqual([5000, 10_000, 20_000]);
    expect(await at.changes()).toEqual([]);
  });

  it('takes what somebody else has just made for made', async () => {
    const at = project();
    at.model.failOnce(
      /topics create nba-sweep /,
      'ERROR: Failed to create topic: ALREADY_EXISTS: Resource already exists in the project',
      () =>
        at.model.things.set('topic nba-sweep', {
          name: 'projects/hoops-1234/topics/nba-sweep',
          messageStoragePolicy: { allowedPersistenceRegions: ['us-central1'] },
        }),
    );
    await at.bring();
    expect(await at.changes()).toEqual([]);
  });

  it('does nothing at all when a table could only be changed by losing something', async () => {
    const at = project();
    await at.bring();
    set(at.model, 'table nba_raw.nbac_schedule', 'schema fields 0 type', 'INTEGER');
    at.model.things.delete('topic nba-sweep');
    const before = at.model.said.length;
    const done = await deploy(at.model.run, { target: target(), release, registry }, at.options);
    expect(done.kind).toBe('refused');
    expect(done.plan.refusals).toEqual([expect.stringMatching(/game_id is INT64 and declared as STRING/)]);
    expect(at.model.said.slice(before).filter((argv) => /create|update|query/.test(argv.join(' ')))).toEqual(
      [],
    );
  });

  it('is refused where data lives elsewhere, with the flag that means that place', async () => {
    const at = project();
    await at.bring();
    const elsewhere = { ...target('', { location: 'EU', region: 'europe-west1' }), bucket: target().bucket };
    const done = await difference(at.model.run, { target: elsewhere, release, registry });
    expect(done.plan.refusals.join('\n')).toMatch(
      /database[\s\S]*--region us-central1[\s\S]*--location US[\s\S]*dataset nba_raw/,
    );
  });
});

describe('undeploy', () => {
  it('removes what deploy made, leaves the data, and says so', async () => {
    const at = project();
    await at.bring();
    const data = [...at.model.things].filter(([key]) => /^(dataset|table|database|backup|bucket) /.test(key));
    const { deployment, sighting } = await at.look();
    const stages = undeployStages(deployment, sighting.observed);
    await apply(at.model.run, stages, at.options);
    const left = [...at.model.things].filter(([key]) => !/^(ttl|unindexed|composite) /.test(key));
    expect(left).toEqual(data);
    expect(at.model.policies.get('project hoops-1234')?.bindings).toEqual([]);
    expect(keptBy(deployment).join('\n')).toMatch(
      /nba_raw[\s\S]*database fullcourt[\s\S]*gs:\/\/hoops-1234-nba-archive/,
    );
    const words = stages.flatMap(({ steps }) =>
      steps.flatMap(({ commands }) => commands.map(({ argv }) => argv.join(' '))),
    );
    expect(words.filter((line) => /\bbq\b|firestore|storage|nba_raw/.test(line))).toEqual([]);

    const again = await at.look();
    expect(undeployStages(again.deployment, again.sighting.observed).flatMap(({ steps }) => steps)).toEqual(
      [],
    );
    await at.bring();
    expect(await at.changes()).toEqual([]);
  });
});

describe('doctor', () => {
  it('names what is missing and the command that mends it, from the first thing on', async () => {
    const none = await examine(
      () => Promise.resolve({ code: 127, stdout: '', stderr: 'spawn gcloud ENOENT' }),
      target(),
      'v20.1.0',
    );
    expect(none.filter(({ state }) => state === 'missing').map(({ check, fix }) => [check, fix])).toEqual([
      ['Node', expect.stringContaining('npm install')],
      ['Google Cloud SDK', expect.stringContaining('https://cloud.google.com/sdk')],
    ]);
  });

  it('knows an old SDK, a project without billing, and roles that are lacking', async () => {
    const answers: [RegExp, unknown][] = [
      [/version/, { 'Google Cloud SDK': '470.0.0', bq: '2.1.0', beta: '2024.01.01' }],
      [/auth list/, [{ account: 'me@example.com', status: 'ACTIVE' }]],
      [/projects describe/, { lifecycleState: 'ACTIVE', projectNumber: '1' }],
      [/billing/, { billingEnabled: false }],
      [/services list/, [{ config: { name: 'run.googleapis.com' } }]],
      [/get-iam-policy/, { bindings: [{ role: 'roles/pubsub.admin', members: ['user:me@example.com'] }] }],
    ];
    const findings = await examine(
      ({ argv }) => {
        const [, found] = answers.find(([pattern]) => pattern.test(argv.join(' '))) ?? [];
        return Promise.resolve(
          found === undefined
            ? { code: 1, stdout: '', stderr: 'no' }
            : { code: 0, stdout: JSON.stringify(found), stderr: '' },
        );
      },
      target(),
      'v24.1.0',
    );
    const missing = Object.fromEntries(
      findings
        .filter(({ state }) => state === 'missing')
        .map(({ check, detail, fix }) => [check, `${detail} -> ${fix}`]),
    );
    expect(Object.keys(missing)).toEqual([
      'Google Cloud SDK',
      'components of the SDK',
      'login of the commands (--target gcp, verify-deploy)',
      'billing',
      'roles in the project',
    ]);
    expect(missing['components of the SDK']).toContain('gcloud components install alpha');
    expect(missing['billing']).toContain('gcloud billing projects link hoops-1234');
    expect(missing['roles in the project']).toMatch(/roles\/run.admin[\s\S]*--member=user:me@example.com/);
    expect(missing['roles in the project']).not.toContain('roles/pubsub.admin,');
  });
});

describe('files of a deployment', () => {
  const folder = mkdtempSync(`${tmpdir()}/fullcourt-files-`);
  afterAll(() => removeFolder(folder));

  it('are looked up by their names in the folder that command lines name', async () => {
    const at = project();
    const { plan } = await at.look();
    const named = plan.stages.flatMap(({ steps }) =>
      steps.flatMap(({ commands }) => commands.flatMap(({ input }) => input ?? [])),
    );
    expect(named.length).toBeGreaterThan(25);
    for (const name of named) expect(plan.files.has(name.replace(/^x\//, '')), name).toBe(true);
  });
});
