/** Keeps what a live source has answered, and asks for the loads of it. Nobody waits for the loads. */
import { decideLoads, withReaders, type Told } from '../../shared/domain/decide/live.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { dispatchOutbox } from '../../shared/state/outbox.ts';
import { loadView, seasonsOf } from '../../shared/state/views.ts';
import type { SourceFile } from '../control/archive-files.ts';
import { archiveUnlessRefused } from '../control/imports.ts';
import { carryOut } from './actions.ts';
import type { HandlerContext } from './context.ts';

/** What became of answers that were to be kept. */
export interface Kept {
  readonly told: Told;
  /** Why nothing was kept, one line each; empty when the answers are in the archive. */
  readonly refused: readonly string[];
}

/**
 * Archives answers of a source. They are refused as a whole when they would take away more than half of the rows of a date.
 * @param observedAt when the source was asked (ISO, UTC)
 */
export async function keepAnswers(
  { ports, registry, archive }: HandlerContext,
  files: readonly SourceFile[],
  observedAt: string,
): Promise<Kept> {
  const nothing = new Map<string, ReadonlySet<GameDate>>();
  if (files.length === 0) return { told: nothing, refused: [] };
  try {
    const kept = await archiveUnlessRefused({ ...ports, registry, archive }, files, { observedAt });
    if (kept.report === undefined) return { told: nothing, refused: kept.refused };
    const told = new Map<string, Set<GameDate>>();
    const tell = (table: string, dates: Iterable<string>): void => {
      const known = told.get(table) ?? new Set();
      told.set(table, known);
      for (const date of dates) known.add(date as GameDate);
    };
    for (const { table, incoming, dates } of kept.plan.sources) {
      tell(table, dates);
      tell(table, incoming.slices.keys());
    }
    for (const { table, season } of kept.report.matchedAnew)
      tell(table, kept.plan.sources.find((each) => each.season === season)?.dates ?? []);
    return { told: withReaders(registry, told), refused: [] };
  } catch (error) {
    if (!(error instanceof RequestError)) throw error;
    return { told: nothing, refused: [error.message] };
  }
}

/**
 * Asks for the loads of what was told. What is loaded already is not asked for, so that asking twice does no harm.
 * @returns how many loads were asked for or wait
 */
export async function requestLoads(
  context: HandlerContext,
  told: Told,
  correlationId: string,
  causationId: string | null,
): Promise<number> {
  const { ports, registry } = context;
  const seasons = seasonsOf([...told.values()].flatMap((dates) => [...dates]));
  if (seasons.length === 0) return 0;
  const view = await loadView(ports, registry, seasons, { gameHashes: false });
  const events: string[] = [];
  let loads = 0;
  for (const { through, actions } of decideLoads(view, told, correlationId)) {
    loads += actions.length;
    events.push(
      ...(await carryOut(context, view, actions, {
        ...{ mode: 'live', backfillId: null, through, correlationId, causationId },
        acceptMissing: false,
      })),
    );
  }
  if (events.length > 0) await dispatchOutbox(ports, events);
  return loads;
}
