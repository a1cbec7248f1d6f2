/** Every line that a deployment can send is one that the installed SDK takes, by the SDK's own parser. */
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findGoogleSdk, isMissing } from '../../scripts/tools/find.ts';
import { shellText, type CommandLine } from '../../shared/derive/command-line.ts';
import {
  pythonOf,
  quietEnvironment,
  run,
  startWarmSdk,
  type WarmSdk,
} from '../support/google-sdk/warm-sdk.ts';
import { planned, type Planned } from './planned.ts';
import { somethingElse } from './something-else.ts';

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
    const shapes = new Map(
      [...plan.lines, ...first.lines]
        .filter(({ argv }) => argv[0] === 'bq')
        .map(({ argv }) => [argv.join(' '), argv.slice(1)]),
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
  ];
  const verb = words.findIndex((word) => known.includes(word));
  const end = words[verb + 1] === 'pubsub' ? verb + 2 : verb + 1;
  return words.slice(0, end).join(' ');
}
