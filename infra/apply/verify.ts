/**
 * Verifies a deployment: reads back everything that the pipeline needs, and sends a test message through it.
 */
import type { Deployment } from '../declared/deployment.ts';
import { subscriptionDrift } from '../steps/pubsub-steps.ts';
import { migrationsOf } from '../steps/warehouse-steps.ts';
import { functionDrift } from '../steps/function-steps.ts';
import { deployPlan } from '../steps/plan.ts';
import { bindingKey, type ResourceKind } from '../declared/iam.ts';
import { paths } from '../../shared/state/documents.ts';
import { TTL_FIELDS } from '../../shared/derive/document-ttl.ts';
import { scheduleDrift } from '../steps/schedule-steps.ts';
import { jobDrift } from '../steps/training-steps.ts';
import type { Sighting } from './observe.ts';

/** The result of one check. */
export interface Check {
  readonly check: string;
  readonly ok: boolean;
  /** What is wrong, in words; empty when the check succeeded. */
  readonly faults: readonly string[];
  /** True when the fault goes away without action. */
  readonly passes?: boolean;
}

/** All checks that send no message. */
export function checksOf(deployment: Deployment, sighting: Sighting): Check[] {
  const { observed } = sighting;
  const { functions, subscriptions, bindings, topics } = deployment;
  const lacking = (on: ResourceKind, role: string): string[] =>
    bindings
      .filter(
        (binding) =>
          binding.on === on && binding.role === role && !observed.bindings.has(bindingKey(binding)),
      )
      .map(({ name, member }) => `${member} lacks ${role} on ${on} ${name}`);
  return [
    check(
      'each topic has exactly one subscription',
      topics.flatMap((topic) => {
        const readers = sighting.readers.filter((reader) => reader.topic === topic);
        if (readers.length === 1) return [];
        return [
          readers.length === 0
            ? `nobody reads ${topic}`
            : `${topic} is read ${readers.length} times, by ${readers.map(({ subscription }) => subscription).join(', ')}: delete what is not ours (gcloud pubsub subscriptions delete NAME)`,
        ];
      }),
    ),
    check(
      'each subscription pushes to its function, with its token, deadline, waits and dead-letter topic',
      subscriptions.flatMap((spec) => {
        const found = observed.subscriptions.get(spec.name);
        if (found === undefined) return [`${spec.name} is not there`];
        return [
          ...(found.topic === spec.topic ? [] : [`${spec.name} reads ${found.topic}, not ${spec.topic}`]),
          ...subscriptionDrift(spec, found).map((fault) => `${spec.name}: ${fault}`),
        ];
      }),
    ),
    check('Pub/Sub may forward dead letters', [
      ...bindings
        .filter(
          (binding) =>
            binding.member.includes('@gcp-sa-pubsub.') &&
            (binding.on === 'topic' || binding.on === 'subscription') &&
            !observed.bindings.has(bindingKey(binding)),
        )
        .map(({ on, name, role }) => `it lacks ${role} on ${on} ${name}`),
    ]),
    check('pushes may call the functions', [
      ...lacking('function', 'roles/run.invoker'),
      ...lacking('account', 'roles/iam.serviceAccountTokenCreator'),
    ]),
    check(
      'each function is as declared, of this commit and this bundle',
      functions.flatMap((spec) => {
        const found = observed.functions.get(spec.name);
        if (found === undefined) return [`${spec.name} is not there`];
        return functionDrift(spec, found).map((fault) => `${spec.name}: ${fault}`);
      }),
    ),
    check(
      'the job that trains is as declared, of this commit and this bundle',
      jobFaults(deployment, sighting),
    ),
    check(
      'the newest revision of each function serves everything',
      functions.flatMap(({ name }) => {
        const share = observed.functions.get(name)?.newestShare ?? 0;
        return share === 100 ? [] : [`the newest revision of ${name} has ${share} %`];
      }),
    ),
    check(
      'each function has the address that pushes go to',
      functions.flatMap(({ name }) => {
        const urls = observed.functions.get(name)?.urls ?? [];
        const audience = subscriptions.find(({ endpoint }) =>
          endpoint.startsWith(`https://${name}-`),
        )?.audience;
        return urls.length === 0 || audience === undefined || urls.includes(audience)
          ? []
          : [`${name} has the addresses ${urls.join(', ')}, and pushes go to ${audience}`];
      }),
    ),
    check(
      'every right is given that is needed',
      bindings
        .filter((binding) => !observed.bindings.has(bindingKey(binding)))
        .map(({ on, name, role, member }) => `${member} lacks ${role} on ${on} ${name}`),
    ),
    check(
      'no account of ours has a right beyond',
      sighting.surplus.map((right) => `not derived from anything: ${right}`),
    ),
    check(
      'what only is an audit expires',
      TTL_FIELDS.filter(({ collection, field }) => !observed.ttls.has(`${collection}/${field}`)).map(
        ({ collection }) => `documents of ${collection} never expire`,
      ),
    ),
    { ...check('Firestore has finished with expiry and indexes', sighting.unfinished), passes: true },
    check(
      'each table has its columns, partitions and filter',
      migrationsOf({ deployment, folder: '' }, observed).flatMap(({ name, migration }) => {
        switch (migration.kind) {
          case 'none':
            return [];
          case 'create':
            return [`${name} is not there`];
          case 'alter':
            return [`${name} is not as declared; \`fullcourt deploy\` alters it`];
          case 'refuse':
            return [...migration.reasons];
          default:
            return migration satisfies never;
        }
      }),
    ),
    check(
      'each schedule has its times and its zone, and is on or off as declared',
      deployment.schedules.flatMap((spec) => {
        const found = observed.schedules.get(spec.name);
        if (found === undefined) return [`${spec.name} is not there`];
        return scheduleDrift(spec, found).map((fault) => `${spec.name}: ${fault}`);
      }),
    ),
    check(
      'nothing else differs',
      deployPlan(deployment, '', observed).stages.flatMap(({ steps }) =>
        steps.map(({ change, what }) => `deploy would ${change} ${what}`),
      ),
    ),
  ];
}

