/** What is known to be lacking in a partition. A partition that lacks anything is `partial` and says what. */

/**
 * `game_missing`: a final game has no row, or a game that has box scores has no final score.
 * `points_do_not_add_up`: the points of a team's rows are not its final score, so that a row is lacking or wrong.
 * `shots_do_not_add_up`: the shots of a player are not the attempts of his box score.
 * `plays_do_not_add_up`: the actions of a game are not the points, makes, threes, assists and blocks of its box scores.
 * `minutes_do_not_add_up`: the minutes of a team are not those of the game. `team_box_differs`: the players of a team do not add
 * up to its team box, and nobody knows which of the two is wrong. `rows_refused`: rows of the source were refused.
 * `rows_missing`: fewer rows than expected. `out_of_range`: rows were set aside because a value is outside of the range of its
 * column. `games_unread`: lines of a schedule were refused, so that of these games only the teams are known, or box
 * scores have games that the schedule has not on the date.
 * `rows_unread`: lines of a report of which only the team is known. `unresolved_names`: rows name players who could not be matched with anybody.
 * `ids_in_doubt`: a player under a new id has the name of a player of the team who is not in the game: it may be he.
 * `no_model`: no model has a role that the table uses, so that the rows that need it are lacking.
 */
export type LackingCode =
  | 'game_missing'
  | 'points_do_not_add_up'
  | 'shots_do_not_add_up'
  | 'plays_do_not_add_up'
  | 'minutes_do_not_add_up'
  | 'team_box_differs'
  | 'rows_refused'
  | 'rows_missing'
  | 'out_of_range'
  | 'games_unread'
  | 'rows_unread'
  | 'unresolved_names'
  | 'ids_in_doubt'
  | 'no_model';

export interface Lacking {
  readonly code: LackingCode;
  /** Which games, or how many rows. */
  readonly detail: string;
}

/** The reason of a partition that lacks something, such as `game_missing: 20221028_LAL_MIN; rows_refused: 3 rows`. */
export function lackingText(lacking: readonly Lacking[]): string {
  return lacking.map(({ code, detail }) => `${code}: ${detail}`).join('; ');
}

/** A partition as far as it says what it lacks: the reason ends with `givenUp`, the words of a person. */
interface SaidLacking {
  readonly reason: string | null;
  readonly givenUp?: string;
}

/** What the reason of a partition says with a code; undefined when it does not have the code. What a person has said is passed over. */
export function lackingIn(said: SaidLacking | undefined, code: LackingCode): Lacking | undefined {
  const { reason, givenUp } = { reason: null, ...said };
  const ends = givenUp === undefined ? -1 : (reason?.indexOf(givenUp) ?? -1);
  const own = ends === -1 ? reason : reason?.slice(0, ends);
  const part = own?.split('; ').find((each) => each.startsWith(`${code}: `));
  return part === undefined ? undefined : { code, detail: part.slice(code.length + 2) };
}
