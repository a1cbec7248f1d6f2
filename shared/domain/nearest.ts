/** Which known name somebody may have meant. Pure. */

/** Names that share at least this much with what was asked are offered. */
const ALIKE = 0.6;

/**
 * The known names that are most like the one that was asked for, the most alike first, by the pairs of letters that they share:
 * `player_game_sumary` and `player_game_summary` share 16 of 17 and 18.
 * @param max most names
 */
export function nearest(asked: string, known: Iterable<string>, max = 1): string[] {
  const own = pairsOf(asked);
  return [...new Set(known)]
    .map((name) => {
      const other = pairsOf(name);
      const shared = [...own].filter((pair) => other.has(pair)).length;
      return { name, score: (2 * shared) / Math.max(1, own.size + other.size) };
    })
    .filter(({ score }) => score >= ALIKE)
    .sort((a, b) => b.score - a.score)
    .slice(0, max)
    .map(({ name }) => name);
}

function pairsOf(text: string): Set<string> {
  const lower = text.toLowerCase();
  return new Set(Array.from({ length: Math.max(0, lower.length - 1) }, (_, i) => lower.slice(i, i + 2)));
}
