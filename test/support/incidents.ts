/**
 * Incidents of a small league, and the state in which the pipeline comes to rest with them: every cell is built as far as its
 * inputs allow it, and its rows lack what the rows that it reads lack. A cure removes an incident, and the pipeline goes on.
 *
 * Example: the box scores of 2023-11-10 are partial. The summary of that date is partial, and the cache of 2023-11-12, which reads
 * the season to date, has rows that are not ready. With the box scores whole, both are green.
 */
import { evaluate, type Evaluation } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import {
  isBuilt,
  isSettled,
  refName,
  refNamed,
  type GateVerdict,
  type PartitionRef,
  type PartitionState,
} from '../../shared/domain/partition.ts';
import type { Random } from '../../shared/domain/seeded-random.ts';
import { stalenessOf } from '../../shared/domain/staleness.ts';
import { defineTable, isComputed, isRaw, type Input } from '../../shared/domain/table.ts';
import { stateOf, whyNoPartition, type View } from '../../shared/domain/view.ts';
import { heldDatesIn } from '../../shared/domain/window-holds.ts';
import { pick } from './stories.ts';
import type { PartitionFields } from './partitions.ts';
import { toyRegistry, TOY_DEFINITIONS } from './toy-tables.ts';
import { DATES, never, viewOf } from './view-of.ts';

/** The toy tables; the rows of the caches say whether they were computed without their context. */
export const REGISTRY = toyRegistry(
  TOY_DEFINITIONS.map((definition) =>
    definition.name === 'daily_cache' && isComputed(definition) && definition.rowsFrom === 'query'
      ? defineTable({
          ...definition,
          columns: {
            ...definition.columns,
            source: { type: 'STRING', description: 'where context is from' },
          },
          contextColumn: 'source',
        })
      : definition,
  ),
);

const PUBLISHED = {
  status: 'success',
  outputFingerprint: 'published',
  inputFingerprint: 'other.inputs',
} as const;
const ROWS = { rows: 4, expectedRows: 4, readyRows: 4, games: 2, expectedGames: 2 } as const;
const ACCEPTED = { reason: 'lost', by: 'ann', at: '2024-06-01T12:00:00Z', input: 'i' } as const;
const GATE: GateVerdict = {
  ...{ gate: 'upstream rows', verdict: 'blocked', detail: 'too few' },
  ...{ checkedAt: '2024-06-01T12:00:00Z', retryAt: '2024-06-01T12:00:30Z' },
};

/** What is wrong with a cell by itself. */
interface Kind {
  /** The tables in which it happens. */
  readonly in: 'raw' | 'computed' | 'all' | 'box_scores' | 'context';
  /** Fields of the cell; null when it has no state. Absent where it comes on top of what its inputs make of the cell. */
  readonly fields?: PartitionFields | null;
  /** On top of a cell that is built. */
  readonly more?: PartitionFields;
  /** Another run of the cell ends it: any, or the first one whose inputs are all there. By default only its own cure does. */
  readonly endsWith?: 'run' | 'inputs';
  /** It is cured by files or an alias; nobody builds again by them what was stale already. */
  readonly byFiles?: true;
}

export const KINDS = {
  never_asked: { in: 'all', fields: null, endsWith: 'inputs' },
  fails: { in: 'all', fields: never('failed') },
  fails_again: { in: 'all', fields: { ...PUBLISHED, ...ROWS, status: 'failed', reason: 'query_refused' } },
  running: { in: 'all', fields: never('running', { runId: 'run-1', backfillId: 'bf-1' }) },
  runs_again: { in: 'all', fields: { ...PUBLISHED, ...ROWS, status: 'running', runId: 'run-2' } },
  wanted: {
    in: 'computed',
    fields: never('waiting', { mode: 'live', want: { through: 'phase4', correlationId: 'c' } }),
    endsWith: 'inputs',
  },
  gate: { in: 'computed', fields: never('blocked', { gates: [GATE] }), endsWith: 'inputs' },
  accepted: { in: 'all', fields: never('failed', { accepted: ACCEPTED }) },
  no_source: { in: 'box_scores', fields: { status: 'empty', reason: 'source_unavailable' }, byFiles: true },
  shrunk_source: {
    in: 'raw',
    more: { status: 'blocked', reason: 'shrunk_source: 20231110_DEN_CHI' },
    byFiles: true,
  },
  partial_files: {
    in: 'raw',
    more: { status: 'partial', rows: 3, reason: 'rows_refused: 1 row' },
    byFiles: true,
  },
  unknown_names: {
    in: 'raw',
    more: { status: 'partial', rows: 3, reason: 'unresolved_names: 1 row' },
    byFiles: true,
  },
  no_model: { in: 'computed', more: { status: 'partial', rows: 3, reason: 'no_model: champion' } },
  rows_lost: { in: 'computed', more: { status: 'partial', rows: 3 }, endsWith: 'run' },
  not_ready: { in: 'computed', more: { readyRows: 1 }, endsWith: 'run' },
  synthetic: { in: 'context', more: { syntheticRows: 2 }, endsWith: 'run' },
  other_data: { in: 'all', more: {}, endsWith: 'run' },
  other_code: { in: 'computed', more: {} },
  in_doubt: { in: 'all', more: { stale: { cause: 'forced', because: 'the announcement was lost' } } },
} satisfies Readonly<Record<string, Kind>>;
export type KindName = keyof typeof KINDS;

