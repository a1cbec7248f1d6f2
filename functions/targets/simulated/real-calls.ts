/**
 * A warehouse whose calls take real time, such as DuckDB, in a world of virtual time. Its calls are made one at a time in
 * the order in which they come, and virtual time stands still until they have ended, so that the seed alone decides what
 * runs beside what.
 */
import type { Http } from '../../../shared/ports/http.ts';
import type { Warehouse } from '../../../shared/ports/warehouse.ts';

interface RealCalls {
  readonly warehouse: Warehouse;
  /** Waits until no call is under way. */
  readonly ended: () => Promise<void>;
}

export function realCalls(warehouse: Warehouse): RealCalls {
  let last: Promise<unknown> = Promise.resolve();
  const underWay = new Set<Promise<unknown>>();
  const inTurn =
    <A extends readonly unknown[], T>(call: (...args: A) => Promise<T>) =>
    (...args: A): Promise<T> => {
      const mine = last.then(() => call(...args));
      const end: Promise<unknown> = mine.catch(() => undefined).then(() => underWay.delete(end));
      underWay.add(end);
      last = end;
      return mine;
    };
  return {
    warehouse: {
      prepare: inTurn(warehouse.prepare),
      stage: inTurn(warehouse.stage),
      publish: inTurn(warehouse.publish),
      readBack: inTurn(warehouse.readBack),
      published: inTurn(warehouse.published),
      read: inTurn(warehouse.read),
      discard: inTurn(warehouse.discard),
      rowCounts: inTurn(warehouse.rowCounts),
      scheduleFacts: inTurn(warehouse.scheduleFacts),
      openOverlay: inTurn(warehouse.openOverlay),
      appendRunHistory: inTurn(warehouse.appendRunHistory),
      changes: inTurn(warehouse.changes),
      changeCounts: inTurn(warehouse.changeCounts),
      changeEvents: inTurn(warehouse.changeEvents),
      query: inTurn(warehouse.query),
      notPortable: inTurn(warehouse.notPortable),
      ask: inTurn(warehouse.ask),
    },
    ended: async () => {
      while (underWay.size > 0) {
        await last;
        // Whoever waited for the answer goes on, and may make the next call.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}

interface RealAsks {
  readonly http: Http;
  /** Waits until no question is under way. */
  readonly ended: () => Promise<void>;
}

/** Questions that take real time, such as those to a server on the loopback address. Virtual time stands still until they have answers. */
export function realAsks(http: Http): RealAsks {
  const underWay = new Set<Promise<unknown>>();
  return {
    http: {
      ask: (question) => {
        const answer = http.ask(question);
        const end: Promise<unknown> = answer.catch(() => undefined).then(() => underWay.delete(end));
        underWay.add(end);
        return answer;
      },
    },
    ended: async () => {
      while (underWay.size > 0) {
        await Promise.all(underWay);
        // Whoever waited for the answer goes on, and may ask the next question.
        await new Promise((resolve) => setImmediate(resolve));
      }
    },
  };
}
