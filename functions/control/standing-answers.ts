/** Which answers about a moment still stand, so that their source is not asked again. */
import type { GameDate } from '../../shared/domain/game-date.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import type { ScheduledGame } from '../ingest/schedule.ts';
import { RAW_LOADS } from '../processors/loads.ts';
import { momentIn } from '../sources/moments.ts';
import { payloadFileOf } from '../sources/payload-files.ts';
import type { Endpoint } from '../sources/source.ts';
import { hoursSince } from './subjects.ts';

/** Hours before a tip-off from which an old answer is asked for again. What is asked hourly may be some minutes late. */
const HOURS_BEFORE_TIPOFF = 65 / 60;

/**
 * Whether the last archived answer of an endpoint about a date stands: it is younger than `standsHours`, or no game of the date begins
 * within about an hour. An answer without `standsHours` never does.
 */
export async function answerStands(
  ports: { readonly store: StateStore },
  endpoint: Endpoint,
  {
    date,
    games,
    now,
  }: { readonly date: GameDate; readonly games: readonly ScheduledGame[]; readonly now: Date },
): Promise<boolean> {
  const { standsHours, fills } = endpoint;
  if (standsHours === undefined) return false;
  const tables = RAW_LOADS.all.filter(({ layouts }) => fills.some((kind) => kind in layouts));
  const archives = await archivesOf(
    ports,
    tables.map(({ definition }) => definition.name),
    seasonOf(date),
  );
  const told = archives.flatMap((archive) =>
    (archive?.slices[date] ?? []).flatMap(({ entry }) => {
      const file = payloadFileOf(archive?.entries[entry]?.name ?? '');
      const at = file?.endpoint === endpoint ? momentIn(file.subject)?.at : undefined;
      return at === undefined || at > now ? [] : at.getTime();
    }),
  );
  if (told.length === 0) return false;
  const age = hoursSince(new Date(Math.max(...told)).toISOString(), now);
  const isBeforeTipoff = games.some(({ tipoffAt }) => {
    const until = -hoursSince(tipoffAt, now);
    return until > 0 && until <= HOURS_BEFORE_TIPOFF;
  });
  return age < standsHours || !isBeforeTipoff;
}
