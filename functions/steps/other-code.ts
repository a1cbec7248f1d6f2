/** Work that code of another version has asked for, and that this code leaves to it: during a deployment both answer. */
import { unknownTable } from '../../shared/observe/events/deliveries.ts';
import type { RunCompleted, RunRequested } from '../../shared/messages/schemas.ts';
import { ack, type Outcome } from '../../shared/ports/bus.ts';
import { runOf } from '../../shared/state/runs.ts';
import type { DocumentContext } from './context.ts';

/**
 * Answers a message about a run of a table that this code does not have. Nothing here reads such a table. The run stays as it
 * is stored, and the sweep of the code that has the table asks for it or announces it again. A message about no run of it is set aside.
 */
export async function leaveToOtherCode(
  { ports }: DocumentContext,
  { table, runId }: Pick<RunRequested | RunCompleted, 'table' | 'runId'>,
): Promise<Outcome> {
  if ((await runOf(ports, runId))?.table !== table)
    return { kind: 'dead_letter', reason: `There is no table ${table}` };
  unknownTable(ports, { table, runId });
  return ack;
}
