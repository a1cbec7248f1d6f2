/** The commands as a person types them: what they refuse, what they print, and that the page on them is right. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { dryRun } from '../../infra/apply/deploy.ts';
import { folderOf, targetOf } from '../../infra/apply/target.ts';
import { APIS } from '../../infra/declared/deployment.ts';
import { DATASETS } from '../../shared/derive/ddl.ts';
import { scriptLines } from '../../infra/steps/script.ts';
import { SCHEDULES } from '../../infra/declared/schedules.ts';
import { services } from '../../shared/derive/services.ts';
import { topics } from '../../shared/derive/topics.ts';
import { decode } from '../../shared/messages/decode.ts';
import { backfillRequest } from '../../shared/messages/schemas.ts';
import { registry, release } from '../support/deployment.ts';
import { commandLine, COMPILED } from '../support/command-line.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const page = readFileSync(join(root, 'docs/deploy.md'), 'utf8');

/** Runs a command where no program of Google Cloud can be found. */
function fullcourt(...args: readonly string[]) {
  const [program, ...first] = commandLine();
  return spawnSync(program, [...first, ...args], {
    cwd: root,
    encoding: 'utf8',
    env: { PATH: '', NO_COLOR: '1', NODE_COMPILE_CACHE: COMPILED },
  });
}

describe('flags', () => {
  const project = 'my-project';

  it.each([
    [{ project: 'my; rm -rf /' }, /--project/],
    [{ project: '$(id)' }, /--project/],
    [{ project, region: '--quiet' }, /--region/],
    [{ project, region: 'us central1' }, /--region/],
    [{ project, location: "US'" }, /--location/],
    [{ project, datasetPrefix: 'Staging' }, /--dataset-prefix/],
    [{ project, database: '../x' }, /--database/],
    [{ project, bucket: 'gs://x' }, /--bucket/],
    [{}, /--project .*needs the id of a project/],
  ])('%j are refused by name', (flags, message) => {
    expect(() => targetOf(flags, {})).toThrow(message);
  });

  it('of a channel and a number are held to their form', () => {
    expect(() => targetOf({ project, notificationChannel: ['me@example.com'] }, {})).toThrow(
      /--notification-channel/,
    );
    expect(() => targetOf({ project, projectNumber: '12x' }, {})).toThrow(/--project-number/);
    expect(targetOf({ project, notificationChannel: ['none'] }, {}).notificationChannels).toEqual([]);
  });

  it('are above the environment', () => {
    const env = { FULLCOURT_PROJECT: 'other-project', FULLCOURT_REGION: 'europe-west1' };
    expect(targetOf({ project: 'my-project' }, env)).toMatchObject({
      project: 'my-project',
      region: 'europe-west1',
    });
  });
});

