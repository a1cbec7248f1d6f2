/** Closes small holes: opens again what has lost rows, and makes the request that builds the holes and nothing else. */
import { warehouseCost } from '../../shared/derive/bigquery-cost.ts';
import { decideHealing, type LeftHole } from '../../shared/domain/decide/heal.ts';
import { evaluate } from '../../shared/domain/evaluation.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { digest } from '../../shared/domain/hash.ts';
import type { Hole } from '../../shared/domain/holes.ts';
import { lostText, type LostRows } from '../../shared/domain/ledger.ts';
import { PRESENT_SHARE, refName, type PartitionRef } from '../../shared/domain/partition.ts';
import { partitionsOf, planBackfill, type Plan } from '../../shared/domain/plan.ts';
import type { Registry } from '../../shared/domain/registry.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import { PHASES, type Phase } from '../../shared/domain/table.ts';
import { HEAL } from '../../shared/domain/trust-limits.ts';
import { stateOf, type View } from '../../shared/domain/view.ts';
import { backfillIdOf } from '../../shared/messages/backfill-id.ts';
import type { BackfillRequest } from '../../shared/messages/schemas.ts';
import { healsOf, noteHeals, type Heal } from '../../shared/state/heals.ts';
import { reopen, type LostDate } from '../../shared/state/marks.ts';
import { withGameHashes } from '../../shared/state/views.ts';
import { forecastPlan } from './forecast.ts';
import type { GapPorts, SeenGaps } from './gaps.ts';
import type { Policy } from './policy.ts';

export interface HealingPorts extends GapPorts {
  readonly policy: Pick<Policy, 'batchSize' | 'maxInFlight'>;
}

/** What is to be done about the holes of a range. */
export interface Healing {
  /** The request that builds the holes that are asked for; null where none are. */
  readonly request: BackfillRequest | null;
  readonly asked: readonly PartitionRef[];
  /** Holes that are not asked for, with the reason and the command of a person. */
  readonly left: readonly LeftHole[];
  /** Asked partitions that a run may have read while rows of them were lacking: what reads them is stale now. */
  readonly suspected: number;
}

/**
 * Chooses the holes that are small enough, opens those again that have lost rows, and remembers what was asked for. Who calls it publishes the
 * request. With `isLargeToo`, a person has said that the limits do not count. A hole that was asked for and is still there is not asked for again until something that it is built from has changed.
 */
export async function prepareHealing(
  ports: HealingPorts,
  { gaps: { holes }, stored, view: seen, lost }: SeenGaps,
  isLargeToo = false,
): Promise<Healing> {
  const nothing = { request: null, asked: [], suspected: 0 };
  if (holes.length === 0) return { ...nothing, left: [] };
  const view = await withGameHashes(ports, seen);
  const evaluation = evaluate(view);
  const inputOf = ({ table, date }: PartitionRef): string =>
    evaluation.inputFingerprint(view.registry.get(table), date);
  const wasAsked = await askedBefore(ports, view, holes, inputOf);
  const decided = decideHealing(view, holes, wasAsked, isLargeToo);
  const chosen = await withinLimits(ports, view, decided.asked, isLargeToo);
  const left = [
    ...decided.left,
    ...decided.asked
      .filter((hole) => !chosen.includes(hole))
      .map(({ table, date, cure }): LeftHole => ({ table, date, why: 'large', cure })),
  ];
  if (chosen.length === 0) return { ...nothing, left };
  const tokenOf = ({ table, date }: PartitionRef): number => stateOf(view, table, date)?.token ?? 0;
  const request = requestFor(ports.registry, chosen, (hole) => `${inputOf(hole)} ${tokenOf(hole)}`);
  const suspected = await openAgain(ports, stored, chosen, lost);
  const backfillId = backfillIdOf(request, '');
  const at = ports.clock().toISOString();
  for (const [table, ofTable] of Map.groupBy(chosen, ({ table }) => table))
    await noteHeals(
      ports,
      table,
      new Map(
        ofTable.map(({ date }): [GameDate, Heal] => [
          date,
          {
            ...{ at, backfillId, input: inputOf({ table, date }) },
            token: tokenOf({ table, date }),
          },
        ]),
      ),
    );
  return { request, asked: chosen.map(({ table, date }) => ({ table, date })), left, suspected };
}

