/** The commands on what is deployed on Google Cloud: verify-deploy, doctor and undeploy. */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../functions/steps/probe.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { environment, readConfig } from '../../shared/config.ts';
import { services } from '../../shared/derive/services.ts';
import { placeLine } from '../../infra/declared/places.ts';
import { deploymentName, type DeployTarget } from '../../infra/declared/target.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { apply, planDocument, planText } from '../../infra/apply/apply.ts';
import { declared } from '../../infra/apply/deploy.ts';
import { examine, type Finding } from '../../infra/apply/doctor.ts';
import { observe } from '../../infra/apply/observe.ts';
import { patientLooks } from '../../infra/apply/patience.ts';
import { publishLine } from '../../infra/apply/publish.ts';
import { readBack } from '../../infra/apply/read-back.ts';
import { releaseOf } from '../../infra/apply/release.ts';
import { processRunner, type Runner } from '../../infra/apply/runner.ts';
import { askedOf, completed, deployCommandOf } from '../../infra/apply/target.ts';
import { keptBy, undeployStages } from '../../infra/apply/undeploy.ts';
import { checksOf, sendProbe, type Check, type Probing } from '../../infra/apply/verify.ts';
import { answer, EXIT, tell } from './command.ts';
import { numberOption } from './options.ts';
import { meant, waiting, type DeploymentFlags as Flags } from './deployment.ts';

export interface VerifyFlags extends Flags {
  readonly probe: boolean;
  readonly timeout: string;
}

export async function verifyCommand(flags: VerifyFlags): Promise<number> {
  const timeoutSeconds = numberOption('--timeout', flags.timeout, { least: 1, most: 3600 });
  const { target, run, refusals } = await meant(flags);
  tell(placeLine(target));
  if (refusals.length > 0) throw new RequestError(refusals.join('; '));
  const registry = loadRegistry();
  const release = await releaseOf(run, tell);
  const deployment = declared({ target, release, registry });
  const checks = checksOf(deployment, await observe(patientLooks(run, waiting), deployment));
  const isSound = checks.every(({ ok, passes }) => ok || passes === true);
  if (flags.probe && isSound) {
    tell('Sending a message');
    const bundle = services()
      .filter(({ topics }) => topics.some(({ name }) => name === SWEEP_TOPIC))
      .map(({ name }) => release.bundles.get(name))[0];
    const probe = {
      id: `probe-${randomUUID()}`,
      topic: SWEEP_TOPIC,
      timeoutSeconds,
      code: codeOf(registry),
      ...(bundle === undefined ? {} : { bundle }),
    };
    checks.push(await sendProbe(probe, await probing(target, run)));
  }
  return answerChecks(flags, target, checks);
}

/** Publishes the test message with gcloud, as a person would, and reads the answer from the documents. */
async function probing(target: DeployTarget, run: Runner): Promise<Probing> {
  const { openCloudClient } = await import('../../functions/targets/cloud/client.ts');
  const { assertLogin } = await import('../../functions/targets/cloud/login.ts');
  await assertLogin();
  const client = openCloudClient(
    readConfig({
      ...environment,
      FULLCOURT_TARGET: 'gcp',
      FULLCOURT_PROJECT: target.project,
      FULLCOURT_REGION: target.region,
      FULLCOURT_LOCATION: target.location,
      FULLCOURT_DATASET_PREFIX: target.prefix,
      FULLCOURT_DATABASE: target.database,
      FULLCOURT_BUCKET: target.bucket,
    }),
  );
  return {
    publish: async (topic, body) => {
      const ran = await run(publishLine(target, topic, body));
      if (ran.code !== 0) throw new Error(`The message was not published: ${ran.stderr.trim()}`);
    },
    read: (path) => client.store.get(path),
    sleep: (ms) => sleep(ms),
    now: () => Date.now(),
  };
}

