/**
 * How often the points lie over a line, by how far a prediction lies from it. A model alone overstates this badly: it does not know
 * what the line knows. So it is read from games that have a line and that the model has not learned from.
 */

/** Where a prediction lies `edge` points above a line, the points lay over the line with this probability. */
export interface OverPoint {
  readonly edge: number;
  readonly probability: number;
}

/** Groups of edges, each of the same number of games, before they are pooled. */
const GROUPS = 10;
/** Games at a probability of one half that are added to each group: few games prove little. */
const DOUBT = 50;
/** Fewer games than this say nothing of lines. */
const LEAST_GAMES = 500;

/**
 * The probabilities by edge, which never fall with a larger edge (isotonic regression by pooling adjacent violators). Games whose
 * points equal the line are neither over nor under, and are left out.
 * @returns null where there are fewer than 500 games with a line
 */
export function overMapOf(
  predicted: Float64Array,
  lines: Float64Array,
  actual: Float64Array,
): readonly OverPoint[] | null {
  const edgeAt = (at: number): number => (predicted[at] ?? NaN) - (lines[at] ?? NaN);
  const places = [...predicted.keys()]
    .filter((at) => !Number.isNaN(edgeAt(at)) && actual[at] !== lines[at])
    .sort((a, b) => edgeAt(a) - edgeAt(b) || a - b);
  if (places.length < LEAST_GAMES) return null;
  const groups = Array.from({ length: GROUPS }, (_, g) => {
    const of = places.slice(
      Math.floor((g * places.length) / GROUPS),
      Math.floor(((g + 1) * places.length) / GROUPS),
    );
    const over = of.filter((at) => (actual[at] ?? NaN) > (lines[at] ?? NaN)).length;
    return {
      edges: of.reduce((sum, at) => sum + edgeAt(at), 0),
      games: of.length,
      over: over + DOUBT / 2,
      weight: of.length + DOUBT,
    };
  });
  const pooled: typeof groups = [];
  for (const group of groups) {
    let last = group;
    for (
      let before = pooled.at(-1);
      before !== undefined && before.over * last.weight >= last.over * before.weight;
      before = pooled.at(-1)
    ) {
      pooled.pop();
      last = {
        edges: before.edges + last.edges,
        games: before.games + last.games,
        over: before.over + last.over,
        weight: before.weight + last.weight,
      };
    }
    pooled.push(last);
  }
  return pooled.map(({ edges, games, over, weight }) => ({
    edge: edges / games,
    probability: over / weight,
  }));
}

/** The probability at an edge, between the points of the map on a line, and as at its ends beyond them. */
export function overAt(map: readonly OverPoint[], edge: number): number {
  const after = map.findIndex((point) => edge < point.edge);
  const high = map[after === -1 ? map.length - 1 : after];
  const low = map[after === -1 ? map.length - 1 : Math.max(0, after - 1)];
  if (low === undefined || high === undefined) return NaN;
  const share = high.edge === low.edge ? 0 : (edge - low.edge) / (high.edge - low.edge);
  return low.probability + (high.probability - low.probability) * Math.max(0, Math.min(1, share));
}