/** Tells of a hole whether it was asked for before, and neither built since nor made of something else by now. */
async function askedBefore(
  ports: HealingPorts,
  view: View,
  holes: readonly Hole[],
  inputOf: (ref: PartitionRef) => string,
): Promise<(ref: PartitionRef) => boolean> {
  const known = new Map<string, Heal>();
  for (const [table, ofTable] of Map.groupBy(holes, (hole) => hole.table))
    for (const season of new Set(ofTable.map(({ date }) => seasonOf(date))))
      for (const [date, heal] of Object.entries(await healsOf(ports, table, season)))
        known.set(refName({ table, date: date as GameDate }), heal);
  return (ref) => {
    const before = known.get(refName(ref));
    if (before === undefined || before.input !== inputOf(ref)) return false;
    const state = stateOf(view, ref.table, ref.date);
    const isBuiltSince = (state?.token ?? 0) > before.token && state?.status !== 'failed';
    return !isBuiltSince;
  };
}

/**
 * Those of some holes whose plan stays within the limits of one look. Where something is missing that the plan cannot build, only those that
 * wait for nothing are left.
 */
async function withinLimits(
  ports: HealingPorts,
  view: View,
  asked: readonly Hole[],
  isLargeToo: boolean,
): Promise<readonly Hole[]> {
  if (asked.length === 0) return asked;
  const { store, registry, policy, config } = ports;
  const plan = planOf(view, asked, policy.batchSize);
  if (plan.missing.length > 0) {
    const first = asked.filter((hole) => refName(hole) === refName(hole.cause));
    if (first.length === 0 || planOf(view, first, policy.batchSize).missing.length > 0) return [];
    if (first.length < asked.length) return withinLimits(ports, view, first, isLargeToo);
  }
  if (isLargeToo) return asked;
  const forecast = await forecastPlan({ store, registry }, plan.batches, policy.maxInFlight);
  const usd = config.target === 'gcp' ? warehouseCost(plan.batches, registry).dollars : 0;
  const isWithin =
    partitionsOf(plan.batches).length <= HEAL.cells &&
    (forecast?.p90 ?? 0) <= HEAL.seconds &&
    usd <= HEAL.usd;
  return isWithin ? asked : [];
}

function planOf(view: View, holes: readonly Hole[], batchSize: Policy['batchSize']): Plan {
  return planBackfill(view, { ...scopeOf(view.registry, holes), only: 'missing', force: false }, batchSize);
}

function scopeOf(
  registry: Registry,
  holes: readonly PartitionRef[],
): { readonly dates: GameDate[]; readonly tables: string[]; readonly from: Phase; readonly through: Phase } {
  const tables = [...new Set(holes.map(({ table }) => table))];
  const phases = PHASES.filter((phase) =>
    tables.some((table) => registry.get(table).definition.phase === phase),
  );
  return {
    dates: [...new Set(holes.map(({ date }) => date))].sort(),
    tables,
    from: phases[0] ?? 'phase3',
    through: phases.at(-1) ?? 'phase5',
  };
}

/**
 * The same holes in the same state make the same request, so that it is one backfill however often it is published. Later dates are marked
 * stale, not built: what a look asks for stays within its limits.
 */
function requestFor(
  registry: Registry,
  holes: readonly Hole[],
  stateText: (ref: PartitionRef) => string,
): BackfillRequest {
  const content = holes.map((hole) => `${refName(hole)} ${stateText(hole)}`).join('\n');
  return {
    ...scopeOf(registry, holes),
    only: 'missing',
    restate: 'mark',
    fetch: false,
    requestedBy: 'gaps',
    requestId: `heal-${digest(content).slice(0, 12)}`,
  };
}

/** Opens again what has lost rows. @returns how many of the partitions may have been read since */
async function openAgain(
  ports: HealingPorts,
  stored: View,
  chosen: readonly Hole[],
  lost: readonly LostRows[],
): Promise<number> {
  const names = new Set(chosen.map(refName));
  const own = lost.filter((each) => names.has(refName(each)));
  let suspected = 0;
  for (const [table, ofTable] of Map.groupBy(own, (each) => each.table)) {
    const isCounted = ports.registry.readersOf(table).every(({ input }) => input.required);
    const opened = ofTable.map(({ date, rows, found }): LostDate => {
      // Before a run, the rows of every required input are counted; with fewer than 95 % of them it is not asked for.
      const mayBeRead = !isCounted || found >= PRESENT_SHARE * rows;
      if (mayBeRead) suspected += 1;
      return { date, seen: stateOf(stored, table, date), reason: lostText({ rows, found }), mayBeRead };
    });
    await reopen(ports, ports.registry, table, opened);
  }
  return suspected;
}