function answerChecks(flags: Flags, target: DeployTarget, checks: readonly Check[]): number {
  const failed = checks.filter(({ ok, passes }) => !ok && passes !== true);
  answer(flags, { target, ok: failed.length === 0, checks }, () =>
    [
      ...checks.flatMap(({ check, ok, faults, passes }) => [
        `${ok ? 'ok   ' : passes === true ? 'wait ' : 'WRONG'} ${check}`,
        ...faults.slice(0, 12).map((fault) => `        ${fault}`),
        ...(faults.length > 12 ? [`        and ${faults.length - 12} more`] : []),
      ]),
      '',
      failed.length === 0
        ? `${target.project} (${deploymentName(target)}) is as declared`
        : `${failed.length} of ${checks.length} checks failed. Repair the deployment with: ${deployCommandOf(target)}`,
    ].join('\n'),
  );
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

const MARKS = { ok: 'ok     ', note: 'note   ', missing: 'MISSING', unknown: '?      ' } as const;

export async function doctorCommand(flags: Flags): Promise<number> {
  const asked = askedOf(flags, environment);
  const run = processRunner(asked.project, environment);
  // Where the project cannot be read yet, the findings say why.
  const found = await readBack(run, asked).catch((): undefined => undefined);
  const target = found?.target ?? completed(asked);
  const findings: Finding[] = [
    { check: 'place', state: 'ok', detail: placeLine(target) },
    { check: 'database of the documents', state: 'ok', detail: target.database },
    ...(found?.notes ?? []).map((detail): Finding => ({ check: 'read back', state: 'note', detail })),
    ...(found?.refusals ?? []).map((detail): Finding => ({
      check: 'what is deployed',
      state: 'missing',
      detail,
    })),
    ...(await examine(run, target, process.version)),
  ];
  const missing = findings.filter(({ state }) => state === 'missing');
  answer(flags, { target, ok: missing.length === 0, findings }, () =>
    [
      ...findings.flatMap(({ check, state, detail, fix }) => [
        `${MARKS[state]} ${check}: ${detail}`,
        ...(fix === undefined ? [] : [`        ${fix}`]),
      ]),
      '',
      missing.length === 0
        ? `Nothing is missing. Go on with: ${deployCommandOf(target)} --dry-run`
        : `${missing.length} things are missing`,
    ].join('\n'),
  );
  return missing.length === 0 ? EXIT.done : EXIT.failed;
}

export interface UndeployFlags extends Flags {
  readonly yes?: boolean;
  readonly dryRun?: boolean;
}

export async function undeployCommand(flags: UndeployFlags): Promise<number> {
  // Nothing is taken away that nobody has named.
  const { target, run, refusals } = await meant(flags, false);
  if (refusals.length > 0) throw new RequestError(refusals.join('; '));
  const deployment = declared({
    target,
    release: { commit: '', bundles: new Map() },
    registry: loadRegistry(),
  });
  const stages = undeployStages(deployment, (await observe(patientLooks(run, waiting), deployment)).observed);
  const kept = keptBy(deployment);
  const steps = planDocument(stages);
  const stays = [`Stays as it is, with everything in it:`, ...kept.map((each) => `- ${each}`)].join('\n');
  const document = { target, kept, steps };
  if (steps.length === 0 || flags.dryRun === true) {
    answer(flags, { ...document, removed: 0 }, () =>
      [...(steps.length === 0 ? ['No part of the deployment is there'] : planText(stages)), '', stays].join(
        '\n',
      ),
    );
    return EXIT.done;
  }
  tell(`${planText(stages).join('\n')}\n\n${stays}\n`);
  if (flags.yes !== true && !(await isConfirmed(target))) {
    tell('Nothing was removed');
    return EXIT.failed;
  }
  const removed = await apply(run, stages, waiting);
  answer(flags, { ...document, removed }, () => `${removed} things were removed. ${stays}`);
  return EXIT.done;
}

/** @throws RequestError when no terminal is there to ask at */
async function isConfirmed(target: DeployTarget): Promise<boolean> {
  if (!process.stdin.isTTY) throw new RequestError('No terminal is there to confirm at; pass --yes');
  const asker = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const said = await asker.question(`Type ${target.project} to remove it: `);
    return said.trim() === target.project;
  } finally {
    asker.close();
  }
}
