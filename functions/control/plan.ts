/** What a backfill request would do if it came now: its dates, its runs, what is missing, what it costs. Writes nothing. */
import type { Config } from '../../shared/config.ts';
import { warehouseCost } from '../../shared/derive/bigquery-cost.ts';
import { counted } from '../../shared/domain/counted.ts';
import { plannedCoverage, type PlannedCoverage } from '../../shared/domain/coverage.ts';
import type { Forecast } from '../../shared/domain/forecast.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';
import {
  planBackfill,
  tablesInScope,
  type MissingInput,
  type Plan,
  type PlanRequest,
} from '../../shared/domain/plan.ts';
import {
  criteriaOf,
  inputsOf,
  verdictOf,
  type Criterion,
  type Decided,
  type InputCoverage,
} from '../../shared/domain/preflight.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { tablesNamed } from '../../shared/domain/table-named.ts';
import { unknownSeasons } from './date-range.ts';
import { planIdOf } from './plan-id.ts';
import { forecastPlan } from './forecast.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { isRaw, RAW_PHASE, type Phase } from '../../shared/domain/table.ts';
import { partitionDates, type View } from '../../shared/domain/view.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { Clock } from '../../shared/ports/index.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { FetchPlan } from '../../shared/state/backfill-fetches.ts';
import { activeBackfills, type NormalRequest } from '../../shared/state/backfills.ts';
import {
  knownSeasons,
  loadView,
  needGameHashes,
  seasonsOf,
  withGameHashes,
} from '../../shared/state/views.ts';
import type { Policy } from './policy.ts';

export interface PlanningPorts {
  readonly store: StateStore;
  readonly clock: Clock;
  readonly registry: Registry;
  readonly policy: Pick<Policy, 'batchSize' | 'maxInFlight'>;
}

export interface PlannedRequest {
  /** The request with every default filled in and its dates listed. */
  readonly request: NormalRequest;
  /** The state that the plan was made from. */
  readonly view: View;
  readonly plan: Plan;
  /** Seasons that were asked for and of which no game is known. */
  readonly unknownSeasons: readonly Season[];
  /** The raw tables for which live sources are asked first; empty when none are. */
  readonly fetched: readonly string[];
}

/**
 * What a request would do if it came now: its defaults filled in, its dates, its plan. Writes nothing.
 * @throws RequestError when the request names a table that does not exist, or only tables outside of its phases
 */
export async function planRequest(ports: PlanningPorts, request: BackfillRequest): Promise<PlannedRequest> {
  const { registry, policy } = ports;
  const from: Phase = request.from ?? firstPhaseOf(request);
  const through: Phase = request.through ?? 'phase5';
  const named = request.tables === undefined ? undefined : tablesNamed(registry, request.tables);
  const seasons = await seasonsAskedIn(ports, request);
  const acceptMissing = request.skipPreflight !== undefined;
  const seen = await loadView(ports, registry, seasons, { gameHashes: false, acceptMissing });
  const scope = tablesInScope(seen, {
    from,
    through,
    ...(named === undefined ? {} : { tables: named }),
  });
  if (named !== undefined && scope.length === 0) {
    throw new RequestError(`None of ${named.join(', ')} is in the phases ${from} to ${through}`);
  }
  const view = needGameHashes(registry, scope) ? await withGameHashes(ports, seen) : seen;
  const dates = expandDates(request, view, from);
  // A request that begins with phase 2 may be the one that loads the schedule.
  const notKnown = from === RAW_PHASE ? [] : unknownSeasons(view, request);
  const normal: NormalRequest = {
    dates,
    from,
    through,
    tables: named ?? null,
    only: request.only ?? 'all',
    restate: request.restate ?? 'auto',
    force: request.force ?? false,
    maxInFlight: request.maxInFlight ?? policy.maxInFlight,
    requestedBy: request.requestedBy ?? null,
    ...(request.fetch === false ? { fetch: false } : {}),
    ...(notKnown.length === 0 ? {} : { unknownSeasons: notKnown }),
  };
  return {
    request: normal,
    view,
    plan: planBackfill(view, asPlanned(normal), policy.batchSize),
    unknownSeasons: notKnown,
    fetched: fetchedTables(registry, normal),
  };
}

