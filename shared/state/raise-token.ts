/** Raises the fencing token of a run that its table refuses although the documents name it as the owner. */
import { isInFlight } from '../domain/partition.ts';
import type { Registry } from '../domain/registry.ts';
import type { DocumentPorts } from '../ports/index.ts';
import { readCompletions } from './completions.ts';
import type { RunningRun } from './documents.ts';
import { runIn, writeRun } from './runs.ts';

/** What a run may do whose rows were refused because the table carries newer ones. */
export type Refused =
  | { readonly kind: 'raised'; readonly run: RunningRun }
  /** Another process has taken the run over; it answers for it. */
  | { readonly kind: 'taken_over' }
  /** The run is held, and one of its partitions belongs to another run. */
  | { readonly kind: 'superseded' };

/**
 * Raises the token of a run above the one that its table carries, if the documents still name it as the owner of all its
 * partitions. Then nobody newer is at work: the documents were lost or are older than the table. Example: the documents begin
 * anew with token 1000, and the rows of 2024-01-05 were corrected twice and carry 3001; the run goes on with 3002. Its
 * announcement raises the tokens of its partitions, so that later runs have larger ones.
 * @param found the highest token of the rows that the run is to replace
 */
export async function raiseToken(
  ports: Pick<DocumentPorts, 'store'>,
  registry: Registry,
  run: RunningRun,
  found: number,
): Promise<Refused> {
  const table = registry.get(run.table);
  const dates = run.dates.map(({ date }) => date);
  return ports.store.transaction(async (tx): Promise<Refused> => {
    const current = await runIn(tx, run.runId);
    if (current?.state !== 'running' || current.token !== run.token) return { kind: 'taken_over' };
    const completions = await readCompletions(tx, table, dates);
    if (!completions.states.every((state) => isInFlight(state) && state.runId === run.runId))
      return { kind: 'superseded' };
    const raised: RunningRun = { ...current, token: Math.max(current.token, found) + 1 };
    writeRun(tx, raised);
    return { kind: 'raised', run: raised };
  });
}
