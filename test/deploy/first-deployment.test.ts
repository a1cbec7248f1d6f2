/** A first deployment ends: what Google Cloud says of new things is waited for, at every command; else one command goes on. */
import { describe, expect, it } from 'vitest';
import { declared, deploy } from '../../infra/apply/deploy.ts';
import { readBack } from '../../infra/apply/read-back.ts';
import { CommandFailed } from '../../infra/apply/runner.ts';
import { deployCommandOf } from '../../infra/apply/target.ts';
import { observe } from '../../infra/apply/observe.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import { TROUBLES, troubleIn, waitsFor } from '../../infra/steps/troubles.ts';
import { registry, release, target } from '../support/deployment.ts';
import { drawn, drawnNumbers, drawnStretch } from '../support/draw.ts';
import { projectModel } from '../support/project-model.ts';
import { byProof } from '../support/proof.ts';

/** What Google Cloud says, as people have reported it. */
const SAID: Readonly<Record<string, string>> = {
  data: 'ERROR: (gcloud.firestore.indexes.fields.update) ABORTED: Please retry, underlying data changed',
  contention:
    'ERROR: (gcloud.firestore.indexes.composite.create) ABORTED: Aborted due to cross-transaction contention. This occurs when multiple transactions attempt to access the same data',
  policy:
    'ERROR: (gcloud.projects.add-iam-policy-binding) ABORTED: There were concurrent policy changes. Please retry the whole read-modify-write with exponential backoff.',
  account:
    'ERROR: Policy modification failed. INVALID_ARGUMENT: Service account nba-build@hoops-1234.iam.gserviceaccount.com does not exist.',
  actAs:
    "ERROR: (gcloud.run.deploy) PERMISSION_DENIED: Permission 'iam.serviceaccounts.actAs' denied on service account nba-sweep@hoops-1234.iam.gserviceaccount.com (or it may not exist).",
  build:
    'ERROR: (gcloud.run.deploy) INVALID_ARGUMENT: could not resolve source: googleapi: Error 403: nba-build@hoops-1234.iam.gserviceaccount.com does not have storage.objects.get access to the Google Cloud Storage object.',
  api: 'ERROR: (gcloud) PERMISSION_DENIED: Cloud Run Admin API has not been used in project 123456789012 before or it is disabled. If you enabled this API recently, wait a few minutes for the action to propagate to our systems and retry.',
  metric:
    'ERROR: (gcloud.alpha.monitoring.policies.create) NOT_FOUND: Cannot find metric(s) that match type = "logging.googleapis.com/user/fullcourt_runs_failed". If a metric was created recently, it could take up to 10 minutes to become available. Please try again soon.',
  limit:
    'ERROR: (gcloud) RESOURCE_EXHAUSTED: Quota exceeded for quota metric Write requests and limit Write requests per minute',
  server: 'ERROR: (gcloud) UNAVAILABLE: The service is currently unavailable.',
};

const where = target();
const request = { target: where, release, registry };

/** A project, deployed to like a person does it: by one command. */
function person() {
  let files = new Map<string, string>();
  const model = projectModel({
    project: where.project,
    number: where.projectNumber,
    file: (path) => files.get(path.slice('.deploy/hoops-1234/production/'.length)) ?? '',
  });
  const slept: number[] = [];
  const waiting = { tell: () => undefined, sleep: (ms: number) => Promise.resolve(void slept.push(ms)) };
  files = new Map(deployPlan(declared(request), '.deploy/hoops-1234/production').files);
  const run = (): ReturnType<typeof deploy> => deploy(model.run, request, waiting);
  const left = async (): Promise<string[]> =>
    deployPlan(declared(request), 'x', (await observe(model.run, declared(request))).observed).stages.flatMap(
      ({ steps }) => steps.map(({ change, what }) => `${change} ${what}`),
    );
  return { model, run, left, slept };
}

/**
 * Deploys while something fails. It ends, or it stops with a failed command, and then the same command ends it.
 * @returns how often it stopped
 */
async function endsOrGoesOn(at: ReturnType<typeof person>, story: string): Promise<number> {
  const ended = await at.run().catch((error: unknown) => error);
  const isStopped = ended instanceof Error;
  at.model.failWhen(() => false, '');
  if (isStopped) {
    expect(ended, story).toBeInstanceOf(CommandFailed);
    expect(await at.run(), story).toMatchObject({ kind: 'done' });
  } else expect(ended, story).toMatchObject({ kind: 'done' });
  expect(await at.left(), story).toEqual([]);
  return isStopped ? 1 : 0;
}

const isChange = (argv: readonly string[]): boolean =>
  /\b(create|update|enable|deploy|add-iam-policy-binding|query)\b/.test(argv.join(' '));

/** The kind of a command: its words without names. */
const kindOf = (argv: readonly string[]): string =>
  argv.filter((word) => /^[a-z-]+$/.test(word) && !/^(nba|hoops)-/.test(word)).join(' ');

