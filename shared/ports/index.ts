/**
 * Everything outside the process that handlers use, with the time. It is passed in here and reached in no
 * other way.
 */
import type { Publisher } from './bus.ts';
import type { StateStore } from './state-store.ts';
import type { LogContext, Tracer } from './tracer.ts';
import type { Warehouse } from './warehouse.ts';

/** The present instant. */
export type Clock = () => Date;

/** The ports of work on documents and messages. */
export interface DocumentPorts {
  readonly store: StateStore;
  readonly publisher: Publisher;
  readonly clock: Clock;
  /**
   * The time by which it is decided what is due and what is today; absent where that is the time of the machine. Leases and
   * `processed_at` are always by the clock of the machine.
   */
  readonly businessClock?: Clock;
  /** Logs one event. It never throws. Only the functions of `shared/observe/events` make events. */
  readonly log: Log;
  /** Records spans; absent when tracing is off. */
  readonly tracer?: Tracer;
  /** Trace and labels of the message that is being handled; absent outside of a handler. */
  readonly context?: LogContext;
}

/** A business clock that is so many seconds ahead of a clock of the machine; none where it is the same clock. */
export function clockAhead(seconds: number, clock: Clock): { readonly businessClock?: Clock } {
  return seconds === 0 ? {} : { businessClock: () => new Date(clock().getTime() + seconds * 1000) };
}

/** The time by which it is decided what is due and what is today. */
export function businessNow({
  clock,
  businessClock = clock,
}: Pick<DocumentPorts, 'clock' | 'businessClock'>): Date {
  return businessClock();
}

/**
 * The ports of handlers: documents, messages and tables. Imports and loaders, which also read source files,
 * take an `ArchiveStore` beside them.
 */
export interface Ports extends DocumentPorts {
  readonly warehouse: Warehouse;
}

/**
 * Logs one event.
 * @param context trace and labels of the message that is being handled
 */
export type Log = (event: LogEvent, context?: LogContext) => void;

/** One line of the log: severity, name of the event, and its fields. */
export interface LogEvent {
  readonly severity: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  readonly event: string;
  readonly [field: string]: unknown;
}
