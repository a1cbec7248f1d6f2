/** The live lane of a simulated pipeline: what a scraper asks for when it has archived new rows of one date. */
import type { GameDate } from '../../../shared/domain/game-date.ts';
import { seasonOf } from '../../../shared/domain/season.ts';
import type { Phase } from '../../../shared/domain/table.ts';
import { evaluate } from '../../../shared/domain/evaluation.ts';
import { requestRun } from '../../../shared/state/request-run.ts';
import { dispatchOutbox } from '../../../shared/state/outbox.ts';
import { loadView } from '../../../shared/state/views.ts';
import type { HandlerContext } from '../../steps/context.ts';

/** Asks for a live run of one partition of a raw table. @returns false when a run of it is under way */
export async function askForLive(
  { ports, registry }: HandlerContext,
  table: string,
  date: GameDate,
  through: Phase,
): Promise<boolean> {
  const view = await loadView(ports, registry, [seasonOf(date)]);
  const evaluation = evaluate(view);
  if (evaluation.isCurrent(registry.get(table), date)) return true;
  const correlationId = `live-${table}-${date}`;
  const asked = await requestRun(ports, registry, {
    table,
    dates: [{ date, ...evaluation.inputsSeen(registry.get(table), date) }],
    mode: 'live',
    backfillId: null,
    through,
    correlationId,
    causationId: null,
    want: { through, correlationId },
  });
  if (asked !== undefined) await dispatchOutbox(ports, [asked.eventId]);
  return asked !== undefined;
}
