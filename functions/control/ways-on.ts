/** What a person can do about a NO-GO: fill what is missing, fill only what is required, or run anyway, each with what it takes. */
import { plannedCoverage } from '../../shared/domain/coverage.ts';
import { refName } from '../../shared/domain/partition.ts';
import { partitionsOf, type MissingInput } from '../../shared/domain/plan.ts';
import { inputsOf, type InputCoverage } from '../../shared/domain/preflight.ts';
import { PHASES, RAW_PHASE, type Phase } from '../../shared/domain/table.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import type { NormalRequest } from '../../shared/state/backfills.ts';
import {
  asPlanned,
  bandOf,
  estimateOf,
  planRequest,
  type Estimate,
  type EstimatingPorts,
  type PlannedRequest,
  type PlanningPorts,
} from './plan.ts';

/** One way on. */
export interface WayOn {
  readonly way: 'fill everything first' | 'fill only what is required' | 'run anyway';
  /** One after the other. */
  readonly commands: readonly string[];
  /** Whether they can run; else something is missing that no backfill can build. */
  readonly go: boolean;
  readonly runs: number;
  readonly seconds: Estimate['seconds'];
  readonly usd: number;
  /** Dates of the tables that were asked for: how many there should be, and how many are there afterwards. */
  readonly coverage: { readonly expected: number; readonly after: number };
  /** Dates of inputs that are not there even then: rows lack columns or have none in their place, and say so. */
  readonly inputsMissing: number;
}

type Planned = Pick<PlannedRequest, 'plan' | 'request' | 'view'>;

/**
 * The ways on of a request that is a NO-GO; none of one that can run. Files that were never loaded are no way: only a person has them.
 * @param inputs what the request reads and does not build itself
 */
export async function waysOn(
  ports: PlanningPorts & EstimatingPorts,
  request: BackfillRequest,
  planned: Planned,
  inputs: readonly InputCoverage[],
): Promise<WayOn[]> {
  const { plan } = planned;
  if (plan.missing.length === 0) return [];
  const own = commandOf(planned, request);
  const computed = inputs.filter(({ phase, missing }) => phase !== RAW_PHASE && missing.length > 0);
  const from = PHASES.find((phase) => computed.some((input) => input.phase === phase));
  const ways: WayOn[] = [];
  if (from !== undefined) {
    const all = await planRequest(ports, { ...request, from });
    const left = lackingOf(inputsOf(all.view, asPlanned(all.request), all.plan), []);
    ways.push(
      await wayOf(ports, planned, {
        way: 'fill everything first',
        commands: [commandOf(all, request)],
        steps: [all],
        last: all,
        left,
      }),
    );
    const fills: PlannedRequest[] = [];
    const required = Map.groupBy(plan.missing, ({ phase }) => phase);
    for (const phase of PHASES) {
      const missing = required.get(phase);
      if (phase !== RAW_PHASE && missing !== undefined)
        fills.push(await planRequest(ports, filling(phase, missing)));
    }
    // What depends on a required table is filled with it, so that often nothing optional stays away.
    const unfilled = lackingOf(inputs, fills);
    if (unfilled > left) {
      const commands = [...fills.map((fill) => commandOf(fill, rangeOf(fill))), own];
      ways.push(
        await wayOf(ports, planned, {
          way: 'fill only what is required',
          commands,
          steps: [...fills, planned],
          last: planned,
          left: unfilled,
        }),
      );
    }
  }
  const commands = [`${own} --skip-preflight --reason TEXT`];
  const left = lackingOf(inputs, []);
  const anyway = await wayOf(ports, planned, {
    way: 'run anyway',
    commands,
    steps: [planned],
    last: planned,
    left,
  });
  return [...ways, { ...anyway, go: true }];
}

/** Dates of inputs that are missing and that none of the requests builds. */
function lackingOf(inputs: readonly InputCoverage[], fills: readonly Planned[]): number {
  const built = new Set(fills.flatMap(({ plan }) => partitionsOf(plan.batches)).map(refName));
  return inputs
    .flatMap(({ table, missing }) => missing.map((date) => refName({ table, date })))
    .filter((name) => !built.has(name)).length;
}