/** `table@date` -> what is wrong there. */
export type Incidents = ReadonlyMap<string, KindName>;

const kindOf = (name: KindName): Kind => KINDS[name];

/** One incident or two independent ones, of different cells. One that nobody can see, because its cell is not built, is none. */
export function drawIncidents(random: Random): Incidents {
  const names = Object.keys(KINDS) as KindName[];
  const found = new Map<string, KindName>();
  for (let left = random.between(1, 2); left > 0; left--) {
    const name = pick(random, names);
    const tables = REGISTRY.all.filter(({ definition }) => isIn(kindOf(name), definition));
    found.set(refName({ table: pick(random, tables).definition.name, date: pick(random, DATES) }), name);
  }
  const view = atRest(found);
  return new Map(
    [...found].filter(([name, kind]) => {
      const { table, date } = refNamed(name);
      return kindOf(kind).fields !== undefined || isBuilt(stateOf(view, table, date));
    }),
  );
}

function isIn({ in: where }: Kind, definition: (typeof TOY_DEFINITIONS)[number]): boolean {
  if (where === 'box_scores') return definition.name === 'nbac_player_boxscores';
  if (where === 'context') return isComputed(definition) && definition.contextColumn !== undefined;
  return where === 'all' || isRaw(definition) === (where === 'raw');
}

/** The league at rest. */
export function atRest(incidents: Incidents): View {
  const known = new Map<string, readonly [View, Evaluation, Evaluation]>();
  return viewOf({
    registry: REGISTRY,
    differently: (table, date, view) => {
      const registered = REGISTRY.get(table);
      if (whyNoPartition(view, registered, date) !== undefined) return undefined;
      const name = incidents.get(refName({ table, date }));
      const { fields, more } = name === undefined ? {} : kindOf(name);
      if (fields !== undefined) return fields;
      const published = known.get(table)?.[0] ?? asPublished(view);
      const [, now, before] = known.get(table) ?? [published, evaluate(view), evaluate(published)];
      known.set(table, [published, now, before]);
      const { pending, lost } = now.unmet(registered, date);
      const isKept = [...pending, ...lost].every((each) => isBuilt(stateOf(view, each.table, each.date)));
      if (!isKept) return never(lost.length > 0 ? 'blocked' : 'waiting');
      const present = before.inputFingerprint(registered, date);
      const [code = '', inputs = ''] = present.split('.');
      return {
        ...{ status: 'success' as const, ...ROWS, outputFingerprint: `${table} ${date}` },
        ...(isRaw(registered.definition) ? acceptedOnly : lackingIn)(view, now, { table, date }),
        ...more,
        inputFingerprint:
          name === 'other_data' ? `${code}.other` : name === 'other_code' ? `older.${inputs}` : present,
      };
    },
  });
}

/** The view in which what is built again still has the content that its readers were built from. */
function asPublished(view: View): View {
  const settled = (state: PartitionState): PartitionState =>
    isBuilt(state) && !isSettled(state) ? { ...state, status: 'success' } : state;
  return {
    ...view,
    seasons: new Map(
      [...view.seasons].map(([label, season]) => [
        label,
        {
          ...season,
          states: new Map(
            [...season.states].map(([table, states]) => [
              table,
              Object.fromEntries(Object.entries(states).map(([date, state]) => [date, settled(state)])),
            ]),
          ),
        },
      ]),
    ),
  };
}

