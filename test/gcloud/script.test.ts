/** The script of a dry run, by the installed gcloud and bq: run twice, it leaves nothing that a deployment would change. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { declared } from '../../infra/apply/deploy.ts';
import { observe } from '../../infra/apply/observe.ts';
import { writeScript } from '../../infra/apply/write-script.ts';
import type { Deployment } from '../../infra/declared/deployment.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import { findGoogleSdk, isMissing } from '../../scripts/tools/find.ts';
import { services } from '../../shared/derive/services.ts';
import { openFakeProject, type FakeProject } from '../support/fake-project.ts';
import { PROJECT_NUMBER } from '../support/planned-commands.ts';
import { ownProject } from '../support/run-emulators.ts';

const project = ownProject('script');

describe.skipIf(isMissing(findGoogleSdk()))('the script of a deployment', () => {
  let fake: FakeProject;
  let deployment: Deployment;
  let bundles = '';
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-out-'));

  beforeAll(async () => {
    fake = await openFakeProject({
      project,
      sources: (dist) => {
        bundles = dirname(dist);
        for (const { name } of services()) {
          mkdirSync(join(dist, name), { recursive: true });
          writeFileSync(join(dist, name, 'index.js'), `// ${name}\n`);
          writeFileSync(join(dist, name, 'package.json'), '{"main":"index.js"}\n');
        }
        return Promise.resolve();
      },
    });
    deployment = declared({
      ...fake.request,
      target: { ...fake.request.target, projectNumber: PROJECT_NUMBER },
    });
  }, 300_000);
  afterAll(async () => {
    await fake.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (script: string): Promise<{ code: number; said: string }> =>
    new Promise((resolve, reject) => {
      const env = fake.google.environment(fake.sdk.config);
      const child = spawn('bash', [script], {
        env: {
          ...env,
          HOME: fake.sdk.config,
          PATH: `${fake.sdk.bin}${delimiter}${process.env['PATH'] ?? ''}`,
        },
      });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.setEncoding('utf8').on('data', (text: string) => (said += text));
      child.once('error', reject);
      child.once('close', (code) => resolve({ code: code ?? 1, said }));
    });

  it('makes everything, and makes nothing a second time', async () => {
    const script = writeScript(folder, deployment, bundles);
    const first = await run(script);
    expect(first.said).toMatch(/Everything is deployed\.\n$/);
    expect(first.code).toBe(0);
    const left = async (): Promise<string[]> =>
      deployPlan(deployment, 'x', (await observe(fake.run, deployment)).observed).stages.flatMap(
        ({ steps }) => steps.map(({ change, what, because }) => `${change} ${what}: ${because.join(', ')}`),
      );
    expect(await left()).toEqual([]);
    const names = (): string[] =>
      [...fake.google.world.resources.keys()]
        .filter((key) => !/^(bigquery (?!nba_)|storage o\/)/.test(key))
        .sort();
    const before = names();
    const second = await run(script);
    expect([second.code, second.said]).toEqual([0, expect.stringMatching(/Everything is deployed\.\n$/)]);
    expect(second.said).not.toContain('tries again');
    expect(await left()).toEqual([]);
    expect(names()).toEqual(before);
  }, 900_000);
});