describe('the commands', () => {
  it('refuse what is wrong before anything is started, with exit code 2', () => {
    const ran = fullcourt('verify-deploy', '--project', 'my-project; id');
    expect([ran.status, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/--project .*must be a project id/);
  });

  it('say what is missing, and how it is had', () => {
    const ran = fullcourt('doctor', '--project', 'my-project', '--json');
    expect(ran.status).toBe(1);
    const { findings } = JSON.parse(ran.stdout) as {
      findings: { check: string; state: string; fix?: string }[];
    };
    expect(findings).toContainEqual(
      expect.objectContaining({
        check: 'Google Cloud SDK',
        state: 'missing',
        fix: expect.stringContaining('https://'),
      }),
    );
  });

  it('stop where gcloud cannot be started, and say so', () => {
    const ran = fullcourt('undeploy', '--project', 'my-project', '--yes');
    expect(ran.status).toBe(1);
    expect(ran.stderr).toMatch(/Google Cloud SDK: .*ENOENT.* Install it: https:/);
  });

  it.each([[['deploy']], [['deploy', '--diff']], [['verify-deploy']]])(
    '%j looks for gcloud before anything is bundled',
    (args) => {
      const ran = fullcourt(...args, '--project', 'my-project');
      expect([ran.status, ran.stdout]).toEqual([1, '']);
      expect(ran.stderr).toContain('Google Cloud SDK');
      expect(ran.stderr).not.toContain('Bundling');
    },
  );

  it('name the place and the database first', () => {
    const ran = fullcourt('doctor', '--project', 'my-project', '--region', 'europe-west1');
    expect(ran.stdout.split('\n').slice(0, 2)).toEqual([
      expect.stringMatching(/^ok +place: .* database fullcourt in europe-west1; .* in EU;/),
      expect.stringMatching(/^ok +database of the documents: fullcourt$/),
    ]);
  });

  it('write no script without the number of the project, and say how to get it', () => {
    const ran = fullcourt('deploy', '--dry-run', '--out', '/tmp/fullcourt-never', '--project', 'my-project');
    expect([ran.status, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(/--project-number with what `gcloud projects describe my-project/);
    expect(fullcourt('deploy', '--out', '/tmp/x', '--project', 'my-project').status).toBe(2);
  });
});

describe('a dry run', () => {
  const lines = (prefix?: string): string[] => {
    const target = targetOf(
      { project: 'my-project', ...(prefix === undefined ? {} : { datasetPrefix: prefix }) },
      {},
    );
    return scriptLines(dryRun({ target, release, registry }).stages);
  };

  it('is the same each time, one command to a line', () => {
    expect(lines()).toEqual(lines());
    for (const line of lines()) expect(line).toMatch(/^(?:gcloud|bq) |^# |^$/);
  });

  it('keeps the files of each deployment apart', () => {
    const folder = (prefix: string) =>
      folderOf(targetOf({ project: 'my-project', datasetPrefix: prefix }, {}));
    expect([folder(''), folder('staging_')]).toEqual([
      '.deploy/my-project/production',
      '.deploy/my-project/staging',
    ]);
  });

  it('leaves the number of the project open where nobody has said it, and only there', () => {
    expect(lines().join('\n')).toContain('service-PROJECT_NUMBER@gcp-sa-pubsub');
    const target = targetOf({ project: 'my-project', projectNumber: '123456789012' }, {});
    expect(scriptLines(dryRun({ target, release, registry }).stages).join('\n')).not.toContain(
      'PROJECT_NUMBER',
    );
  });
});

describe('the page', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const blocks = [...`${page}${readme}`.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block]) => block ?? '');
  const shown = blocks.flatMap((block) =>
    block
      .split('\n')
      .map((line) => line.replace(/\s+#.*$/, ''))
      .filter((line) => line !== ''),
  );

  it('shows only commands and flags that exist', () => {
    const commands = shown.filter((line) =>
      /^npx fullcourt (deploy|verify-deploy|doctor|undeploy)/.test(line),
    );
    expect(commands.length).toBeGreaterThanOrEqual(7);
    const helps = new Map(
      ['deploy', 'verify-deploy', 'doctor', 'undeploy'].map((name) => [
        name,
        fullcourt(name, '--help').stdout,
      ]),
    );
    for (const line of commands) {
      const [, , name = '', ...words] = line.split(' ');
      for (const word of words) if (word.startsWith('--')) expect(helps.get(name), line).toContain(word);
    }
    for (const [, flag = ''] of page.matchAll(/`(?:deploy )?(--[a-z-]+)[ `]/g))
      expect([...helps.values(), '--only --target'].join('\n'), flag).toContain(flag);
  });

  it('shows a message that is accepted', () => {
    const [, message = ''] = /--message '([^']+)'/.exec(page) ?? [];
    expect(decode(backfillRequest, message)).toMatchObject({ ok: true });
  });

  it('counts what there is', () => {
    expect(page).toContain(`${services().length} Cloud Run functions`);
    expect(page).toContain(`${topics().length} topics`);
    expect(page).toContain(`each of the ${topics().length / 2} that carry work`);
    expect([DATASETS.length + 1, SCHEDULES.length + 1]).toEqual([6, 4]);
    expect(page).toMatch(/six BigQuery datasets,\s+four schedules/);
    expect(APIS.length).toBeGreaterThan(0);
  });
});
