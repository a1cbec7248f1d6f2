/** What is known to be lacking in a partition. A partition that lacks anything is `partial` and says what. */

/**
 * `game_missing`: a final game has no row, or a game that has box scores has no final score.
 * `points_do_not_add_up`: the points of a team's rows are not its final score, so that a row is lacking or wrong.
 * `shots_do_not_add_up`: the shots of a player are not the attempts of his box score.
 * `minutes_do_not_add_up`: the minutes of a team are not those of the game. `team_box_differs`: the players of a team do not add
 * up to its team box, and nobody knows which of the two is wrong. `rows_refused`: rows of the source were refused.
 * `rows_missing`: fewer rows than expected. `out_of_range`: rows were set aside because a value is outside of the range of its
 * column. `games_unread`: lines of a schedule were refused, so that of these games only the teams are known, or box
 * scores have games that the schedule has not on the date.
 * `rows_unread`: lines of a report of which only the team is known. `unresolved_names`: rows name players who could not be matched with anybody.
 * `ids_in_doubt`: a player under a new id has the name of a player of the team who is not in the game: it may be he.
 */
export type LackingCode =
  | 'game_missing'
  | 'points_do_not_add_up'
  | 'shots_do_not_add_up'
  | 'minutes_do_not_add_up'
  | 'team_box_differs'
  | 'rows_refused'
  | 'rows_missing'
  | 'out_of_range'
  | 'games_unread'
  | 'rows_unread'
  | 'unresolved_names'
  | 'ids_in_doubt';

export interface Lacking {
  readonly code: LackingCode;
  /** Which games, or how many rows. */
  readonly detail: string;
}

/** The reason of a partition that lacks something, such as `game_missing: 20221028_LAL_MIN; rows_refused: 3 rows`. */
export function lackingText(lacking: readonly Lacking[]): string {
  return lacking.map(({ code, detail }) => `${code}: ${detail}`).join('; ');
}

/** What a reason of {@link lackingText} says with a code; undefined when it does not have the code. */
export function lackingIn(reason: string | null | undefined, code: LackingCode): Lacking | undefined {
  const said = (reason ?? '').split('; ').find((part) => part.startsWith(`${code}: `));
  return said === undefined ? undefined : { code, detail: said.slice(code.length + 2) };
}
