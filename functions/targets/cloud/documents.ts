/**
 * The targets `emulator` and `gcp`: documents in Firestore and messages on Pub/Sub. Tables (`tables.ts`) and
 * source files (`files.ts`) are in modules of their own, because the bundle of a function holds every module
 * it imports. Each port is opened by its first call, so that a process loads only the clients it uses.
 */
import type { Config } from '../../../shared/config.ts';
import { assertEasternZone } from '../../../shared/domain/game-date.ts';
import { logger } from '../../../shared/observe/logger.ts';
import type { Publisher } from '../../../shared/ports/bus.ts';
import { clockAhead, type DocumentPorts, type Log } from '../../../shared/ports/index.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import type { VerifyPusher } from '../../edge/push.ts';
import type { DocumentContext } from '../../steps/context.ts';
import { tracerOf } from '../traces.ts';

interface Closable {
  readonly close?: () => Promise<void> | void;
}

/** For each port of `deferred`, the adapter that its first call has opened. */
const openedOf = new WeakMap<object, () => Promise<Closable> | undefined>();

/** Closes the adapter of a port that {@link deferred} made. Does nothing when the port was never called. */
export async function closePort(port: object): Promise<void> {
  await (await openedOf.get(port)?.())?.close?.();
}

/** A port whose adapter is opened by its first call. When opening fails, the next call tries again. */
export function deferred<Port extends object>(open: () => Promise<Port>): Port {
  let opened: Promise<Port> | undefined;
  const port = (): Promise<Port> => {
    opened ??= open().catch((error: unknown) => {
      opened = undefined;
      throw error;
    });
    return opened;
  };
  type Method = (...given: readonly unknown[]) => unknown;
  const proxy = new Proxy({} as Port, {
    // Without this, `await port` would take the port for a promise.
    get: (_, name) =>
      name === 'then'
        ? undefined
        : async (...given: readonly unknown[]) =>
            ((await port()) as Record<PropertyKey, Method>)[name]?.(...given),
  });
  openedOf.set(proxy, () => opened);
  return proxy;
}

/** The documents of the deployment, in Firestore. */
export function cloudStore({ cloud }: Config): StateStore {
  return deferred(async () => {
    const { firestoreStore } = await import('../../../shared/adapters/gcp/firestore-store.ts');
    return firestoreStore(cloud);
  });
}

/** The messages of the deployment, on Pub/Sub. */
export function cloudPublisher({ cloud, revision }: Config): Publisher {
  return deferred(async () => {
    const { pubSubPublisher } = await import('../../../shared/adapters/gcp/pubsub-publisher.ts');
    return pubSubPublisher(cloud, { sender: revision });
  });
}

/** The log of a function. It writes to standard output, which the platform collects. */
export function functionLog({ log, cloud }: Config): Log {
  return logger(log, (line) => process.stdout.write(line), { project: cloud.project });
}

/** The log of a command. It writes to standard error, because standard output is the command's answer. */
export function commandLog({ commandLog: level, cloud }: Config): Log {
  return logger(level, (line) => process.stderr.write(line), { project: cloud.project });
}

/**
 * Checks that a push comes from the configured account. Undefined when none is configured, as with the
 * emulators.
 */
export function pushVerifier({ cloud }: Config): VerifyPusher | undefined {
  const expected = cloud.push;
  if (expected === undefined) return undefined;
  let verify: VerifyPusher | undefined;
  return async (authorization) => {
    verify ??= (await import('../../../shared/adapters/gcp/push-identity.ts')).pushIdentity(expected);
    return verify(authorization);
  };
}

/**
 * The ports of a process that works on documents and messages.
 * @throws Error when Node lacks the Eastern time zone
 */
export function documentPorts(config: Config, log: Log = functionLog(config)): DocumentPorts {
  assertEasternZone();
  const tracer = tracerOf(config);
  const clock = (): Date => new Date();
  return {
    store: cloudStore(config),
    publisher: cloudPublisher(config),
    clock,
    ...clockAhead(config.clockAheadSeconds, clock),
    log,
    ...(tracer === undefined ? {} : { tracer }),
  };
}

/** The context of a handler that uses only documents and messages. */
export function openContext(config: Config): DocumentContext {
  return { ports: documentPorts(config) };
}
