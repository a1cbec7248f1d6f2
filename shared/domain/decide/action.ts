/**
 * What a decision asks for. Every decision of this folder is computed from state alone: the orchestrator, the sweep,
 * `plan` and `status` ask the same functions, and asking twice, late or from a timer gives the same answer.
 */
import type { InputsSeen } from '../evaluation.ts';
import type { GameDate } from '../game-date.ts';
import type { LiveWant, PartitionRef } from '../partition.ts';

export interface DateRequest extends InputsSeen {
  readonly date: GameDate;
  /** Missing inputs that a person has accepted; the partition is `partial` then. */
  readonly accepted?: string[] | undefined;
}

export type Action =
  | { readonly kind: 'request run'; readonly table: string; readonly dates: readonly DateRequest[] }
  | {
      readonly kind: 'wait';
      readonly ref: PartitionRef;
      readonly for: readonly PartitionRef[];
      readonly want: LiveWant;
    }
  | { readonly kind: 'block'; readonly ref: PartitionRef; readonly for: readonly PartitionRef[] }
  | {
      readonly kind: 'mark stale';
      readonly ref: PartitionRef;
      readonly cause: 'data' | 'code';
      readonly because: string;
    }
  /** What it was built from has become again what it was. */
  | { readonly kind: 'mark current'; readonly ref: PartitionRef }
  /** The live want has been met without a run. */
  | { readonly kind: 'drop want'; readonly ref: PartitionRef }
  /** There is nothing to be built, and the reason is to be told. */
  | { readonly kind: 'settle date'; readonly ref: PartitionRef; readonly reason: string };
