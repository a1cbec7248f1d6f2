/** The commands of a deployment on Google Cloud: deploy, verify-deploy, doctor, undeploy. */
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf } from '../../functions/steps/probe.ts';
import { loadRegistry } from '../../functions/processors/registry.ts';
import { environment, readConfig } from '../../shared/config.ts';
import { scriptLines } from '../../infra/steps/script.ts';
import { services } from '../../shared/derive/services.ts';
import { deploymentName, type DeployTarget } from '../../infra/declared/target.ts';
import { SWEEP_TOPIC } from '../../shared/derive/topic-names.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import { apply, planDocument, planText } from '../../infra/apply/apply.ts';
import { declared, deploy, difference, dryRun, type Deployed } from '../../infra/apply/deploy.ts';
import { examine } from '../../infra/apply/doctor.ts';
import { observe } from '../../infra/apply/observe.ts';
import { publishLine } from '../../infra/apply/publish.ts';
import { releaseOf } from '../../infra/apply/release.ts';
import { processRunner, type Runner } from '../../infra/apply/runner.ts';
import {
  folderOf,
  numbered,
  targetOf,
  UNKNOWN_NUMBER,
  writeFiles,
  type TargetFlags,
} from '../../infra/apply/target.ts';
import { keptBy, undeployStages } from '../../infra/apply/undeploy.ts';
import { checksOf, sendProbe, type Check, type Probing } from '../../infra/apply/verify.ts';
import { answer, EXIT, tell, type GlobalOptions } from './command.ts';

export type Flags = TargetFlags & GlobalOptions;

export interface DeployFlags extends Flags {
  readonly dryRun?: boolean;
  readonly diff?: boolean;
}

export async function deployCommand(flags: DeployFlags): Promise<number> {
  const target = targetOf(flags, environment);
  const run = processRunner(target.project, environment);
  // Each function is started on this machine before anything is sent to Google Cloud.
  const isSent = flags.dryRun !== true && flags.diff !== true;
  const release = await releaseOf(run, tell, isSent);
  const request = { target, release, registry: loadRegistry() };
  if (flags.dryRun === true) {
    const plan = dryRun(request);
    writeFiles(folderOf(target), plan.files);
    tell(`The files that the command lines name are in ${folderOf(target)}; nothing was run`);
    if (target.projectNumber === UNKNOWN_NUMBER)
      tell(
        `Replace ${UNKNOWN_NUMBER} by the number that \`gcloud projects describe ${target.project} --format='value(projectNumber)'\` prints`,
      );
    answer(flags, { target, steps: planDocument(plan.stages) }, () => scriptLines(plan.stages).join('\n'));
    return EXIT.done;
  }
  if (flags.diff === true) {
    const found = await difference(run, request);
    return answerDeployed(flags, found, planText(found.plan.stages).join('\n'));
  }
  return answerDeployed(flags, await deploy(run, request, { tell, sleep: (ms) => sleep(ms) }));
}

function answerDeployed(flags: DeployFlags, deployed: Deployed, changes?: string): number {
  const { target, plan } = deployed;
  const where = `${target.project} (${deploymentName(target)})`;
  const steps = planDocument(plan.stages);
  if (deployed.kind === 'refused') {
    answer(flags, { target, refusals: plan.refusals, steps }, () =>
      [`Nothing was changed in ${where}, because:`, ...plan.refusals.map((reason) => `- ${reason}`)].join(
        '\n',
      ),
    );
    return EXIT.failed;
  }
  answer(flags, { target, refusals: [], changed: deployed.changed, steps }, () => {
    if (steps.length === 0) return `Nothing to change in ${where}: everything is as declared`;
    if (changes !== undefined) return changes;
    return `${deployed.changed} changes in ${where}. Check that it works with: fullcourt verify-deploy ${flagsOf(target)}`;
  });
  return changes !== undefined && steps.length > 0 ? EXIT.failed : EXIT.done;
}

/** The flags that name this deployment in another command. */
function flagsOf({ project, region, location, prefix }: DeployTarget): string {
  return [
    `--project ${project}`,
    `--region ${region}`,
    ...(location === 'US' ? [] : [`--location ${location}`]),
    ...(prefix === '' ? [] : [`--dataset-prefix ${prefix}`]),
  ].join(' ');
}

export interface VerifyFlags extends Flags {
  readonly probe: boolean;
  readonly timeout: string;
}

export async function verifyCommand(flags: VerifyFlags): Promise<number> {
  const timeoutSeconds = Number(flags.timeout);
  if (!Number.isInteger(timeoutSeconds) || timeoutSeconds < 1 || timeoutSeconds > 3600)
    throw new RequestError('--timeout is a number of seconds from 1 to 3600');
  const asked = targetOf(flags, environment);
  const run = processRunner(asked.project, environment);
  const target = await numbered(run, asked);
  const registry = loadRegistry();
  const release = await releaseOf(run, tell);
  const deployment = declared({ target, release, registry });
  tell(`Looking at ${target.project}`);
  const checks = checksOf(deployment, await observe(run, deployment));
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
        : `${failed.length} of ${checks.length} checks failed. Repair the deployment with: fullcourt deploy ${flagsOf(target)}`,
    ].join('\n'),
  );
  return failed.length === 0 ? EXIT.done : EXIT.failed;
}

const MARKS = { ok: 'ok     ', note: 'note   ', missing: 'MISSING', unknown: '?      ' } as const;

export async function doctorCommand(flags: Flags): Promise<number> {
  const target = targetOf(flags, environment);
  const findings = await examine(processRunner(target.project, environment), target, process.version);
  const missing = findings.filter(({ state }) => state === 'missing');
  answer(flags, { target, ok: missing.length === 0, findings }, () =>
    [
      ...findings.flatMap(({ check, state, detail, fix }) => [
        `${MARKS[state]} ${check}: ${detail}`,
        ...(fix === undefined ? [] : [`        ${fix}`]),
      ]),
      '',
      missing.length === 0
        ? `Nothing is missing. Go on with: fullcourt deploy ${flagsOf(target)} --dry-run`
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
  const asked = targetOf(flags, environment);
  const run = processRunner(asked.project, environment);
  const target = await numbered(run, asked);
  const deployment = declared({
    target,
    release: { commit: '', bundles: new Map() },
    registry: loadRegistry(),
  });
  tell(`Looking at ${target.project}`);
  const stages = undeployStages(deployment, (await observe(run, deployment)).observed);
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
  const removed = await apply(run, stages, { tell, sleep: (ms) => sleep(ms) });
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
