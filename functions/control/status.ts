/** What is loaded, what is under way, and the completion documents of one date. */
import { sourcesOn, type SourceOfDate } from '../../shared/domain/archive.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { isInFlight, isPresent } from '../../shared/domain/partition.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import { stalenessOf, withStaleness } from '../../shared/domain/staleness.ts';
import { archivesOf } from '../../shared/state/archives.ts';
import { isFinished, listBackfills, type Backfill } from '../../shared/state/backfills.ts';
import type { KeptValidation } from '../../shared/domain/validation.ts';
import { seenState, validationOf, type Holding, type SeenState } from './backfills.ts';
import { completionsOn } from '../../shared/state/completions.ts';
import { deadLetters } from '../../shared/state/dead-letters.ts';
import type { CompletionDocument } from '../../shared/state/documents.ts';
import { runsOf } from '../../shared/state/runs.ts';
import { knownCalendars, knownSeasons, loadView } from '../../shared/state/views.ts';
import type { ReadingPorts } from './ports.ts';
import { isComputed, isRaw, isOncePerSeason } from '../../shared/domain/table.ts';

export interface Overview {
  readonly seasons: readonly {
    readonly season: Season;
    readonly openingNight: GameDate;
    readonly gameDates: number;
    readonly games: number;
  }[];
  readonly backfills: {
    readonly total: number;
    /** Backfills that have not ended. */
    readonly active: readonly {
      readonly id: string;
      readonly state: SeenState;
      readonly updatedAt: string;
    }[];
    /** The newest of those whose rows were validated at their end; null without any. */
    readonly validated: { readonly id: string; readonly validation: KeptValidation } | null;
  };
  /** How many messages wait, by subscription; null where only the message broker knows. */
  readonly backlog: Readonly<Record<string, number>> | null;
  /** Messages that were set aside and have not been published again. */
  readonly deadLetters: number;
}

export interface OverviewPorts extends ReadingPorts, Holding {
  readonly backlog: () => ReadonlyMap<string, number> | undefined;
}

export async function overview(ports: OverviewPorts): Promise<Overview> {
  const { store } = ports;
  const calendars = await knownCalendars(ports);
  const backfills = await listBackfills({ store });
  const active = backfills
    .filter((backfill) => !isFinished(backfill))
    .map((backfill) => ({
      id: backfill.id,
      state: seenState(ports, backfill),
      updatedAt: backfill.updatedAt,
    }));
  const waitingLetters = (await deadLetters(ports)).filter(({ replayedAt }) => replayedAt === null);
  const waiting = ports.backlog();
  return {
    seasons: calendars.map(({ season, openingNight, games }) => ({
      season,
      openingNight,
      gameDates: Object.values(games).filter((ofDate) => ofDate.games > 0).length,
      games: Object.values(games).reduce((sum, ofDate) => sum + ofDate.games, 0),
    })),
    backfills: { total: backfills.length, active, validated: newestValidated(backfills) },
    backlog: waiting === undefined ? null : Object.fromEntries(waiting),
    deadLetters: waitingLetters.length,
  };
}

function newestValidated(backfills: readonly Backfill[]): Overview['backfills']['validated'] {
  const newest = backfills
    .filter((backfill) => validationOf(backfill) !== null)
    .reduce<Backfill | undefined>(
      (a, b) => (a === undefined || (b.finishedAt ?? '') > (a.finishedAt ?? '') ? b : a),
      undefined,
    );
  const validation = newest === undefined ? null : validationOf(newest);
  return newest === undefined || validation === null ? null : { id: newest.id, validation };
}

/** The state of a table for a date as a person sees it. */
export type SeenTable = CompletionDocument['tables'][string] & {
  /** The revision that answered for its run, where a service did. */
  readonly answeredBy?: string;
  /** Who has said something of the date; absent for a computed table. */
  readonly sources?: readonly SourceOfDate[];
};

export interface SeenCompletion extends CompletionDocument {
  readonly tables: Readonly<Record<string, SeenTable>>;
}

/**
 * The completion documents of one date. A table whose run has been claimed has the status `running`, and `stale` says for
 * each table whether it is stale at this moment, also through other tables: the documents as they are stored say that only
 * of partitions whose own inputs or code have changed.
 */
export async function completionsOf(ports: ReadingPorts, date: GameDate): Promise<SeenCompletion[]> {
  const { store, registry } = ports;
  const staleness = stalenessOf(await loadView(ports, registry, [seasonOf(date)]));
  const found = await completionsOn({ store }, date);
  const states = found.flatMap(({ tables }) => Object.values(tables));
  const runs = await runsOf(
    { store },
    states.flatMap(({ runId }) => (typeof runId === 'string' ? [runId] : [])),
  );
  const sources = await sourcesOfDate(ports, date);
  const documents: SeenCompletion[] = [];
  for (const document of found) {
    const tables: Record<string, SeenTable> = { ...document.tables };
    for (const [name, stored] of Object.entries(document.tables)) {
      if (!registry.has(name)) continue;
      const state = withStaleness(stored, staleness(registry.get(name), date));
      const run = runs.get(state.runId ?? '');
      const said = sources.get(name);
      const more = {
        ...(run?.answeredBy === undefined ? {} : { answeredBy: run.answeredBy }),
        ...(said === undefined ? {} : { sources: said }),
      };
      tables[name] =
        isInFlight(state) && run?.state === 'running'
          ? { ...state, ...more, status: 'running' }
          : { ...state, ...more };
    }
    documents.push({ ...document, tables });
  }
  return documents;
}

/** Who has said something of the date, for each loaded table. */
async function sourcesOfDate(
  { store, registry }: ReadingPorts,
  date: GameDate,
): Promise<ReadonlyMap<string, readonly SourceOfDate[]>> {
  const tables = registry.all.flatMap(({ definition }) => (isRaw(definition) ? definition.name : []));
  const archives = await archivesOf({ store }, tables, seasonOf(date));
  return new Map(tables.map((table, i) => [table, sourcesOn(archives[i], date)]));
}

/**
 * A date to show as an example. It is taken from the second half of the last season: of the dates that have every computed
 * table, the one with most games.
 */
export async function sampleDate(ports: ReadingPorts): Promise<GameDate | undefined> {
  const view = await loadView(ports, ports.registry, await knownSeasons(ports), { gameHashes: false });
  const season = [...view.seasons.values()].at(-1);
  if (season === undefined) return undefined;
  const tables = ports.registry.all.filter(
    ({ definition }) => isComputed(definition) && !isOncePerSeason(definition),
  );
  const full = season.calendar.dates.filter((date) =>
    tables.every(({ definition }) => isPresent(season.states.get(definition.name)?.[date])),
  );
  const late = full.slice(Math.floor(full.length / 2));
  return late.toSorted(
    (a, b) => (season.calendar.games[b]?.games ?? 0) - (season.calendar.games[a]?.games ?? 0),
  )[0];
}
