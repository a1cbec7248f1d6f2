/** Which known name somebody may have meant. Pure. */

/** Names that share at least this much with what was asked are offered. */
const ALIKE = 0.6;
/** How alike two names are that differ by one letter. Of short names the pairs of letters say little. */
const ONE_SLIP = 0.95;

/**
 * The known names that are most like the one that was asked for, the most alike first, by the pairs of letters that they share:
 * `player_game_sumary` and `player_game_summary` share 16 of 17 and 18. Names that one letter makes different are alike as well.
 * @param max most names
 */
export function nearest(asked: string, known: Iterable<string>, max = 1): string[] {
  const own = pairsOf(asked);
  return [...new Set(known)]
    .map((name) => {
      const other = pairsOf(name);
      const shared = [...own].filter((pair) => other.has(pair)).length;
      const alike = (2 * shared) / Math.max(1, own.size + other.size);
      return {
        name,
        score: isOneSlip(asked.toLowerCase(), name.toLowerCase()) ? Math.max(alike, ONE_SLIP) : alike,
      };
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

/** Whether one text becomes the other by one letter more, one less or another one, or by two that change places. */
function isOneSlip(a: string, b: string): boolean {
  const [short, long] = a.length <= b.length ? [a, b] : [b, a];
  if (short.length < 2 || long.length - short.length > 1 || short === long) return false;
  let at = 0;
  while (at < short.length && short[at] === long[at]) at += 1;
  if (short.length < long.length) return short.slice(at) === long.slice(at + 1);
  return (
    short.slice(at + 1) === long.slice(at + 1) ||
    (short[at] === long[at + 1] && short[at + 1] === long[at] && short.slice(at + 2) === long.slice(at + 2))
  );
}
