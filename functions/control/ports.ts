/** The ports that this folder answers questions from: documents only, so that an answer never waits for the warehouse. */
import type { Registry } from '../../shared/domain/registry.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';

/** The client of every target has these ports. */
export interface ReadingPorts {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly registry: Registry;
}