/** The plan of a request whose dates are known, as things are now. */
export async function planAgain(
  ports: PlanningPorts,
  normal: NormalRequest,
  acceptMissing: boolean,
): Promise<Pick<PlannedRequest, 'view' | 'plan'>> {
  const { registry, policy } = ports;
  const seen = await loadView(ports, registry, seasonsOf(normal.dates), { gameHashes: false, acceptMissing });
  const request = asPlanned(normal);
  const scope = tablesInScope(seen, request);
  const view = needGameHashes(registry, scope) ? await withGameHashes(ports, seen) : seen;
  return { view, plan: planBackfill(view, request, policy.batchSize) };
}

/** A request as it is planned. */
export function asPlanned({ tables, unknownSeasons: _, ...rest }: NormalRequest): PlanRequest {
  return { ...rest, ...(tables === null ? {} : { tables }) };
}

/**
 * The raw tables for which live sources are asked before a request is built: those that it loads. What is stale or has failed is
 * loaded from what is archived.
 */
export function fetchedTables(registry: Registry, request: NormalRequest): string[] {
  const { from, only, tables } = request;
  if (from !== RAW_PHASE || request.fetch === false || request.force) return [];
  if (only !== 'all' && only !== 'missing') return [];
  return tablesInScope(
    { registry },
    {
      from,
      through: request.through,
      ...(tables === null ? {} : { tables }),
    },
  ).flatMap(({ definition }) => (isRaw(definition) ? [definition.name] : []));
}

/** The phase that a request begins with by default. Raw tables are loaded only on request, but for stale ones: what reads them stays stale until they are loaded again. */
export function firstPhaseOf({ only }: BackfillRequest): Phase {
  return only === 'stale' ? RAW_PHASE : 'phase3';
}

/** The seasons with a calendar of which a request may ask for dates. */
export async function seasonsAskedIn(
  ports: Pick<PlanningPorts, 'store'>,
  request: BackfillRequest,
): Promise<Season[]> {
  return (await knownSeasons(ports)).filter((season) => mayContain(request, season));
}

function mayContain(request: BackfillRequest, season: Season): boolean {
  if (request.season !== undefined) return request.season === season;
  if (request.dates !== undefined) return request.dates.some((date) => seasonOf(date) === season);
  const { startDate, endDate } = request;
  return (
    startDate !== undefined &&
    endDate !== undefined &&
    seasonOf(startDate) <= season &&
    season <= seasonOf(endDate)
  );
}

/** The game dates of a request, ascending. For phase 2 also dates that no schedule has but a source file does. */
export function expandDates(request: BackfillRequest, view: View, from: Phase): GameDate[] {
  const dates = new Set<GameDate>();
  for (const season of view.seasons.values()) {
    for (const date of season.calendar.dates) dates.add(date);
    if (from !== RAW_PHASE) continue;
    for (const table of view.registry.inPhase(RAW_PHASE))
      for (const date of partitionDates(table, season)) dates.add(date);
  }
  const listed = request.dates === undefined ? undefined : new Set(request.dates);
  const wanted = [...dates].filter(
    (date) =>
      (listed === undefined || listed.has(date)) &&
      (request.season === undefined || seasonOf(date) === request.season) &&
      (request.startDate === undefined || date >= request.startDate) &&
      (request.endDate === undefined || date <= request.endDate),
  );
  return wanted.sort();
}

/** The command that fills some dates of a table. */
function fillingCommand(
  { phase, isArchived }: Pick<MissingInput, 'phase' | 'isArchived'>,
  dates: readonly GameDate[],
): string {
  return phase === RAW_PHASE && isArchived !== true
    ? 'fullcourt import --from DIR'
    : `fullcourt backfill --start ${dates[0] ?? ''} --end ${dates.at(-1) ?? ''} --from ${phase} --through ${phase}`;
}

