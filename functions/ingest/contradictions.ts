/** Finds the lines of schedules that contradict each other about a game. */
import type { FileKind } from '../../shared/domain/file-kinds.ts';
import { canonicalTeam } from '../../shared/domain/teams.ts';
import { subjectOf } from './file-slices.ts';
import { isUnknown, plainCell } from './plain-cells.ts';
import { cellsOf, columnsOf, type Line } from './source-text.ts';

/** The header and lines of a file, or of a part of one. */
export interface OpenFile {
  readonly header: Line;
  readonly lines: readonly Line[];
  /** Games that the import has on several dates, so that it does not say when they were played. */
  readonly inDoubt?: readonly string[] | undefined;
}

/** What a line of a schedule says of its game. */
interface Claim {
  readonly line: Line;
  readonly isPlayed: boolean;
  /** Teams and score, such as `LAL 107 at DEN 119`. */
  readonly text: string;
}

/**
 * The lines that must not be loaded because others say something else of their game, each with the reason. Where only one of
 * the claims is of a played game, it counts; otherwise all lines about the game are in the answer. Lines that say the same
 * do not contradict each other.
 */
export function contradictoryLines(
  files: readonly (OpenFile & { readonly kind: FileKind })[],
): ReadonlyMap<Line, string> {
  const refused = new Map<Line, string>();
  const claims = new Map<string, Claim[]>();
  for (const { kind, header, lines, inDoubt = [] } of files) {
    if (kind !== 'schedule') continue;
    const parsed = columnsOf(header.text);
    const columns = 'cells' in parsed ? parsed.cells : [];
    const [id, home, away, homePoints, awayPoints] = COLUMNS.map((name) => columns.indexOf(name));
    for (const line of lines) {
      const found = cellsOf(line.text);
      if ('fault' in found) continue;
      const cell = (at = -1): string => plainCell(found.cells[at] ?? '');
      const game = subjectOf('game_id', cell(id));
      if (inDoubt.includes(game)) {
        refused.set(line, `game ${game} is on several dates and no single one has its score: it is in doubt`);
        continue;
      }
      const teams = [canonicalTeam(cell(away)), canonicalTeam(cell(home))] as const;
      const score = [cell(awayPoints), cell(homePoints)] as const;
      // A line with a fault of its own is refused for that, and contradicts nothing.
      if (teams.includes(undefined) || !score.every((points) => isUnknown(points) || Number(points) >= 0))
        continue;
      const isPlayed = score.every((points) => Number(points) > 0);
      const text = isPlayed
        ? `${teams[0]} ${score[0]} at ${teams[1]} ${score[1]}`
        : `${teams[0]} at ${teams[1]}, not played`;
      const ofGame = claims.get(game) ?? [];
      claims.set(game, ofGame);
      ofGame.push({ line, isPlayed, text });
    }
  }
  for (const [game, ofGame] of claims)
    for (const [line, reason] of losers(game, ofGame)) refused.set(line, reason);
  return refused;
}

const COLUMNS = ['game_id', 'home_team', 'visitor_team', 'home_pts', 'visitor_pts'];

/** The lines about one game that must not be loaded. */
function losers(game: string, claims: readonly Claim[]): [Line, string][] {
  const texts = new Set(claims.map(({ text }) => text));
  if (texts.size < 2) return [];
  const played = claims.filter(({ isPlayed }) => isPlayed);
  const [counts] = played;
  if (counts !== undefined && played.every(({ text }) => text === counts.text))
    return claims
      .filter(({ isPlayed }) => !isPlayed)
      .map(({ line }) => [line, `game ${game} was played: line ${counts.line.number} has its score`]);
  const reason = `game ${game} is in doubt: the lines ${claims.map(({ line }) => line.number).join(', ')} say ${[...texts].join(' and ')}`;
  return claims.map(({ line }) => [line, reason]);
}
