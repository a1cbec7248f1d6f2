/** Everything outside that handlers use. Time, ids and the outside world come in through here and nowhere else. */
import type { ArchiveStore } from './archive.ts';
import type { Publisher } from './bus.ts';
import type { StateStore } from './state-store.ts';
import type { Warehouse } from './warehouse.ts';

export type Clock = () => Date;

export interface Ports {
  readonly store: StateStore;
  readonly publisher: Publisher;
  readonly warehouse: Warehouse;
  readonly archive: ArchiveStore;
  readonly clock: Clock;
  /** Writes one structured event; never throws. */
  readonly log: (event: LogEvent) => void;
}

export interface LogEvent {
  readonly severity: 'DEBUG' | 'INFO' | 'WARNING' | 'ERROR';
  readonly event: string;
  readonly [field: string]: unknown;
}
