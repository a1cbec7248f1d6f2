/** Writes a list as a part of a sentence. */
import { counted } from '../../shared/domain/counted.ts';
import { daysBetween, type GameDate } from '../../shared/domain/game-date.ts';
import type { PartitionRef } from '../../shared/domain/partition.ts';

/** At most `max` items: `2024-01-01, 2024-01-02 and 5 more`. */
export function listText(items: readonly string[], max = 6): string {
  const shown = items.slice(0, max).join(', ');
  return items.length > max ? `${shown} and ${items.length - max} more` : shown;
}

/** Cells by table: `player_game_summary on 2024-01-05, 2024-01-06`. @param cells of each table ascending by date */
export function tablesOnDates(cells: readonly PartitionRef[]): string[] {
  return [...Map.groupBy(cells, ({ table }) => table)].map(
    ([table, ofTable]) => `${table} on ${spansText(ofTable.map(({ date }) => date))}`,
  );
}

/** Days between two game dates that are still one span: a season has nights without games. */
const SPAN_DAYS = 3;

/** Dates as at most `max` spans: `2024-01-05 to 2024-01-09 (4 dates), 2024-02-01 and 12 more dates`. @param dates ascending */
export function spansText(dates: readonly GameDate[], max = 3): string {
  const spans: GameDate[][] = [];
  for (const date of dates) {
    const last = spans.at(-1);
    const before = last?.at(-1);
    if (last === undefined || before === undefined || daysBetween(before, date) > SPAN_DAYS)
      spans.push([date]);
    else last.push(date);
  }
  const shown = spans.slice(0, max).map((span) => {
    const [first, last] = [span[0] ?? '', span.at(-1) ?? ''];
    if (span.length < 3) return span.join(', ');
    return `${first} to ${last} (${counted(span.length, 'date')})`;
  });
  const rest = spans.slice(max).flat().length;
  return `${shown.join(', ')}${rest === 0 ? '' : ` and ${counted(rest, 'more date')}`}`;
}