function jobFaults({ training: spec }: Deployment, { observed }: Sighting): string[] {
  const found = observed.jobs.get(spec.name);
  if (found === undefined) return [`${spec.name} is not there`];
  return jobDrift(spec, found).map((fault) => `${spec.name}: ${fault}`);
}

function check(name: string, faults: readonly string[]): Check {
  return { check: name, ok: faults.length === 0, faults };
}

/** The functions that `sendProbe` needs. */
export interface Probing {
  readonly publish: (topic: string, body: string) => Promise<unknown>;
  /** The document at a path; undefined when it does not exist. */
  readonly read: (path: string) => Promise<Readonly<Record<string, unknown>> | undefined>;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
}

/** A test message, and what must answer it. */
export interface Probe {
  readonly id: string;
  /** Name of the topic without the prefix of the deployment. */
  readonly topic: string;
  readonly timeoutSeconds: number;
  /** Digest of the code that must answer the message. */
  readonly code: string;
  /** Digest of the bundle that must answer; left out when any bundle may. */
  readonly bundle?: string;
}

const LOOK_EVERY_MS = 1000;

/**
 * Sends a test message and waits for the document that a function writes for it. The message goes the same
 * way as all others: topic, push with a token, function, document.
 */
export async function sendProbe(probe: Probe, { publish, read, sleep, now }: Probing): Promise<Check> {
  const name = 'a message goes the whole way';
  const begun = now();
  const path = paths.probe(probe.id);
  await publish(probe.topic, JSON.stringify({ probeId: probe.id }));
  while (now() - begun < probe.timeoutSeconds * 1000) {
    const document = await read(path);
    if (document !== undefined)
      return check(name, [
        ...(document['code'] === probe.code
          ? []
          : [
              `${path} was written by code ${String(document['code'])}, and this is ${probe.code}: deploy again`,
            ]),
        // The label only says what was deployed. The document says which bundle really runs.
        ...(probe.bundle === undefined || document['bundle'] === probe.bundle
          ? []
          : [
              `${path} was written by the bundle ${String(document['bundle'])}, and this is ${probe.bundle}: the function runs other code than its label says; deploy again`,
            ]),
      ]);
    await sleep(LOOK_EVERY_MS);
  }
  return check(name, [
    `no document ${path} after ${probe.timeoutSeconds} s: look at the logs of the function and at the pushes of its subscription`,
  ]);
}