/** A sentence that says which input is missing, on which dates, and which command fills it. */
export function describeMissing(missing: MissingInput): string {
  const { table, dates, neededBy } = missing;
  const first = dates[0] ?? '';
  const last = dates.at(-1) ?? '';
  const command = fillingCommand(missing, dates);
  return `${table} is missing on ${counted(dates.length, 'date')} (${first} to ${last}), needed by ${neededBy.join(', ')}; fill it with \`${command}\``;
}

/** The JSON that `fullcourt plan` prints. */
export interface PlanAnswer {
  /** What would run and what it is judged from, as {@link planIdOf} digests it. */
  readonly planId: string;
  readonly dates: Plan['dates'];
  readonly tables: readonly {
    readonly table: string;
    readonly phase: Phase;
    readonly dates: number;
    readonly batches: number;
    /** Of the dates of the request: how many are covered now, and how many when every run has succeeded. */
    readonly coverage: PlannedCoverage;
  }[];
  readonly runs: number;
  readonly excluded: Plan['excluded'];
  readonly outsideScope: Plan['outsideScope'];
  /** Seasons that were asked for and of which no game is known. */
  readonly unknownSeasons: readonly Season[];
  /** Whether the plan can run: no input that it needs is missing, live sources are asked for it, or a person has let it through. */
  readonly go: boolean;
  /** What that was decided by, line by line. */
  readonly criteria: readonly Criterion[];
  readonly noGo: readonly (MissingInput & { readonly what: string })[];
  /** What live sources are asked before anything is built; null where none are. What they tell may need further runs. */
  readonly fetches: FetchesPlanned | null;
  readonly estimate: Estimate;
}

/** What live sources are asked, in dates, questions, credits and seconds. */
export interface FetchesPlanned {
  readonly dates: number;
  readonly sources: FetchPlan['prices'];
  readonly requests: number;
  readonly credits: number;
  /** At the declared rates, one source after the other. */
  readonly seconds: number;
  /** What is not asked although the archive lacks it, with what turns it. */
  readonly leftOut: FetchPlan['leftOut'];
  /** Why nobody is asked; null where that is not so. */
  readonly problem: string | null;
}

/** The price of what live sources are asked. */
export function fetchesPlanned({
  items,
  prices,
  leftOut,
  problem,
}: Omit<FetchPlan, 'stage'>): FetchesPlanned {
  const sum = (of: (price: FetchPlan['prices'][number]) => number): number =>
    Math.round(prices.reduce((total, price) => total + of(price), 0) * 10) / 10;
  return {
    ...{ dates: items.length, sources: prices, leftOut, problem },
    requests: sum(({ requests }) => requests),
    credits: sum(({ credits }) => credits),
    seconds: sum(({ seconds }) => seconds),
  };
}

/** What `fullcourt preflight` answers: whether a request can run, by what criteria, and what it reads. */
export interface Matrix {
  readonly verdict: 'GO' | 'NO-GO';
  readonly criteria: readonly Criterion[];
  /** The tables that it reads and does not build itself. */
  readonly tables: readonly InputCoverage[];
}

/**
 * The matrix of a planned request.
 * @param isFetched whether live sources are asked first
 * @param short what the row-count gate would stop runs for; null where the warehouse does not answer
 */
export async function matrixOf(
  { store, registry }: Pick<EstimatingPorts, 'store' | 'registry'>,
  { plan, request, view, unknownSeasons }: Omit<PlannedRequest, 'fetched'>,
  isFetched: boolean,
  short?: readonly PartitionRef[] | null,
): Promise<Matrix> {
  const tables = inputsOf(view, asPlanned(request), plan);
  const criteria = criteriaOf(tables, {
    dates: request.dates.length,
    unknownSeasons,
    others: (await activeBackfills({ store }))
      .filter((other) => isAboutTheSame(registry, request, other.request))
      .map(({ id }) => id),
    isFetched,
    ...(short === undefined ? {} : { short }),
    fill: fillingCommand,
  });
  return { verdict: verdictOf(criteria), criteria, tables };
}

