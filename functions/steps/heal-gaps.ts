/** The daily look: small holes are asked for, and what a person has to know is told once. */
import { alarmCleared, alarmRaised } from '../../shared/observe/events/health.ts';
import { gapsFailed, gapsFound } from '../../shared/observe/events/sweeps.ts';
import { tablesOnDates } from '../control/list-text.ts';
import { gapsIn } from '../control/gaps.ts';
import { lookForAlarms } from '../control/health.ts';
import { prepareHealing } from '../control/heal.ts';
import { publishRequest } from '../control/watch.ts';
import type { Ports } from '../../shared/ports/index.ts';
import { ALARM } from '../../shared/domain/trust-limits.ts';
import { activeBackfills } from '../../shared/state/backfills.ts';
import { isAnySeasonKnown } from '../../shared/state/views.ts';
import type { Hole } from '../../shared/domain/holes.ts';
import type { HandlerContext } from './context.ts';

/** Tables that the line of a look names. */
const MAX_TABLES = 5;

/** Looks at every loaded season. A warehouse that does not answer is told of, and the next look is made a day later. */
export async function healGaps({ ports, registry, policy, revision }: HandlerContext): Promise<void> {
  if (!(await isAnySeasonKnown(ports))) return;
  // Where services do the work, BigQuery charges for it.
  const looking = {
    ...ports,
    registry,
    policy,
    config: { target: revision === undefined ? 'embedded' : 'gcp' },
  } as const;
  let seen: Awaited<ReturnType<typeof gapsIn>>;
  try {
    seen = await gapsIn(looking, ports.warehouse, {});
  } catch (error) {
    gapsFailed(ports, { detail: error instanceof Error ? error.message : String(error) });
    return;
  }
  const { holes } = seen.gaps;
  if (holes.length === 0) return;
  // What a backfill is at work on may be among them.
  const { request, asked } = (await isAnyAtWork(ports))
    ? { request: null, asked: [] }
    : await prepareHealing(looking, seen);
  const id = request === null ? null : (await publishRequest(ports, request)).id;
  gapsFound(ports, {
    ...{ failures: holes.length, changed: asked.length, backfillId: id },
    detail: holesText(holes),
  });
}

/** Whether a backfill runs of which something has moved lately. */
async function isAnyAtWork(ports: Ports): Promise<boolean> {
  const since = ports.clock().getTime() - ALARM.backfill.failMinutes * 60_000;
  const active = await activeBackfills(ports);
  return active.some(({ state, updatedAt }) => state === 'running' && Date.parse(updatedAt) > since);
}

/** Tells of each incident that has begun since the last look, and of each that is over. */
export async function tellAlarms({ ports, registry }: HandlerContext): Promise<void> {
  const { raised, cleared } = await lookForAlarms({ ...ports, registry });
  for (const { kind, key, severity, what } of raised)
    alarmRaised(ports, { code: kind, reason: key, verdict: severity, detail: what });
  for (const key of cleared) alarmCleared(ports, { code: key.split(/[:@]/)[0] ?? key, reason: key });
}

function holesText(holes: readonly Hole[]): string {
  const tables = tablesOnDates(holes);
  const more = tables.length - MAX_TABLES;
  return `${tables.slice(0, MAX_TABLES).join('; ')}${more > 0 ? `; and ${more} more tables` : ''}`;
}
