/**
 * The client of a home that belongs to somebody else who lets a group read it. Everything is asked from the process that works on
 * the home; nothing can be published, written or built.
 */
import { join } from 'node:path';
import { fileArchive } from '../../../shared/adapters/embedded/file-archive.ts';
import type { Config } from '../../../shared/config.ts';
import { RequestError } from '../../../shared/domain/failure.ts';
import { logger } from '../../../shared/observe/logger.ts';
import { asStored } from '../../../shared/ports/stored-values.ts';
import type { Doc, Listed, StateStore } from '../../../shared/ports/state-store.ts';
import { loadRegistry } from '../../processors/registry.ts';
import type { Client } from '../client.ts';
import { EMBEDDED_POLICY } from './client.ts';
import { answers, distantWarehouse, valueOf } from './reading.ts';
import { once, type Say } from './silence.ts';

/** Opens the client. @throws RequestError when nobody works on the home, so that nobody answers */
export async function openGuest(config: Config, tell?: Say): Promise<Client> {
  const { home } = config;
  const say = once(tell);
  if (!(await answers(home, say)))
    throw new RequestError(
      `${home} belongs to somebody else, and no process of his answers questions about it; he can start one with: fullcourt serve`,
    );
  const refuse = (): never => {
    throw new RequestError(`${home} belongs to somebody else: you may read it, and change nothing`);
  };
  const refused = async (): Promise<never> => refuse();
  return {
    config,
    registry: loadRegistry(),
    policy: EMBEDDED_POLICY,
    store: distantStore(home, refused),
    publisher: { publish: refused },
    archive: { ...fileArchive(join(home, 'archive')), write: refused },
    http: { ask: refused },
    clock: () => new Date(),
    log: logger(config.log, (line) => process.stderr.write(line)),
    pollMs: 1000,
    backlog: () => undefined,
    openWorker: refused,
    openWorkerOrRefuse: refused,
    // The process that answers has looked when it opened the home.
    assertWhole: () => Promise.resolve(),
    withWarehouse: refused,
    snapshot: refused,
    readWarehouse: (_what, look) => look(distantWarehouse(home, say)),
    close: () => undefined,
  };
}

function distantStore(home: string, refused: () => Promise<never>): StateStore {
  const getAll = async <T = Doc>(paths: readonly string[]): Promise<(T | undefined)[]> => {
    const found = (await valueOf(home, { op: 'documents', paths: [...paths] })) as (object | null)[];
    return found.map((each) => (each === null ? undefined : (asStored(each) as T)));
  };
  const list: StateStore['list'] = async (collection, where, limit) => {
    const asked = { collection, ...(where === undefined ? {} : { where }) };
    const found = (await valueOf(home, {
      op: 'list',
      ...asked,
      ...(limit === undefined ? {} : { limit }),
    })) as Listed[];
    return found.map((each) => ({ ...each, data: asStored(each.data) }));
  };
  return {
    get: async <T = Doc>(path: string) => (await getAll<T>([path]))[0],
    getAll,
    list,
    ids: async (collection) => (await list(collection)).map(({ id }) => id),
    count: async (collection, where) =>
      (await valueOf(home, {
        op: 'count',
        collection,
        ...(where === undefined ? {} : { where }),
      })) as number,
    transaction: refused,
  };
}
