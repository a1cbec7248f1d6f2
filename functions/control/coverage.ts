/** How many of the expected game dates are there, for every table. */
import { coverageOf, type TableCoverage } from '../../shared/domain/coverage.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';
import type { GivenScope } from '../../shared/domain/scope.ts';
import { seasonOf, type Season } from '../../shared/domain/season.ts';
import type { View } from '../../shared/domain/view.ts';
import { whyOf, type CellWhy } from '../../shared/domain/why.ts';
import { gameDatesBetween, unknownSeasons } from './date-range.ts';
import type { ReadingPorts } from './ports.ts';

export interface Coverage {
  readonly unit: 'dates';
  readonly start: GameDate;
  readonly end: GameDate;
  readonly tables: readonly TableCoverage[];
  /** Seasons of the range of which no game is known. */
  readonly unknownSeasons: readonly Season[];
  /** What persons have said that the files mean to hold, for the seasons of the range in which somebody has. */
  readonly scopes: readonly Omit<GivenScope, 'revision'>[];
}

/** Coverage from `start` to `end`, and the game dates in that range. */
export async function coverageDocument(
  ports: ReadingPorts,
  start: GameDate,
  end: GameDate,
): Promise<{ readonly view: View; readonly dates: readonly GameDate[]; readonly document: Coverage }> {
  const { view, dates } = await gameDatesBetween(ports, start, end);
  return {
    view,
    dates,
    document: {
      unit: 'dates',
      start,
      end,
      tables: tablesOver(view, dates),
      unknownSeasons: unknownSeasons(view, { startDate: start, endDate: end }),
      scopes: [...view.seasons.values()].flatMap(({ scope }) => {
        if (scope === undefined) return [];
        const { revision: _, ...told } = scope;
        return [told];
      }),
    },
  };
}

function tablesOver(view: View, dates: readonly GameDate[]): TableCoverage[] {
  return view.registry.all.map((table) => coverageOf(view, table, dates));
}

/** Every table and date that is expected and not there. */
export function missingFrom({ tables }: Coverage): PartitionRef[] {
  return tables.flatMap(({ table, missing }) => missing.map((date) => ({ table, date })));
}

/** Why what is missing is not there, by date and table. */
export function whyMissing(view: View, missing: readonly PartitionRef[]): CellWhy[] {
  const explain = whyOf(view);
  return missing.map(explain).sort((a, b) => (a.date < b.date ? -1 : a.date > b.date ? 1 : 0));
}

export const COVERAGE_UNITS = ['date', 'week', 'season'] as const;
export type CoverageUnit = (typeof COVERAGE_UNITS)[number];

export interface CoverageGroup {
  /** The date, the Monday of the week, or the season. */
  readonly group: string;
  readonly tables: readonly TableCoverage[];
}

/** Coverage of `dates`, counted separately for each date, week or season. */
export function coverageBy(unit: CoverageUnit, view: View, dates: readonly GameDate[]): CoverageGroup[] {
  return [...Map.groupBy(dates, GROUP_OF[unit])].map(([group, ofGroup]) => ({
    group,
    tables: tablesOver(view, ofGroup),
  }));
}

const GROUP_OF: Readonly<Record<CoverageUnit, (date: GameDate) => string>> = {
  date: (date) => date,
  season: (date) => seasonOf(date),
  week: (date) => {
    const day = new Date(`${date}T00:00:00Z`);
    const monday = new Date(day.getTime() - ((day.getUTCDay() + 6) % 7) * 86_400_000);
    return monday.toISOString().slice(0, 10);
  },
};
