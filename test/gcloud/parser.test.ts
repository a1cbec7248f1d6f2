/** Every line that a deployment can send is one that the installed SDK takes, by the SDK's own parser. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../infra/apply/doctor.ts';
import { projectRoot } from '../../infra/apply/runner.ts';
import { observe } from '../../infra/apply/observe.ts';
import { undeployStages } from '../../infra/apply/undeploy.ts';
import { findGoogleSdk, isMissing } from '../../scripts/tools/find.ts';
import { shellText, type CommandLine } from '../../infra/steps/command-line.ts';
import {
  pythonOf,
  quietEnvironment,
  run,
  startWarmSdk,
  type WarmSdk,
} from '../support/google-sdk/warm-sdk.ts';
import { deployedModel } from '../support/deployed-model.ts';
import { planned, type Planned } from '../support/planned-commands.ts';
import { somethingElse } from '../support/something-else.ts';

const sdk = findGoogleSdk();

describe.skipIf(isMissing(sdk))("gcloud's own parser", () => {
  let warm: WarmSdk;
  const plans: Planned[] = [];

  beforeAll(async () => {
    warm = await startWarmSdk({ commands: [] });
    plans.push(planned(''), planned('staging_'), planned('', somethingElse));
  });
  afterAll(async () => {
    await warm.close();
    for (const plan of plans) plan.remove();
  });

  const gcloudLines = (): CommandLine[] =>
    plans.flatMap(({ lines }) => lines.filter(({ argv }) => argv[0] === 'gcloud'));

  it('takes every line that makes or changes something', async () => {
    const lines = gcloudLines();
    const said = await warm.parse(lines.map(({ argv }) => argv.slice(1)));
    expect(
      lines.flatMap((line, i) => (said[i] === null ? [] : [`${shellText(line)}\n  ${said[i]}`])),
    ).toEqual([]);
    expect(said).toHaveLength(lines.length);
    expect(lines.length).toBeGreaterThan(500);
  });

  it('takes every line that looks, verifies, examines or takes away', async () => {
    const deployed = await deployedModel();
    await deployed.faults();
    const { observed } = await observe(deployed.model.run, deployed.deployment);
    const said = [...deployed.model.said];
    await examine(
      ({ argv }) => {
        said.push([...argv]);
        return Promise.resolve({ code: 0, stdout: answerTo(argv), stderr: '' });
      },
      deployed.deployment.target,
      process.version,
    );
    for (const { steps } of undeployStages(deployed.deployment, observed))
      for (const { commands } of steps) said.push(...commands.map(({ argv }) => [...argv]));
    said.push(['gcloud', 'pubsub', 'topics', 'publish', 'nba-sweep', '--message={}', '--project=hoops-1234']);
    // Those that make something name files of a plan, and were looked at above.
    const lines = said.filter(
      (argv) => argv[0] === 'gcloud' && !argv.some((word) => /^(?:create|deploy|update|enable)$/.test(word)),
    );
    expect(new Set(lines.map(kindOf)).size).toBeGreaterThan(20);
    const complaints = await warm.parse(lines.map((argv) => argv.slice(1)));
    expect(
      lines.flatMap((argv, i) => (complaints[i] === null ? [] : [`${argv.join(' ')}: ${complaints[i]}`])),
    ).toEqual([]);
  });

  it('takes every line that the pages show', async () => {
    const page = readFileSync(join(projectRoot, 'docs/deploy.md'), 'utf8');
    const shown = [
      ...page.matchAll(/^gcloud (.+)$/gm),
      ...page.matchAll(/`gcloud ((?!components|auth)[a-z]+ [^`]+)`/g),
    ].map(([, line]) => line ?? '');
    expect(shown.length).toBeGreaterThan(10);
    const argvs = shown.map((line) => {
      const split = spawnSync('sh', ['-c', `printf '%s\\n' ${line}`], { encoding: 'utf8' });
      return split.stdout.trim().split('\n');
    });
    const said = await warm.parse(argvs);
    expect(shown.flatMap((line, i) => (said[i] === null ? [] : [`${line}: ${said[i]}`]))).toEqual([]);
  });

  it('sees lines of every kind', () => {
    const kinds = new Set(gcloudLines().map(({ argv }) => kindOf(argv)));
    expect([...kinds].sort()).toEqual(
      expect.arrayContaining([
        'firestore databases create',
        'firestore fields ttls update',
        'firestore indexes composite create',
        'firestore indexes fields update',
        'iam service-accounts create',
        'logging metrics create',
        'logging metrics update',
        'monitoring dashboards create',
        'monitoring dashboards update',
        'projects add-iam-policy-binding',
        'pubsub subscriptions create',
        'pubsub subscriptions update',
        'pubsub topics create',
        'run deploy',
        'run services add-iam-policy-binding',
        'run services update-traffic',
        'scheduler jobs create pubsub',
        'scheduler jobs resume',
        'scheduler jobs update pubsub',
        'services enable',
        'firestore backups schedules create',
        'firestore databases update',
        'pubsub topics update',
        'storage buckets create',
        'storage buckets update',
      ]),
    );
  });

  it('refuses what is wrong', async () => {
    const said = await warm.parse([
      ['pubsub', 'topics', 'create', 'nba-sweep', '--lables=app=fullcourt'],
      ['run', 'deploy', 'nba-sweep', '--entry-point=nba-sweep'],
      ['monitoring', 'policies', 'list-all'],
      ['pubsub', 'subscriptions', 'create', 's', '--topic=t', '--max-delivery-attempts=many'],
      ['pubsub', 'subscriptions', 'create', 's', '--topic=t', '--max-delivery-attempts=8'],
    ]);
    expect(said.map((each) => each === null)).toEqual([false, false, false, false, true]);
  });

  it('agrees with the command itself, which without an account gets as far as asking for one', async () => {
    if (isMissing(sdk)) return;
    const all = gcloudLines();
    const sample = ['pubsub subscriptions create', 'run services add-iam-policy-binding'].map((kind) => {
      const line = all.find(({ argv }) => kindOf(argv) === kind);
      if (line === undefined) throw new Error(`There is no line of the kind ${kind}`);
      return line.argv.slice(1);
    });
    const env = quietEnvironment(warm.config);
    for (const argv of sample) {
      const asked = await run(sdk.gcloud, argv, { env });
      expect(asked.stderr).toContain('do not currently have an active account selected');
      expect(asked.code).toBe(1);
    }
    const wrong = await run(sdk.gcloud, [...(sample[0] ?? []), '--no-such-flag'], { env });
    expect(wrong).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('unrecognized arguments') as string,
    });
  });
});

describe.skipIf(isMissing(sdk))("bq's own parser", () => {
  it('takes the flags of every line', async () => {
    if (isMissing(sdk)) return;
    const plan = planned('', somethingElse);
    const first = planned('');
    const looked = (await deployedModel()).model.said.map((argv) => ({ argv }));
    const shapes = new Map(
      [...plan.lines, ...first.lines, ...looked]
        .filter(({ argv }) => argv[0] === 'bq')
        // One of each kind: what a line is about does not matter to the flags.
        .map(({ argv }) => [
          argv.map((word) => word.replace(/^[\w-]+:[\w.]+$/, 'THING')).join(' '),
          argv.slice(1),
        ]),
    );
    expect(shapes.size).toBeGreaterThan(0);
    const bq = join(sdk.root, 'platform', 'bq', 'bq.py');
    const config = join(first.folder, 'config');
    mkdirSync(config);
    // A server that is not there: whoever gets that far has taken all flags.
    const options = { env: { ...quietEnvironment(config), PATH: dirname(sdk.gcloud) }, input: 'SELECT 1' };
    const start = ['--oauth_access_token=local', '--api=http://127.0.0.1:1'];
    for (const argv of shapes.values()) {
      const { stdout, stderr } = await run(pythonOf(sdk), ['-S', '-E', bq, ...start, ...argv], options);
      expect(`${stdout}${stderr}`).not.toMatch(/Unknown command line flag|flag .* must|parsing error/i);
      expect(`${stdout}${stderr}`).toMatch(/discovery|connect|refused|communicate/i);
    }
    const wrong = await run(pythonOf(sdk), ['-S', '-E', bq, ...start, 'query', '--no_such_flag'], options);
    expect(`${wrong.stdout}${wrong.stderr}`).toContain("Unknown command line flag 'no_such_flag'");
    plan.remove();
    first.remove();
  });
});

/** What a project that lacks nothing answers to whoever examines it. */
function answerTo(argv: readonly string[]): string {
  const line = argv.join(' ');
  if (line.includes('auth list')) return '[{"account":"me@example.com","status":"ACTIVE"}]';
  if (line.includes('projects describe') && !line.includes('billing'))
    return '{"lifecycleState":"ACTIVE","projectNumber":"1"}';
  return '{}';
}

/** `pubsub topics create` of the line that creates one. */
function kindOf(argv: readonly string[]): string {
  const words = argv.slice(1).filter((word) => !word.startsWith('--'));
  const known = [
    'add-iam-policy-binding',
    'create',
    'deploy',
    'enable',
    'resume',
    'update',
    'update-traffic',
    'delete',
    'describe',
    'get-iam-policy',
    'list',
    'publish',
    'remove-iam-policy-binding',
    'version',
  ];
  const verb = words.findIndex((word) => known.includes(word));
  const end = words[verb + 1] === 'pubsub' ? verb + 2 : verb + 1;
  return words.slice(0, end).join(' ');
}
