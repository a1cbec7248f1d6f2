/**
 * Why a table is built, waits or is left out on a date, and what its last run read. The answer is computed by the same
 * functions that decide what is built.
 */
import { tableNamed } from '../../shared/domain/table-named.ts';
import { windowText } from '../../shared/domain/window-text.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isBuilt, isInFlight, refName, type PartitionState } from '../../shared/domain/partition.ts';
import { isSealed } from '../../shared/domain/seal.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { stalenessOf, staleText, withStaleness } from '../../shared/domain/staleness.ts';
import { whyNoPartition, stateOf } from '../../shared/domain/view.ts';
import type { RunDocument } from '../../shared/state/documents.ts';
import { runOf } from '../../shared/state/runs.ts';
import { loadView } from '../../shared/state/views.ts';
import { listText } from './list-text.ts';
import type { ReadingPorts } from './ports.ts';

export interface Explanation {
  readonly date: GameDate;
  readonly table: string;
  /** One sentence, such as `up to date: built from exactly these inputs and this code`. */
  readonly explanation: string;
  /** The entry of the table in the completion document of the date; null when there is none. */
  readonly state: PartitionState | null;
  /** Inputs that are not there, as `table@date`: at most {@link MAX_NAMED}. */
  readonly waitingFor: readonly string[];
  readonly lastRun: Pick<
    RunDocument,
    'runId' | 'attempt' | 'startedAt' | 'finishedAt' | 'manifest' | 'lastError' | 'answeredBy'
  > | null;
  readonly inputs: readonly {
    readonly table: string;
    readonly window: string;
    readonly required: boolean;
  }[];
}

const MAX_NAMED = 50;

/** @throws RequestError when there is no such table */
export async function why(ports: ReadingPorts, asked: string, date: GameDate): Promise<Explanation> {
  const { store, registry } = ports;
  const table = tableNamed(registry, asked);
  const registered = registry.get(table);
  const view = await loadView(ports, registry, [seasonOf(date)]);
  const state = stateOf(view, table, date);
  const reason = whyNoPartition(view, registered, date);
  const stale = stalenessOf(view)(registered, date);
  const { pending, lost } = evaluate(view).unmet(registered, date);
  const run = state?.runId == null ? undefined : await runOf({ store }, state.runId);
  const standing =
    stale !== undefined
      ? `stale: ${staleText(stale)}`
      : isSealed(registered.definition, state, date, view.today)
        ? 'sealed: every row was made before its game began, and stays as it is'
        : isBuilt(state)
          ? 'up to date: built from exactly these inputs and this code'
          : undefined;
  const waiting = isInFlight(state)
    ? 'is being built'
    : pending.length > 0
      ? `waits for ${listText(pending.map(refName))}, which is being built`
      : lost.length > 0
        ? `blocked: ${listText(lost.map(refName))} is not there and nobody is building it`
        : undefined;
  const explanation =
    reason !== undefined
      ? `left out: ${reason}`
      : [standing, waiting].filter((part) => part !== undefined).join('; ') ||
        'ready to be built; nobody has asked for it';
  return {
    date,
    table,
    explanation,
    state: state === undefined ? null : withStaleness(state, stale),
    waitingFor: [...pending, ...lost].slice(0, MAX_NAMED).map(refName),
    lastRun:
      run === undefined
        ? null
        : {
            runId: run.runId,
            attempt: run.attempt,
            startedAt: run.startedAt,
            finishedAt: run.finishedAt,
            manifest: run.manifest,
            lastError: run.lastError,
            ...(run.answeredBy === undefined ? {} : { answeredBy: run.answeredBy }),
          },
    inputs: registered.definition.inputs.map((input) => ({
      table: input.table,
      window: windowText(input.window),
      required: input.required,
    })),
  };
}
