/** The script of a dry run, run by bash over the model of a project: twice, interrupted, and where something is in its way. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { declared } from '../../infra/apply/deploy.ts';
import { observe } from '../../infra/apply/observe.ts';
import { writeScript } from '../../infra/apply/write-script.ts';
import { deployPlan } from '../../infra/steps/plan.ts';
import { services } from '../../shared/derive/services.ts';
import { TRAINING_JOB } from '../../shared/derive/training-job.ts';
import { registry, release, target } from '../support/deployment.ts';
import { projectModel, type ProjectModel } from '../support/project-model.ts';
import { removeFolder } from '../support/remove-folder.ts';

const where = target('', { region: 'europe-west1', location: 'EU' });
const deployment = declared({ target: where, release, registry });

/** Hands a command over to the test, one word a line, with what it reads; bash alone starts fast enough for hundreds. */
const SHIM = `#!/usr/bin/env bash
exec 3<>"/dev/tcp/127.0.0.1/$MODEL_PORT"
printf '%s\\n' "\${0##*/}" "$@" '--stdin--' >&3
cat >&3
printf '%s\\n' '--end--' >&3
IFS= read -r code <&3
if [ "$code" = 0 ]; then cat <&3; else cat <&3 >&2; fi
exit "$code"
`;

const root = mkdtempSync(join(tmpdir(), 'fullcourt-script-'));
const [bin, bundles] = [join(root, 'bin'), join(root, 'bundles')];
let model: ProjectModel;
let server: Server;
let stdin = '';
let folder = '';
let script = '';

beforeAll(async () => {
  mkdirSync(bin);
  for (const name of ['gcloud', 'bq']) writeFileSync(join(bin, name), SHIM, { mode: 0o755 });
  writeFileSync(join(bin, 'sleep'), '#!/bin/sh\n', { mode: 0o755 });
  for (const { name } of [...services(), TRAINING_JOB]) {
    mkdirSync(join(bundles, 'dist', name), { recursive: true });
    writeFileSync(join(bundles, 'dist', name, 'index.js'), `// ${name}\n`);
  }
  server = createServer({ allowHalfOpen: true }, (socket) => {
    let asked = '';
    socket.setEncoding('utf8').on('data', (text: string) => {
      asked += text;
      if (!asked.endsWith('--end--\n')) return;
      const [words = '', input = ''] = asked.slice(0, -'--end--\n'.length).split('--stdin--\n');
      stdin = input;
      const argv = words.split('\n').slice(0, -1);
      void model
        .run({ argv, ...(argv[0] === 'bq' ? { input: 'stdin' } : {}) })
        .then(({ code, stdout, stderr }) => socket.end(`${code}\n${code === 0 ? stdout : stderr}`));
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.close();
  removeFolder(root);
});
beforeEach(() => {
  folder = mkdtempSync(join(root, 'out-'));
  script = writeScript(folder, deployment, bundles);
  model = projectModel({
    project: where.project,
    number: where.projectNumber,
    file: (path) => (path === 'stdin' ? stdin : readFileSync(join(folder, path), 'utf8')),
  });
});

const run = (): Promise<{ code: number; said: string }> =>
  new Promise((resolve, reject) => {
    const child = spawn('bash', [script], {
      cwd: '/',
      env: {
        PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}`,
        MODEL_PORT: String((server.address() as AddressInfo).port),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (said += text));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, said }));
  });

/** What a deployment would still change. */
const left = async (): Promise<string[]> =>
  deployPlan(deployment, 'x', (await observe(model.run, deployment)).observed).stages.flatMap(({ steps }) =>
    steps.map(({ change, what }) => `${change} ${what}`),
  );

describe('the script of a dry run', () => {
  it('holds the real names and nothing to fill in', () => {
    const text = readFileSync(script, 'utf8');
    expect(text).toContain(`europe-west1; tables and source files in EU`);
    expect(text).toContain('service-123456789012@gcp-sa-pubsub');
    expect(text).not.toMatch(/PROJECT|infra\/generated|\.deploy\//);
    for (const [, file = ''] of text.matchAll(/(?:from |=)(files\/\S+)/g))
      expect(readFileSync(join(folder, file), 'utf8').length, file).toBeGreaterThan(0);
    for (const { name } of [...services(), TRAINING_JOB])
      expect(readFileSync(join(folder, 'dist', name, 'index.js'), 'utf8')).toContain(name);
  });

  it('makes what a deployment makes; a second time, nothing', async () => {
    const first = await run();
    expect([first.code, first.said]).toEqual([0, expect.stringMatching(/Everything is deployed\.\n$/)]);
    expect(await left()).toEqual([]);
    const before = new Set(model.things.keys());
    const second = await run();
    expect([second.code, second.said]).toEqual([0, expect.stringMatching(/Everything is deployed\.\n$/)]);
    expect(await left()).toEqual([]);
    expect(new Set(model.things.keys())).toEqual(before);
  });

  it('waits for what passes, stops at what does not, and goes on from there', async () => {
    model.failOnce(/composite create/, 'ERROR: ABORTED: Aborted due to cross-transaction contention');
    model.failOnce(/run deploy nba-orchestrate/, 'ERROR: PERMISSION_DENIED: run.services.create');
    const stopped = await run();
    expect(stopped.code).toBe(1);
    expect(stopped.said).toMatch(/waits 5 s and tries again: .*cross-transaction contention/);
    expect(stopped.said).toMatch(
      /run deploy nba-orchestrate [\s\S]*PERMISSION_DENIED[\s\S]*go on with: bash deploy\.sh/,
    );
    expect((await run()).code).toBe(0);
    expect(await left()).toEqual([]);
  });

  it('takes no database that exists', async () => {
    model.things.set('database fullcourt', {
      name: 'projects/hoops-1234/databases/fullcourt',
      type: 'FIRESTORE_NATIVE',
    });
    const stopped = await run();
    expect(stopped.code).toBe(1);
    expect(stopped.said).toMatch(
      /mark it and go on: .*fullcourt_deployments.* -- otherwise choose another with --database/,
    );
    expect(
      [...model.things.keys()].filter((key) => /^(ttl|unindexed|composite|function) /.test(key)),
    ).toEqual([]);
  });

  it("is not written over what is somebody else's", () => {
    writeFileSync(join(root, 'precious.txt'), 'x');
    expect(() => writeScript(root, deployment, bundles)).toThrow(/--out: .* holds other files/);
    expect(writeScript(folder, deployment, bundles)).toBe(script);
  });
});
