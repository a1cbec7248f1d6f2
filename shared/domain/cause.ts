/** A cause for which a cell is not green: what is wrong with a partition, and the command that cures it, in words. */
import { whyLeftOut } from './coverage.ts';
import { lackingIn } from './lacking.ts';
import { isInFlight, isSettled, refName, type PartitionRef, type PartitionState } from './partition.ts';
import { isUnavailable } from './calendar.ts';
import { stalenessOf, staleText } from './staleness.ts';
import { isRaw, RAW_PHASE } from './table.ts';
import { SOURCE_NOT_ARCHIVED, stateOf, whyNoPartition, type View } from './view.ts';

/** What a cell can be that is not green; a cell with several troubles has the first of them. */
export const NOT_GREEN = [
  'waiting',
  'failed',
  'blocked',
  'missing',
  'stale',
  'partial',
  'not_ready',
  'degraded',
  'excluded',
] as const;
export type NotGreen = (typeof NOT_GREEN)[number];

/** A partition because of which a cell is not green. */
export interface Cause extends PartitionRef {
  readonly kind: NotGreen;
  /** What is wrong with the partition, for a person. */
  readonly detail: string;
  /** The command that cures the cause and builds the cell; null where nothing is to be done. */
  readonly cure: string | null;
}

/** Most characters of a detail. */
const MAX_DETAIL = 300;

const IS: Readonly<Record<NotGreen, string>> = {
  waiting: 'is not built yet',
  failed: 'has failed',
  blocked: 'is blocked',
  missing: 'is missing',
  stale: 'is stale',
  partial: 'is partial',
  not_ready: 'is not ready',
  degraded: 'is degraded',
  excluded: 'is left out',
};

/**
 * A cause in one sentence that ends in its cure, the same wherever it is shown: `player_game_summary@2024-01-05 has failed: out of
 * memory; cure it with: fullcourt backfill --dates 2024-01-05 --tables player_game_summary`.
 * @param more what is said between the detail and the cure
 * @param name what is wrong; by default the partition of the cause
 */
export function causeText(cause: Cause, more = '', name = refName(cause)): string {
  const without =
    cause.kind === 'not_ready'
      ? 'no request changes that, other rows of its inputs do'
      : 'nothing is to be done';
  const cure = cause.cure === null ? without : `cure it with: ${cause.cure}`;
  return `${name} ${IS[cause.kind]}: ${cause.detail}${more}; ${cure}`;
}

/** A partition as a cause of a cell. */
export function causeOf(
  view: View,
  { table, date, kind }: PartitionRef & { readonly kind: NotGreen },
  cell: PartitionRef,
): Cause {
  const ref = { table, date };
  return { kind, ...ref, detail: detailOf(view, ref, kind), cure: cureOf(view, { ...ref, kind }, cell) };
}

/** What is wrong with a partition, in at most 300 characters. */
function detailOf(view: View, { table, date }: PartitionRef, kind: NotGreen): string {
  const registered = view.registry.get(table);
  const state = stateOf(view, table, date);
  const counts = { rows: 0, readyRows: 0, syntheticRows: 0, reason: null, ...state };
  switch (kind) {
    case 'waiting':
      return isInFlight(state)
        ? `run ${state.runId} is to build it`
        : 'live work builds it as soon as its inputs are there';
    case 'failed':
      return short(counts.reason ?? 'its run gave no reason');
    case 'blocked':
      return short(
        gateText(state) ?? counts.reason ?? 'its inputs are not there, and nobody is building them',
      );
    case 'missing':
      return whyNoPartition(view, registered, date) === SOURCE_NOT_ARCHIVED
        ? 'it is not there, and no archived file speaks of it'
        : 'it is not there, and nobody has asked for it';
    case 'stale': {
      const stale = stalenessOf(view)(registered, date);
      return stale === undefined ? 'its inputs have changed' : (state?.stale?.because ?? staleText(stale));
    }
    case 'partial':
      return short(counts.reason ?? 'rows are lacking');
    case 'not_ready':
      return `${counts.readyRows} of its ${counts.rows} rows may be used in production`;
    case 'degraded':
      return `${counts.syntheticRows} of its ${counts.rows} rows were computed without their context row`;
    case 'excluded':
      return short(whyLeftOut(view, registered, date) ?? counts.reason ?? 'it rightly has no rows');
    default:
      return kind satisfies never;
  }
}

function gateText(state: PartitionState | undefined): string | undefined {
  const closed = state?.gates.find(({ verdict }) => verdict !== 'pass');
  if (closed === undefined || isSettled(state)) return undefined;
  const again = closed.retryAt === undefined ? '' : `, asked again at ${closed.retryAt}`;
  return `${closed.gate}: ${closed.detail}${again}`;
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > MAX_DETAIL ? `${line.slice(0, MAX_DETAIL)}…` : line;
}

const IMPORT = 'fullcourt import --from DIR';

/**
 * The command that cures a cause and builds what stands between it and the cell; null where nothing is to be done, because the
 * partition rightly is as it is, or because it is being built by live work.
 */
function cureOf(
  view: View,
  { table, date, kind }: PartitionRef & { readonly kind: NotGreen },
  cell: PartitionRef,
): string | null {
  const { definition } = view.registry.get(table);
  const state = stateOf(view, table, date);
  switch (kind) {
    case 'waiting':
      return isInFlight(state) && state.backfillId !== null
        ? `fullcourt backfills watch ${state.backfillId}`
        : null;
    case 'blocked':
      return isSettled(state) ? `${IMPORT} --replace` : backfill(view, { table, date }, cell);
    case 'missing':
      return whyNoPartition(view, view.registry.get(table), date) === SOURCE_NOT_ARCHIVED
        ? IMPORT
        : backfill(view, { table, date }, cell);
    case 'failed':
    case 'stale':
      return backfill(view, { table, date }, cell);
    case 'partial':
      if (lackingIn(state, 'no_model') !== undefined) return 'fullcourt train --start DATE --end DATE';
      if (lackingIn(state, 'unresolved_names') !== undefined) return 'fullcourt alias NAME ID';
      return isRaw(definition) ? IMPORT : `${backfill(view, { table, date }, cell)} --force`;
    case 'degraded':
      return `${backfill(view, { table, date }, cell)} --force`;
    case 'not_ready':
      return null;
    case 'excluded': {
      const reason = whyLeftOut(view, view.registry.get(table), date) ?? state?.reason ?? '';
      return isUnavailable(reason) || reason === 'no_schedule' || reason === SOURCE_NOT_ARCHIVED
        ? IMPORT
        : null;
    }
    default:
      return kind satisfies never;
  }
}

/**
 * The request for a partition, and for the cell that waits for it or was built from it. What stands between the two follows: the
 * plan adds what a window needs and nobody has built, and a restatement what is stale. Raw tables are built only where they are named, so those that
 * stand between a raw table and the cell are named as well.
 */
function backfill({ registry }: View, root: PartitionRef, cell: PartitionRef): string {
  const dates = [...new Set([root.date, cell.date])].sort().join(',');
  const isOfFiles = (name: string): boolean => isRaw(registry.get(name).definition);
  const readByCell = registry.upstreamOf([cell.table]);
  const between = [...registry.downstreamOf([root.table])].filter(
    (name) => name !== root.table && isOfFiles(name) && (name === cell.table || readByCell.has(name)),
  );
  const from = isOfFiles(root.table) ? ` --from ${RAW_PHASE}` : '';
  const { phase } = registry.get(cell.table).definition;
  return `fullcourt backfill --dates ${dates} --tables ${[root.table, ...between].join(',')}${from} --through ${phase}`;
}
