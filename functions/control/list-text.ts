/** Writes a list as a part of a sentence. */

/** At most `max` items: `2024-01-01, 2024-01-02 and 5 more`. */
export function listText(items: readonly string[], max = 6): string {
  const shown = items.slice(0, max).join(', ');
  return items.length > max ? `${shown} and ${items.length - max} more` : shown;
}
