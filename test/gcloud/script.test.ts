/**
 * The script of a dry run by the installed gcloud: the steps that look before they make something, and one of each other
 * kind. The whole script runs over the model of a project, in `test/deploy`.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declared } from '../../infra/apply/deploy.ts';
import { readBack } from '../../infra/apply/read-back.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import { runnableScript } from '../../infra/steps/runnable.ts';
import { findGoogleSdk, isMissing } from '../../scripts/tools/find.ts';
import { openFakeProject, type FakeProject } from '../support/fake-project.ts';
import { PROJECT_NUMBER } from '../support/planned-commands.ts';
import { changes } from '../support/recorded-commands.ts';
import { ownProject } from '../support/run-emulators.ts';
import { removeFolder } from '../support/remove-folder.ts';

const project = ownProject('script');

describe.skipIf(isMissing(findGoogleSdk()))('the script of a deployment, by gcloud', () => {
  let fake: FakeProject;
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-out-'));
  const script = join(folder, 'deploy.sh');

  beforeAll(async () => {
    fake = await openFakeProject({ project, sources: () => Promise.resolve() });
    const deployment = declared({
      ...fake.request,
      target: { ...fake.request.target, projectNumber: PROJECT_NUMBER },
    });
    const { stages, files } = deployPlan(deployment, 'files');
    for (const [name, text] of files) {
      mkdirSync(dirname(join(folder, 'files', name)), { recursive: true });
      writeFileSync(join(folder, 'files', name), text);
    }
    const some = stages.flatMap((stage) => {
      if (/^(?:Tables|View|Traffic|Rights|Subscriptions)/.test(stage.title)) return [];
      const looks = stage.steps.filter(
        ({ done, what }) => done !== undefined || what === 'account nba-build',
      );
      const first = stage.steps.slice(0, stage.title === 'Functions' ? 1 : 3);
      return [{ ...stage, steps: [...new Set([...first, ...looks])] }];
    });
    for (const { source } of [...deployment.functions.slice(0, 1), deployment.training]) {
      mkdirSync(join(folder, source), { recursive: true });
      writeFileSync(join(folder, source, 'index.js'), '// a function or the job\n');
      writeFileSync(join(folder, source, 'package.json'), '{"main":"index.js"}\n');
    }
    writeFileSync(script, runnableScript(deployment.target, some));
  });
  afterAll(async () => {
    await fake.close();
    removeFolder(folder);
  });

  const run = (): Promise<{ code: number; said: string }> =>
    new Promise((resolve, reject) => {
      const env = fake.google.environment(fake.sdk.config);
      const path = `${fake.sdk.bin}${delimiter}${process.env['PATH'] ?? ''}`;
      const child = spawn('bash', [script], {
        env: { ...env, HOME: fake.sdk.config, PATH: path },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, said }));
    });

  it('makes everything once, however often it is run', async () => {
    const first = await run();
    expect([first.code, first.said]).toEqual([0, expect.stringMatching(/Everything is deployed\.\n$/)]);
    const names = (): string[] =>
      [...fake.google.world.resources.keys()]
        .filter((key) => !/^(?:bigquery bqjob|storage o\/)/.test(key))
        .sort();
    const before = names();
    for (const kind of [
      '/databases/fullcourt',
      'fullcourt_deployments/fields/production',
      '/backupSchedules/',
      'storage b/',
      '/alertPolicies/',
      '/dashboards/',
    ])
      expect(before.filter((name) => name.includes(kind)).length, kind).toBeGreaterThan(0);
    fake.google.forget();
    const second = await run();
    expect([second.code, second.said]).toEqual([0, expect.stringMatching(/Everything is deployed\.\n$/)]);
    expect(second.said).not.toContain('tries again');
    expect(names()).toEqual(before);
    expect(
      changes(fake.google).filter(({ path }) =>
        /alertPolicies|dashboards|backupSchedules|\/databases$|\/b$/.test(path),
      ),
    ).toEqual([]);
  }, 600_000);

  it('is read back: a command without flags means the same deployment', async () => {
    const found = await readBack(fake.run, { project });
    const { target } = fake.request;
    expect(found).toMatchObject({ isDeployed: true, refusals: [] });
    expect(found.target).toEqual({ ...target, projectNumber: PROJECT_NUMBER });
    const other = await readBack(fake.run, { project, region: 'europe-west1', database: '(default)' });
    expect(other.refusals).toHaveLength(2);
  });
});