function acceptedOnly(_: View, evaluation: Evaluation, { table, date }: PartitionRef): PartitionFields {
  const [accepted] = evaluation.accepted(REGISTRY.get(table), date);
  return accepted === undefined ? {} : { status: 'partial', rows: 3, reason: accepted };
}

/** What the rows of a computed cell lack because of the rows that it reads. */
function lackingIn(view: View, evaluation: Evaluation, { table, date }: PartitionRef): PartitionFields {
  const { definition } = REGISTRY.get(table);
  const inputs = definition.inputs.map((input) => ({ input, states: statesRead(view, input, date) }));
  const onDate = inputs.filter(({ input }) => input.window.kind === 'same_date');
  const isPartial = ({ state }: Read): boolean => state?.status === 'partial';
  const lacksRows = onDate.some(({ input, states }) => input.required && states.some(isPartial));
  const isUnready =
    inputs.some(({ states }) => states.some(isPartial)) ||
    onDate.some(({ states }) =>
      states.some(
        ({ ref, state }) => isComputedCell(ref) && isSettled(state) && isBuilt(state) && !hasWholeRows(state),
      ),
    );
  const isWithoutContext =
    isComputed(definition) &&
    definition.contextColumn !== undefined &&
    onDate.some(({ input, states }) =>
      states.some(
        ({ ref, state }) =>
          !input.required &&
          whyNoPartition(view, REGISTRY.get(ref.table), ref.date) === undefined &&
          (!isBuilt(state) || isPartial({ ref, state })),
      ),
    );
  return {
    ...acceptedOnly(view, evaluation, { table, date }),
    ...(lacksRows ? { status: 'partial', rows: 3 } : {}),
    ...(isUnready ? { readyRows: 2 } : {}),
    ...(isWithoutContext ? { syntheticRows: 3 } : {}),
  };
}

interface Read {
  readonly ref: PartitionRef;
  readonly state: PartitionState | undefined;
}

function statesRead(view: View, input: Input, date: GameDate): Read[] {
  return heldDatesIn(view)(input, date, ({ calendar }) => calendar.dates).map((each) => ({
    ref: { table: input.table, date: each },
    state: stateOf(view, input.table, each),
  }));
}

const isComputedCell = ({ table }: PartitionRef): boolean => isComputed(REGISTRY.get(table).definition);
const hasWholeRows = ({ rows, readyRows, syntheticRows }: PartitionState): boolean =>
  readyRows >= rows && syntheticRows === 0;

/** Whether a cell is whole, ready and current, by what its state says. */
export function isGreen(view: View, ref: PartitionRef): boolean {
  const state = stateOf(view, ref.table, ref.date);
  return (
    state?.status === 'success' &&
    isBuilt(state) &&
    stalenessOf(view)(REGISTRY.get(ref.table), ref.date) === undefined &&
    (!isComputedCell(ref) || hasWholeRows(state))
  );
}

/**
 * The incidents that are left when those of some cells are cured. What reads these cells is run again, which ends what any run
 * ends.
 */
export function cured(incidents: Incidents, cells: readonly PartitionRef[], view: View): Incidents {
  const names = new Set(cells.map(refName));
  const run = new Set(
    [...names].filter((name) => {
      const kind = incidents.get(name);
      return kind === undefined || kindOf(kind).byFiles !== true;
    }),
  );
  const evaluation = evaluate(view);
  const isOver = ([name, kind]: [string, KindName]): boolean => {
    if (names.has(name)) return true;
    const ref = refNamed(name);
    const { endsWith } = kindOf(kind);
    // Files that are imported make what has read them stale, and leave stale what was.
    const ends = kind === 'other_data' ? run : names;
    if (endsWith === undefined || !isReader(view, ref, ends)) return false;
    const { pending, lost } = evaluation.unmet(REGISTRY.get(ref.table), ref.date);
    return endsWith === 'run' || pending.length + lost.length > 0;
  };
  return new Map([...incidents].filter((each) => !isOver(each)));
}

/** Whether a cell reads one of some cells, through any number of tables. */
function isReader(view: View, { table, date }: PartitionRef, names: ReadonlySet<string>): boolean {
  return REGISTRY.get(table).definition.inputs.some((input) =>
    statesRead(view, input, date).some(({ ref }) => names.has(refName(ref)) || isReader(view, ref, names)),
  );
}
