/**
 * What a decision asks for. Every decision of this folder is computed from stored state alone. The
 * orchestrator, the sweep, `plan` and `status` call the same functions, and a second or a late call gives
 * the same answer.
 */
import type { Evaluation, InputsSeen } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import type { LiveWant, PartitionRef } from '../partition.ts';
import type { RegisteredTable } from '../registry.ts';

/** One date of a run that is asked for, with what it will be built from. */
export interface DateRequest extends InputsSeen {
  readonly date: GameDate;
  /**
   * Missing inputs, as `table@date`, that a person has accepted. With any of them the partition becomes
   * `partial`.
   */
  readonly accepted?: string[] | undefined;
}

/** The request of a date as things stand in an evaluation. */
export function dateRequest(evaluation: Evaluation, table: RegisteredTable, date: GameDate): DateRequest {
  const accepted = evaluation.accepted(table, date);
  return {
    date,
    ...evaluation.inputsSeen(table, date),
    ...(accepted.length > 0 ? { accepted: [...accepted] } : {}),
  };
}

/** One change that a decision asks for. `functions/steps/actions.ts` carries it out. */
export type Action =
  /** Ask for a run of one table for these dates. */
  | { readonly kind: 'request run'; readonly table: string; readonly dates: readonly DateRequest[] }
  /** Record that a live partition is wanted and which inputs it waits for. */
  | {
      readonly kind: 'wait';
      readonly ref: PartitionRef;
      readonly for: readonly PartitionRef[];
      readonly want: LiveWant;
    }
  /** Record that a partition cannot be built, and the inputs that are lost. */
  | { readonly kind: 'block'; readonly ref: PartitionRef; readonly for: readonly PartitionRef[] }
  /** Record that what a partition was built from has changed since. */
  | {
      readonly kind: 'mark stale';
      readonly ref: PartitionRef;
      readonly cause: 'data' | 'code';
      readonly because: string;
    }
  /** The inputs and the code are again those that the partition was built from, so it is no longer stale. */
  | { readonly kind: 'mark current'; readonly ref: PartitionRef }
  /** The partition is wanted live no longer: it is current, or it is not expected at all. */
  | { readonly kind: 'drop want'; readonly ref: PartitionRef }
  /** Record that the date rightly has no rows, with the reason, such as `source_unavailable`. */
  | { readonly kind: 'settle date'; readonly ref: PartitionRef; readonly reason: string };
