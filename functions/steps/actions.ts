/**
 * Carries out decided actions. Each changes what is stored; before a run is asked for, its inputs are counted by the gate.
 */
import type { Action } from '../../shared/domain/decide/action.ts';
import type { LiveWant, Mode, PartitionRef, PartitionState } from '../../shared/domain/partition.ts';
import type { Phase } from '../../shared/domain/table.ts';
import type { TraceOrigin } from '../../shared/domain/trace-context.ts';
import { gateClosed, partitionReopened } from '../../shared/observe/events/partitions.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import {
  clearWants,
  markBlocked,
  markCurrent,
  markStale,
  markWaiting,
  reopen,
  type SeenDate,
} from '../../shared/state/marks.ts';
import { requestRun } from '../../shared/state/request-run.ts';
import type { HandlerContext } from './context.ts';
import { settleExcluded } from './exclusions.ts';
import { countInputRows } from './gates.ts';

/** What the actions are carried out for: a live cascade, a backfill, or the sweep. */
export interface Errand {
  readonly mode: Mode;
  readonly backfillId: string | null;
  readonly through: Phase;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** Where in a trace the requested runs begin. */
  readonly trace?: TraceOrigin;
  /** A person has accepted that inputs are missing; the gate is not asked. */
  readonly acceptMissing: boolean;
}

/** Marks that one change brings to many dates of a table. */
const MARKS: ReadonlySet<Action['kind']> = new Set([
  'mark stale',
  'mark current',
  'wait',
  'block',
  'drop want',
]);

/** Actions of one kind that follow each other and are about the same table; of other kinds always a single one. */
function together(actions: readonly Action[]): Action[][] {
  const groups: Action[][] = [];
  let last: string | undefined;
  for (const action of actions) {
    const isMark = MARKS.has(action.kind) && 'ref' in action;
    const key = isMark ? `${action.kind} ${action.ref.table}` : undefined;
    if (key !== undefined && key === last) groups.at(-1)?.push(action);
    else groups.push([action]);
    last = key;
  }
  return groups;
}

/**
 * Carries out actions one after the other; marks of one table that follow each other are written together.
 * @returns the outbox events to dispatch
 */
export async function carryOut(
  context: HandlerContext,
  view: View,
  actions: readonly Action[],
  errand: Errand,
): Promise<string[]> {
  const { ports, registry } = context;
  const events: string[] = [];
  for (const group of together(actions)) {
    const [action] = group;
    if (action === undefined) continue;
    switch (action.kind) {
      case 'mark stale':
        await markStale(
          ports,
          registry,
          action.ref.table,
          group.flatMap((each) =>
            each.kind === 'mark stale'
              ? [{ ...seenDate(view, each.ref), cause: each.cause, because: each.because }]
              : [],
          ),
        );
        break;
      case 'block':
        await markBlocked(
          ports,
          registry,
          action.ref.table,
          group.flatMap((each) =>
            each.kind === 'block' ? [{ ...seenDate(view, each.ref), for: each.for }] : [],
          ),
          [],
          { backfillId: errand.backfillId },
        );
        break;
      case 'mark current':
        await markCurrent(
          ports,
          registry,
          action.ref.table,
          group.flatMap((each) => (each.kind === 'mark current' ? [seenDate(view, each.ref)] : [])),
        );
        break;
      case 'settle date':
        await settleExcluded(context, [{ ...action.ref, reason: action.reason }], null);
        break;
      case 'drop want':
        await clearWants(
          ports,
          registry,
          action.ref.table,
          group.flatMap((each) => (each.kind === 'drop want' ? [seenDate(view, each.ref)] : [])),
        );
        break;
      case 'wait':
        await markWaiting(
          ports,
          registry,
          action.ref.table,
          group.flatMap((each) =>
            each.kind === 'wait' ? [{ date: each.ref.date, for: each.for, want: each.want }] : [],
          ),
        );
        break;
      case 'request run': {
        const event = await request(context, view, action, errand);
        if (event !== undefined) events.push(event);
        break;
      }
      default:
        action satisfies never;
    }
  }
  return events;
}

function seenOf(view: View, { table, date }: PartitionRef): PartitionState | undefined {
  return stateOf(view, table, date);
}

function seenDate(view: View, ref: PartitionRef): SeenDate {
  return { date: ref.date, seen: seenOf(view, ref) };
}

/** Asks for a run, if its gate passes. @returns the outbox event of the request; undefined when nothing was asked for */
async function request(
  context: HandlerContext,
  view: View,
  { table, dates }: Action & { kind: 'request run' },
  errand: Errand,
): Promise<string | undefined> {
  const { ports, registry } = context;
  const refs = dates.map(({ date }): PartitionRef => ({ table, date }));
  const want = wantOf(view, refs, errand);
  if (!errand.acceptMissing && !(await passesGate(context, view, table, refs, errand, want)))
    return undefined;
  const { trace, ...asErrand } = errand;
  const isOwn = want === null || want.correlationId === errand.correlationId;
  const asked = await requestRun(ports, registry, {
    ...asErrand,
    ...(want === null ? {} : { through: want.through as Phase, correlationId: want.correlationId }),
    ...(trace !== undefined && isOwn ? { trace } : {}),
    table,
    dates,
    want,
    seen: refs.map((ref) => seenOf(view, ref)),
  });
  return asked?.eventId;
}

/**
 * Whether the warehouse holds the inputs of a batch. If not, inputs that have lost rows are opened again. The partitions of the
 * batch are marked as blocked, with the verdict of the gate and the time at which it is asked again.
 */
async function passesGate(
  context: HandlerContext,
  view: View,
  table: string,
  refs: readonly PartitionRef[],
  { backfillId }: Errand,
  want: LiveWant | null,
): Promise<boolean> {
  const { ports, registry } = context;
  const dates = refs.map(({ date }) => date);
  const { verdict, short } = await countInputRows(context, view, table, dates);
  if (verdict.verdict === 'pass') return true;
  const { gate, detail } = verdict;
  gateClosed(ports, { table, dates, gate, verdict: verdict.verdict, detail });
  const reason = 'the warehouse holds fewer rows than recorded';
  for (const [input, ofInput] of Map.groupBy(short, (ref) => ref.table)) {
    const lost = ofInput.map((ref) => ({ ...seenDate(view, ref), reason }));
    for (const date of await reopen(ports, registry, input, lost))
      partitionReopened(ports, { table: input, date, reason });
  }
  const blocked = refs.map((ref) => ({ ...seenDate(view, ref), for: short }));
  await markBlocked(ports, registry, table, blocked, [verdict], { backfillId, want });
  return false;
}

/** The live cascade that a run belongs to: one that waits for its partitions already, else the cascade of this errand. */
function wantOf(view: View, refs: readonly PartitionRef[], errand: Errand): LiveWant | null {
  if (errand.mode !== 'live') return null;
  const waiting = refs.map((ref) => seenOf(view, ref)?.want).find((want) => want != null);
  return waiting ?? { through: errand.through, correlationId: errand.correlationId };
}
