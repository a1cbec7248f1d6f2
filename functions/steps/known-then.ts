/** Reads tables as they were known at an earlier time, in an overlay of the warehouse. */
import { tablesInQuery } from '../../shared/derive/tables-in-query.ts';
import { RequestError } from '../../shared/domain/failure.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';
import { neededSeasons } from '../../shared/domain/needed-dates.ts';
import { seasonOf } from '../../shared/domain/season.ts';
import type { Answer, Overlay, TableDates, Warehouse } from '../../shared/ports/warehouse.ts';
import { archiveKnownAt } from '../control/known-archive.ts';
import { queryAnswer } from '../control/query.ts';
import { knownPartitions, type KnownThenPorts } from './known-partitions.ts';
import { valueOf } from './overlay-partitions.ts';

/** What is to be read as it was known. */
export interface AskedThen {
  /** The time (ISO, UTC). */
  readonly at: string;
  /** Game dates, each once. */
  readonly dates: readonly GameDate[];
}

/** A partition that was asked for and was not there then, and why. */
export interface AbsentThen extends PartitionRef {
  readonly why: string;
}

/** Tables as they were known at a time. */
export interface KnownThen {
  /** It shows the dates and tables that were asked for, and nothing else. */
  readonly overlay: Pick<Overlay, 'ask' | 'shown'>;
  /** Those of the dates on which each table had a partition. */
  readonly shown: TableDates;
  readonly absent: readonly AbsentThen[];
  /** Partitions that were looked at, and those of them that had to be made anew. */
  readonly looked: number;
  readonly made: number;
  /** Looks whether what is read through is still what it was. @throws RequestError when a run has been asked for it meanwhile */
  readonly assertUnchanged: () => Promise<void>;
  /** Lets go of everything that was prepared. */
  readonly close: () => Promise<void>;
}

/**
 * Prepares tables on some dates as they were known at a time. What was prepared is there until it is closed.
 * @throws RequestError when nobody can say what was known then
 * @throws Error when the warehouse or the archive does not answer
 */
export async function openKnownThen(
  ports: KnownThenPorts,
  { at, dates }: AskedThen,
  tables: readonly string[],
): Promise<KnownThen> {
  const askedSeasons = [...new Set(dates.map(seasonOf))];
  const earlier = neededSeasons(ports.registry, tables, askedSeasons);
  const seasons = [...new Set([...askedSeasons, ...earlier.keys()])].sort();
  const known = await archiveKnownAt(ports, at, seasons);
  const overlay = valueOf(await ports.warehouse.openOverlay(new Map()));
  try {
    const then = knownPartitions(ports, known, overlay, at);
    const shown = new Map<string, GameDate[]>(tables.map((name) => [name, []]));
    const absent: AbsentThen[] = [];
    for (const season of seasons) {
      const wanted = dates.filter((date) => seasonOf(date) === season);
      await then.prepareSeason(season, tables, wanted, earlier.get(season) ?? []);
    }
    for (const table of tables)
      for (const date of dates) {
        const why = then.whyAbsent({ table, date });
        if (why === undefined) shown.get(table)?.push(date);
        else absent.push({ table, date, why });
      }
    valueOf(await overlay.narrow(shown));
    const { assertUnchanged } = then;
    return { overlay, shown, absent, ...then.counts(), assertUnchanged, close: overlay.close };
  } catch (error) {
    await overlay.close();
    throw error;
  }
}

/** The answer to a query of tables as they were known, and what was not there of what it asked for. */
export interface AnswerThen extends Answer {
  readonly absent: readonly AbsentThen[];
  /** Lets go of what was prepared; reading the rows to their end does so, too. */
  readonly close: () => Promise<void>;
}

/**
 * Answers a query of tables as they were known at a time. It sees the rows of the dates that are asked for and no others, whatever it
 * says itself.
 * @param portable whether only the part is allowed that is the same text for both engines
 * @throws RequestError that says what cannot be asked
 */
export async function askKnownThen(
  ports: KnownThenPorts & { readonly warehouse: Pick<Warehouse, 'notPortable'> },
  asked: AskedThen,
  sql: string,
  portable: boolean,
): Promise<AnswerThen> {
  const tables = tablesInQuery(ports.registry, sql);
  if (tables.length === 0)
    throw new RequestError('The query reads no table of the pipeline, so there is nothing to be known then');
  const { warehouse } = ports;
  const then = await openKnownThen(ports, asked, tables);
  try {
    const reader = { ask: then.overlay.ask, notPortable: warehouse.notPortable };
    const answer = await queryAnswer(reader, sql, portable);
    // The rows are those of the moment in which the answer has begun.
    await then.assertUnchanged();
    const { absent, close } = then;
    return { ...answer, absent, close, chunks: closing(answer.chunks, close) };
  } catch (error) {
    await then.close();
    throw error;
  }
}

async function* closing(chunks: Answer['chunks'], close: () => Promise<void>): Answer['chunks'] {
  try {
    yield* chunks;
  } finally {
    await close();
  }
}
