/** Answers in the shape of Ball Don't Lie, of any content. */

/** The line of a player, with zeros for what is not given. */
export function bdlLine(id: number, name: string, min: string, numbers: object = {}): object {
  const [first_name = '', ...last] = name.split(' ');
  return {
    ...{ min, fgm: 0, fga: 0, fg_pct: 0, fg3m: 0, fg3a: 0, fg3_pct: 0, ftm: 0, fta: 0, ft_pct: 0, oreb: 0 },
    ...{ dreb: 0, reb: 0, ast: 0, stl: 0, blk: 0, turnover: 0, pf: 0, pts: 0, plus_minus: 0, ...numbers },
    player: { id, first_name, last_name: last.join(' '), position: 'F', height: '6-9', jersey_number: '1' },
  };
}

/** A game that is over. @param sides the codes of the visiting and the home team, with their points and players */
export function bdlGame(
  date: string,
  [away, home]: readonly [BdlSide, BdlSide],
  changes: object = {},
): Readonly<Record<string, unknown>> {
  const sideOf = ({ team, players }: BdlSide): object => ({
    ...{ id: 1, city: 'A City', name: 'Names', full_name: 'A City Names', abbreviation: team },
    ...(players === undefined ? {} : { players }),
  });
  return {
    ...{ id: 15908525, date, season: Number(date.slice(0, 4)), status: 'Final', period: 4, time: 'Final' },
    ...{ postseason: false, home_team_score: home.points, visitor_team_score: away.points },
    ...{ home_team: sideOf(home), visitor_team: sideOf(away), ...changes },
  };
}

export interface BdlSide {
  readonly team: string;
  readonly points: number | null;
  readonly players?: readonly object[];
}

/** One page. @param next the cursor of the page after it */
export function bdlPage(data: readonly object[], next?: number): object {
  return { data, meta: { per_page: 100, ...(next === undefined ? {} : { next_cursor: next }) } };
}
