/** The deployed functions, derived from the topics: one for each phase and lane of work, one for each other consumer. */
import type { Mode } from '../domain/partition.ts';
import type { Phase } from '../domain/table.ts';
import { topics, type Consumer, type Topic } from './topics.ts';

export interface Service {
  /** Name of the function, of its Cloud Run service and of its entry point. */
  readonly name: string;
  readonly consumer: Consumer;
  /** Phase whose tables it computes; null where it serves all of them. */
  readonly phase: Phase | null;
  readonly lane: Mode | null;
  /** Topics whose subscriptions push to it. */
  readonly topics: readonly Topic[];
}

const SHARED_NAMES: Readonly<Record<Exclude<Consumer, 'run'>, string>> = {
  backfill: 'nba-backfill-request',
  orchestrate: 'nba-orchestrate',
  sweep: 'nba-sweep',
  'dead-letter': 'nba-dead-letter',
};

/** Every function with the topics it serves; each topic has exactly one. */
export function services(): readonly Service[] {
  const found = new Map<string, Service>();
  for (const topic of topics()) {
    const { consumer, phase, lane } = topic.subscription;
    const name = consumer === 'run' ? topic.name : SHARED_NAMES[consumer];
    const service = found.get(name) ?? {
      name,
      consumer,
      phase: consumer === 'run' ? phase : null,
      lane: consumer === 'run' ? lane : null,
      topics: [],
    };
    found.set(name, { ...service, topics: [...service.topics, topic] });
  }
  return [...found.values()];
}
