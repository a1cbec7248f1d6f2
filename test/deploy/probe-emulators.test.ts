/** The probe of `verify-deploy` for real: published by gcloud, pushed to the function in its own process, read from Firestore. */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTopology } from '../../functions/targets/emulator/topology.ts';
import { cloudStore } from '../../functions/targets/cloud/documents.ts';
import { codeOf } from '../../functions/steps/probe.ts';
import { publishLine } from '../../infra/apply/publish.ts';
import { processRunner } from '../../infra/apply/runner.ts';
import { sendProbe, type Probing } from '../../infra/apply/verify.ts';
import { findGoogleEmulators, findGoogleSdk, isMissing } from '../../scripts/tools/find.ts';
import { startFunctions } from '../../scripts/tools/function-processes.ts';
import { readConfig, type Config } from '../../shared/config.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { registry } from '../support/deployment.ts';
import { ownProject, sharedEmulator } from '../support/run-emulators.ts';
import { removeFolder } from '../support/remove-folder.ts';

const isAbsent = isMissing(findGoogleSdk()) || isMissing(findGoogleEmulators());
const PREFIX = 'probing_';

describe.skipIf(isAbsent)('a probe through the emulators', () => {
  const folder = mkdtempSync(join(tmpdir(), 'fullcourt-probe-'));
  const undo: (() => Promise<unknown>)[] = [];
  let config: Config;
  let probing: Probing;

  beforeAll(async () => {
    const [pubsub, firestore] = await Promise.all([sharedEmulator('pubsub'), sharedEmulator('firestore')]);
    const env = {
      PATH: process.env['PATH'],
      FULLCOURT_TARGET: 'emulator',
      FULLCOURT_HOME: folder,
      FULLCOURT_PROJECT: ownProject('probe'),
      FULLCOURT_DATASET_PREFIX: PREFIX,
      PUBSUB_EMULATOR_HOST: pubsub,
      FIRESTORE_EMULATOR_HOST: firestore,
      // Nobody listens there: a probe has no business with tables.
      FULLCOURT_BIGQUERY_HOST: '127.0.0.1:9',
      METADATA_SERVER_DETECTION: 'none',
    };
    config = readConfig(env);
    const functions = await startFunctions([['nba-sweep']], env, join(folder, 'logs'), () => undefined);
    undo.push(functions.stop);
    await createTopology(config, functions.urls);
    const run = processRunner(config.cloud.project, {
      PATH: process.env['PATH'],
      CLOUDSDK_CONFIG: join(folder, 'gcloud'),
      CLOUDSDK_AUTH_DISABLE_CREDENTIALS: 'true',
      CLOUDSDK_API_ENDPOINT_OVERRIDES_PUBSUB: `http://${pubsub}/`,
    });
    const store = cloudStore(config);
    probing = {
      publish: async (topic, body) => {
        const ran = await run(publishLine(config.cloud, topic, body));
        expect(ran.stderr).not.toMatch(/ERROR/);
      },
      read: (path) => store.get(path),
      sleep: (ms) => sleep(ms),
      now: () => Date.now(),
    };
  }, 180_000);
  afterAll(async () => {
    for (const step of undo.toReversed()) await step();
    removeFolder(folder);
  });

  it('is answered by this code, and a probe of other code is told so', async () => {
    const probe = { id: 'probe-first', topic: SWEEP_TOPIC, timeoutSeconds: 60, code: codeOf(registry) };
    expect(await sendProbe(probe, probing)).toMatchObject({ ok: true, faults: [] });
    expect(await sendProbe({ ...probe, id: 'probe-second', code: 'other' }, probing)).toMatchObject({
      ok: false,
      faults: [expect.stringContaining(codeOf(registry))],
    });
  });

  it('that nobody takes is missed', async () => {
    const probe = {
      id: 'probe-third',
      topic: 'nba-phase3-complete',
      timeoutSeconds: 3,
      code: codeOf(registry),
    };
    expect(await sendProbe(probe, probing)).toMatchObject({
      ok: false,
      faults: [expect.stringMatching(/no document/)],
    });
  });
});
