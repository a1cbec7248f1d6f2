/** Cells that are not green, with their causes, in lines. */
import { listText } from '../../functions/control/list-text.ts';
import { causeText, type Cause } from '../../shared/domain/cause.ts';
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
      ...(group.at(-1)?.causes ?? []).map((cause) => `  ${causeText(reaching(cause, group))}`),
    ];
  });
  const more = groups.length - MAX_GROUPS;
  return more > 0 ? [...lines, '', `and ${more} more groups of cells; all of them with --json`] : lines;
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
  if (cause.cure === null || first === last || !group.every(isOfOneDate)) return cause;
  return { ...cause, cure: cause.cure.replace(/--dates \S+/, `--start ${first} --end ${last}`) };
}
