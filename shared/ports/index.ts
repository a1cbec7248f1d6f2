/** Everything outside that handlers use. Time, ids and the outside world come in through here and nowhere else. */
import type { ArchiveStore } from './archive.ts';
import type { Publisher } from './bus.ts';
import type { StateStore } from './state-store.ts';
import type { LogContext, Tracer } from './tracer.ts';
import type { Warehouse } from './warehouse.ts';

export type Clock = () => Date;

export interface Ports {
  readonly store: StateStore;
  readonly publisher: Publisher;
  readonly warehouse: Warehouse;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  /** Takes one event; never throws. Events are made by the functions of `shared/observe/events.ts` only. */
  readonly log: Log;
  /** Records spans; absent when nobody has asked for traces. */
  readonly tracer?: Tracer;
  /** The place of the message that is being handled; absent outside of any. */
  readonly context?: LogContext;
}

/** @param context of the message that is being handled */
export type Log = (event: LogEvent, context?: LogContext) => void;

export interface LogEvent {
  readonly severity: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  readonly event: string;
  readonly [field: string]: unknown;
}