describe('each text', () => {
  it.each(Object.entries(SAID))('%s is known, and from where', (_, text) => {
    const trouble = troubleIn(text);
    expect(trouble).toBeDefined();
    for (const source of trouble?.met ?? []) expect(source).toMatch(/^[\w-]+\/[\w-]+#\d+$/);
  });

  it('has its time: a metric a quarter of an hour, all others some minutes', () => {
    for (const trouble of TROUBLES) {
      const waits = waitsFor(trouble);
      expect(waits.reduce((sum, wait) => sum + wait, 0)).toBe(trouble.seconds);
      expect(Math.max(...waits)).toBeLessThanOrEqual(60);
    }
    expect(troubleIn(SAID['metric'] ?? '')?.seconds).toBeGreaterThanOrEqual(600);
  });

  it.each([
    'ERROR: PERMISSION_DENIED: Permission run.services.create denied',
    'ERROR: (gcloud.storage.buckets.create) HTTPError 409: The requested bucket name is not available. Please select a different name and try again.',
    'ERROR: billing must be enabled for activation of service',
    "ERROR: (gcloud) unrecognized arguments: '--x'",
  ])('that a person must act on is not waited for: %s', (text) => {
    expect(troubleIn(text)).toBeUndefined();
  });
});

describe('a first deployment', () => {
  it('changes nothing when the whole plan is carried out again', async () => {
    const at = person();
    expect(await at.run()).toMatchObject({ kind: 'done' });
    const before = at.model.said.length;
    expect(await at.run()).toMatchObject({ kind: 'done', changed: 0 });
    expect(at.model.said.slice(before).filter(isChange)).toEqual([]);
    expect(await at.left()).toEqual([]);
  });

  it('has each of its calls fail with each text, and ends, or stops and the same command ends it', async () => {
    const clean = person();
    await clean.run();
    const calls = clean.model.said.length;
    expect(calls).toBeGreaterThan(300);
    const said = Object.entries(SAID);
    const all = calls * said.length;
    const amount = byProof({ small: 15, ci: 60, all });
    let stopped = 0;
    for (const drawnCase of drawnNumbers(drawn('faults of a deployment'), amount, all)) {
      const [call, [name, text = ''] = []] = [
        Math.floor(drawnCase / said.length),
        said[drawnCase % said.length],
      ];
      const at = person();
      let made = 0;
      at.model.failWhen(() => made++ === call, text);
      const story = `call ${call}, ${name}: ${clean.model.said[call]?.join(' ')}`;
      stopped += await endsOrGoesOn(at, story);
    }
    // What stops are looks with the text of a change, which no look is answered with.
    expect(stopped).toBeLessThan(amount / 2);
  }, 1_800_000);

  it('has one of its commands fail for as long as it tries, and the same command ends it after the repair', async () => {
    const clean = person();
    await clean.run();
    const kinds = [...Map.groupBy(clean.model.said, kindOf).values()];
    expect(kinds.length).toBeGreaterThan(40);
    const random = drawn('lasting faults of a deployment');
    const texts = Object.values(SAID);
    const some = byProof({ small: 8, ci: kinds.length, all: kinds.length });
    for (const ofKind of drawnStretch(random, kinds, some)) {
      const line = ofKind[random.below(ofKind.length)]?.join(' ') ?? '';
      const at = person();
      at.model.failWhen((argv) => argv.join(' ') === line, texts[random.below(texts.length)] ?? '', Infinity);
      await endsOrGoesOn(at, line);
    }
  }, 300_000);

  it('has each single command fail once, and ends', async () => {
    const clean = person();
    await clean.run();
    const texts = Object.values(SAID);
    const changes = clean.model.said.map((argv) => argv.join(' ')).filter((line) => isChange([line]));
    expect(new Set(changes).size).toBeGreaterThan(200);
    const at = person();
    let next = 0;
    const failed = new Set<string>();
    at.model.failWhen(
      (argv) => {
        return isChange(argv) && !failed.has(argv.join(' '));
      },
      (argv) => {
        failed.add(argv.join(' '));
        next += 1;
        return texts[next % texts.length] ?? '';
      },
      Infinity,
    );
    expect(await at.run()).toMatchObject({ kind: 'done' });
    expect(failed.size).toBeGreaterThan(200);
    expect(await at.left()).toEqual([]);
    expect(await at.run()).toMatchObject({ kind: 'done', changed: 0 });
  });

  it('waits ten minutes for a metric, after everything else is there', async () => {
    const at = person();
    at.model.failWhen(
      (argv) => argv.includes('policies') && argv.includes('create'),
      SAID['metric'] ?? '',
      12,
    );
    expect(await at.run()).toMatchObject({ kind: 'done' });
    expect(at.slept.reduce((sum, ms) => sum + ms, 0)).toBeGreaterThan(0);
    const lines = at.model.said.map((argv) => argv.join(' '));
    const first = lines.findIndex((line) => line.includes('policies create'));
    expect(
      lines
        .slice(first)
        .filter((line) => /create/.test(line) && !/policies create|dashboards create/.test(line)),
    ).toEqual([]);
  });

  it('that never gets what it waits for stops, and the command that goes on names everything', async () => {
    const at = person();
    at.model.failWhen(
      (argv) => argv.includes('deploy') && argv.includes('nba-sweep'),
      SAID['actAs'] ?? '',
      Infinity,
    );
    await expect(at.run()).rejects.toThrow(/run deploy nba-sweep[\s\S]*iam.serviceaccounts.actAs/);
    expect(at.slept.reduce((sum, ms) => sum + ms, 0)).toBe(420_000);
    expect(deployCommandOf({ ...where, database: '(default)' })).toBe(
      "fullcourt deploy --project hoops-1234 --region us-central1 --location US --database '(default)' --bucket hoops-1234-nba-archive",
    );
    at.model.failWhen(() => false, '');
    const found = await readBack(at.model.run, { project: where.project });
    expect([found.target, found.refusals]).toEqual([where, []]);
  });
});