/** The request that fills some missing inputs of one phase. */
function filling(phase: Phase, missing: readonly MissingInput[]): BackfillRequest {
  const dates = [...new Set(missing.flatMap((each) => each.dates))].sort();
  return {
    ...rangeOf({ request: { dates } }),
    from: phase,
    through: phase,
    tables: missing.map(({ table }) => table),
  };
}

/** The first and the last date of a request. */
function rangeOf({
  request: { dates },
}: {
  readonly request: Pick<NormalRequest, 'dates'>;
}): Pick<BackfillRequest, 'startDate' | 'endDate'> {
  const [startDate, endDate] = [dates[0], dates.at(-1)];
  return startDate === undefined || endDate === undefined ? {} : { startDate, endDate };
}

/** What is known of a way before it is priced. */
interface Steps extends Pick<WayOn, 'way' | 'commands'> {
  readonly steps: readonly Planned[];
  /** The step that builds what was asked for. */
  readonly last: Planned;
  /** Dates of inputs that are lacking even then. */
  readonly left: number;
}

async function wayOf(
  ports: EstimatingPorts,
  asked: Planned,
  { way, commands, steps, last, left }: Steps,
): Promise<WayOn> {
  const estimates: Estimate[] = [];
  for (const { plan, request } of steps) estimates.push(await estimateOf(ports, plan, request));
  const bands = estimates.flatMap(({ seconds }) => (seconds === null ? [] : [seconds]));
  const sum = (of: (band: NonNullable<Estimate['seconds']>) => number): number =>
    bands.reduce((total, band) => total + of(band), 0);
  return {
    way,
    commands,
    go: steps.every(({ plan }) => plan === asked.plan || plan.missing.length === 0),
    runs: steps.reduce((total, { plan }) => total + plan.batches.length, 0),
    seconds:
      bands.length < estimates.length
        ? null
        : bandOf({ p50: sum(({ p50 }) => p50), p90: sum(({ p90 }) => p90) }),
    usd: Math.round(estimates.reduce((total, { usd }) => total + usd, 0) * 10_000) / 10_000,
    coverage: coverageAfter(ports, asked, last.plan),
    inputsMissing: left,
  };
}

/** Of the tables that the request builds, on its dates. */
function coverageAfter(
  { registry }: Pick<EstimatingPorts, 'registry'>,
  { plan: asked, request, view }: Planned,
  { batches }: PlannedRequest['plan'],
): WayOn['coverage'] {
  const names = new Set(asked.batches.map(({ table }) => table));
  const covered = registry.all
    .filter(({ definition }) => names.has(definition.name))
    .map((table) => {
      const own = batches.filter((batch) => batch.table === table.definition.name);
      return plannedCoverage(view, table, request.dates, new Set(own.flatMap(({ dates }) => dates)));
    });
  return {
    expected: covered.reduce((sum, { expected }) => sum + expected, 0),
    after: covered.reduce((sum, { after }) => sum + after, 0),
  };
}

/** The command of a request; what is as by default is left out. */
function commandOf(
  { request }: Pick<Planned, 'request'>,
  { season, startDate, endDate }: Pick<BackfillRequest, 'season' | 'startDate' | 'endDate'>,
): string {
  const { dates, from, through, tables, only, restate, force } = request;
  const range =
    season !== undefined
      ? `--season ${season}`
      : startDate !== undefined && endDate !== undefined
        ? `--start ${startDate} --end ${endDate}`
        : `--dates ${dates.join(',')}`;
  return [
    `fullcourt backfill ${range} --from ${from}`,
    ...(through === 'phase5' ? [] : [`--through ${through}`]),
    ...(tables === null ? [] : [`--tables ${tables.join(',')}`]),
    ...(only === 'all' ? [] : [`--only ${only}`]),
    ...(restate === 'auto' ? [] : [`--restate ${restate}`]),
    ...(force ? ['--force'] : []),
  ].join(' ');
}
