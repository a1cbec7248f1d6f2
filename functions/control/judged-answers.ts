/** What an answer of a source is worth, by the games that are known. An answer that they contradict is no answer. */
import { counted } from '../../shared/domain/counted.ts';
import { canonicalTeam } from '../../shared/domain/teams.ts';
import { isAnswered } from '../../shared/domain/source-state.ts';
import type { StateStore } from '../../shared/ports/state-store.ts';
import type { ScheduledGame } from '../ingest/schedule.ts';
import type { Asked } from '../sources/ask.ts';
import { lookInto } from '../sources/payload-files.ts';
import type { Endpoint, Reading, Target } from '../sources/source.ts';
import { archivesToldBy, playedOnDates } from './season-games.ts';
import { hoursSince } from './subjects.ts';

/** Hours from tip-off after which a game that has no answer yet has been kept from us. */
const HOURS_OF_PATIENCE = 5;
/** The share of the games that were played which an answer about their season may lack. It lacks more where a page is lost. */
const LACKING_SHARE = 0.05;

/** An answer as the games of the date show it. */
export interface Judged {
  readonly answer: Asked;
  readonly isLacking: boolean;
  /** What it has told all the same; absent for nothing. */
  readonly told?: readonly Target[];
}

/** An answer that the games of the date contradict is no answer: it is empty where games are, or lacks some of them. */
export function judgedByGames(
  answer: Asked,
  endpoint: Endpoint,
  subject: string,
  {
    games,
    over,
    now,
  }: {
    readonly games: readonly ScheduledGame[];
    readonly over: readonly ScheduledGame[];
    readonly now: Date;
  },
): Judged {
  if (answer.status === 'not_yet') {
    const isOfGame = endpoint.about === 'game' || endpoint.about === 'matchup';
    const game = games.find(({ nbaGameId, gameId }) => subject === nbaGameId || subject === gameId);
    const isKept =
      isOfGame && (game?.score != null || hoursSince(game?.tipoffAt ?? null, now) > HOURS_OF_PATIENCE);
    return { answer, isLacking: isKept || !isOfGame };
  }
  if (!isAnswered(answer.status)) return { answer, isLacking: true };
  if (answer.bytes === undefined) return { answer, isLacking: false };
  const ahead = games.filter(({ tipoffAt }) => hoursSince(tipoffAt, now) < 0).length;
  const hasNoLeads = endpoint.leadsTo !== undefined && answer.leads.length === 0;
  if (hasNoLeads && ahead > 0)
    return silent(
      answer,
      `names none of the ${counted(ahead, 'game')} that ${ahead === 1 ? 'has' : 'have'} not begun`,
    );
  if (hasNoLeads && endpoint.rhythm === 'history' && over.length > 0)
    return silent(answer, `names none of the ${counted(over.length, 'game')} of the date`);
  const told =
    endpoint.about === 'date' && endpoint.rhythm === 'box_scores'
      ? gamesIn(answer, endpoint, subject)
      : undefined;
  if (told === undefined) return { answer, isLacking: false };
  const finals = over.filter(({ score }) => score !== null).length;
  if (told.boxed === 0 && finals > 0)
    return silent(answer, `has no game although ${counted(finals, 'game is', 'games are')} over`);
  // An answer that tells the results, too, says itself how many games are over, and which of them have been going on for too long.
  const expected = told.scored === undefined ? finals : Math.max(over.length, told.scored);
  if (told.boxed < expected)
    return {
      answer: { ...answer, detail: `has ${told.boxed} of the ${expected} games that are over` },
      isLacking: true,
      told: told.scored === undefined || told.scored < expected ? [] : ['schedule'],
    };
  return { answer, isLacking: false };
}

/**
 * An answer about a season that lacks more than one of twenty games that were played, by whatever source, lacks a page or is of
 * something else.
 */
export async function judgedBySeason(
  ports: { readonly store: StateStore },
  answer: Asked,
  endpoint: Endpoint,
  season: string,
): Promise<Judged> {
  const of = endpoint.seasonOf(season);
  if (!isAnswered(answer.status)) return { answer, isLacking: true };
  if (answer.bytes === undefined || of === undefined) return { answer, isLacking: false };
  const looked = lookInto(new TextDecoder().decode(answer.bytes), (document) =>
    endpoint.read(document, season),
  );
  if (looked.fault !== undefined) return { answer, isLacking: false };
  const told = new Set(
    looked.found.flatMap(({ lines }) =>
      lines.map((line) => {
        const [home, visitor] = [line['home_team'], line['visitor_team']].map((team) =>
          canonicalTeam(String(team)),
        );
        return `${String(line['game_date'])} ${visitor} at ${home}`;
      }),
    ),
  );
  const played = [...playedOnDates(await archivesToldBy(ports, endpoint, of))].flatMap(([date, games]) =>
    [...games].map((game) => `${date} ${game}`),
  );
  const lacking = played.filter((game) => !told.has(game));
  if (lacking.length <= played.length * LACKING_SHARE) return { answer, isLacking: false };
  return silent(
    answer,
    `lacks ${lacking.length} of the ${counted(played.length, 'game')} that were played, such as that of ${lacking.sort().at(-1)}`,
  );
}

function silent(answer: Asked, detail: string): Judged {
  return { answer: { ...answer, status: 'misread', detail }, isLacking: true };
}

/** How many games an answer has box scores of, and scores where it tells results, too; undefined where its lines do not name games. */
function gamesIn(
  { bytes }: Asked,
  endpoint: Endpoint,
  subject: string,
): { readonly boxed: number; readonly scored: number | undefined } | undefined {
  const looked = lookInto(new TextDecoder().decode(bytes), (document) => endpoint.read(document, subject));
  if (looked.fault !== undefined) return undefined;
  const results = looked.found.find(({ kind }) => kind === 'named_games');
  const boxes = looked.found.filter(
    ({ kind, columns }) =>
      kind !== 'named_games' && (columns.includes('game_id') || columns.includes('game')),
  );
  if (boxes.length === 0) return undefined;
  const gamesOf = ({ lines }: Pick<Reading, 'lines'>): number =>
    new Set(lines.map((line) => String(line['game_id'] ?? line['game'] ?? ''))).size;
  return {
    boxed: Math.max(...boxes.map(gamesOf)),
    scored: results?.lines.filter((line) => line['home_pts'] !== null).length,
  };
}
