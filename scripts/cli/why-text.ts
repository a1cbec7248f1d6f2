/** Cells that are not green, with their causes, in lines. */
import { listText } from '../../functions/control/list-text.ts';
import { causeText, type Cause } from '../../shared/domain/cause.ts';
import { counted } from '../../shared/domain/counted.ts';
import type { GameDate } from '../../shared/domain/game-date.ts';
import { refName } from '../../shared/domain/partition.ts';
import type { CellWhy } from '../../shared/domain/why.ts';

/** Most groups of cells that a text names. */
const MAX_GROUPS = 30;

/**
 * What cells are, those with the same causes together, and below them the causes. Cells of several dates stand together where the
 * same is wrong with the same tables of each date. The cure is the one that reaches all of the cells.
 * @param cells that are not green, by date
 */
export function cellsText(cells: readonly CellWhy[]): string[] {
  const all = [...Map.groupBy(cells, keyOf).values()];
  // What is rightly left out comes last.
  const groups = [...all.filter((group) => !isLeftOut(group)), ...all.filter(isLeftOut)];
  const lines = groups.slice(0, MAX_GROUPS).flatMap((group) => {
    const names = [...Map.groupBy(group, ({ table, status }) => `${table}: ${status.replace('_', ' ')}`)];
    return [
      '',
      ...names.map(
        ([name, of]) =>
          `${name} on ${listText(
            of.map(({ date }) => date),
            3,
          )}`,
      ),
      ...causesText(
        (group.at(-1)?.causes ?? []).map((cause) => reaching(cause, group)),
        group.at(-1)?.date,
      ),
    ];
  });
  const more = groups.length - MAX_GROUPS;
  return more > 0 ? [...lines, '', `and ${more} more groups of cells; all of them with --json`] : lines;
}

/**
 * The causes of a cell, a line each. Dates of one table with the same trouble are one line, whose cure is one request for the
 * range from the first of them to the cell.
 */
export function causesText(causes: readonly Cause[], cell: GameDate | undefined): string[] {
  const alike = Map.groupBy(causes, ({ table, kind, detail }) => `${table} ${kind} ${detail}`);
  return [...alike.values()].flatMap((group) => {
    const dates = group.map(({ date }) => date).sort();
    const [cause, first, last] = [group[0], dates[0], dates.at(-1)];
    if (cause === undefined || group.length === 1) return group.map((each) => `  ${causeText(each)}`);
    const end = cell === undefined || (last ?? '') > cell ? last : cell;
    const name = `${cause.table} on ${counted(group.length, 'date')} (${listText(dates, 3)})`;
    return [`  ${causeText(overRange(cause, first, end), '', name)}`];
  });
}

const isLeftOut = (group: readonly CellWhy[]): boolean => group[0]?.status === 'excluded';

/** Whether all causes of a cell are of its own date. */
const isOfOneDate = ({ date, causes }: CellWhy): boolean => causes.every((cause) => cause.date === date);

function keyOf(cell: CellWhy): string {
  if (!isOfOneDate(cell)) return cell.causes.map(refName).join(' ');
  return cell.causes
    .map(({ table, kind, detail }) => {
      // What is left out for one reason stands together, and so do the dates of a table with rows that are not ready.
      if (kind === 'excluded') return `excluded ${detail}`;
      return `${table} ${kind} ${kind === 'not_ready' ? '' : detail}`;
    })
    .join(' ');
}

/** A cause whose cure names the dates of all cells, where each has the causes of its own date. */
function reaching(cause: Cause, group: readonly CellWhy[]): Cause {
  const [first, last] = [group[0]?.date, group.at(-1)?.date];
  return first === last || !group.every(isOfOneDate) ? cause : overRange(cause, first, last);
}

/** A cause whose cure asks for all dates from the first to the last, where it asks for dates. */
function overRange(cause: Cause, first: GameDate | undefined, last: GameDate | undefined): Cause {
  return { ...cause, cure: cause.cure?.replace(/--dates \S+/, `--start ${first} --end ${last}`) ?? null };
}
