/** Everything outside that handlers use. Time, ids and the outside world come in through here and nowhere else. */
import type { Publisher } from './bus.ts';
import type { StateStore } from './state-store.ts';
import type { LogContext, Tracer } from './tracer.ts';
import type { Warehouse } from './warehouse.ts';

export type Clock = () => Date;

/** What work on documents and messages uses. */
export interface DocumentPorts {
  readonly store: StateStore;
  readonly publisher: Publisher;
  readonly clock: Clock;
  /** Takes one event; never throws. Events are made by the functions of `shared/observe/events` only. */
  readonly log: Log;
  /** Records spans; absent when nobody has asked for traces. */
  readonly tracer?: Tracer;
  /** The place of the message that is being handled; absent outside of any. */
  readonly context?: LogContext;
}

/** What handlers use: with the tables. Source files are for imports and loaders only, which take an `ArchiveStore` beside. */
export interface Ports extends DocumentPorts {
  readonly warehouse: Warehouse;
}

/** @param context of the message that is being handled */
export type Log = (event: LogEvent, context?: LogContext) => void;

export interface LogEvent {
  readonly severity: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  readonly event: string;
  readonly [field: string]: unknown;
}