/** How it is decided whether a planned request can run, and what is there of the tables that it builds. */
export async function decidedOf(
  ports: Pick<EstimatingPorts, 'store' | 'registry'>,
  planned: Omit<PlannedRequest, 'fetched'>,
  isFetched: boolean,
): Promise<Decided> {
  const { view, request } = planned;
  const { verdict, criteria } = await matrixOf(ports, planned, isFetched);
  return {
    verdict,
    criteria,
    coverage: tablesInScope(view, asPlanned(request)).map((table) => {
      const { expected, now } = plannedCoverage(view, table, request.dates, new Set());
      const { name, phase } = table.definition;
      return { table: name, phase, expected, present: now };
    }),
  };
}

/** Whether two requests are about some same table on some same date. */
function isAboutTheSame(registry: Registry, one: NormalRequest, other: NormalRequest): boolean {
  const dates = new Set(one.dates);
  if (!other.dates.some((date) => dates.has(date))) return false;
  const tables = new Set(tablesInScope({ registry }, asPlanned(one)));
  return tablesInScope({ registry }, asPlanned(other)).some((table) => tables.has(table));
}

/** How long a plan will take and what it will cost; null for what is not known. */
export interface Estimate {
  /** From the request to the end: half of all backfills take less than `p50`, nine of ten less than `p90`. */
  readonly seconds: Pick<Forecast, 'p50' | 'p90'> | null;
  readonly basis: string;
  readonly jobs: number | null;
  readonly bytes: number;
  readonly usd: number;
}

export interface EstimatingPorts {
  readonly store: StateStore;
  readonly registry: Registry;
  readonly config: Pick<Config, 'target'>;
}

/**
 * What `fullcourt plan` prints of a planned request. Reads what earlier runs took; writes nothing.
 * @param isLetThrough whether a person lets it run although inputs are missing
 */
export async function planDocument(
  ports: EstimatingPorts,
  planned: PlannedRequest,
  fetches: FetchesPlanned | null = null,
  isLetThrough = false,
): Promise<PlanAnswer> {
  const { plan, request, view, unknownSeasons } = planned;
  const { verdict, criteria } = await matrixOf(ports, planned, fetches !== null);
  const tables = ports.registry.all.flatMap((table) => {
    const { definition } = table;
    const batches = plan.batches.filter((batch) => batch.table === definition.name);
    if (batches.length === 0) return [];
    return [
      {
        table: definition.name,
        phase: definition.phase,
        dates: batches.reduce((sum, { dates }) => sum + dates.length, 0),
        batches: batches.length,
        coverage: plannedCoverage(view, table, request.dates, new Set(batches.flatMap(({ dates }) => dates))),
      },
    ];
  });
  return {
    planId: planIdOf(planned),
    dates: plan.dates,
    tables,
    runs: plan.batches.length,
    excluded: plan.excluded,
    outsideScope: plan.outsideScope,
    unknownSeasons,
    fetches,
    go: verdict === 'GO' || (isLetThrough && request.dates.length > 0),
    criteria,
    noGo: plan.missing.map((missing) => ({ ...missing, what: describeMissing(missing) })),
    estimate: await estimateOf(ports, plan, request),
  };
}

/**
 * The duration is a band from what runs of the same tables have taken on this target; null when a table has never been run on it. On
 * Google Cloud the estimate also says what BigQuery charges.
 */
export async function estimateOf(
  { store, registry, config }: EstimatingPorts,
  plan: Plan,
  { maxInFlight }: Pick<NormalRequest, 'maxInFlight'>,
): Promise<Estimate> {
  const forecast = await forecastPlan({ store, registry }, plan.batches, maxInFlight);
  const cost =
    config.target === 'gcp' ? warehouseCost(plan.batches, registry) : { jobs: null, bytes: 0, dollars: 0 };
  return {
    seconds: forecast === undefined ? null : bandOf(forecast),
    basis: 'runs of the same tables on this target',
    jobs: cost.jobs,
    bytes: cost.bytes,
    usd: Math.round(cost.dollars * 10_000) / 10_000,
  };
}

/** A band in tenths of a second. */
export function bandOf({ p50, p90 }: Pick<Forecast, 'p50' | 'p90'>): Pick<Forecast, 'p50' | 'p90'> {
  const tenths = (seconds: number): number => Math.round(seconds * 10) / 10;
  return { p50: tenths(p50), p90: tenths(p90) };
}
