/** The ports as one handling of a message sees them: every call is a point at which it may fail, wait or die. */
import { transient, type Result } from '../../../shared/domain/failure.ts';
import type { ArchiveStore } from '../../../shared/ports/archive.ts';
import type { PullBus } from '../../../shared/ports/bus.ts';
import type { Http } from '../../../shared/ports/http.ts';
import type { Ports } from '../../../shared/ports/index.ts';
import type { Warehouse } from '../../../shared/ports/warehouse.ts';
import type { FaultDraws } from './faults.ts';
import type { MemoryArchive } from './memory-archive.ts';
import type { MemoryStore } from './memory-store.ts';
import type { Step } from './workers.ts';

/** The ports of handlers, and the source files that loaders read. */
export interface SimulatedPorts extends Ports {
  readonly archive: ArchiveStore;
  /** Asks live sources; absent where a world has none. */
  readonly http?: Http;
}

/** The ports of a world before anything fails. */
export interface SoundPorts extends SimulatedPorts {
  readonly store: MemoryStore;
  readonly publisher: PullBus;
  readonly archive: MemoryArchive;
}

export function faultyPorts(sound: SoundPorts, step: Step, draws: FaultDraws): SimulatedPorts {
  const risky: Step = async (point) => {
    await step(point);
    if (draws.isOut() || draws.strikes(draws.faults.unavailable)) throw new Error(`UNAVAILABLE at ${point}`);
  };
  return {
    ...sound,
    store: sound.store.seenThrough(risky),
    publisher: {
      publish: async (topic, body) => {
        await risky(`before publish to ${topic}`);
        const id = await sound.publisher.publish(topic, body);
        await risky(`after publish to ${topic}`);
        return id;
      },
    },
    warehouse: faultyWarehouse(sound.warehouse, step, draws),
    archive: sound.archive.seenThrough(risky),
    ...(sound.http === undefined ? {} : { http: faultyHttp(sound.http, step) }),
  };
}

/** What a source does is its own affair; a handler may die while it waits for the answer. */
function faultyHttp(http: Http, step: Step): Http {
  return {
    ask: async (question) => {
      await step('before asking a source');
      const answer = await http.ask(question);
      await step('after asking a source');
      return answer;
    },
  };
}

function faultyWarehouse(warehouse: Warehouse, step: Step, draws: FaultDraws): Warehouse {
  const { isOut, strikes, faults } = draws;
  const flaky = async <T>(point: string, call: () => Promise<Result<T>>): Promise<Result<T>> => {
    await step(`before ${point}`);
    if (isOut() || strikes(faults.warehouse))
      return transient('warehouse_unavailable', `no answer to ${point}`);
    const result = await call();
    await step(`after ${point}`);
    return result.ok && strikes(faults.warehouse)
      ? transient('warehouse_timeout', `the answer to ${point} was lost`)
      : result;
  };
  return {
    prepare: warehouse.prepare,
    stage: (job) => flaky(`stage ${job.table.definition.name}`, () => warehouse.stage(job)),
    publish: (job) => flaky(`publish ${job.staged.table.definition.name}`, () => warehouse.publish(job)),
    readBack: (staged, dates) => flaky('readBack', () => warehouse.readBack(staged, dates)),
    published: (table, dates) => flaky('published', () => warehouse.published(table, dates)),
    read: (asked) => flaky(`read ${asked.table.definition.name}`, () => warehouse.read(asked)),
    rowCounts: (ranges) => flaky('rowCounts', () => warehouse.rowCounts(ranges)),
    scheduleFacts: (seasons) => flaky('scheduleFacts', () => warehouse.scheduleFacts(seasons)),
    openOverlay: (shows) => flaky('openOverlay', () => warehouse.openOverlay(shows)),
    appendRunHistory: (rows) => flaky('appendRunHistory', () => warehouse.appendRunHistory(rows)),
    changes: (asked, limit) => flaky('changes', () => warehouse.changes(asked, limit)),
    changeCounts: (asked) => flaky('changeCounts', () => warehouse.changeCounts(asked)),
    changeEvents: (asked) => flaky('changeEvents', () => warehouse.changeEvents(asked)),
    query: warehouse.query,
    notPortable: warehouse.notPortable,
    ask: warehouse.ask,
    discard: async (staged) => {
      await step('discard');
      await warehouse.discard(staged);
    },
  };
}
