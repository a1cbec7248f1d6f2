/** What the questions of this folder are answered from: documents only, so that a look never waits for the tables. */
import type { Registry } from '../../shared/domain/registry.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';

/** The client of every target has these. */
export interface ReadingPorts {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly registry: Registry;
}
