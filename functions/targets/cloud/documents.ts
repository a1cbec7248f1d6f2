/**
 * The targets `emulator` and `gcp`: documents in Firestore and messages on Pub/Sub. Tables (`tables.ts`) and source
 * files (`files.ts`) are apart, because the bundle of a function holds every module that it can reach. Every port
 * is opened by its first call, so that a process loads the clients it uses and no other.
 */
import type { Config } from '../../../shared/config.ts';
import { assertEasternZone } from '../../../shared/domain/game-date.ts';
import { logger } from '../../../shared/observe/logger.ts';
import type { Publisher } from '../../../shared/ports/bus.ts';
import type { DocumentPorts, Log } from '../../../shared/ports/index.ts';
import type { StateStore } from '../../../shared/ports/state-store.ts';
import type { VerifyPusher } from '../../edge/push.ts';
import type { DocumentContext } from '../../steps/context.ts';
import { tracerOf } from '../traces.ts';

interface Closable {
  readonly close?: () => Promise<void> | void;
}

/** What the first call of a port has opened. */
const openedOf = new WeakMap<object, () => Promise<Closable> | undefined>();

/** Closes what a port of {@link deferred} has opened, if it has opened anything. */
export async function closePort(port: object): Promise<void> {
  await (await openedOf.get(port)?.())?.close?.();
}

/** A port whose adapter is opened by its first call; a failure to open is not kept. */
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
    // A port is not a promise, though everything it does is one.
    get: (_, name) =>
      name === 'then'
        ? undefined
        : async (...given: readonly unknown[]) =>
            ((await port()) as Record<PropertyKey, Method>)[name]?.(...given),
  });
  openedOf.set(proxy, () => opened);
  return proxy;
}

export function cloudStore({ cloud }: Config): StateStore {
  return deferred(async () => {
    const { firestoreStore } = await import('../../../shared/adapters/gcp/firestore-store.ts');
    return firestoreStore(cloud);
  });
}

export function cloudPublisher({ cloud }: Config): Publisher {
  return deferred(async () => {
    const { pubSubPublisher } = await import('../../../shared/adapters/gcp/pubsub-publisher.ts');
    return pubSubPublisher(cloud);
  });
}

/** The lines of a function, where the platform collects them. */
export function functionLog({ log, cloud }: Config): Log {
  return logger(log, (line) => process.stdout.write(line), { project: cloud.project });
}

/** The lines of a command, whose standard output is its answer. */
export function commandLog({ commandLog: level, cloud }: Config): Log {
  return logger(level, (line) => process.stderr.write(line), { project: cloud.project });
}

/** Checks that a push comes from the account of the subscriptions; undefined where none is configured, as with the emulators. */
export function pushVerifier({ cloud }: Config): VerifyPusher | undefined {
  const expected = cloud.push;
  if (expected === undefined) return undefined;
  let verify: VerifyPusher | undefined;
  return async (authorization) => {
    verify ??= (await import('../../../shared/adapters/gcp/push-identity.ts')).pushIdentity(expected);
    return verify(authorization);
  };
}

/** Ports for work on documents and messages. */
export function documentPorts(config: Config, log: Log = functionLog(config)): DocumentPorts {
  assertEasternZone();
  const tracer = tracerOf(config);
  return {
    store: cloudStore(config),
    publisher: cloudPublisher(config),
    clock: () => new Date(),
    log,
    ...(tracer === undefined ? {} : { tracer }),
  };
}

/** What a handler needs that reads and writes documents and messages only. */
export function openContext(config: Config): DocumentContext {
  return { ports: documentPorts(config) };
}
