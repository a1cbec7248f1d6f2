/** What a window of the last n games holds: for each date a sum over the games that count. */
import type { GameHashes } from './view.ts';

interface EntityLanes {
  readonly entity: string;
  readonly lanes: readonly number[];
}

/** Hashes as numbers, read once for each document: a document that was read is never written to. */
const parsed = new WeakMap<GameHashes, readonly EntityLanes[]>();
function lanesOf(hashes: GameHashes): readonly EntityLanes[] {
  const known = parsed.get(hashes);
  if (known !== undefined) return known;
  const lanes = Object.entries(hashes).map(([entity, hash]) => ({
    entity,
    lanes: [Number.parseInt(hash.slice(0, 8), 16), Number.parseInt(hash.slice(8, 16), 16)],
  }));
  parsed.set(hashes, lanes);
  return lanes;
}

/**
 * @param hashes for each game date those of its games, if they count
 * @param damages for each game date how often its rows were found damaged
 */
export function sumsOfLastGames(
  hashes: readonly (GameHashes | undefined)[],
  damages: readonly number[],
  games: number,
): readonly string[] {
  const recent = new Map<string, (readonly number[])[]>();
  const sum = [0, 0];
  const fingerprints = [sumText(sum)];
  for (const [i, ofDate] of hashes.entries()) {
    const reopened = damages[i] ?? 0;
    for (const { entity, lanes: content } of ofDate === undefined ? [] : lanesOf(ofDate)) {
      const lanes = reopened === 0 ? content : [(content[0] ?? 0) + reopened, content[1] ?? 0];
      const own = recent.get(entity) ?? [];
      if (own.length === 0) recent.set(entity, own);
      own.push(lanes);
      add(sum, lanes, 1);
      const oldest = own.length > games ? own.shift() : undefined;
      if (oldest !== undefined) add(sum, oldest, -1);
    }
    fingerprints.push(sumText(sum));
  }
  return fingerprints;
}

const LANE = 0x1_0000_0000;
function add(sum: number[], lanes: readonly number[], sign: 1 | -1): void {
  for (let i = 0; i < sum.length; i++) sum[i] = ((sum[i] ?? 0) + sign * (lanes[i] ?? 0) + LANE) % LANE;
}
function sumText(sum: readonly number[]): string {
  return sum.map((lane) => lane.toString(16).padStart(8, '0')).join('');
}
